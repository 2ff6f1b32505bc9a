import { UnreadableWorkbook } from './unreadable.ts';
import { unzipped } from './unzip.ts';

/** A cell as it stands in the file; a formula is never evaluated, and its remembered value is not believed. */
export type Read = string | number | boolean | { formula: true } | null;

export interface ReadRow {
  /** As the reader of the sheet counts, from 1. */
  at: number;
  cells: readonly Read[];
}

const mostColumns = 200;

/**
 * Reads the first sheet of an .xlsx. No document type is allowed, so that no entity can be declared: neither
 * outside files nor words that multiply.
 * @param most rows at most
 * @throws UnreadableWorkbook
 */
export function readSheet(file: Buffer, most: number): ReadRow[] {
  const open = unzipped(file);
  const text = (name: string): string | undefined => {
    const content = open(name)?.toString('utf8');
    if (content === undefined) return undefined;
    if (/<!(?:DOCTYPE|ENTITY)/i.test(content)) throw new UnreadableWorkbook('entities');
    // Some programs write every name with a prefix.
    return /<\w+:(?:worksheet|workbook|sst|Relationships)\b/.test(content.slice(0, 2000))
      ? content.replace(/<(\/?)\w+:/g, '<$1')
      : content;
  };
  const sheet = text(firstSheet(text));
  if (sheet === undefined) throw new UnreadableWorkbook('damaged');
  const shared = [...elements(text('xl/sharedStrings.xml') ?? '', 'si')].map(({ inner }) =>
    textIn(inner),
  );
  return rowsOf(sheet, shared, most);
}

/** The path of the first sheet that is shown, by way of the book's relations. */
function firstSheet(text: (name: string) => string | undefined): string {
  const shown = tags(text('xl/workbook.xml'), 'sheet').find(
    (tag) => !/hidden/i.test(attribute(tag, 'state') ?? ''),
  );
  const id = attribute(shown ?? '', '(?:\\w+:)?id');
  const relation = tags(text('xl/_rels/workbook.xml.rels'), 'Relationship').find(
    (tag) => attribute(tag, 'Id') === id,
  );
  const target = attribute(relation ?? '', 'Target');
  if (target === undefined) throw new UnreadableWorkbook('damaged');
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

function tags(xml: string | undefined, name: string): string[] {
  return [...(xml ?? '').matchAll(new RegExp(`<${name}\\s[^<>]*>`, 'g'))].map(([tag]) => tag);
}

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

interface Element {
  attributes: string;
  inner: string;
}

/**
 * The elements of a name, which hold none of their own name. One look from left to right: what is not closed is
 * refused at once, as searching on would take time with the square of the length.
 */
function* elements(xml: string, name: string): Generator<Element> {
  const close = `</${name}>`;
  for (let at = 0; ; ) {
    const from = xml.indexOf(`<${name}`, at);
    if (from < 0) return;
    const head = from + name.length + 1;
    const end = xml.indexOf('>', head);
    if (end < 0) throw new UnreadableWorkbook('damaged');
    at = end + 1;
    // `<row` begins `<rowBreaks` too.
    if (!/[\s/>]/.test(xml.charAt(head))) continue;
    if (xml.charAt(end - 1) === '/') {
      yield { attributes: xml.slice(head, end - 1), inner: '' };
      continue;
    }
    const closed = xml.indexOf(close, at);
    if (closed < 0) throw new UnreadableWorkbook('damaged');
    yield { attributes: xml.slice(head, end), inner: xml.slice(at, closed) };
    at = closed + close.length;
  }
}

/** The texts of runs put together; what is said of their reading (rPh) is no part of them. */
function textIn(xml: string): string {
  return [...elements(withoutReadings(xml), 't')].map(({ inner }) => unescaped(inner)).join('');
}

/** One look from left to right as well: taking readings out of the text one by one would copy it for each. */
function withoutReadings(xml: string): string {
  const close = '</rPh>';
  const parts: string[] = [];
  let at = 0;
  for (let from = xml.indexOf('<rPh'); from >= 0; from = xml.indexOf('<rPh', at)) {
    parts.push(xml.slice(at, from));
    const closed = xml.indexOf(close, from);
    if (closed < 0) throw new UnreadableWorkbook('damaged');
    at = closed + close.length;
  }
  return parts.length === 0 ? xml : parts.join('') + xml.slice(at);
}

function rowsOf(xml: string, shared: readonly string[], most: number): ReadRow[] {
  const rows: ReadRow[] = [];
  let before = 0;
  for (const { attributes, inner } of elements(xml, 'row')) {
    const at = Number(attribute(attributes, 'r') ?? before + 1);
    before = at;
    const cells = cellsOf(inner, shared);
    // Sheets end with rows that hold a format and nothing else.
    if (!cells.some((cell) => cell !== null && cell !== '')) continue;
    rows.push({ at, cells });
    if (rows.length > most) throw new UnreadableWorkbook('rows');
  }
  return rows;
}

function cellsOf(xml: string, shared: readonly string[]): Read[] {
  const cells: Read[] = [];
  for (const { attributes, inner } of elements(xml, 'c')) {
    const place = /^([A-Z]{1,3})\d+$/.exec(attribute(attributes, 'r') ?? '')?.[1];
    const column = place === undefined ? cells.length : columnOf(place);
    if (column >= mostColumns) continue;
    while (cells.length < column) cells.push(null);
    cells[column] = readValue(attribute(attributes, 't') ?? 'n', inner, shared);
  }
  return cells;
}

function readValue(type: string, inner: string, shared: readonly string[]): Read {
  if (/<f[\s/>]/.test(inner)) return { formula: true };
  if (type === 'inlineStr') return textIn(inner);
  const [value] = elements(inner, 'v');
  if (value === undefined || value.inner === '') return null;
  if (type === 's') return shared[Number(value.inner)] ?? null;
  if (type === 'b') return value.inner === '1';
  if (type === 'n') return Number(value.inner);
  return unescaped(value.inner);
}

function columnOf(place: string): number {
  let column = 0;
  for (const letter of place) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The five entities of XML, characters by number, and Excel's own `_x000D_`. */
function unescaped(text: string): string {
  if (!text.includes('&') && !text.includes('_x')) return text;
  return text
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, ten, sixteen, name) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = ten === undefined ? Number.parseInt(sixteen, 16) : Number(ten);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_whole, code) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );
}
