import { type Cleaned, isSetAside, type Reason } from '../rows.ts';

/** Fewer rows tell nothing about a file. */
const enough = 20;

const hopeless: Record<'aside' | 'ids', Reason> = {
  aside: {
    code: 'all_aside',
    message: {
      zh: '没有一行可用，请核对文件和方案是否对应',
      en: 'Not one row can be used; check that file and profile belong together',
    },
  },
  ids: {
    code: 'all_ids',
    message: {
      zh: '没有一个公民身份号码有效，可能选错了列，或文件导出时已损坏，请核对后重新导出',
      en: 'Not one citizen id is valid: it may be the wrong column, or the file was spoiled when it was exported',
    },
  },
};

/** What of a file's rows tells whether it is the right one. */
export interface Counted {
  rows: number;
  aside: number;
  valid: number;
  spoiled: number;
}

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

  /** The sum of what was counted of parts of a file. */
  static of(parts: readonly Counted[]): Tally {
    const tally = new Tally();
    for (const { rows, aside, valid, spoiled } of parts) {
      tally.rows += rows;
      tally.aside += aside;
      tally.ids.valid += valid;
      tally.ids.spoiled += spoiled;
    }
    return tally;
  }

  counted(): Counted {
    const { rows, aside, ids } = this;
    return { rows, aside, valid: ids.valid, spoiled: ids.spoiled };
  }

  /** Why a file should be refused as a whole; undefined where it need not be. */
  refusal(): Reason | undefined {
    if (this.rows < enough) return undefined;
    if (this.aside === this.rows) return hopeless.aside;
    const { valid, spoiled } = this.ids;
    return valid === 0 && spoiled >= enough ? hopeless.ids : undefined;
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
