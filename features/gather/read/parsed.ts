import type { Reason } from '../rows.ts';
import { lost } from './encoding.ts';
import { rowReasons } from './reasons.ts';

/** A row as its format gives it, before title and header are told from data. */
export interface ParsedRow {
  cells: string[];
  fault?: Reason;
}

/** Whether there is nothing to see in any cell. */
export function isBlank(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== '' && cell.trim() !== '') return false;
  return true;
}

/** What of a cell that is too long is kept, to be shown. */
const shown = 200;

/** A row with its long cells cut short. */
export const shortened = (cells: readonly string[], columns: number): string[] =>
  cells.slice(0, columns).map((cell) => (cell.length > shown ? `${cell.slice(0, shown)}…` : cell));

/** Sets the rows aside whose bytes could not be read. */
export function markDamaged(rows: readonly ParsedRow[]): void {
  for (const row of rows)
    if (!row.fault && row.cells.some((cell) => cell.includes(lost))) row.fault = rowReasons.bytes;
}
