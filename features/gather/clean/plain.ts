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
  if (cell.length > longestBlank && !isPadded(cell)) return false;
  const text = cell.trim();
  return text === '' || (text.length <= longestBlank && blanks.has(text.toUpperCase()));
}

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

function isPadded(text: string): boolean {
  return isSpace(text.charCodeAt(0)) || isSpace(text.charCodeAt(text.length - 1));
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

/** Half-width, without any space: the form of what has no spaces in it. */
export const dense = (cell: string): string => halfWidth(visible(cell)).replace(/\s+/g, '');
