import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Stretch } from './run.ts';

/**
 * Brings phones that rows tell to the residents they were linked to, so that the files gathered after this one find
 * them by it; what the archive is to hold is decided when all are merged.
 */
export function carryPhones(tx: Queries, { batch, from, to }: Stretch): Promise<number> {
  return tx.count(sql`
    update gather_person p set phone = s.phone
      from (select distinct on (l.resident) l.county, l.resident, r.phone
              from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
             where l.batch = ${batch} and l.n between ${from} and ${to} and l.resident is not null and r.phone is not null
             order by l.resident, r.as_of desc nulls last, r.n) s
     where p.county = s.county and p.id = s.resident and p.phone is null`);
}

/** Notes the households, and residents without one, of whom linked rows speak: they are to be merged. */
export function noteUnits(
  tx: Queries,
  lead: number,
  { batch, from, to }: Stretch,
): Promise<number> {
  return tx.count(sql`
    insert into gather_unit (batch, id, county)
    select distinct ${lead}::int, coalesce(household, resident), county from gather_link
     where batch = ${batch} and n between ${from} and ${to} and resident is not null
    on conflict (batch, id) do nothing`);
}

/** How many households, and residents without one, are to be merged. */
export async function unitsNoted(tx: Queries, lead: number): Promise<number> {
  const found = await tx.first(
    sql<{ n: number }>`select count(*)::int as n from gather_unit where batch = ${lead}`,
  );
  return found?.n ?? 0;
}

/** Forgets what was noted for merging, and the households that stand in the archive now. */
export async function forgetUnits(
  tx: Queries,
  lead: number,
  batches: readonly number[],
): Promise<void> {
  await tx.count(sql`delete from gather_unit where batch = ${lead}`);
  await tx.count(sql`delete from gather_home where batch = any (${batches}::int[])`);
}
