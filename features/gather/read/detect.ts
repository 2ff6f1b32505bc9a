import { dayOf } from '../clean/day.ts';
import type { Encoding, FileFormat, RawRow } from '../rows.ts';
import { openBytes } from './bytes.ts';
import { CsvReader } from './csv.ts';
import { defaultLimits, type ReadLimits } from './limits.ts';
import { kindOf, openRows } from './open.ts';
import { isBlank } from './parsed.ts';
import { streamText } from './text.ts';
import { UnreadableFile } from './unreadable.ts';
import { rowsOfBook } from './xlsx.ts';

/** What the cells of a column look like. */
export const columnTypes = [
  'citizen_id',
  'phone',
  'date',
  'number',
  'code',
  'name',
  'address',
  'text',
] as const;
export type ColumnType = (typeof columnTypes)[number];

/** A column as its first rows show it. */
export interface DetectedColumn {
  column: string;
  type: ColumnType;
  /** Cells that hold something, of the rows looked at. */
  filled: number;
  /** Different values, those of a code in full, of others a few. */
  values: string[];
}

/** A guess at how a file is to be read. */
export interface Detected {
  format: FileFormat;
  packed: boolean;
  titles: string[];
  header: string[];
  /** Whether the header looks like names, and not like data. */
  hasHeader: boolean;
  columns: DetectedColumn[];
  /** Rows looked at. */
  rows: number;
}

const looked = 1_000;
/** Lines by which separator, title rows and header are told. */
const first = 40;
const separators = [',', '\t', '|', ';', '，', '^', '\u0001'];

/**
 * Guesses kind, encoding, separator, title rows, header and types of columns by a file's content; its name is not
 * looked at.
 * @throws UnreadableFile, UnreadableWorkbook
 */
export async function detectFormat(
  path: string,
  limits: ReadLimits = defaultLimits,
): Promise<Detected> {
  const { format, packed } = await formatOf(path, limits);
  const rows = await openRows(path, format, limits);
  const sample: RawRow[] = [];
  for await (const batch of rows) {
    sample.push(...batch.filter(({ fault }) => !fault).slice(0, looked - sample.length));
    if (sample.length >= looked) break;
  }
  const columns = rows.header.map((column, at) =>
    columnOf(
      column,
      sample.map(({ cells }) => cells[at] ?? ''),
    ),
  );
  return {
    format,
    packed,
    titles: rows.titles,
    header: rows.header,
    hasHeader: !looksLikeData(rows.header),
    columns,
    rows: sample.length,
  };
}

async function formatOf(
  path: string,
  limits: ReadLimits,
): Promise<{ format: FileFormat; packed: boolean }> {
  const bytes = await openBytes(path, limits);
  const { packed } = bytes;
  try {
    if ((await kindOf(bytes)) === 'xlsx') {
      const top = await firstRows(rowsOfBook(path, bytes, limits));
      return { format: { kind: 'xlsx', titleRows: titleRowsOf(top) }, packed };
    }
    const { encoding, pieces } = await streamText(bytes.content, limits);
    const text = (await pieces.next()).value ?? '';
    await pieces.return(undefined);
    if (text.trim() === '') throw new UnreadableFile('empty');
    const start = text.trimStart();
    if (start.startsWith('[{')) throw new UnreadableFile('array');
    if (start.startsWith('{')) return { format: { kind: 'jsonl', encoding, titleRows: 0 }, packed };
    return { format: csvFormat(text, encoding, limits), packed };
  } finally {
    await bytes.content.return(undefined);
  }
}

async function firstRows(rows: AsyncGenerator<{ cells: string[] }[]>): Promise<string[][]> {
  const top: string[][] = [];
  for await (const batch of rows) {
    top.push(...batch.map(({ cells }) => cells));
    if (top.length >= first) break;
  }
  return top.slice(0, first);
}

