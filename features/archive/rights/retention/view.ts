import { instantOf } from '../../../../server/clock.ts';
import type { Tx } from '../../../../server/database/actor.ts';
import { sql } from '../../../../server/database/sql.ts';
import type { CategoryKey } from '../../contract.ts';
import type { Dictionary } from '../../dictionary.ts';
import type { RetentionView } from '../contract.ts';

interface RunRow {
  id: string;
  started_at: string;
  ended_at: string | null;
  looked: number;
  records: number;
  documents: number;
}

/** The rules of retention and the figures of the last run; for the system administrator. */
export async function retentionView(tx: Tx, dictionary: Dictionary): Promise<RetentionView> {
  const rules = dictionary.retention.map(({ key, label }) => ({ key, label }));
  const run = await tx.first(sql<RunRow>`
    select id, started_at, ended_at, looked, records, documents from retention_run order by started_at desc limit 1`);
  if (!run) return { rules, run: null };
  const rows = await tx.rows(
    sql<{ category: CategoryKey; item: string; vals: number; history: number }>`
      select category, item, vals, history from retention_count where run = ${run.id} order by category, item`,
  );
  return {
    rules,
    run: {
      startedAt: instantOf(run.started_at),
      endedAt: run.ended_at === null ? null : instantOf(run.ended_at),
      looked: Number(run.looked),
      records: Number(run.records),
      documents: Number(run.documents),
      items: rows.map((row) => ({
        category: row.category,
        item: row.item,
        label: dictionary.item(row.category, row.item)?.label ?? { zh: row.item, en: row.item },
        values: Number(row.vals),
        history: Number(row.history),
      })),
    },
  };
}
