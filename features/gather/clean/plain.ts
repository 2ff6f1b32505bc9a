import { halfWidth } from '../../archive/rules/text.ts';

/** Characters that are not seen and mean nothing: zero width, direction, controls, soft hyphens. */
const unseen = /[\p{Cc}\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;

/** Words that stand for an empty cell. 无 and 未知 do unless they are codes. */
const blanks = new Set(
  ['-', '--', '—', '——', '/', '\\', '.', '*', '空', '无', '暂无', '无数据', '不详', '未知'].concat([
    'NULL',
    'NONE',
    'NAN',
    'N/A',
    'NA',
    '#N/A',
    '(NULL)',
    '\\N',
  ]),
);
const longestBlank = 6;

/** Whether a cell states nothing. */
export function statesNothing(cell: string): boolean {
  const first = cell.charCodeAt(0);
  // Digits, and characters with which no such word begins: what nearly all cells begin with.
  if (first >= 48 && first <= 57) return false;
  if (first >= 0x4e00 && first <= 0x9fa5 && !blankStarts.includes(cell.charAt(0))) return false;
  if (cell.length > longestBlank && !isSpace(first)) return false;
  const text = cell.trim();
  return text === '' || (text.length <= longestBlank && blanks.has(text.toUpperCase()));
}

const blankStarts = '空无暂不未';

/** Whether a text is nothing but Chinese characters in common use: nothing about it needs to be put right. */
export function isHan(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x4e00 || code > 0x9fa5) return false;
  }
  return text.length > 0;
}

/** Whether a text is of Chinese characters, ASCII letters, digits and hyphens only: the form in which it is kept. */
export function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x4e00 && code <= 0x9fa5) continue;
    if ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122))
      continue;
    if (code !== 45) return false;
  }
  return text.length > 0;
}

const isSpace = (code: number): boolean => code <= 32 || code === 0x3000 || code === 0xfeff;

/** A text without what cannot be seen; `="…"`, by which a table keeps digits as text, is unwrapped. */
export function visible(cell: string): string {
  const text = cell.replace(unseen, '').trim();
  const wrapped = /^="(.*)"$/.exec(text);
  return wrapped ? (wrapped[1] ?? '') : text;
}

/** Whether a cell is a formula in a file of text. */
export const isFormula = (cell: string): boolean =>
  cell.charCodeAt(0) === 61 && !/^="[^"]*"$/.test(cell.trim());

const codes = new Uint16Array(64);

/** Half-width, without any space: the form of what has no spaces in it. */
export function dense(cell: string): string {
  if (cell.length > codes.length) return denseByExpression(cell);
  let length = 0;
  for (let i = 0; i < cell.length; i++) {
    const code = cell.charCodeAt(i);
    if (code === 32 || code === 0x3000) continue;
    // What is not seen, and the rarer spaces; ="…" as well.
    if (isOdd(code)) return denseByExpression(cell);
    codes[length++] = code >= 0xff01 && code <= 0xff5e ? code - 0xfee0 : code;
  }
  if (length === cell.length && codes[0] === cell.charCodeAt(0) && isAscii(cell)) return cell;
  return String.fromCharCode(...codes.subarray(0, length));
}

const isOdd = (code: number): boolean =>
  code < 32 || code === 61 || (code >= 0x7f && code < 0x2100) || code === 0xfeff;

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 126) return false;
  return true;
}

const denseByExpression = (cell: string): string => halfWidth(visible(cell)).replace(/\s+/g, '');

/** The digits from one place to another as a number, or -1 when one of them is none. */
export function digitsIn(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    // Of nothing the code is NaN.
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
