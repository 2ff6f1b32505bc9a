import type { Encoding, FileFormat, FileKind, RawRow } from '../rows.ts';
import { type FileBytes, openBytes } from './bytes.ts';
import { CsvReader } from './csv.ts';
import { JsonLinesReader, namesIn } from './json-lines.ts';
import { defaultLimits, type ReadLimits } from './limits.ts';
import { isBlank, type ParsedRow } from './parsed.ts';
import { rowReasons } from './reasons.ts';
import { streamText } from './text.ts';
import { afterRow, UnreadableFile } from './unreadable.ts';
import { rowsOfBook } from './xlsx.ts';

/** Rows in a batch, more or less. */
const batch = 1_000;

/** A file that is open for reading, once. */
export interface OpenRows extends AsyncIterable<RawRow[]> {
  header: string[];
  /** The texts of the title rows, a row each. */
  titles: string[];
  /** What was found; of an .xlsx none. */
  encoding: Encoding | undefined;
  /** Bytes of the file as it lies on the disk: all, and those read by now. */
  progress(): { read: number; size: number };
  /** For who does not read to the end; the end closes by itself. */
  close(): Promise<void>;
}

/** The parts of a file before title rows and header are told from data. */
interface Parts {
  encoding: Encoding | undefined;
  rows: AsyncGenerator<ParsedRow[]>;
  /** Where the format tells it itself. */
  header?: string[];
  /** A workbook leaves blank cells at the end of a row out. */
  leavesOut?: boolean;
}

/**
 * Opens a department's file. Rows come in batches; memory depends on the limits alone.
 * @throws UnreadableFile, UnreadableWorkbook: at once, or in the midst when the file is cut short
 */
export async function openRows(
  path: string,
  format: FileFormat,
  limits: ReadLimits = defaultLimits,
): Promise<OpenRows> {
  const bytes = await openBytes(path, limits);
  const close = async (): Promise<void> => {
    await bytes.content.return(undefined);
  };
  let parts: Parts | undefined;
  try {
    parts = await partsOf(path, bytes, format, limits);
    const { rows, encoding, leavesOut = false } = parts;
    const top = await topOf(parts, format.titleRows, limits);
    return {
      header: top.header,
      titles: top.titles,
      encoding,
      progress: () => ({ read: bytes.read(), size: bytes.size }),
      close: async () => {
        await rows.return(undefined);
        await close();
      },
      [Symbol.asyncIterator]: () => numbered(top, { rows, leavesOut }, close),
    };
  } catch (error) {
    await parts?.rows.return(undefined);
    await close();
    throw error;
  }
}

async function partsOf(
  path: string,
  bytes: FileBytes,
  format: FileFormat,
  limits: ReadLimits,
): Promise<Parts> {
  const kind = await kindOf(bytes);
  if (kind === 'xlsx') {
    if (format.kind !== 'xlsx') throw new UnreadableFile('kind');
    return { encoding: undefined, rows: rowsOfBook(path, bytes, limits), leavesOut: true };
  }
  if (format.kind === 'xlsx') throw new UnreadableFile('kind');
  const { encoding, pieces } = await streamText(bytes.content, limits, format.encoding);
  if (format.kind === 'csv') {
    const reader = new CsvReader(format.separator ?? ',', limits);
    return { encoding, rows: parsedBy(reader, pieces) };
  }
  const first = await pieces.next();
  if (first.done || first.value.trim() === '') throw new UnreadableFile('empty');
  const start = first.value.trimStart().charAt(0);
  if (start !== '{') throw new UnreadableFile(start === '[' ? 'array' : 'kind');
  const header = namesIn(first.value, limits.columns);
  const reader = new JsonLinesReader(header, limits);
  return { encoding, header, rows: parsedBy(reader, startingWith(first.value, pieces)) };
}

/**
 * The kind of a file by its first bytes: a workbook, or text. They are put back.
 * @throws UnreadableFile for an old workbook
 */
export async function kindOf(bytes: FileBytes): Promise<FileKind | 'text'> {
  const first = await bytes.content.next();
  if (first.done || first.value.length === 0) throw new UnreadableFile('empty');
  bytes.content = startingWith(first.value, bytes.content);
  const head = first.value;
  if (head.length >= 4 && head.readUInt32BE(0) === 0xd0cf11e0) throw new UnreadableFile('old');
  return head.length >= 4 && head.readUInt32BE(0) === 0x504b0304 ? 'xlsx' : 'text';
}

