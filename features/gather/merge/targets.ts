import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { shapes } from '../../archive/categories.ts';
import { type MergeDesk, nothingYet } from './records.ts';
import { factsStated, type Stated } from './state.ts';
import { writeRecords } from './write.ts';

/** Dwellings and premises are found by their codes, and made where the archive does not know the code. */
export type TargetCategory = 'housing' | 'premises';

const codeColumn = { housing: 'code', premises: 'credit_code' } as const;

interface CodedRow extends Stated {
  code: string;
  county: number;
  area: number;
  resident: string;
  household: string | null;
}

/** Names the record of each row whose code the archive knows. */
export async function findTargets(
  tx: Queries,
  batch: number,
  category: TargetCategory,
): Promise<number> {
  // Of a batch just begun the planner expects a row or two, and would go through all its links for each of its rows.
  await tx.count(sql`set local enable_nestloop = off`);
  const found = await tx.count(sql`
    update gather_link l set target = t.id
      from gather_row r join ${sql.table(category)} t on ${sql.ref(`t.${codeColumn[category]}`)} = r.code
     where l.batch = ${batch} and r.batch = ${batch} and r.n = l.n and l.target is null and t.county = l.county`);
  await tx.count(sql`set local enable_nestloop = on`);
  return found;
}

/**
 * Makes the dwellings or premises of the next rows whose code the archive does not know: where their owner or legal
 * person lives, and tied to them. Rows without such a person have no place yet.
 * @returns the last row looked at, null at the end; how many records were made
 */
export async function makeTargets(
  tx: Queries,
  desk: MergeDesk,
  category: TargetCategory,
  day: string,
  after: number,
  atOnce: number,
): Promise<{ after: number | null; made: number }> {
  const rows = await tx.rows(sql<CodedRow>`
    select r.n, r.as_of, r.items, r.sealed, r.code, l.county, l.area, l.resident, l.household
      from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
     where l.batch = ${desk.batch} and r.n > ${after} and r.code is not null and l.target is null and l.resident is not null
     order by r.n limit ${atOnce}`);
  const known = await targetsOf(tx, category, rows);
  const keyOf = ({ county, code }: { county: number; code: string }): string => `${county} ${code}`;
  const targets = new Map(known.map((one) => [keyOf(one), one.id]));
  const fresh = Map.groupBy(
    rows.filter((row) => !targets.has(keyOf(row))),
    keyOf,
  );
  const made = [...fresh.values()].flatMap(([row]) => {
    if (!row) return [];
    const standing = nothingYet(row.county, row.area, newId(desk.at.getTime()));
    targets.set(keyOf(row), standing.id);
    const facts = factsStated(desk, shapes[category], row, day);
    return [{ row, standing, made: true, after: facts, claims: [], more: {} }];
  });
  await writeRecords(tx, desk, shapes[category], made);
  const tied = made.map(({ row, standing }) => ({
    county: row.county,
    area: row.area,
    id: standing.id,
    resident: row.resident,
    household: row.household,
    code: row.code,
  }));
  await tie(tx, category, tied);
  await nameTargets(
    tx,
    desk.batch,
    rows.map((row) => ({ n: row.n, target: targets.get(keyOf(row)) })),
  );
  const isLast = rows.length < atOnce;
  // Rows of codes made by others of the batch, that are of nobody themselves.
  if (isLast) await findTargets(tx, desk.batch, category);
  return { after: isLast ? null : (rows.at(-1)?.n ?? null), made: made.length };
}

/** The records that have the codes of rows already, in their counties. */
function targetsOf(
  tx: Queries,
  category: TargetCategory,
  rows: readonly CodedRow[],
): Promise<{ county: number; code: string; id: string }[]> {
  const column = sql.ref(codeColumn[category]);
  return tx.rows(sql<{ county: number; code: string; id: string }>`
    select county, ${column} as code, id from ${sql.table(category)} where ${column} = any (${rows.map(({ code }) => code)}::text[])`);
}

/** Names the records that rows speak of. */
function nameTargets(tx: Queries, batch: number, named: readonly object[]): Promise<number> {
  return tx.count(sql`
    update gather_link l set target = n.target from json_to_recordset(${JSON.stringify(named)}) as n(n int, target uuid)
     where l.batch = ${batch} and l.n = n.n and l.target is null`);
}

/** A dwelling belongs to its owner's household; premises are run by their legal person. */
async function tie(tx: Queries, category: TargetCategory, tied: readonly object[]): Promise<void> {
  const given = sql`json_to_recordset(${JSON.stringify(tied)}) as n(county int, area bigint, id uuid, resident uuid, household uuid)`;
  if (category === 'housing') {
    await tx.count(sql`insert into household_housing (county, area, household, housing, kind)
      select county, area, household, id, 'owns' from ${given} where household is not null on conflict do nothing`);
    return;
  }
  await tx.count(sql`insert into premises_person (county, area, premises, resident, role)
    select county, area, id, resident, 'legal_person' from ${given} on conflict do nothing`);
}
