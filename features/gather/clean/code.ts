import { dense } from './plain.ts';

/** Spellings that are looked up as they come, once seen: columns of codes have few. */
const mostRemembered = 5_000;

/** The codes of a table by what departments write: the table's words, its codes, and what a profile adds. */
export class CodeWords {
  readonly #words = new Map<string, string>();
  readonly #seen = new Map<string, string | undefined>();

  constructor(
    table: readonly { code: string; zh: string; en: string }[],
    added: Record<string, string>,
  ) {
    for (const { code, zh, en } of table) {
      this.#words.set(shape(en), code);
      this.#words.set(shape(zh), code);
    }
    for (const { code } of table) this.#words.set(shape(code), code);
    for (const [word, code] of Object.entries(added)) this.#words.set(shape(word), code);
  }

  /** The code of a cell, or undefined when it is none. */
  of(cell: string): string | undefined {
    if (this.#seen.has(cell)) return this.#seen.get(cell);
    const code = this.#words.get(shape(cell));
    if (this.#seen.size >= mostRemembered) this.#seen.clear();
    // A copy: a slice would keep the text alive that it was cut from.
    this.#seen.set(Buffer.from(cell).toString(), code);
    return code;
  }
}

const shape = (word: string): string => dense(word).toUpperCase();

const yes = ['是', '有', '对', 'Y', 'YES', 'T', 'TRUE', '1', '√', '✓', '☑'];
const no = ['否', '无', '没有', '不是', 'N', 'NO', 'F', 'FALSE', '0', '×', '✗', '☐'];
const truth = new Map([
  ...yes.map((word) => [word, true] as const),
  ...no.map((word) => [word, false] as const),
]);

/** Yes or no; undefined when it is neither. */
export const truthOf = (cell: string): boolean | undefined => truth.get(shape(cell));

/** What stands between several codes in one cell. */
const between = /[;；、,，/／|\n]+/;

/** The parts of a cell that names several. */
export const partsOfMany = (cell: string): string[] =>
  cell.split(between).filter((part) => part.trim() !== '');