/** The separator by which most of the first lines have the same, and the most, cells. */
function csvFormat(text: string, encoding: Encoding, limits: ReadLimits): FileFormat {
  const head = `${text.split('\n', first).join('\n')}\n`;
  let best = { separator: ',', score: 0, rows: [] as string[][] };
  for (const separator of separators) {
    const rows = new CsvReader(separator, limits)
      .push(head)
      .map(({ cells }) => cells)
      .filter((cells) => !isBlank(cells));
    const width = commonWidth(rows);
    const fitting = rows.filter(({ length }) => length === width).length;
    const score = width < 2 ? 0 : (fitting / rows.length) * (1 + Math.min(width, 50) / 1_000);
    if (score > best.score || best.rows.length === 0) best = { separator, score, rows };
  }
  return { kind: 'csv', encoding, separator: best.separator, titleRows: titleRowsOf(best.rows) };
}

function commonWidth(rows: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
  const most = [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0];
  return most?.[0] ?? 0;
}

/** Rows above the first that is filled nearly to the width of the others. */
function titleRowsOf(rows: readonly string[][]): number {
  const filled = rows
    .filter((cells) => !isBlank(cells))
    .map((cells) => cells.filter((cell) => cell.trim() !== '').length);
  const width = Math.max(0, ...filled);
  const header = filled.findIndex((count) => count * 10 >= width * 6);
  return Math.max(0, header);
}

function looksLikeData(header: readonly string[]): boolean {
  return header.some((cell) => isId(bare(cell)) || isPhone(bare(cell)) || isDay(cell, true));
}

/** A column by its name and the cells of the first rows. */
function columnOf(column: string, cells: readonly string[]): DetectedColumn {
  const full = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const values = [...new Set(full)];
  const type = typeOf(column, full, values);
  return {
    column,
    type,
    filled: full.length,
    values: values.slice(0, type === 'code' ? mostCodes : 5),
  };
}

const mostCodes = 60;

function typeOf(column: string, full: readonly string[], values: readonly string[]): ColumnType {
  if (full.length === 0) return 'text';
  const share = (test: (cell: string) => boolean): number => full.filter(test).length / full.length;
  if (share((cell) => isId(bare(cell))) > 0.6) return 'citizen_id';
  if (share((cell) => isPhone(bare(cell))) > 0.6) return 'phone';
  const isTime = /日期|时间|年月|日$/.test(column);
  const dated = share((cell) => isDay(cell, false));
  const written = share((cell) => isDay(cell, true));
  if (dated > 0.8 && (written > 0.3 || (isTime && dated > 0.8))) return 'date';
  if (share((cell) => /^[-+]?[\d,]+(\.\d+)?$/.test(bare(cell))) > 0.8) return 'number';
  if (share((cell) => /\d+(号|组|室|幢|栋)|[村社区路街]/.test(bare(cell))) > 0.6 && isPlace(full))
    return 'address';
  const isFew = values.length <= mostCodes && values.length * 5 <= full.length;
  if (isFew && values.every((value) => value.length <= 20)) return 'code';
  if (share(isName) > 0.8 && (values.length * 5 > full.length || /姓名|名$|人$/.test(column)))
    return 'name';
  return 'text';
}

/** Addresses are longer than names, and hold a number as a rule. */
const isPlace = (full: readonly string[]): boolean =>
  full.filter((cell) => cell.length >= 5 && /[\d０-９]/.test(cell)).length * 2 > full.length;

const bare = (cell: string): string =>
  cell
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff]/g, '')
    .replace(/^['’‘`]/, '');

const isId = (cell: string): boolean => /^(\d{17}[\dXx]|\d{15})([1-7][1-4](B\d)?)?$/.test(cell);

const isPhone = (cell: string): boolean =>
  /^(\+?86-?)?1[3-9]\d-?\d{4}-?\d{4}$|^0\d{2,3}-?\d{7,8}$/.test(cell);

/** @param written not as the serial number of a day alone */
function isDay(cell: string, written: boolean): boolean {
  const text = bare(cell);
  if (written && !/[-/.年]/.test(text) && text.length !== 8) return false;
  return dayOf(text).day !== undefined;
}

/** Two to four characters, or more with a dot between. */
const isName = (cell: string): boolean =>
  /^(\p{Script=Han}{2,4}|\p{Script=Han}+[·•]\p{Script=Han}+)(\(.*\))?$/u.test(bare(cell));
