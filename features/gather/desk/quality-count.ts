import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Category, Dictionary, Item } from '../../archive/dictionary.ts';
import type { Subject } from '../rows.ts';

/** Whose figures are counted. */
export interface Counting {
  county: number;
  source: string;
}

const counted: readonly Subject[] = ['resident', 'household', 'housing', 'premises'];

/** Items that a source is the authority for, by the table they lie in. */
function itemsOf(
  dictionary: Dictionary,
  source: string,
): Map<string, { category: Subject; items: Item[] }> {
  const tables = new Map<string, { category: Subject; items: Item[] }>();
  for (const category of counted)
    for (const item of dictionary.categories[category as Category].items) {
      if (item.source !== source || item.derived || item.retired) continue;
      const table = `${category}_${item.group}`;
      const found = tables.get(table) ?? { category, items: [] };
      found.items.push(item);
      tables.set(table, found);
    }
  return tables;
}

/**
 * Counts a source's figures in a county anew, village by village: how many records have each of its items, how many of
 * these values are older than the dictionary says, rows linked and asked about, rows set aside, cells that were not
 * taken. A pass over each table, whatever the number of villages.
 */
export async function countQuality(
  tx: Queries,
  dictionary: Dictionary,
  { county, source }: Counting,
  now: Date,
): Promise<void> {
  await tx.count(sql`delete from gather_quality where county = ${county} and source = ${source}`);
  for (const [table, { category, items }] of itemsOf(dictionary, source))
    await countItems(tx, { county, source }, { table, category, items }, now);
  await countRows(tx, { county, source }, now);
}

async function countItems(
  tx: Queries,
  { county, source }: Counting,
  { table, category, items }: { table: string; category: Subject; items: readonly Item[] },
  now: Date,
): Promise<void> {
  const wanted = items.map(({ key, freshMonths }) => ({ key, months: freshMonths ?? null }));
  // Who has died or moved away is no gap in a source's data.
  const isHere =
    category === 'resident' || category === 'household' ? sql`r.left_on is null` : sql`true`;
  await tx.count(sql`
    insert into gather_quality (county, source, area, measure, name, total, filled, stale, counted_at)
    select ${county}::int, ${source}, r.area / 1000 * 1000, 'item', ${category}::text || '.' || w.key, count(*)::int,
           count(*) filter (where fact_filled(f.facts -> w.key))::int,
           count(*) filter (where fact_filled(f.facts -> w.key) and w.months is not null
             and ((f.facts -> w.key ->> 'd')::date + make_interval(months => w.months))::date <= ${now}::timestamptz::date)::int,
           ${now}
      from ${sql.table(category)} r
      left join ${sql.table(table)} f on f.county = r.county and f.id = r.id
      cross join jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as w(key text, months int)
     where r.county = ${county} and ${isHere}
     group by r.area / 1000 * 1000, w.key`);
}

// A row that is settled is where its resident is.
const place = sql`coalesce(l.area, p.area)`;
const whose = sql`left join resident p on l.area is null and p.county = l.county and p.id = l.resident`;

async function countRows(tx: Queries, { county, source }: Counting, now: Date): Promise<void> {
  const [lo, hi] = [county * 1e9, (county + 1) * 1e9];
  // What was wrong in a file is the last file's affair; who waits to be asked about waits whatever came since.
  const last = sql`last as (
    select distinct on (b.lo, b.hi) b.number, b.lo >= ${lo}::bigint and b.hi <= ${hi}::bigint as of_county
      from gather_batch b where b.source = ${source} and b.state = 'done' and b.lo < ${hi}::bigint and b.hi > ${lo}::bigint
     order by b.lo, b.hi, b.number desc)`;
  await tx.count(sql`
    with ${last}
    insert into gather_quality (county, source, area, measure, name, total, counted_at)
    select ${county}::int, ${source}, ${place} / 1000 * 1000, case when l.decision = 'ask' then 'asked' else 'linked' end, '', count(*)::int, ${now}
      from gather_link l join gather_batch b on b.number = l.batch ${whose}
     where b.source = ${source} and b.state = 'done' and ${place} >= ${lo} and ${place} < ${hi}
       and (l.decision = 'ask' or (b.number in (select number from last) and (l.resident is not null or l.target is not null)))
     group by 3, 4`);
  await tx.count(sql`
    with ${last}
    insert into gather_quality (county, source, area, measure, name, total, words, counted_at)
    select ${county}::int, ${source}, ${lo}::bigint, 'row', r.aside ->> 'code', count(*)::int, (array_agg(r.aside -> 'message'))[1], ${now}
      from last join gather_row r on r.batch = last.number and r.aside is not null
     where last.of_county
     group by r.aside ->> 'code'`);
  await tx.count(sql`
    with ${last}
    insert into gather_quality (county, source, area, measure, name, total, words, counted_at)
    select ${county}::int, ${source}, coalesce(${place} / 1000 * 1000, ${lo}::bigint), 'cell', f ->> 'code', count(*)::int,
           (array_agg(f -> 'message'))[1], ${now}
      from last
      join gather_row r on r.batch = last.number and r.faults is not null and r.aside is null
      left join gather_link l on l.batch = r.batch and l.n = r.n ${whose}
      cross join lateral jsonb_array_elements(r.faults) f
     where case when ${place} is null then last.of_county else ${place} >= ${lo}::bigint and ${place} < ${hi}::bigint end
     group by 3, f ->> 'code'`);
}

/** Counties that a range reaches into and that hold anything. */
export async function countiesIn(
  tx: Queries,
  { lo, hi }: { lo: number; hi: number },
): Promise<number[]> {
  const rows = await tx.rows(sql<{ county: number }>`
    select code::int as county from area where level = 3 and lo >= ${lo} and hi <= ${hi}
       and exists (select from household h where h.county = code::int) order by 1`);
  return rows.map(({ county }) => county);
}

/** Every source and county whose data is counted: where a batch has been gathered. */
export async function countable(
  tx: Queries,
): Promise<{ source: string; lo: number; hi: number }[]> {
  return tx.rows(
    sql<{
      source: string;
      lo: number;
      hi: number;
    }>`select distinct source, lo, hi from gather_batch where state = 'done' order by 1, 2, 3`,
  );
}
