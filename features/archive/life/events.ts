import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Range } from '../../area/queries.ts';
import type { EventFilter, LifeEvent } from './contract.ts';

interface EventRow {
  id: string;
  kind: string;
  day: string;
  at: string;
  household: string | null;
  people: { id: string; name: string | null }[] | null;
  details: Record<string, unknown>;
  proof: string;
  proof_note: string | null;
  document: LifeEvent['document'];
  reason: string | null;
  actor: string | null;
  cancels: string | null;
  cancelled: boolean;
}

/** The register of acts of an area, the latest first. @param before day and id of the last one of the page before */
export async function eventsOf(
  tx: Tx,
  { lo, hi }: Range,
  { kind, from, to }: Omit<EventFilter, 'area'>,
  before: readonly [string, string] | undefined,
  limit: number,
): Promise<LifeEvent[]> {
  const past = before ? sql`and (e.day, e.id) < (${before[0]}::date, ${before[1]}::uuid)` : sql``;
  const ofKind = kind === undefined ? sql`` : sql`and e.kind = ${kind}`;
  const since = from === undefined ? sql`` : sql`and e.day >= ${from}::date`;
  const until = to === undefined ? sql`` : sql`and e.day <= ${to}::date`;
  const rows = await tx.rows(sql<EventRow>`
    select e.id, e.kind, e.day, e.at, e.household, e.details, e.proof, e.proof_note, e.reason, a.name as actor, e.cancels,
           (select json_agg(json_build_object('id', x.id, 'name', coalesce(n.name, (select nullif(h.name, '') from handover h where h.resident = x.id limit 1))))
              from unnest(e.residents) x(id) left join resident n on n.county = e.county and n.id = x.id) as people,
           exists (select from life_event c where c.county = e.county and c.cancels = e.id) as cancelled,
           (select json_build_object('id', e.document, 'category', s.category, 'subject', s.subject) from document_subject(e.county, e.document) s) as document
      from life_event e left join account a on a.id = e.account
     where e.area >= ${lo}::bigint and e.area < ${hi}::bigint ${ofKind} ${since} ${until} ${past} order by e.day desc, e.id desc limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    day: row.day,
    at: instantOf(row.at),
    household: row.household,
    residents: row.people ?? [],
    details: row.details,
    proof: row.proof,
    proofNote: row.proof_note,
    document: row.document,
    reason: row.reason,
    actor: row.actor,
    cancels: row.cancels,
    cancelled: row.cancelled,
  }));
}
