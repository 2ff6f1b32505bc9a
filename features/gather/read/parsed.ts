import type { Reason } from '../rows.ts';

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
