/** All syllables of Mandarin without tones, ü written v; the box accepts u for it after l and n. */
const table: Record<string, string> = {
  '': 'a ai an ang ao e ei en eng er o ou',
  b: 'a ai an ang ao ei en eng i ian iao ie in ing o u',
  p: 'a ai an ang ao ei en eng i ian iao ie in ing o ou u',
  m: 'a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u',
  f: 'a an ang ei en eng o ou u',
  d: 'a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo',
  t: 'a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo',
  n: 'a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve',
  l: 'a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan un uo v ve',
  g: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  k: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  h: 'a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo',
  j: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  q: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  x: 'i ia ian iang iao ie in ing iong iu u uan ue un',
  zh: 'a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo',
  ch: 'a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo',
  sh: 'a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo',
  r: 'an ang ao e en eng i ong ou u ua uan ui un uo',
  z: 'a ai an ang ao e ei en eng i ong ou u uan ui un uo',
  c: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  s: 'a ai an ang ao e en eng i ong ou u uan ui un uo',
  y: 'a an ang ao e i in ing o ong ou u uan ue un',
  w: 'a ai an ang ao ei en eng o u',
};

/** Every syllable, sorted. */
export const syllables: readonly string[] = Object.entries(table)
  .flatMap(([initial, finals]) => finals.split(' ').map((final) => initial + final))
  .sort();

const known = new Set(syllables);

/** Syllables that begin with what was typed, itself first if it is one. */
export function completions(typed: string): string[] {
  return syllables.filter((syllable) => syllable.startsWith(typed));
}

/** A way to read letters: whole syllables, and what is left of one still being typed. */
export interface Reading {
  whole: string[];
  rest: string;
}

/**
 * All ways to read letters as syllables, the last perhaps half typed: xian is xian and xi an.
 * @param letters a to z, ü as v
 * @returns readings with the longest syllables first; at most `most`
 */
export function readings(letters: string, most = 8): Reading[] {
  const found: Reading[] = [];
  const read = (at: number, whole: string[]): void => {
    if (found.length >= most || whole.length > 6) return;
    if (at === letters.length) {
      found.push({ whole, rest: '' });
      return;
    }
    for (let end = Math.min(letters.length, at + 6); end > at; end--) {
      const part = letters.slice(at, end);
      if (known.has(part)) read(end, [...whole, part]);
    }
    const rest = letters.slice(at);
    if (whole.length > 0 && !known.has(rest) && completions(rest).length > 0)
      found.push({ whole, rest });
    if (whole.length === 0 && completions(rest).length > 0) found.push({ whole, rest });
  };
  read(0, []);
  return found.slice(0, most);
}
