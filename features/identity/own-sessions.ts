import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { OwnSession } from './contract.ts';

/** One's sessions that have not run out, the present one first, then the last used. */
export async function ownSessions(tx: Tx, current: string): Promise<OwnSession[]> {
  const { account, now } = tx.actor;
  return tx.rows(sql<OwnSession>`
    select id, id = ${current}::uuid as current, browser, system, method, stage = 'open' as complete,
           created_at as "startedAt", seen_at as "seenAt", expires_at as "expiresAt"
      from session where account = ${account} and expires_at > ${now} and seen_at + idle > ${now}
     order by current desc, seen_at desc, id`);
}

/** Ends one of one's sessions. @returns false when there is none of that id */
export async function endSession(tx: Tx, id: string): Promise<boolean> {
  return (
    (await tx.count(sql`delete from session where id = ${id} and account = ${tx.actor.account}`)) >
    0
  );
}

/** Ends all of one's sessions but the given one. @returns how many */
export function endOtherSessions(tx: Tx, kept: string): Promise<number> {
  return tx.count(sql`delete from session where id <> ${kept} and account = ${tx.actor.account}`);
}
