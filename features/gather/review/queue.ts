import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Cursors } from '../../../server/http/cursor.ts';
import type { QueuePage, QueueQuery, QueueRow, Waiting } from './contract.ts';

interface WaitingRow {
  source: string;
  waiting: number;
  put_off: number;
  since: string | null;
}

/** How many rows wait within the post, by source. */
export async function waitingRows(tx: Tx): Promise<Waiting[]> {
  const rows = await tx.rows(
    sql<WaitingRow>`select source, waiting, put_off, since from gate_gather_waiting() order by source`,
  );
  return rows.map(({ source, waiting, put_off, since }) => ({
    source,
    waiting,
    later: put_off,
    since: since === null ? null : instantOf(since),
  }));
}

/** Which rows a list is of; the same words as the partial indexes of gather_link. */
const conditions = {
  waiting: sql`l.decision = 'ask' and l.put_off_at is null`,
  later: sql`l.decision = 'ask' and l.put_off_at is not null`,
  decided: sql`l.decision in ('linked', 'parted')`,
} as const;

/** A page of the rows that wait, or of those that officials have decided about. */
export async function queueOf(
  tx: Tx,
  cursors: Cursors,
  { source, state = 'waiting', cursor, limit = 20 }: QueueQuery,
): Promise<QueuePage> {
  const list = `gather-review ${source ?? ''} ${state}`;
  const isNewestFirst = state === 'decided';
  const place = cursor === undefined ? null : (cursors.read(list, cursor) as number[]);
  const after = place
    ? sql`and (l.batch, l.n) ${isNewestFirst ? sql`<` : sql`>`} (${place[0] ?? 0}::int, ${place[1] ?? 0}::int)`
    : sql``;
  const order = isNewestFirst ? sql`l.batch desc, l.n desc` : sql`l.batch, l.n`;
  const rows = await tx.rows(sql<QueueRow>`
    select l.batch, l.n, l.decision, b.source, r.name, r.sex, r.birth::text as birth, l.score as belief,
           coalesce(jsonb_array_length(l.candidates), 0) as candidates
      from gather_link l
      join gate_gather_batches(array(select distinct l.batch from gather_link l where ${conditions[state]})) b on b.number = l.batch
      join gather_row r on r.batch = l.batch and r.n = l.n
     where ${conditions[state]} ${after} and b.state = 'done'
       and (${source ?? null}::text is null or b.source = ${source ?? null}::text)
     order by ${order} limit ${limit + 1}`);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? cursors.write(list, [last.batch, last.n]) : null;
  return { items, next };
}
