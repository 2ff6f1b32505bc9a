import { CsvError, parse } from 'csv-parse/sync';
import type { Text } from '../../../../server/errors.ts';

/** Columns of a staff list, as the product calls them, and what lists call them too. */
const columns = {
  name: ['姓名', '人员姓名'],
  username: ['账号', '用户名', '登录名', '账户'],
  area: ['区划代码', '单位/区划代码', '单位区划代码', '单位', '区域', '单位代码'],
  role: ['岗位', '角色', '职务'],
  department: ['部门', '所在部门'],
  from: ['起', '开始日期', '起始日期', '任职日期'],
  until: ['止', '结束日期', '终止日期', '离任日期'],
  phone: ['手机', '手机号', '手机号码', '电话', '联系电话'],
} as const;

export type ColumnKey = keyof typeof columns;
const keys = Object.keys(columns) as ColumnKey[];
const needed: readonly ColumnKey[] = ['name', 'username', 'area', 'role'];

/** What the product calls a column. */
export const columnName = (key: ColumnKey): string => columns[key][0];

/** One line of the table under the heading. */
export interface TableRow {
  /** Line of the table, the heading and empty lines counted: what a spreadsheet shows at the left. */
  row: number;
  cells: Record<ColumnKey, string>;
}

export interface Table {
  rows: TableRow[];
  /** Columns that are not read. */
  unused: string[];
}

/** The most rows a list may have: all officials of a county stand in one. */
export const mostRows = 3000;
/** A heading may stand under a title and a line or two. */
const headingWithin = 6;

/** Why a file cannot be read as a list at all. */
export class TableFault extends Error {
  readonly text: Text;
  constructor(text: Text) {
    super(text.en);
    this.name = 'TableFault';
    this.text = text;
  }
}

/**
 * Reads a staff list: CSV with commas, semicolons or tabs, in UTF-8 (with or without byte order mark), UTF-16 with
 * one, or GB18030.
 * @throws TableFault saying what to do about it
 */
export function readTable(bytes: Uint8Array): Table {
  const records = recordsOf(decode(bytes));
  const at = records.slice(0, headingWithin).findIndex(isHeading);
  const heading = records[at];
  if (!heading) throw new TableFault(noHeading);
  const found = placesOf(heading);
  const rows = records.slice(at + 1).flatMap((record, below) => {
    if (record.every((cell) => cell.trim() === '')) return [];
    const cell = (key: ColumnKey): string => (record[found.get(key) ?? -1] ?? '').trim();
    const cells = Object.fromEntries(keys.map((key) => [key, cell(key)]));
    return [{ row: at + below + 2, cells: cells as Record<ColumnKey, string> }];
  });
  if (rows.length === 0) throw new TableFault(noRows);
  if (rows.length > mostRows) throw new TableFault(tooMany(rows.length));
  const used = new Set(found.values());
  const unused = heading.filter((title, column) => !used.has(column) && title.trim() !== '');
  return { rows, unused: unused.map((title) => title.trim().slice(0, 40)) };
}

function decode(bytes: Uint8Array): string {
  const starts = (...first: number[]): boolean => first.every((byte, at) => bytes[at] === byte);
  // A zip archive, or the container of old office files.
  if (starts(0x50, 0x4b, 3, 4) || starts(0xd0, 0xcf, 0x11, 0xe0)) throw new TableFault(workbook);
  const encodings = starts(0xff, 0xfe) ? ['utf-16le'] : ['utf-8', 'gb18030'];
  for (const encoding of encodings) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // The next one; the Chinese words of a heading in GB18030 are never valid UTF-8.
    }
  }
  throw new TableFault(unreadable);
}

function recordsOf(text: string): string[][] {
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

/** Full-width signs and blanks in titles are the typist's. */
const plain = (title: string): string => title.normalize('NFKC').replace(/[\s*:（）()]/g, '');

function keyOf(title: string): ColumnKey | undefined {
  const wanted = plain(title);
  return keys.find((key) => (columns[key] as readonly string[]).includes(wanted));
}

const isHeading = (record: string[]): boolean => {
  const titles = record.map(keyOf);
  return titles.includes('name') && titles.includes('username');
};

function placesOf(heading: string[]): Map<ColumnKey, number> {
  const found = new Map<ColumnKey, number>();
  for (const [column, title] of heading.entries()) {
    const key = keyOf(title);
    if (key === undefined) continue;
    if (found.has(key)) throw new TableFault(twice(columnName(key)));
    found.set(key, column);
  }
  const missing = needed.filter((key) => !found.has(key));
  if (missing.length > 0) throw new TableFault(lacks(missing.map(columnName)));
  return found;
}

const noHeading: Text = {
  zh: `没有找到表头：前 ${headingWithin} 行里要有一行写明“姓名”“账号”“区划代码”“岗位”`,
  en: `No heading was found: one of the first ${headingWithin} lines must name 姓名, 账号, 区划代码, 岗位`,
};
const noRows: Text = {
  zh: '表头下面没有人员，请填写后再导入',
  en: 'There is nobody under the heading; fill the list in first',
};
const workbook: Text = {
  zh: '这是 Excel 工作簿。请在 Excel 中选“另存为”，类型选“CSV UTF-8（逗号分隔）”或“CSV（逗号分隔）”，再导入另存的文件',
  en: 'This is an Excel workbook; save it as CSV (comma separated) and import that file',
};
const unreadable: Text = {
  zh: '文件的文字编码无法识别。请另存为“CSV UTF-8（逗号分隔）”后再导入',
  en: 'The encoding of the text is not known; save the file as CSV UTF-8',
};
const tooMany = (rows: number): Text => ({
  zh: `名单有 ${rows} 行，一次最多 ${mostRows} 行，请分成几个文件导入`,
  en: `The list has ${rows} rows, at most ${mostRows} are taken at once; split it`,
});
const badQuotes = (line: number): Text => ({
  zh: `第 ${line} 行附近的引号没有配对，请删去多余的引号`,
  en: `Quotation marks do not pair near line ${line}; take the stray one out`,
});
const twice = (title: string): Text => ({
  zh: `“${title}”出现了两列，请只保留一列`,
  en: `There are two columns ${title}; keep one`,
});
const lacks = (titles: string[]): Text => ({
  zh: `缺少列：${titles.join('、')}。请在表头补上`,
  en: `Columns are missing: ${titles.join(', ')}; add them to the heading`,
});
