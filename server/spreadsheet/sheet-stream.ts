import { countsFrom1904, firstSheet, plainXml, prefixOf } from './book.ts';
import { type CellReading, cellsOf, holdsAnything, type Read } from './cells.ts';
import { TextStore } from './text-store.ts';
import { UnreadableWorkbook } from './unreadable.ts';
import { type Archive, type ArchiveBytes, openArchive } from './unzip-stream.ts';
import { type Element, elements, textIn } from './xml.ts';

/** What of a book is read whole: its list of sheets, its relations. */
const mostPlain = 5_000_000;
/** Characters of one row, or of one text of the table. */
const mostElement = 32_000_000;
/** Bytes of the table of texts, unpacked: a million rows of ten different cells have half of it. */
const mostTexts = 400_000_000;

/** A row of a sheet that holds anything. */
export type StreamedRow = Read[];

export interface StreamedSheet {
  /** In batches as they are unpacked. @throws UnreadableWorkbook */
  rows: AsyncGenerator<StreamedRow[]>;
}

/**
 * Opens the first sheet of an .xlsx of any length: rows come as they are unpacked, only the table of texts stands in
 * memory. Numbers come as text, as exact as they are in the file.
 * @param mostColumns a cell behind them is put into the last of them, so that the row is seen to be too long
 * @throws UnreadableWorkbook
 */
export async function streamSheet(
  bytes: ArchiveBytes,
  mostColumns: number,
): Promise<StreamedSheet> {
  const archive = await openArchive(bytes);
  const book = await plainFile(archive, 'xl/workbook.xml');
  const relations = await plainFile(archive, 'xl/_rels/workbook.xml.rels');
  const path = firstSheet((name) => (name === 'xl/workbook.xml' ? book : relations));
  if (!archive.has(path)) throw new UnreadableWorkbook('damaged');
  if (countsFrom1904(book)) throw new UnreadableWorkbook('epoch');
  const texts = await tableOfTexts(archive);
  const reading: CellReading = {
    shared: (at) => texts.get(at),
    number: exact,
    most: mostColumns,
    beyond: 'keep',
  };
  return { rows: rowsIn(archive.unpack(path), reading) };
}

async function plainFile(archive: Archive, name: string): Promise<string | undefined> {
  if (!archive.has(name)) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of archive.unpack(name)) {
    parts.push(part);
    size += part.length;
    if (size > mostPlain) throw new UnreadableWorkbook('bomb');
  }
  return plainXml(Buffer.concat(parts).toString('utf8'));
}

async function tableOfTexts(archive: Archive): Promise<TextStore> {
  const store = new TextStore();
  if (!archive.has('xl/sharedStrings.xml')) return store;
  for await (const found of elementsIn(archive.unpack('xl/sharedStrings.xml'), 'si', mostTexts))
    for (const { inner } of found) store.add(textIn(inner));
  return store;
}

async function* rowsIn(
  sheet: AsyncIterable<Buffer>,
  reading: CellReading,
): AsyncGenerator<StreamedRow[]> {
  for await (const found of elementsIn(sheet, 'row', Number.POSITIVE_INFINITY)) {
    const rows = found.map(({ inner }) => cellsOf(inner, reading)).filter(holdsAnything);
    if (rows.length > 0) yield rows;
  }
}

/** The elements of a name, which hold none of their own, in batches as their bytes come. */
async function* elementsIn(
  content: AsyncIterable<Buffer>,
  name: string,
  most: number,
): AsyncGenerator<Element[]> {
  const decoder = new TextDecoder('utf-8');
  let prefix: string | undefined;
  let close = '';
  let text = '';
  let read = 0;
  for await (const part of content) {
    read += part.length;
    if (read > most) throw new UnreadableWorkbook('bomb');
    // What was looked through already holds no end, but may hold the beginning of one.
    const looked = Math.max(0, text.length - close.length);
    text += decoder.decode(part, { stream: true });
    if (prefix === undefined) {
      if (text.length < 2000 && !text.includes(`<${name}`)) continue;
      prefix = prologOf(text);
      close = `</${prefix}${name}>`;
    }
    const last = text.indexOf(close, looked) < 0 ? -1 : text.lastIndexOf(close);
    if (last < 0) {
      if (text.length > mostElement) throw new UnreadableWorkbook('bomb');
      continue;
    }
    const whole = text.slice(0, last + close.length);
    text = text.slice(last + close.length);
    yield [...elements(withoutPrefix(whole, prefix), name)];
  }
  prefix ??= prologOf(text);
  // An element that was begun and not closed is damage; so is the end of the file before that of the list.
  yield [...elements(withoutPrefix(text, prefix), name)];
}

/** @returns the prefix of names; @throws UnreadableWorkbook when the prolog declares a document type */
function prologOf(text: string): string {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text.slice(0, 100_000)))
    throw new UnreadableWorkbook('entities');
  return prefixOf(text);
}

const withoutPrefix = (xml: string, prefix: string): string =>
  prefix === '' ? xml : xml.replaceAll(`<${prefix}`, '<').replaceAll(`</${prefix}`, '</');

/**
 * A number as text. What the file writes in digits stays as it is: a citizen id that stands as a number has more of
 * them than a number can hold. Other forms come in 15 digits, which is what Excel keeps.
 */
function exact(text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  const value = Number(text);
  if (!Number.isFinite(value)) return text;
  if (Math.abs(value) >= 1e15) return text;
  return String(Number(value.toPrecision(15)));
}
