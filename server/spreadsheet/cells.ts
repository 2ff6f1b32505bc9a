import { attribute, elements, textIn, unescaped } from './xml.ts';

/** A cell as it stands in the file; a formula is never evaluated, and its remembered value is not believed. */
export type Read = string | number | boolean | { formula: true } | null;

/** How the cells of a row are read. */
export interface CellReading {
  /** A text of the book's table of texts. */
  shared(at: number): string | undefined;
  /** What a number is, as it is written in the file. */
  number(text: string): Read;
  /** Columns that are read. */
  most: number;
  /** A cell behind the last column: left out, or put into it so that it is seen. */
  beyond: 'leave' | 'keep';
}

/** The cells of a row, gaps as null. */
export function cellsOf(xml: string, reading: CellReading): Read[] {
  const cells: Read[] = [];
  for (const { attributes, inner } of elements(xml, 'c')) {
    const place = /^([A-Z]{1,3})\d+$/.exec(attribute(attributes, 'r') ?? '')?.[1];
    let column = place === undefined ? cells.length : columnOf(place);
    if (column >= reading.most) {
      if (reading.beyond === 'leave') continue;
      column = reading.most - 1;
    }
    while (cells.length < column) cells.push(null);
    cells[column] = readValue(attribute(attributes, 't') ?? 'n', inner, reading);
  }
  return cells;
}

/** Whether a row holds anything: sheets end with rows that hold a format and nothing else. */
export const holdsAnything = (cells: readonly Read[]): boolean =>
  cells.some((cell) => cell !== null && cell !== '');

function readValue(type: string, inner: string, reading: CellReading): Read {
  if (/<f[\s/>]/.test(inner)) return { formula: true };
  if (type === 'inlineStr') return textIn(inner);
  const [value] = elements(inner, 'v');
  if (value === undefined || value.inner === '') return null;
  if (type === 's') return reading.shared(Number(value.inner)) ?? null;
  if (type === 'b') return value.inner === '1';
  if (type === 'n') return reading.number(value.inner);
  return unescaped(value.inner);
}

function columnOf(place: string): number {
  let column = 0;
  for (const letter of place) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}
