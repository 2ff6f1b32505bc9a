import type { Static } from 'typebox';
import { dayOf, instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import type { AreaName } from '../../area/contract.ts';
import { levelOf } from '../../area/queries.ts';
import { recordOpening } from '../../audit/queries.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { type CategoryShape, sealedGroups, shapes } from '../categories.ts';
import type { Dictionary } from '../dictionary.ts';
import { viewOf } from '../file.ts';
import { countiesOf } from '../list.ts';
import { accountNames } from '../names.ts';
import { type Fact, type Facts, sameValue } from '../rules/facts.ts';
import type { PastHousehold, PastItem, PastResident } from './contract.ts';
import { type Line, onDay } from './rules/past.ts';
import type { Dweller } from './stays.ts';

interface LineRow {
  item: string;
  kind: Line['kind'];
  before: Fact | null;
  after: Fact | null;
  at: string;
}

/** A household as it was at the end of a past day. @throws Problem not-found */
export async function pastHousehold(
  tx: Tx,
  dictionary: Dictionary,
  groups: readonly ItemGroup[],
  id: string,
  day: string,
  purpose: string | undefined,
): Promise<Static<typeof PastHousehold>> {
  const state = await pastState(tx, dictionary, shapes.household, groups, id, day, purpose);
  const members = await membersOn(tx, id, day);
  return {
    ...state,
    members: members
      .filter(({ held }) => held)
      .map(({ held: _held, open: _open, ...member }) => member),
    joined: members
      .filter(({ held, open }) => !held && open)
      .filter(({ resident }) => !members.some((one) => one.held && one.resident === resident))
      .map(({ resident, name, since }) => ({ resident, name, since })),
  };
}

/** A resident as of the end of a past day. @throws Problem not-found */
export async function pastResident(
  tx: Tx,
  dictionary: Dictionary,
  groups: readonly ItemGroup[],
  id: string,
  day: string,
  purpose: string | undefined,
): Promise<Static<typeof PastResident>> {
  const state = await pastState(tx, dictionary, shapes.resident, groups, id, day, purpose);
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const households = await tx.rows(sql<Static<typeof PastResident>['households'][number]>`
    select m.household as id, h.address, m.relation, m.since, m.until, m.open as now
      from (${stretches(sql`resident`, id, first, last)}) m left join household h on h.county = m.county and h.id = m.household
     where ${inForce(day)} order by m.since nulls first`);
  return { ...state, households };
}

/** The groups of items that the past shows: those open to the role; sealed values are revealed one by one, of today. */
export function pastGroups(shape: CategoryShape, open: readonly string[]): ItemGroup[] {
  return shape.groups.filter((group) => open.includes(group) && !sealedGroups.includes(group));
}

async function pastState(
  tx: Tx,
  dictionary: Dictionary,
  shape: CategoryShape,
  groups: readonly ItemGroup[],
  id: string,
  day: string,
  purpose: string | undefined,
) {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const row = await tx.first(sql<{
    county: number;
    area: number;
    left_on: string | null;
    birth: string | null;
  }>`
    select county, area, left_on, ${shape.key === 'resident' ? sql`birth` : sql`null::date as birth`}
      from ${sql.table(shape.key)} where county between ${first} and ${last} and id = ${id}`);
  if (!row) throw new Problem('not-found');
  await recordOpening(tx, shape.key, id, purpose, 'open_past');
  const facts: Facts = {};
  for (const group of groups) {
    const found = await tx.first(
      sql<{
        facts: Facts;
      }>`select facts from ${sql.table(`${shape.key}_${group}`)} where county = ${row.county} and id = ${id}`,
    );
    Object.assign(facts, found?.facts);
  }
  const lines = await tx.rows(sql<LineRow>`
    select item, kind, before, after, at from archive_change
     where county = ${row.county} and subject = ${id} and item is not null and kind in ('changed', 'conflict', 'confirmed') and item_group = any(${groups}::text[])
     order by id`);
  const known = itemsOn(dictionary, shape, facts, lines, day);
  const names = await accountNames(
    tx,
    known.map(({ fact }) => fact.a),
  );
  const items: Record<string, PastItem> = {};
  for (const { key, fact, later, differs } of known)
    items[key] = { ...viewOf(fact, names), later, differs };
  const area = await areaOn(tx, shape.key as Dweller, id, row, day);
  return {
    id,
    on: day,
    area,
    here: area !== null,
    items,
    absent: Object.keys(facts).filter((key) => items[key] === undefined),
  };
}

function itemsOn(
  dictionary: Dictionary,
  shape: CategoryShape,
  facts: Facts,
  rows: readonly LineRow[],
  day: string,
) {
  const byItem = Map.groupBy(rows, ({ item }) => item);
  return dictionary.categories[shape.key].items.flatMap((item) => {
    const lines = (byItem.get(item.key) ?? []).map(
      ({ kind, before, after, at }): Line => ({
        kind,
        before,
        after,
        written: dayOf(new Date(instantOf(at))),
      }),
    );
    const now = facts[item.key];
    const found = onDay(item, lines, now, day);
    if (!found) return [];
    const differs = now === undefined || !sameValue(now.v, found.fact.v);
    return [{ key: item.key, ...found, differs }];
  });
}

/** The grid in which a record was at the end of a day, as far as the acting post sees; null when it was not here. */
async function areaOn(
  tx: Tx,
  category: Dweller,
  id: string,
  row: { county: number; area: number; left_on: string | null; birth: string | null },
  day: string,
): Promise<AreaName | null> {
  const stays = await tx.rows(sql<{ area: number; since: string | null; until: string | null }>`
    select area, since, until from stay where subject = ${id} and category = ${category} order by since nulls first, id`);
  const then = stays.find(
    ({ since, until }) => (since === null || since <= day) && (until === null || until > day),
  );
  // Without an act that says otherwise it has been where it is since always, or since birth.
  const always =
    stays.length === 0 && row.left_on === null && (row.birth === null || row.birth <= day);
  const code = then?.area ?? (always ? row.area : undefined);
  if (code === undefined) return null;
  const found = await tx.first(sql<{ code: string; name: string; level: number }>`
    select code, name, level from area where lo = ${code} and level >= 5 order by level desc limit 1`);
  return found ? { code: found.code, name: found.name, level: levelOf(found.level) } : null;
}

/** All stretches of membership by household or resident: earlier ones, and the last with whether it lasts. */
function stretches(
  column: ReturnType<typeof sql>,
  id: string,
  first: number,
  last: number,
): ReturnType<typeof sql> {
  return sql`
    select county, household, resident, relation, registered, since, until, coalesce(relation_since, since) as related, false as open
      from household_member_past where county between ${first} and ${last} and ${column} = ${id}
    union all
    select county, household, resident, relation, registered, since, until, coalesce(relation_since, since), until is null
      from household_member where county between ${first} and ${last} and ${column} = ${id}`;
}

/** Whether a stretch `m`, in its relation, holds at the end of a day. */
function inForce(day: string): ReturnType<typeof sql> {
  return sql`(m.related is null or m.related <= ${day}::date) and (m.until is null or m.until > ${day}::date)`;
}

interface MemberRow {
  resident: string;
  name: string | null;
  relation: string | null;
  since: string | null;
  until: string | null;
  now: boolean;
  open: boolean;
  held: boolean;
}

/** Members of the day and of today. A member whose file went to another village is told by the hand-over. */
function membersOn(tx: Tx, household: string, day: string): Promise<MemberRow[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  return tx.rows(sql<MemberRow>`
    select m.resident, coalesce(r.name, (select nullif(o.name, '') from handover o where o.resident = m.resident order by o.id desc limit 1)) as name,
           m.relation, m.since, m.until, m.open as now, m.open, ${inForce(day)} as held
      from (${stretches(sql`household`, household, first, last)}) m left join resident r on r.county = m.county and r.id = m.resident
     where m.open or ${inForce(day)} order by r.sort_key, m.resident`);
}
