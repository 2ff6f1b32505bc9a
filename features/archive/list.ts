import type { Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { countyOf, type Range } from '../area/queries.ts';
import type { CategoryShape } from './categories.ts';
import type { ListQuery } from './contract.ts';
import type { ListedRow } from './rows.ts';
import { missingToken, tagToken } from './search/tokens.ts';

/** The last record of the page before: by order in the area, or by token. */
export type Place = readonly [area: number, sortKey: string, id: string];

/** Columns of a record in lists and at the head of its file, with the name of its area. */
export function listedColumns(shape: CategoryShape): Sql<unknown> {
  const own = Object.keys(shape.columns).map((column) => sql`r.${sql.ref(column)}`);
  const household =
    shape.key === 'resident'
      ? [sql`h.number as household_number`, sql`h.address as household_address`]
      : [];
  const building =
    shape.key === 'housing'
      ? [sql`r.building`, sql`coalesce(y.name || ' ', '') || b.name as building_name`]
      : [];
  return sql.join([
    sql`r.id, r.county, r.area, a.code as area_code, a.name as area_name, a.level as area_level,
      r.tags, r.missing, r.completeness, r.version, r.updated_at, r.sort_key`,
    ...own,
    ...household,
    ...building,
  ]);
}

/** Joins for those columns. Row security guards each of them. */
export function listedJoins(shape: CategoryShape): Sql<unknown> {
  const household =
    shape.key === 'resident'
      ? sql`left join household h on h.county = r.county and h.id = r.household`
      : sql``;
  // The building, and the yard that it stands in.
  const building =
    shape.key === 'housing'
      ? sql`left join building b on b.county = r.county and b.id = r.building
            left join building y on y.county = b.county and y.id = b.parent`
      : sql``;
  return sql`left join area a on a.lo = r.area and a.level >= 5 ${household} ${building}`;
}

/**
 * One page of a category within a range of areas, in order of area and address. A filter by tag or
 * gap is driven by the token index, whose order is area and id.
 */
export function pageOf<R extends ListedRow>(
  tx: Tx,
  shape: CategoryShape,
  range: Range,
  filter: ListQuery,
  after: Place | undefined,
  limit: number,
): Promise<R[]> {
  const tokens = tokensOf(shape, filter);
  const chosen =
    tokens.length > 0
      ? chosenByToken(tx, shape, range, filter, tokens, after, limit)
      : chosenInOrder(tx, shape, range, filter, after, limit);
  const order = tokens.length > 0 ? sql`r.area, r.id` : sql`r.area, r.sort_key, r.id`;
  return tx.rows(sql<R>`
    select ${listedColumns(shape)}, coalesce(r.fresh_until <= ${tx.actor.day}::date, false) as stale
      from (${chosen}) r ${listedJoins(shape)} order by ${order}`);
}

function tokensOf(shape: CategoryShape, filter: ListQuery): string[] {
  return [
    ...(filter.tag === undefined ? [] : [tagToken(shape.key, filter.tag)]),
    ...(filter.missing === undefined ? [] : [missingToken(shape.key, filter.missing)]),
  ];
}

function chosenInOrder(
  tx: Tx,
  shape: CategoryShape,
  range: Range,
  filter: ListQuery,
  after: Place | undefined,
  limit: number,
): Sql<unknown> {
  const past = after
    ? sql`and (r.area, r.sort_key, r.id) > (${after[0]}::bigint, ${after[1]}, ${after[2]}::uuid)`
    : sql``;
  return sql`select r.* from ${sql.table(shape.key)} r
    where r.area >= ${Math.max(range.lo, after?.[0] ?? 0)}::bigint and r.area < ${range.hi}::bigint ${past} ${conditions(tx, shape, filter)}
    order by r.area, r.sort_key, r.id limit ${limit}`;
}

function chosenByToken(
  tx: Tx,
  shape: CategoryShape,
  range: Range,
  filter: ListQuery,
  [first, second]: string[],
  after: Place | undefined,
  limit: number,
): Sql<unknown> {
  const past = after ? sql`and (t.area, t.id) > (${after[0]}::bigint, ${after[2]}::uuid)` : sql``;
  const both =
    second === undefined
      ? sql``
      : sql`and exists (select from archive_token x where x.token = ${second} and x.area = t.area and x.id = t.id)`;
  return sql`select r.* from archive_token t join ${sql.table(shape.key)} r on r.county = t.county and r.id = t.id
    where t.token = ${first} and t.area >= ${Math.max(range.lo, after?.[0] ?? 0)}::bigint and t.area < ${range.hi}::bigint ${past} ${both} ${conditions(tx, shape, filter)}
    order by t.area, t.id limit ${limit}`;
}

function conditions(tx: Tx, shape: CategoryShape, filter: ListQuery): Sql<unknown> {
  const { day } = tx.actor;
  const isResident = shape.key === 'resident';
  const leaves = isResident || shape.key === 'household';
  const parts = [
    leaves ? (filter.left ? sql`and r.left_on is not null` : sql`and r.left_on is null`) : null,
    filter.stale ? sql`and r.fresh_until <= ${day}::date` : null,
    filter.incomplete ? sql`and r.completeness < 100` : null,
    isResident && filter.ageFrom !== undefined
      ? sql`and r.birth <= (${day}::date - make_interval(years => ${filter.ageFrom}::int))::date`
      : null,
    isResident && filter.ageTo !== undefined
      ? sql`and r.birth > (${day}::date - make_interval(years => ${filter.ageTo + 1}::int))::date`
      : null,
    isResident && filter.residenceKind !== undefined
      ? sql`and r.residence_kind = ${filter.residenceKind}`
      : null,
    filter.building === undefined ? null : inBuilding(shape, filter.building),
  ].filter((part) => part !== null);
  return parts.length > 0 ? sql.join(parts, sql` `) : sql``;
}

/** What belongs to a building, or to a compound and its buildings. */
function inBuilding({ key }: CategoryShape, id: string): Sql<unknown> | null {
  const those = sql`select x.id from building x where x.county = r.county and (x.id = ${id}::uuid or x.parent = ${id}::uuid)`;
  const lived = (household: Sql<unknown>) => sql`and exists (
    select from household_housing l join housing d on d.county = l.county and d.id = l.housing
     where l.county = r.county and l.household = ${household} and l.kind in ('lives', 'rents') and l.until is null
       and d.building in (${those}))`;
  if (key === 'housing') return sql`and r.building in (${those})`;
  if (key === 'household') return lived(sql`r.id`);
  return key === 'resident' ? lived(sql`r.household`) : null;
}

/**
 * The number of records that a list holds, from kept counts where the filter allows it.
 * @returns null when only counting all of them would tell
 */
export async function keptTotal(
  tx: Tx,
  shape: CategoryShape,
  range: Range,
  filter: ListQuery,
): Promise<number | null> {
  const measure = measureOf(shape, filter);
  if (measure === null) return null;
  const row = await tx.first(sql<{ n: number }>`
    select coalesce(sum(n), 0)::int as n from area_tally
     where measure = ${measure} and area >= ${range.lo}::bigint and area < ${range.hi}::bigint`);
  return row?.n ?? 0;
}

function measureOf(
  shape: CategoryShape,
  { tag, missing, stale, incomplete, ageFrom, ageTo, residenceKind, building, left }: ListQuery,
): string | null {
  const counted = [ageFrom, ageTo, residenceKind, building].every((filter) => filter === undefined);
  if (left || stale || !counted) return null;
  const measures = [
    ...(tag === undefined ? [] : [`tag:${shape.key}:${tag}`]),
    ...(missing === undefined ? [] : [`missing:${shape.key}:${missing}`]),
    ...(incomplete ? [`incomplete:${shape.key}`] : []),
  ];
  if (measures.length > 1) return null;
  return measures[0] ?? shape.key;
}

/** Counts the records of a list one by one: for filters that no kept count answers. */
export async function exactTotal(
  tx: Tx,
  shape: CategoryShape,
  range: Range,
  filter: ListQuery,
): Promise<number> {
  const kept = await keptTotal(tx, shape, range, filter);
  if (kept !== null) return kept;
  const chosen = tokensOf(shape, filter).map(
    (token) =>
      sql`and exists (select from archive_token x where x.token = ${token} and x.area = r.area and x.id = r.id)`,
  );
  const row = await tx.first(sql<{ n: number }>`
    select count(*)::int as n from ${sql.table(shape.key)} r
     where r.area >= ${range.lo}::bigint and r.area < ${range.hi}::bigint ${conditions(tx, shape, filter)} ${sql.join(chosen, sql` `)}`);
  return row?.n ?? 0;
}

/** Counties that a range touches, first and last: lets a look-up by id use the key that leads with county. */
export function countiesOf(range: Range): readonly [number, number] {
  return [countyOf(range.lo), countyOf(range.hi - 1)];
}
