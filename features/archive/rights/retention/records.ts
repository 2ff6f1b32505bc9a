import { sql } from '../../../../server/database/sql.ts';
import type { Queries } from '../../../../server/database/steward.ts';
import type { CategoryKey } from '../../contract.ts';

/** Categories that the job goes through, in order. The dictionary has no item that tells the end of the other two. */
export const lookedAt = ['resident', 'household', 'premises'] as const satisfies CategoryKey[];
export type LookedAt = (typeof lookedAt)[number];

/** A record whose retention has begun to count, and the day from which. */
export interface Ended {
  county: number;
  id: string;
  area: number;
  event: string;
}

/** Where the page before ended. */
export type After = readonly [county: number, id: string] | null;

/**
 * Records of a category that have ended, in the order of their keys: residents who died or moved away, households of which all have
 * died or left, premises that moved out or were cancelled.
 */
export function endedRecords(
  tx: Queries,
  category: LookedAt,
  after: After,
  limit: number,
): Promise<Ended[]> {
  const [county, id] = after ?? [0, '00000000-0000-0000-0000-000000000000'];
  const past = sql`(r.county, r.id) > (${county}::int, ${id}::uuid)`;
  const death = sql`w.facts -> 'death' ->> 'v'`;
  switch (category) {
    case 'resident':
      return tx.rows(sql<Ended>`
        select r.county, r.id, r.area, coalesce(${death}, r.left_on::text) as event
          from resident r left join resident_welfare w on w.county = r.county and w.id = r.id
         where ${past} and (${death} is not null or r.left_on is not null) order by r.county, r.id limit ${limit}`);
    case 'household':
      return tx.rows(sql<Ended>`
        select r.county, r.id, r.area, m.event
          from household r cross join lateral (
            select max(coalesce(m.until::text, ${death})) as event, bool_and(coalesce(m.until::text, ${death}) is not null) as empty
              from household_member m left join resident_welfare w on w.county = m.county and w.id = m.resident
             where m.county = r.county and m.household = r.id) m
         where ${past} and m.empty order by r.county, r.id limit ${limit}`);
    case 'premises':
      return tx.rows(sql<Ended>`
        select r.county, r.id, r.area, f.facts -> 'state' ->> 'd' as event
          from premises r join premises_file f on f.county = r.county and f.id = r.id
         where ${past} and f.facts -> 'state' ->> 'v' in ('moved', 'cancelled') order by r.county, r.id limit ${limit}`);
  }
}
