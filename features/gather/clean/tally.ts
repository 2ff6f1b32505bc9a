import { type Cleaned, isSetAside } from '../rows.ts';

/** Rows and faults of a file, counted as they pass. */
export class Tally {
  rows = 0;
  aside = 0;
  /** Rows with any fault, those set aside not counted. */
  faulty = 0;
  /** Of the citizen ids of rows that were not set aside. */
  readonly ids = { valid: 0, spoiled: 0, missing: 0 };
  /** Of cells by `column · reason`, of rows set aside by reason. */
  readonly cells = new Map<string, number>();
  readonly asides = new Map<string, number>();

  add(row: Cleaned): void {
    this.rows += 1;
    if (isSetAside(row)) {
      this.aside += 1;
      count(this.asides, row.aside.code);
      return;
    }
    if (row.faults.length > 0) this.faulty += 1;
    for (const { column, code } of row.faults) count(this.cells, `${column} · ${code}`);
    const { citizen_id, spoiled_id } = row.keys;
    this.ids[
      citizen_id !== undefined ? 'valid' : spoiled_id !== undefined ? 'spoiled' : 'missing'
    ] += 1;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
