import type { Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { AreaBook } from '../area/contract.ts';
import { listAreas, pathTo, type Range, rangeOf } from '../area/queries.ts';
import { categories } from './categories.ts';

/** Above this level live counts would read too many records, and small cells are hidden (DOMAIN.md, section 5). */
const townshipDigits = 9;
const bandYears = 5;
const lastBand = 20;

/**
 * 一村一册: the book of an area. Counts come from kept roll-ups; the age pyramid and what is stale are
 * counted live up to township level.
 * @throws Problem not-found for an area not in sight, outside-scope for one above the post's
 */
export async function bookOf(tx: Tx, code: string): Promise<AreaBook> {
  const path = await pathTo(tx, code);
  const area = path.at(-1);
  if (!area) throw new Problem('not-found');
  const range = rangeOf(code);
  const scope = tx.actor.scope;
  if (!scope || range.lo < scope.lo || range.hi > scope.hi) throw new Problem('outside-scope');
  const small = code.length >= townshipDigits;
  const [tally, children, pyramid, stale, organisations] = await Promise.all([
    tallyOf(tx, range),
    listAreas(tx, { parent: code, limit: 500 }),
    small ? pyramidOf(tx, range) : [],
    small ? staleOf(tx, range) : [],
    code.length >= 12 ? organisationsOf(tx, range) : [],
  ]);
  const n = (measure: string): number => tally.get(measure) ?? 0;
  const hides = hidesSmallCells(tx.actor.post?.role);
  const figure = (value: number): number | null => (hides && value > 0 && value < 5 ? null : value);
  return {
    area,
    path,
    counts: {
      households: n('household'),
      residents: n('resident'),
      housing: n('housing'),
      premises: n('premises'),
      organisations: n('organisation'),
    },
    pyramid,
    children,
    tags: measured(tally, 'tag').map(([category, tag, count]) => ({
      category,
      tag,
      count: figure(count),
    })),
    gaps: {
      completeness: {
        household: mean(n('completeness:household'), n('household')),
        resident: mean(n('completeness:resident'), n('resident')),
      },
      missing: measured(tally, 'missing').map(([category, item, count]) => ({
        category,
        item,
        count: figure(count),
      })),
      stale: stale.map(({ category, count }) => ({ category, count: figure(count) })),
    },
    organisations,
  };
}

/** Cells under five people are not shown to levels above the township (DOMAIN.md, section 5). */
export function hidesSmallCells(role: string | undefined): boolean {
  return (
    role === 'county_supervisor' || role === 'city_supervisor' || role === 'department_officer'
  );
}

async function tallyOf(tx: Tx, range: Range): Promise<Map<string, number>> {
  const rows = await tx.rows(sql<{ measure: string; n: number }>`
    select measure, sum(n)::int as n from area_tally where area >= ${range.lo}::bigint and area < ${range.hi}::bigint
     group by measure having sum(n) <> 0`);
  return new Map(rows.map(({ measure, n }) => [measure, n]));
}

function measured(
  tally: Map<string, number>,
  kind: string,
): [category: string, key: string, count: number][] {
  return [...tally]
    .map(([measure, count]): [string, string, string, number] => {
      const [head = '', category = '', key = ''] = measure.split(':');
      return [head, category, key, count];
    })
    .filter(([head]) => head === kind)
    .map(([, category, key, count]): [string, string, number] => [category, key, count])
    .sort((a, b) => b[2] - a[2]);
}

function mean(sum: number, count: number): number | null {
  return count === 0 ? null : Math.floor(sum / count);
}

async function pyramidOf(tx: Tx, range: Range): Promise<AreaBook['pyramid']> {
  const rows = await tx.rows(sql<{ band: number; male: number; female: number }>`
    select least(extract(year from age(${tx.actor.day}::date, birth))::int / ${bandYears}::int, ${lastBand}::int) as band,
           count(*) filter (where sex = '1')::int as male, count(*) filter (where sex = '2')::int as female
      from resident where area >= ${range.lo}::bigint and area < ${range.hi}::bigint and birth is not null and left_on is null
     group by 1 order by 1`);
  const byBand = new Map(rows.map((row) => [row.band, row]));
  const highest = Math.max(-1, ...byBand.keys());
  return Array.from({ length: highest + 1 }, (_, band) => ({
    from: band * bandYears,
    to: band === lastBand ? null : band * bandYears + bandYears - 1,
    male: byBand.get(band)?.male ?? 0,
    female: byBand.get(band)?.female ?? 0,
  }));
}

/** Who has left needs no care. */
function here(category: string): Sql {
  return category === 'resident' || category === 'household' ? sql`and left_on is null` : sql``;
}

async function staleOf(tx: Tx, range: Range): Promise<{ category: string; count: number }[]> {
  const counts = await Promise.all(
    categories.map(async ({ key }) => {
      const row = await tx.first(sql<{ n: number }>`
        select count(*)::int as n from ${sql.table(key)}
         where area >= ${range.lo}::bigint and area < ${range.hi}::bigint and fresh_until <= ${tx.actor.day}::date ${here(key)}`);
      return { category: key as string, count: row?.n ?? 0 };
    }),
  );
  return counts.filter(({ count }) => count > 0);
}

function organisationsOf(tx: Tx, range: Range): Promise<AreaBook['organisations']> {
  return tx.rows(sql<{ id: string; name: string; kind: string | null }>`
    select id, name, kind from organisation where area >= ${range.lo}::bigint and area < ${range.hi}::bigint
     order by area, sort_key, id limit 60`);
}
