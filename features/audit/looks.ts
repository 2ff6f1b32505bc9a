import { instantOf } from '../../server/clock.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { LookEntry } from './contract.ts';
import { type PostColumns, postColumns, postOf } from './posts.ts';

interface LookRow extends PostColumns {
  id: string;
  at: string;
  account: string | null;
  name: string | null;
  system: string | null;
  kind: LookEntry['kind'];
  action: string;
  item: string | null;
  purpose: string | null;
}

/**
 * 谁看过: who opened, revealed, exported, printed or changed a record, newest first. Row security shows what lies
 * within the scope of the acting post, and nothing but looks and changes (db/migrations/0007).
 * @param before where the page before ended: instant and id
 */
export async function looksAt(
  tx: Tx,
  subject: string,
  before: readonly [string, string] | undefined,
  limit: number,
): Promise<LookEntry[]> {
  const past = before
    ? sql`and (e.at, e.id) < (${before[0]}::timestamptz, ${before[1]}::uuid)`
    : sql``;
  const rows = await tx.rows(sql<LookRow>`
    with page as (
      select e.* from audit_entry e where e.subject = ${subject}::uuid ${past} order by e.at desc, e.id desc limit ${limit})
    select e.id, e.at, e.account, a.name, case when e.action = 'send_changes' then e.detail end as system, e.role, e.kind, e.action, e.item, e.purpose, ${postColumns}
      from page e
      left join account a on a.id = e.account
      left join gate_post_names((select array_agg(distinct post) from page)) p on p.id = e.post
     order by e.at desc, e.id desc`);
  return rows.map((row) => ({
    id: row.id,
    at: instantOf(row.at),
    account: row.account ? { id: row.account, name: row.name ?? '' } : null,
    system: row.system,
    own: row.account === tx.actor.account,
    role: row.role,
    post: postOf(row),
    kind: row.kind,
    action: row.action,
    item: row.item,
    purpose: row.purpose,
  }));
}
