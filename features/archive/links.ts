import type { Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { type FieldError, Problem } from '../../server/errors.ts';
import { record } from '../audit/queries.ts';
import type { NewHousingLink, NewMember, NewPremisesLink } from './contract.ts';
import type { Desk } from './desk.ts';
import { refreshHouseholdTags } from './household-tags.ts';
import { beginStretch, endStretch } from './life/membership.ts';
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
  await beginStretch(tx, { ...household, id: joining.id }, joining.resident, {
    relation: joining.relation,
    registered: joining.registered ?? true,
    since: joining.since ?? tx.actor.day,
  });
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
  await endStretch(tx, place.county, household, resident, tx.actor.day);
  await refreshHouseholdTags(tx, desk, household);
  await noteLink(tx, place, household, { resident }, 'unlinked', reason);
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
