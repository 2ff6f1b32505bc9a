/** A piece of a text, and whether the other text has something else in its place. */
export interface Piece {
  text: string;
  differs: boolean;
}

/**
 * Marks what of a text is not in another, character by character: of two of one length place by place, as days and ids
 * are read; else what the two have in common in the same order stays unmarked. Texts are short.
 */
export function differences(text: string, other: string): Piece[] {
  const mine = [...text];
  const theirs = [...other];
  const pieces: Piece[] = [];
  if (mine.length === theirs.length) {
    mine.forEach((character, i) => {
      add(pieces, character, character !== theirs[i]);
    });
    return pieces;
  }
  const common = commonLengths(mine, theirs);
  let j = 0;
  mine.forEach((character, i) => {
    // Skips what only the other has, as long as nothing in common is lost.
    while (
      j < theirs.length &&
      at(common, i, j + 1) === at(common, i, j) &&
      theirs[j] !== character
    )
      j++;
    const isCommon =
      j < theirs.length &&
      theirs[j] === character &&
      at(common, i, j) === at(common, i + 1, j + 1) + 1;
    if (isCommon) j++;
    add(pieces, character, !isCommon);
  });
  return pieces;
}

/** How much of the two texts' ends is in common, from each place on. */
function commonLengths(mine: readonly string[], theirs: readonly string[]): number[][] {
  const lengths = Array.from({ length: mine.length + 1 }, () => Array(theirs.length + 1).fill(0));
  for (let i = mine.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--) {
      const row = lengths[i] as number[];
      row[j] =
        mine[i] === theirs[j]
          ? at(lengths, i + 1, j + 1) + 1
          : Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
    }
  return lengths;
}

const at = (lengths: readonly (readonly number[])[], i: number, j: number): number =>
  lengths[i]?.[j] ?? 0;

function add(pieces: Piece[], text: string, differs: boolean): void {
  const last = pieces.at(-1);
  if (last && last.differs === differs) last.text += text;
  else pieces.push({ text, differs });
}
