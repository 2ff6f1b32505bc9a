import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { Area, AreaLevel, AreaName } from './contract.ts';

const levelNames: readonly AreaLevel[] = [
  'province',
  'city',
  'county',
  'township',
  'village',
  'grid',
];

/** The range of 15-digit codes that an area owns (DESIGN.md, rule 3). */
export interface Range {
  lo: number;
  hi: number;
}

/** The range of a statistical code of 2 to 15 digits. */
export function rangeOf(code: string): Range {
  const width = 10 ** (15 - code.length);
  const lo = Number(code) * width;
  return { lo, hi: lo + width };
}

/** The code of 6 digits that leads every key of a record in the area. */
export function countyOf(area: number): number {
  return Math.floor(area / 1e9);
}

/** The level of a number in the table: 1 province to 6 grid. */
export function levelOf(level: number): AreaLevel {
  return levelNames[level - 1] ?? 'grid';
}

/** The number in the table of a level. */
export function levelNumber(level: AreaLevel): number {
  return levelNames.indexOf(level) + 1;
}

/**
 * What of a wished area lies within the scope: a part of the scope, or the scope when none is wished.
 * @throws Problem outside-scope when the two do not meet
 */
export function within(scope: Range, wished: string | undefined): Range {
  if (wished === undefined) return scope;
  const range = rangeOf(wished);
  const lo = Math.max(scope.lo, range.lo);
  const hi = Math.min(scope.hi, range.hi);
  if (lo < hi) return { lo, hi };
  throw new Problem('outside-scope');
}

interface AreaRow {
  code: string;
  name: string;
  level: number;
  parent: string | null;
  children: number;
  households: number;
  residents: number;
}

function toArea(row: AreaRow): Area {
  return { ...row, level: levelOf(row.level) };
}

/** Which areas to list. */
export interface AreaFilter {
  parent?: string | undefined;
  q?: string | undefined;
  level?: AreaLevel | undefined;
  after?: string | undefined;
  limit: number;
}

/**
 * Areas with their kept counts, by code: those under `parent`, or those of the scope that match `q`
 * or `level`; with none of the three the scope's own area. Row security hides all others.
 */
export async function listAreas(tx: Tx, filter: AreaFilter): Promise<Area[]> {
  const range = filter.parent === undefined ? null : rangeOf(filter.parent);
  const post = tx.actor.post;
  const own = filter.parent === undefined && filter.q === undefined && filter.level === undefined;
  const text = filter.q?.trim().toLowerCase() ?? null;
  const conditions = [
    sql`a.retired_at is null`,
    own
      ? sql`a.lo = ${post?.lo ?? 0} and a.hi = ${post?.hi ?? 0}`
      : sql`a.lo >= ${post?.lo ?? 0} and a.hi <= ${post?.hi ?? 0}`,
    filter.parent !== undefined && text === null && filter.level === undefined
      ? sql`a.parent = ${filter.parent}`
      : null,
    range ? sql`a.lo >= ${range.lo} and a.hi <= ${range.hi}` : null,
    text
      ? sql`(starts_with(a.search, ${text}) or strpos(a.name, ${text}) > 0 or a.code = ${text})`
      : null,
    filter.level !== undefined ? sql`a.level = ${levelNumber(filter.level)}` : null,
    filter.after !== undefined ? sql`a.code > ${filter.after}` : null,
  ].filter((condition) => condition !== null);
  const rows = await tx.rows(sql<AreaRow>`
    with chosen as (
      select a.* from area a where ${sql.join(conditions, sql` and `)} order by a.code limit ${filter.limit})
    select a.code, a.name, a.level, a.parent,
           (select count(*)::int from area c where c.parent = a.code and c.retired_at is null) as children,
           coalesce(t.households, 0) as households, coalesce(t.residents, 0) as residents
      from chosen a left join lateral (
        select sum(n) filter (where measure = 'household')::int as households,
               sum(n) filter (where measure = 'resident')::int as residents
          from area_tally where county between a.lo / 1000000000 and (a.hi - 1) / 1000000000
           and area >= a.lo and area < a.hi and measure in ('household', 'resident')) t on true
     order by a.code`);
  return rows.map(toArea);
}

/** The way down to an area: from its province to itself. Empty when it is not in sight. */
export async function pathTo(tx: Tx, code: string): Promise<AreaName[]> {
  const rows = await tx.rows(sql<{ code: string; name: string; level: number }>`
    with recursive up as (
      select code, name, level, parent from area where code = ${code}
      union all select a.code, a.name, a.level, a.parent from area a join up on a.code = up.parent)
    select code, name, level from up order by level`);
  return rows.map((row) => ({ code: row.code, name: row.name, level: levelOf(row.level) }));
}

/**
 * The grid or village whose code a new record carries: a village that has grids is too coarse only
 * for the eye, so both are taken. A code that was merged leads to the area it was merged into, so that a
 * form begun before is not lost.
 * @throws Problem invalid when there is no such area or it lies above the village
 */
export async function placeOf(tx: Tx, code: string): Promise<number> {
  const found = await tx.first(sql<{ lo: number; level: number }>`
    with recursive onward as (
      select lo, level, successor, retired_at from area where code = ${code}
      union all select a.lo, a.level, a.successor, a.retired_at from area a join onward o on a.code = o.successor
       where o.retired_at is not null)
    select lo, level from onward where retired_at is null`);
  if (found && found.level >= 5) return found.lo;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'area',
        code: 'area',
        message: {
          zh: '区域：请选择一个存在的村（社区）或网格',
          en: 'area: choose an existing village or grid',
        },
      },
    ],
  });
}
