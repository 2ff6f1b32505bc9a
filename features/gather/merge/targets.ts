import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Within } from '../match/run.ts';

/** Dwellings and premises are found by their codes, and made where the archive does not know the code. */
export type TargetCategory = 'housing' | 'premises';

/** The categories that batches are merged into. */
export type MergedCategory = 'resident' | 'household' | TargetCategory;

const codeColumn = { housing: 'code', premises: 'credit_code' } as const;

export interface Target {
  county: number;
  code: string;
  id: string;
}

export const targetKey = ({ county, code }: Pick<Target, 'county' | 'code'>): string =>
  `${county} ${code}`;

/** The records that have the codes, whatever their counties. */
export function targetsOf(
  tx: Queries,
  category: TargetCategory,
  codes: readonly string[],
): Promise<Target[]> {
  const column = sql.ref(codeColumn[category]);
  return tx.rows(sql<Target>`
    select county, ${column} as code, id from ${sql.table(category)} where ${column} = any (${codes}::text[]) order by id`);
}

/** Takes rows out that speak of a dwelling or premises outside the areas of their batch: they are of nobody. */
export function partOutside(
  tx: Queries,
  category: TargetCategory,
  { batch, lo, hi }: Within,
): Promise<number> {
  return tx.count(sql`
    update gather_link l set decision = 'unplaced', county = null, area = null, subject = null, resident = null, household = null,
           candidates = null, score = null
      from gather_row r join ${sql.table(category)} t on ${sql.ref(`t.${codeColumn[category]}`)} = r.code
     where l.batch = ${batch} and r.batch = l.batch and r.n = l.n and t.county = l.county and (t.area < ${lo} or t.area >= ${hi})`);
}

/** Names the records that rows speak of. */
export function nameTargets(
  tx: Queries,
  named: readonly { batch: number; n: number; target: string }[],
): Promise<number> {
  return tx.count(sql`
    update gather_link l set target = n.target
      from json_to_recordset(${JSON.stringify(named)}) as n(batch int, n int, target uuid)
     where l.batch = n.batch and l.n = n.n and l.target is null`);
}

/** A record that was made, and whose it is. */
export interface Tie {
  county: number;
  area: number;
  id: string;
  resident: string;
  household: string | null;
}

/** A dwelling belongs to its owner's household; premises are run by their legal person. */
export async function tie(
  tx: Queries,
  category: TargetCategory,
  tied: readonly Tie[],
): Promise<void> {
  if (tied.length === 0) return;
  const given = sql`json_to_recordset(${JSON.stringify(tied)}) as n(county int, area bigint, id uuid, resident uuid, household uuid)`;
  if (category === 'housing') {
    await tx.count(sql`insert into household_housing (county, area, household, housing, kind)
      select county, area, household, id, 'owns' from ${given} where household is not null on conflict do nothing`);
    return;
  }
  await tx.count(sql`insert into premises_person (county, area, premises, resident, role)
    select county, area, id, resident, 'legal_person' from ${given} on conflict do nothing`);
}
