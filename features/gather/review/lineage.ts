import { instantOf } from '../../../server/clock.ts';
import type { Actor, Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { accountNames } from '../../archive/names.ts';
import type { LineageQuery, RowLineage } from './contract.ts';

interface Found {
  batch: number;
  n: number;
  source: string;
  file_name: string;
  day: string;
  taken_at: string;
  decision: string;
  score: number | null;
  account: string | null;
  decided_at: string | null;
  version: number;
}

/** Whether the acting post decides about rows: it keeps what people are told apart by. The policies say the same. */
export const decidesRows = (actor: Actor): boolean => actor.write.includes('identity');

/** How rows came to a record: file, batch, and how the row was linked. Rows of other records are left out. */
export async function lineageOf(tx: Tx, { record, rows }: LineageQuery): Promise<RowLineage[]> {
  const asked = rows.split(',').map((row) => row.split('.').map(Number));
  const found = await tx.rows(sql<Found>`
    select batch, n, source, file_name, day::text as day, taken_at, decision, score, account, decided_at, version
      from gate_gather_lineage(${record}, ${asked.map(([batch]) => batch)}::int[], ${asked.map(([, n]) => n)}::int[])
     order by batch, n`);
  const names = await accountNames(
    tx,
    found.map(({ account }) => account ?? undefined),
  );
  const decides = decidesRows(tx.actor);
  return found.map((one) => ({
    batch: one.batch,
    n: one.n,
    source: one.source,
    fileName: one.file_name,
    day: one.day,
    takenAt: instantOf(one.taken_at),
    decision: one.decision,
    belief: one.decision === 'scored' ? one.score : null,
    by: one.account === null ? null : (names.get(one.account) ?? null),
    decidedAt: one.decided_at === null ? null : instantOf(one.decided_at),
    version: one.version,
    apart: decides && one.decision !== 'made',
  }));
}
