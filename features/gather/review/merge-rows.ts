import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { shapes } from '../../archive/categories.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import type { Batch } from '../batch/store.ts';
import { lookAtMembers } from '../merge/members.ts';
import {
  type MergeDesk,
  type Merged,
  nothingYet,
  readRecords,
  sealedFact,
} from '../merge/records.ts';
import { factsStated, mergeInto, type Stated } from '../merge/state.ts';
import {
  type MergedCategory,
  nameTargets,
  type TargetCategory,
  targetsOf,
  tie,
} from '../merge/targets.ts';
import { changedItems, writeRecords } from '../merge/write.ts';

interface Linked extends Stated {
  county: number;
  /** Of the resident. */
  area: number;
  resident: string;
  household: string | null;
  target: string | null;
  code: string | null;
}

/** What a merge came to: values written, records made. */
export interface MergedRows {
  changed: number;
  made: number;
}

/**
 * Merges rows of a batch that were linked after it had been merged: into the resident, the household and what the row
 * speaks of, as the batch itself would have. It is kept for the batch's undoing.
 * @param category what the source's files speak of beside people
 */
export async function mergeRows(
  tx: Queries,
  desk: MergeDesk,
  batch: Pick<Batch, 'number' | 'day'>,
  rows: readonly number[],
  category?: TargetCategory,
): Promise<MergedRows> {
  let made = 0;
  if (category) {
    for (const row of await linkedRows(tx, batch.number, rows))
      made += await findOrMake(tx, desk, category, row);
  }
  const linked = await linkedRows(tx, batch.number, rows);
  if (category) await tieAgain(tx, batch.number, category, rows);
  let changed = 0;
  const told: [MergedCategory, (row: Linked) => string | null][] = [
    ['resident', ({ resident }) => resident],
    ['household', ({ household }) => household],
  ];
  if (category) told.push([category, ({ target }) => target]);
  for (const [merged, idOf] of told)
    changed += await mergeCategory(tx, desk, batch.day, merged, linked, idOf);
  return { changed, made };
}

/** A dwelling or premises that the batch made belongs to whom the row means; taking a link apart may have untied it. */
async function tieAgain(
  tx: Queries,
  batch: number,
  category: TargetCategory,
  rows: readonly number[],
): Promise<void> {
  const made = sql`gather_link l join gather_touch t on t.batch = l.batch and t.county = l.county and t.id = l.target and t.made
    where l.batch = ${batch} and l.n = any (${rows}::int[]) and l.resident is not null`;
  if (category === 'housing')
    await tx.count(sql`insert into household_housing (county, area, household, housing, kind)
      select l.county, t.area, l.household, l.target, 'owns' from ${made} and l.household is not null
         and not exists (select from household_housing o where o.county = l.county and o.housing = l.target and o.kind = 'owns')
      on conflict do nothing`);
  else
    await tx.count(sql`insert into premises_person (county, area, premises, resident, role)
      select l.county, t.area, l.target, l.resident, 'legal_person' from ${made}
         and not exists (select from premises_person o where o.county = l.county and o.premises = l.target and o.role = 'legal_person')
      on conflict do nothing`);
}

/**
 * Names the dwelling or premises whose code a row tells; it is made where the archive does not know the code, with what
 * the row says of it still to be merged.
 * @returns how many were made
 */
async function findOrMake(
  tx: Queries,
  desk: MergeDesk,
  category: TargetCategory,
  { n, code, county, area, resident, household, target }: Linked,
): Promise<number> {
  if (code === null || target !== null) return 0;
  const known = (await targetsOf(tx, category, [code])).find((one) => one.county === county);
  const id = known?.id ?? newId(desk.at.getTime());
  if (!known) {
    const standing = nothingYet(county, area, id);
    const steps = [{ batch: desk.batch, before: {} }];
    await writeRecords(tx, desk, shapes[category], [
      { standing, made: true, after: {}, steps, claims: [], more: {} },
    ]);
    await tie(tx, category, [{ county, area, id, resident, household }]);
  }
  await nameTargets(tx, [{ batch: desk.batch, n, target: id }]);
  return known ? 0 : 1;
}

function linkedRows(tx: Queries, batch: number, rows: readonly number[]): Promise<Linked[]> {
  return tx.rows(sql<Linked>`
    select r.n, r.as_of::text as as_of, r.items, r.sealed, r.code, l.county, p.area, l.resident, l.household, l.target
      from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
      join resident p on p.county = l.county and p.id = l.resident
     where l.batch = ${batch} and l.n = any (${rows}::int[]) and l.resident is not null
     order by r.as_of nulls first, r.n`);
}

async function mergeCategory(
  tx: Queries,
  desk: MergeDesk,
  day: string,
  category: MergedCategory,
  rows: readonly Linked[],
  idOf: (row: Linked) => string | null,
): Promise<number> {
  const shape = shapes[category];
  const keys = new Map<string, { county: number; id: string }>();
  const stated = new Map<string, Facts[]>();
  for (const row of rows) {
    const id = idOf(row);
    if (id === null) continue;
    keys.set(id, { county: row.county, id });
    stated.set(id, [...(stated.get(id) ?? []), factsStated(desk, shape, row, day)]);
  }
  if (keys.size === 0) return 0;
  const standing = await readRecords(tx, desk.vault, shape, [...keys.values()]);
  const merged = [...standing.values()].map((one) =>
    mergeInto(desk, shape, one, stated.get(one.id) ?? []),
  );
  if (category === 'household') await lookAtMembers(tx, merged);
  const written = await writeRecords(tx, desk, shape, merged);
  await keepWhatStood(tx, desk, category, merged);
  return written;
}

/**
 * What stood before is what undoing goes back to. The batch may have written the same item earlier, and a later one or an
 * official since: then it is their value that stood before this row.
 */
async function keepWhatStood(
  tx: Queries,
  { dictionary, vault, batch }: MergeDesk,
  category: MergedCategory,
  merged: readonly Merged[],
): Promise<void> {
  for (const one of merged) {
    const { county, id, facts } = one.standing;
    const before: Record<string, Fact | null> = {};
    for (const item of changedItems(one)) {
      const fact = facts[item];
      if (fact?.b === batch) continue;
      const group = dictionary.item(category, item)?.group ?? 'file';
      before[item] = fact ? sealedFact(vault, group, fact) : null;
    }
    if (Object.keys(before).length > 0)
      await tx.count(sql`update gather_touch set before = before || ${JSON.stringify(before)}::jsonb
        where county = ${county} and batch = ${batch} and category = ${category} and id = ${id}`);
  }
}
