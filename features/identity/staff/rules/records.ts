import { CsvError, parse } from 'csv-parse/sync';
import type { Text } from '../../../../server/errors.ts';
import { type ReadRow, readSheet } from '../../../../server/spreadsheet/reader.ts';
import { UnreadableWorkbook } from '../../../../server/spreadsheet/unreadable.ts';
import { headingWithin, mostRows, TableFault, tooMany } from './fault.ts';

/**
 * The lines of a file, numbered as a spreadsheet shows them, whether it is a workbook or a CSV file.
 * @throws TableFault, UnreadableWorkbook
 */
export function recordsOf(bytes: Uint8Array): readonly ReadRow[] {
  const starts = (...first: number[]): boolean => first.every((byte, at) => bytes[at] === byte);
  // A zip archive, or the container of old office files, which the reader refuses in words.
  if (starts(0x50, 0x4b) || starts(0xd0, 0xcf, 0x11, 0xe0)) return sheetOf(Buffer.from(bytes));
  const text = decode(bytes, starts(0xff, 0xfe) ? ['utf-16le'] : ['utf-8', 'gb18030']);
  return linesOf(text).map((cells, at) => ({ at: at + 1, cells }));
}

/** The first sheet that is shown, by the reader and within the limits that sheets to edit go by. */
function sheetOf(bytes: Buffer): readonly ReadRow[] {
  try {
    return readSheet(bytes, mostRows + headingWithin);
  } catch (error) {
    if (error instanceof UnreadableWorkbook && error.code === 'rows')
      throw new TableFault(tooMany());
    throw error;
  }
}

function decode(bytes: Uint8Array, encodings: readonly string[]): string {
  for (const encoding of encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one; the Chinese words of a heading in GB18030 are never valid UTF-8.
    }
  }
  throw new TableFault(unreadable);
}

function linesOf(text: string): string[][] {
  try {
    return parse(text, { delimiter: delimiterOf(text), relax_column_count: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new TableFault(badQuotes(Number(error.lines) || 1));
  }
}

/** Of comma, tab and semicolon the one that the first lines hold most of. */
function delimiterOf(text: string): string {
  const first = text.split('\n', headingWithin).join('\n');
  const count = (mark: string): number => first.split(mark).length;
  return [',', '\t', ';'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

const unreadable: Text = {
  zh: '文件的文字编码无法识别。请另存为 Excel 工作簿或“CSV UTF-8（逗号分隔）”后再导入',
  en: 'The encoding of the text is not known; save the file as an .xlsx workbook or as CSV UTF-8',
};
const badQuotes = (line: number): Text => ({
  zh: `第 ${line} 行附近的引号没有配对，请删去多余的引号`,
  en: `Quotation marks do not pair near line ${line}; take the stray one out`,
});
