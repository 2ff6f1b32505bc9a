import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { levelOf } from '../../area/queries.ts';
import { countiesOf } from '../list.ts';
import type { RightsRequest } from './contract.ts';
import { mayDecideDeletion } from './who.ts';

interface Row {
  kind: 'correction' | 'deletion';
  id: string;
  subject: string;
  name: string | null;
  area_code: string;
  area_name: string;
  area_level: number;
  item: string | null;
  item_group: string | null;
  ground: string | null;
  asker: string | null;
  asked_at: string;
  asked_by: string | null;
  asker_name: string | null;
  due_on: string | null;
  provisional: boolean;
  state: string;
  outcome: string | null;
  decided_at: string | null;
  decider_name: string | null;
}

/** At most so many are listed: the soonest due first. */
const most = 200;

/**
 * Applications within the scope, the soonest due first; of one resident, newest first and decided ones too. Row
 * security shows corrections of items that the post keeps, and deletions to those who keep files.
 */
export async function requestsOf(
  tx: Tx,
  { resident, state }: { resident?: string | undefined; state?: 'open' | 'all' | undefined },
): Promise<RightsRequest[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const which = sql`q.county between ${first} and ${last}
    ${state === 'all' ? sql`` : sql`and q.state = 'open'`} ${resident ? sql`and q.subject = ${resident}::uuid` : sql``}`;
  const rows = await tx.rows(sql<Row>`
    select q.*, r.name, a.code as area_code, a.name as area_name, a.level as area_level,
           b.name as asker_name, d.name as decider_name
      from (
        (select 'correction' as kind, q.id, q.county, q.area, q.subject, q.item, q.item_group, null as ground, q.asker,
                q.asked_at, q.asked_by, q.due_on, q.provisional, q.state, q.outcome, q.decided_at, q.decided_by
           from correction q where ${which} order by q.due_on, q.id limit ${most})
        union all
        (select 'deletion', q.id, q.county, q.area, q.subject, null, null, q.ground, q.asker,
                q.asked_at, q.asked_by, q.due_on, q.provisional, q.state, null, q.decided_at, q.decided_by
           from deletion q where ${which} order by q.due_on, q.id limit ${most})) q
      join area a on a.lo = q.area and a.level >= 5
      left join resident r on r.county = q.county and r.id = q.subject
      left join account b on b.id = q.asked_by
      left join account d on d.id = q.decided_by
     order by q.state = 'open' desc, q.due_on, q.id desc limit ${most}`);
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    resident: { id: row.subject, name: row.name },
    area: { code: row.area_code, name: row.area_name, level: levelOf(row.area_level) },
    item: row.item,
    ground: row.ground,
    asker: row.asker,
    askedAt: instantOf(row.asked_at),
    askedBy: row.asker_name,
    dueOn: row.due_on,
    provisional: row.provisional,
    overdue: row.state === 'open' && row.due_on !== null && row.due_on < tx.actor.day,
    state: row.state,
    outcome: row.outcome,
    decidedAt: row.decided_at === null ? null : instantOf(row.decided_at),
    decidedBy: row.decider_name,
    mayDecide: row.state === 'open' && mayDecide(tx, row),
    mayWithdraw:
      row.state === 'open' &&
      row.asked_by === tx.actor.account &&
      tx.actor.write.includes(row.item_group ?? 'file'),
  }));
}

function mayDecide({ actor }: Tx, row: Row): boolean {
  if (row.kind === 'deletion') return mayDecideDeletion(actor) && row.asked_by !== actor.account;
  const group = row.item_group ?? '';
  return (
    actor.write.includes(group) && (actor.open.includes(group) || actor.reveal.includes(group))
  );
}
