import { firstSheet, plainXml } from './book.ts';
import { type CellReading, cellsOf, holdsAnything, type Read } from './cells.ts';
import { UnreadableWorkbook } from './unreadable.ts';
import { unzipped } from './unzip.ts';
import { attribute, elements, textIn } from './xml.ts';

export type { Read } from './cells.ts';

export interface ReadRow {
  /** As the reader of the sheet counts, from 1. */
  at: number;
  cells: readonly Read[];
}

const mostColumns = 200;

/**
 * Reads the first sheet of an .xlsx.
 * @param most rows at most
 * @throws UnreadableWorkbook
 */
export function readSheet(file: Buffer, most: number): ReadRow[] {
  const open = unzipped(file);
  const text = (name: string): string | undefined => {
    const content = open(name)?.toString('utf8');
    return content === undefined ? undefined : plainXml(content);
  };
  const sheet = text(firstSheet(text));
  if (sheet === undefined) throw new UnreadableWorkbook('damaged');
  const shared = [...elements(text('xl/sharedStrings.xml') ?? '', 'si')].map(({ inner }) =>
    textIn(inner),
  );
  return rowsOf(sheet, most, {
    shared: (at) => shared[at],
    number: Number,
    most: mostColumns,
    beyond: 'leave',
  });
}

function rowsOf(xml: string, most: number, reading: CellReading): ReadRow[] {
  const rows: ReadRow[] = [];
  let before = 0;
  for (const { attributes, inner } of elements(xml, 'row')) {
    const at = Number(attribute(attributes, 'r') ?? before + 1);
    before = at;
    const cells = cellsOf(inner, reading);
    if (!holdsAnything(cells)) continue;
    rows.push({ at, cells });
    if (rows.length > most) throw new UnreadableWorkbook('rows');
  }
  return rows;
}