/** A generator with one value put in front; not one of our own making, which would not close what it never began. */
function startingWith<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  let isGiven = false;
  return {
    next: async () => {
      if (isGiven) return rest.next();
      isGiven = true;
      return { value: first, done: false };
    },
    return: (value) => rest.return(value),
    throw: (error) => rest.throw(error),
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => {
      await rest.return(undefined);
    },
  };
}

async function* parsedBy(
  reader: CsvReader | JsonLinesReader,
  pieces: AsyncGenerator<string>,
): AsyncGenerator<ParsedRow[]> {
  for await (const piece of pieces) yield reader.push(piece);
  reader.end();
}

interface Top {
  titles: string[];
  header: string[];
  /** What of the first batches is data. */
  rest: ParsedRow[];
}

/** Takes title rows and header off. @throws UnreadableFile when the file ends before */
async function topOf({ rows, header }: Parts, titleRows: number, limits: ReadLimits): Promise<Top> {
  if (header) return { titles: [], header, rest: [] };
  const titles: string[] = [];
  for (;;) {
    const next = await rows.next();
    if (next.done) throw new UnreadableFile('empty');
    for (const [at, { cells }] of next.value.entries()) {
      if (isBlank(cells)) continue;
      if (titles.length === titleRows)
        return { titles, header: headerOf(cells, limits), rest: next.value.slice(at + 1) };
      titles.push(cells.filter((cell) => cell !== '').join(' '));
    }
  }
}

/** The names of the columns, those at the end that are blank left out. */
function headerOf(cells: readonly string[], limits: ReadLimits): string[] {
  const header = cells.map((cell) => cell.replace(/[\s\u200b\ufeff]+/g, ' ').trim());
  while (header.at(-1) === '') header.pop();
  if (header.length > limits.columns) throw new UnreadableFile('columns');
  const named = header.filter((name) => name !== '');
  if (new Set(named).size < named.length) throw new UnreadableFile('twice');
  return header;
}

/** Numbers the rows, and sees that each has as many cells as the header. */
async function* numbered(
  { header, rest }: Top,
  { rows, leavesOut }: { rows: Parts['rows']; leavesOut: boolean },
  close: () => Promise<void>,
): AsyncGenerator<RawRow[]> {
  let n = 0;
  let ready: RawRow[] = [];
  const take = (parsed: ParsedRow[]): void => {
    for (const row of parsed) {
      // A first cell that holds something spares looking at the others.
      if (!row.fault && isEmpty(row.cells[0]) && isBlank(row.cells)) continue;
      n += 1;
      const made = fitted(n, row, header.length, leavesOut);
      if (!made.fault && isHeader(made.cells, header)) made.fault = rowReasons.header;
      ready.push(made);
    }
  };
  try {
    take(rest);
    for (;;) {
      for (let at = 0; at + batch <= ready.length; at += batch) yield ready.slice(at, at + batch);
      ready = ready.slice(ready.length - (ready.length % batch));
      const next = await rows.next();
      if (next.done) break;
      take(next.value);
    }
    if (ready.length > 0) yield ready;
  } catch (error) {
    if (error instanceof UnreadableFile) throw new UnreadableFile(error.code, afterRow(n));
    throw error;
  } finally {
    await rows.return(undefined);
    await close();
  }
}

const isHeader = (cells: readonly string[], header: readonly string[]): boolean =>
  cells[0] === header[0] && cells.every((cell, at) => cell.trim() === header[at]);

const isEmpty = (cell: string | undefined): boolean =>
  cell === undefined || cell === '' || cell.charCodeAt(0) <= 32 || cell.charCodeAt(0) === 0x3000;

function fitted(
  n: number,
  { cells, fault }: ParsedRow,
  columns: number,
  leavesOut: boolean,
): RawRow {
  if (fault) return { n, cells, fault };
  if (cells.length === columns) return { n, cells };
  if (cells.length < columns) {
    if (!leavesOut) return { n, cells, fault: rowReasons.few };
    while (cells.length < columns) cells.push('');
    return { n, cells };
  }
  if (isBlank(cells.slice(columns))) return { n, cells: cells.slice(0, columns) };
  return { n, cells: cells.slice(0, mostExtra + columns), fault: rowReasons.many };
}

/** Cells beyond the header that are kept to be shown. */
const mostExtra = 20;
