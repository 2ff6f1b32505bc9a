import type { Text } from '../../../../server/errors.ts';
import type { Read, ReadRow } from '../../../../server/spreadsheet/reader.ts';
import { dayOfSerial } from '../../../../server/spreadsheet/workbook.ts';
import { headingWithin, mostRows, TableFault, tooMany } from './fault.ts';
import { recordsOf } from './records.ts';

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
  /** Columns whose cell is a formula: it is not evaluated, and what it came to is not believed. */
  formulas: readonly ColumnKey[];
}

export interface Table {
  rows: TableRow[];
  /** Columns that are not read. */
  unused: string[];
}

/**
 * Reads a staff list: an .xlsx, or CSV with commas, semicolons or tabs, in UTF-8 (with or without byte order mark),
 * UTF-16 with one, or GB18030.
 * @throws TableFault saying what to do about it; UnreadableWorkbook
 */
export function readTable(bytes: Uint8Array): Table {
  const records = recordsOf(bytes);
  const at = records.slice(0, headingWithin).findIndex(isHeading);
  const heading = records[at]?.cells.map(wordsIn);
  if (!heading) throw new TableFault(noHeading);
  const found = placesOf(heading);
  const rows = records
    .slice(at + 1)
    .filter(({ cells }) => cells.some((cell) => wordsIn(cell).trim() !== '' || isFormula(cell)))
    .map((record) => rowOf(record, found));
  if (rows.length === 0) throw new TableFault(noRows);
  if (rows.length > mostRows) throw new TableFault(tooMany(rows.length));
  const used = new Set(found.values());
  const unused = heading.filter((title, column) => !used.has(column) && title.trim() !== '');
  return { rows, unused: unused.map((title) => title.trim().slice(0, 40)) };
}

function rowOf({ at, cells }: ReadRow, found: ReadonlyMap<ColumnKey, number>): TableRow {
  const cell = (key: ColumnKey): Read => cells[found.get(key) ?? -1] ?? null;
  return {
    row: at,
    cells: Object.fromEntries(keys.map((key) => [key, meant(key, cell(key))])) as TableRow['cells'],
    formulas: keys.filter((key) => isFormula(cell(key))),
  };
}

const isFormula = (cell: Read): boolean => typeof cell === 'object' && cell !== null;

const wordsIn = (cell: Read): string => (cell === null || isFormula(cell) ? '' : String(cell));

/** A cell in words; a day is a number in a workbook, counted from 1900. */
function meant(key: ColumnKey, cell: Read): string {
  const isDay = key === 'from' || key === 'until';
  if (isDay && typeof cell === 'number') return dayOfSerial(cell) ?? String(cell);
  return wordsIn(cell).trim();
}

/** Full-width signs and blanks in titles are the typist's. */
const plain = (title: string): string => title.normalize('NFKC').replace(/[\s*:（）()]/g, '');

function keyOf(title: string): ColumnKey | undefined {
  const wanted = plain(title);
  return keys.find((key) => (columns[key] as readonly string[]).includes(wanted));
}

const isHeading = ({ cells }: ReadRow): boolean => {
  const titles = cells.map((cell) => keyOf(wordsIn(cell)));
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
const twice = (title: string): Text => ({
  zh: `“${title}”出现了两列，请只保留一列`,
  en: `There are two columns ${title}; keep one`,
});
const lacks = (titles: string[]): Text => ({
  zh: `缺少列：${titles.join('、')}。请在表头补上`,
  en: `Columns are missing: ${titles.join(', ')}; add them to the heading`,
});
