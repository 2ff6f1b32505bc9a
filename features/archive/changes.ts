import type { Static } from 'typebox';
import { instantOf } from '../../server/clock.ts';
import type { Actor, Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { ItemGroup } from '../identity/roles.ts';
import type { CategoryShape } from './categories.ts';
import type { CategoryKey, Change, ItemValue } from './contract.ts';
import { countiesOf } from './list.ts';

/** A fact, or what was linked as what. */
interface Side {
  v?: unknown;
  s?: string;
  d?: string;
  resident?: string;
  housing?: string;
  relation?: string;
  kind?: string;
  role?: string;
}

interface ChangeRow {
  id: string;
  at: string;
  category: CategoryKey;
  subject: string;
  subject_name: string | null;
  kind: string;
  item: string | null;
  item_group: ItemGroup;
  before: Side | null;
  after: Side | null;
  resident: string | null;
  housing: string | null;
  people: { id: string; name: string | null }[] | null;
  cancelled: boolean | null;
  cancels: string | null;
  proven: boolean | null;
  document: { id: string; category: CategoryKey; subject: string } | null;
  actor: string | null;
  reason: string | null;
}

/**
 * The history of a record, newest first; a household's holds that of its members too. The transaction
 * is opened with the record as its subject, so that lines on sealed items are there: that and when they
 * changed is shown, their values are not. Groups the role may not even reveal stay hidden.
 */
export async function changesOf(
  tx: Tx,
  shape: CategoryShape,
  id: string,
  before: string | undefined,
  limit: number,
): Promise<Static<typeof Change>[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const past = before === undefined ? sql`` : sql`and c.id < ${before}::uuid`;
  const part = (column: string) => sql`(select c.* from archive_change c
    where c.county between ${first} and ${last} and ${sql.ref(`c.${column}`)} = ${id} ${past} order by c.id desc limit ${limit})`;
  const rows = await tx.rows(sql<ChangeRow>`
    select c.id, c.at, c.category, c.subject, coalesce(r.name, h.address) as subject_name, c.kind, c.item, c.item_group,
           c.before, c.after, a.name as actor, c.reason, m.name as resident, coalesce(d.address, d.code) as housing,
           p.people, e.cancelled, e.cancels, e.document, e.proven
      from (${shape.key === 'household' ? sql`${part('household')} union ${part('subject')}` : part('subject')}) c
      left join resident r on c.category = 'resident' and r.county = c.county and r.id = c.subject
      left join household h on c.category = 'household' and h.county = c.county and h.id = c.subject
      left join resident m on c.kind in ('linked', 'unlinked') and m.county = c.county
            and m.id = (coalesce(c.after, c.before)->>'resident')::uuid
      left join housing d on c.kind in ('linked', 'unlinked') and d.county = c.county
            and d.id = (coalesce(c.after, c.before)->>'housing')::uuid
      left join account a on a.id = c.account
      left join lateral (
        select json_agg(json_build_object('id', x.id, 'name', n.name)) as people
          from jsonb_array_elements_text(c.after -> 'residents') r(id) cross join lateral (select r.id::uuid as id) x
          left join resident n on n.county = c.county and n.id = x.id) p on c.kind = 'event'
      left join lateral (
        select exists (select from life_event k where k.county = c.county and k.cancels = (c.after ->> 'id')::uuid) as cancelled,
               (select k.kind from life_event k where k.county = c.county and k.id = (c.after ->> 'cancels')::uuid) as cancels,
               (select json_build_object('id', k.document, 'category', s.category, 'subject', s.subject)
                  from life_event k cross join lateral document_subject(k.county, k.document) s
                 where k.county = c.county and k.id = (c.after ->> 'id')::uuid and k.document is not null) as document,
               (select k.document is not null from life_event k where k.county = c.county and k.id = (c.after ->> 'id')::uuid) as proven) e on c.kind = 'event'
     order by c.id desc limit ${limit}`);
  return rows.map((row) => toChange(row, tx.actor));
}

function toChange(row: ChangeRow, { open, write }: Actor): Static<typeof Change> {
  const sealed = row.item_group !== 'file' && !open.includes(row.item_group);
  const value = (side: ChangeRow['before']): Static<typeof ItemValue> =>
    sealed ? null : ((side?.v ?? null) as Static<typeof ItemValue>);
  return {
    id: row.id,
    at: instantOf(row.at),
    category: row.category,
    subject: row.subject,
    subjectName: row.subject_name,
    kind: row.kind,
    // Who registers acts of a sealed group sees what was registered.
    event: sealed && !write.includes(row.item_group) ? null : eventOf(row),
    item: row.item,
    before: value(row.before),
    after: value(row.after),
    sealed,
    source: row.after?.s ?? row.before?.s ?? null,
    asOf: row.after?.d ?? row.before?.d ?? null,
    actor: row.actor,
    reason: row.reason,
    other: otherOf(row),
  };
}

/** The record at the other end of a link. */
function otherOf({ before, after, resident, housing }: ChangeRow): Static<typeof Change>['other'] {
  const link = after ?? before;
  const as = link?.relation ?? link?.kind ?? link?.role ?? null;
  if (link?.resident) return { category: 'resident', id: link.resident, name: resident, as };
  if (link?.housing) return { category: 'housing', id: link.housing, name: housing, as };
  return null;
}

/** What a line tells of an act of life; names of those whose files are elsewhere are not there. */
function eventOf(row: ChangeRow): Static<typeof Change>['event'] {
  if (row.kind !== 'event' || row.after === null) return null;
  const told = row.after as {
    id: string;
    event: string;
    day: string;
    proof?: string;
    household?: string | null;
    toName?: string;
    place?: string;
  };
  return {
    id: told.id,
    kind: told.event,
    day: told.day,
    proof: told.proof ?? null,
    household: told.household ?? null,
    residents: row.people ?? [],
    toName: told.toName ?? null,
    place: told.place ?? null,
    cancelled: row.cancelled ?? false,
    cancels: row.cancels,
    document: row.document,
    proven: row.proven ?? true,
  };
}
