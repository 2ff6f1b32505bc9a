import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Delivery } from './contract.ts';
import { cursorOf, secondsOf } from './cursor.ts';

/** Lines of the log that the page shows. */
const shown = 50;

interface Row {
  id: string;
  state: Delivery['state'];
  events: number;
  tries: number;
  answer: string | null;
  first_at: string;
  last_at: string;
  after: number;
}

/** What was sent to a system lately, the newest first. */
export async function readDeliveries(tx: Tx, system: string): Promise<Delivery[]> {
  const rows = await tx.rows(sql<Row>`
    select id, state, events, tries, answer, first_at, last_at, after from gather_delivery
     where system = ${system} order by number desc limit ${sql.whole(shown)}`);
  return rows.map(({ first_at, last_at, after, ...row }) => ({
    ...row,
    firstAt: first_at,
    lastAt: last_at,
    cursor: cursorOf({ n: after, at: secondsOf(new Date(first_at)) }),
  }));
}
