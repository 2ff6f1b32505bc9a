import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Language, Text } from '../../../server/errors.ts';
import type { Reasons } from '../contract.ts';

interface Counted {
  whole: boolean;
  named: string | null;
  code: string;
  words: Text;
  times: number;
}

/** Why rows of a batch were set aside and cells not taken, with counts; nothing of what they held. */
export async function reasonsOf(tx: Tx, number: number, language: Language): Promise<Reasons> {
  const all = await tx.rows(sql<Counted>`select * from gate_gather_reasons(${number})`);
  const told = ({ code, words, times }: Counted) => ({ code, words: words[language], times });
  return {
    rows: all.filter(({ whole }) => whole).map(told),
    cells: all
      .filter(({ whole }) => !whole)
      .map((one) => ({ column: one.named ?? '', ...told(one) })),
  };
}

/** A row with what was wrong with it. */
export interface FaultyRow {
  n: number;
  why: string;
}

interface Kept {
  n: number;
  faults: { column: string; code: string; message: Text }[] | null;
  aside: { code: string; message: Text } | null;
}

/** Which rows are wanted. */
export interface Wanted {
  what: 'rows' | 'cells' | 'all';
  code: string | undefined;
}

/** Rows of a batch that were set aside, or of which cells were not taken, in their order, with 原因. */
export async function faultyRows(
  tx: Tx,
  number: number,
  { what, code }: Wanted,
  most: number,
): Promise<FaultyRow[]> {
  const ofRows = sql`(aside is not null and (${code ?? null}::text is null or aside ->> 'code' = ${code ?? null}::text))`;
  const ofCells = sql`(aside is null and faults is not null and (${code ?? null}::text is null
    or faults @> jsonb_build_array(jsonb_build_object('code', ${code ?? null}::text))))`;
  const wanted = { rows: ofRows, cells: ofCells, all: sql`(${ofRows} or ${ofCells})` }[what];
  const kept = await tx.rows(sql<Kept>`
    select n, faults, aside from gather_row
     where batch = ${number} and (faults is not null or aside is not null) and ${wanted}
     order by n limit ${most}`);
  return kept.map((row) => ({ n: row.n, why: whyOf(row) }));
}

function whyOf({ aside, faults }: Kept): string {
  const cells = (faults ?? []).map(({ column, message }) => `${column}：${message.zh}`);
  return [...(aside ? [`整行未采用：${aside.message.zh}`] : []), ...cells].join('；');
}
