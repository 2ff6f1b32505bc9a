import type { Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { type FieldError, Problem } from '../../server/errors.ts';
import { record } from '../audit/queries.ts';
import type { NewHousingLink, NewMember, NewPremisesLink } from './contract.ts';
import type { Desk } from './desk.ts';
import { refreshHouseholdTags } from './household-tags.ts';
import { countiesOf } from './list.ts';
import { noteChange } from './notes.ts';

interface Place {
  county: number;
  area: number;
  household?: string | null;
}

async function placeOfRecord(
  tx: Tx,
  category: 'household' | 'resident' | 'housing' | 'premises',
  id: string,
): Promise<Place> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const extra = category === 'resident' ? sql`, household` : sql``;
  const found = await tx.first(sql<Place>`
    select county, area ${extra} from ${sql.table(category)} where county between ${first} and ${last} and id = ${id} for update`);
  if (!found) throw new Problem('not-found');
  return found;
}

function wrong(field: string, zh: string, en: string): Problem {
  const error: FieldError = { field, code: 'rule', message: { zh, en } };
  return new Problem('invalid', { errors: [error] });
}

/** A household and the resident that joins it. */
export interface Joining extends Omit<Static<typeof NewMember>, 'resident' | 'reason'> {
  /** The household. */
  id: string;
  resident: string;
  reason?: string | undefined;
}

/**
 * Lets a resident live in a household. Someone who lives in another household of the same grid leaves
 * that one; a move between grids or villages is an act of its own.
 * @throws Problem invalid, conflict, not-found
 */
export async function joinHousehold(tx: Tx, desk: Desk, joining: Joining): Promise<void> {
  // The resident before the household, as an edit of the resident locks them.
  const resident = await placeOfRecord(tx, 'resident', joining.resident);
  const household = await placeOfRecord(tx, 'household', joining.id);
  const relations = desk.dictionary.codes.family_relation?.codes ?? [];
  if (!relations.some(({ code }) => code === joining.relation)) {
    throw wrong(
      'relation',
      '与户主关系：请从代码表中选择',
      'relation: choose one of the code table (GB/T 4761)',
    );
  }
  if (household.area !== resident.area) {
    throw new Problem('conflict', {
      detail: {
        zh: '居民与户不在同一网格（村），迁移须另行办理',
        en: 'Resident and household are in different grids; a move is an act of its own',
      },
    });
  }
  if (resident.household === joining.id)
    throw new Problem('conflict', {
      detail: { zh: '此人已在该户', en: 'The resident lives in this household already' },
    });
  if (resident.household) await leave(tx, desk, resident.household, joining.resident, household);
  const { now, day } = tx.actor;
  await tx.count(sql`insert into household_member (county, area, household, resident, relation, registered, lives, since)
    values (${household.county}, ${household.area}, ${joining.id}, ${joining.resident}, ${joining.relation}, ${joining.registered ?? true}, true, ${joining.since ?? day})
    on conflict (county, household, resident) do update
      set relation = excluded.relation, registered = excluded.registered, since = excluded.since, until = null`);
  await tx.count(sql`update resident set household = ${joining.id}, relation = ${joining.relation},
      sort_key = (select sort_key from household where county = ${household.county} and id = ${joining.id}) || '-' || ${joining.relation}::text, version = version + 1, updated_at = ${now}
    where county = ${household.county} and id = ${joining.resident}`);
  await recount(tx, household.county, joining.id);
  await refreshHouseholdTags(tx, desk, joining.id);
  await noteLink(
    tx,
    household,
    joining.id,
    { resident: joining.resident, relation: joining.relation },
    'linked',
    joining.reason,
  );
}

/** Ends a resident's membership of a household. @throws Problem not-found when there is none */
export async function leaveHousehold(
  tx: Tx,
  desk: Desk,
  household: string,
  resident: string,
  reason: string | undefined,
): Promise<void> {
  await placeOfRecord(tx, 'resident', resident);
  const place = await placeOfRecord(tx, 'household', household);
  await leave(tx, desk, household, resident, place, reason);
}

async function leave(
  tx: Tx,
  desk: Desk,
  household: string,
  resident: string,
  place: Place,
  reason?: string,
): Promise<void> {
  const { now, day } = tx.actor;
  const ended = await tx.count(sql`update household_member set until = ${day}
    where county = ${place.county} and household = ${household} and resident = ${resident} and until is null`);
  if (ended === 0) throw new Problem('not-found');
  await tx.count(sql`update resident set household = null, relation = null, sort_key = name, version = version + 1, updated_at = ${now}
    where county = ${place.county} and id = ${resident} and household = ${household}`);
  await recount(tx, place.county, household);
  await refreshHouseholdTags(tx, desk, household);
  await noteLink(tx, place, household, { resident }, 'unlinked', reason);
}

/** The derived numbers of a household: who lives in it, who is registered in it. */
async function recount(tx: Tx, county: number, household: string): Promise<void> {
  await tx.count(sql`update household h set members = n.members, registered = n.registered, version = version + 1, updated_at = ${tx.actor.now}
    from (select count(*) filter (where lives)::int as members, count(*) filter (where registered)::int as registered
            from household_member where county = ${county} and household = ${household} and until is null) n
    where h.county = ${county} and h.id = ${household}`);
}

async function noteLink(
  tx: Tx,
  place: Place,
  household: string,
  what: object,
  kind: 'linked' | 'unlinked',
  reason: string | undefined,
): Promise<void> {
  await noteChange(tx, {
    area: place.area,
    category: 'household',
    subject: household,
    household,
    kind,
    group: 'file',
    ...(kind === 'linked' ? { after: what } : { before: what }),
    reason,
  });
  await record(tx, { action: kind, category: 'household', subject: household, area: place.area });
}

/** Ties a household to a dwelling. @throws Problem not-found, conflict */
export async function linkHousing(
  tx: Tx,
  household: string,
  link: Static<typeof NewHousingLink>,
): Promise<void> {
  const place = await placeOfRecord(tx, 'household', household);
  const housing = await placeOfRecord(tx, 'housing', link.housing);
  requireSameCounty(place, housing);
  await tx.count(sql`insert into household_housing (county, area, household, housing, kind, since)
    values (${place.county}, ${place.area}, ${household}, ${link.housing}, ${link.kind}, ${tx.actor.day})
    on conflict (county, household, housing, kind) do update set until = null`);
  await noteLink(tx, place, household, link, 'linked', undefined);
}

/** Ties a resident to premises as legal person or operator. @throws Problem not-found, conflict */
export async function linkPremises(
  tx: Tx,
  premises: string,
  link: Static<typeof NewPremisesLink>,
): Promise<void> {
  const place = await placeOfRecord(tx, 'premises', premises);
  const resident = await placeOfRecord(tx, 'resident', link.resident);
  requireSameCounty(place, resident);
  await tx.count(sql`insert into premises_person (county, area, premises, resident, role, since)
    values (${place.county}, ${place.area}, ${premises}, ${link.resident}, ${link.role}, ${tx.actor.day})
    on conflict (county, premises, resident, role) do update set until = null`);
  await noteChange(tx, {
    area: place.area,
    category: 'premises',
    subject: premises,
    kind: 'linked',
    group: 'file',
    after: link,
  });
  await record(tx, { action: 'linked', category: 'premises', subject: premises, area: place.area });
}

/** Records tied together lie on one shard: their county is the same. */
function requireSameCounty(one: Place, other: Place): void {
  if (one.county === other.county) return;
  throw new Problem('conflict', {
    detail: { zh: '两份档案不在同一县（市、区）', en: 'The two records are in different counties' },
  });
}
