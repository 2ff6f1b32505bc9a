import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem } from '../../../server/errors.ts';
import { type CategoryShape, shapes } from '../../archive/categories.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import { tokensOf } from '../../archive/tokens.ts';
import { lookAtMembers, type MergedCategory } from './merging.ts';
import { type MergeDesk, type Merged, openedFact, readRecords, type Standing } from './records.ts';
import { writeRecords, writeTally } from './write.ts';

interface Touch {
  county: number;
  category: MergedCategory;
  id: string;
  made: boolean;
  before: Record<string, Fact | null>;
}

/** What is tied to a record goes before it: premises and dwellings, residents, households. */
const order: readonly MergedCategory[] = ['premises', 'housing', 'resident', 'household'];

/**
 * Undoes the next `atOnce` records of a batch: facts that are still the batch's go back to what stood before, records
 * that it made are taken away. What others wrote since stays.
 * @returns whether there is more to undo
 * @throws Problem conflict when a later batch builds on a record of this one: that is undone first
 */
export async function undoRecords(tx: Queries, desk: MergeDesk, atOnce: number): Promise<boolean> {
  await refuseLater(tx, desk.batch);
  for (const category of order) {
    const touches = await tx.rows(sql<Touch>`
      select county, category, id, made, before from gather_touch where batch = ${desk.batch} and category = ${category}
       order by id limit ${atOnce}`);
    if (touches.length === 0) continue;
    await undoTouches(tx, desk, shapes[category], touches);
    await tx.count(sql`delete from gather_touch where batch = ${desk.batch} and category = ${category}
      and id = any (${touches.map(({ id }) => id)}::uuid[])`);
    return true;
  }
  await tx.count(sql`delete from gather_link where batch = ${desk.batch}`);
  await tx.count(sql`delete from gather_row where batch = ${desk.batch}`);
  return false;
}

async function refuseLater(tx: Queries, batch: number): Promise<void> {
  const later = await tx.rows(sql<{ number: number }>`
    select distinct t.batch as number from gather_touch t
     where t.batch > ${batch} and exists (select from gather_touch o where o.batch = ${batch} and o.made and o.category = t.category and o.id = t.id)
     order by 1`);
  if (later.length === 0) return;
  const list = later.map(({ number }) => number).join('、');
  throw new Problem('conflict', {
    detail: {
      zh: `以后的批次用到了本批新建的档案，请先撤销：第 ${list} 批`,
      en: `Later batches build on records of this one; undo these first: ${list}`,
    },
  });
}

async function undoTouches(
  tx: Queries,
  desk: MergeDesk,
  shape: CategoryShape,
  touches: readonly Touch[],
): Promise<void> {
  const standing = await readRecords(tx, desk.vault, shape, touches);
  const made = touches.flatMap(({ made, id }) => (made ? (standing.get(id) ?? []) : []));
  await removeRecords(tx, desk, shape, made);
  const restored = touches.flatMap((touch) => {
    const one = standing.get(touch.id);
    return one && !touch.made ? [restore(desk, shape, one, touch)] : [];
  });
  if (shape.key === 'household') await lookAtMembers(tx, restored);
  await writeRecords(tx, { ...desk, undoing: true }, shape, restored);
  if (shape.key === 'resident') await lookAtHomes(tx, desk, restored);
}

/** The households of residents that were restored: what their members bring them may be less now. */
async function lookAtHomes(
  tx: Queries,
  desk: MergeDesk,
  residents: readonly Merged[],
): Promise<void> {
  const homes = new Map(
    residents.flatMap(({ standing: { county, household } }) =>
      household === null ? [] : [[household, { county, id: household }] as const],
    ),
  );
  const standing = await readRecords(tx, desk.vault, shapes.household, [...homes.values()]);
  const same = [...standing.values()].map(
    (one): Merged => ({ standing: one, made: false, after: one.facts, claims: [], more: {} }),
  );
  await lookAtMembers(tx, same);
  await writeRecords(tx, { ...desk, undoing: true }, shapes.household, same);
}

function restore(
  { batch, dictionary, vault }: MergeDesk,
  shape: CategoryShape,
  standing: Standing,
  { before }: Touch,
): Merged {
  const after: Facts = { ...standing.facts };
  for (const [item, fact] of Object.entries(before)) {
    if (after[item]?.b !== batch) continue;
    const group = dictionary.item(shape.key, item)?.group ?? 'file';
    if (fact === null) delete after[item];
    else after[item] = openedFact(vault, group, fact);
  }
  return { standing, made: false, after, claims: [], more: {} };
}

/** Takes away records that a batch made, with all that hangs on them. */
async function removeRecords(
  tx: Queries,
  { vault }: MergeDesk,
  shape: CategoryShape,
  records: readonly Standing[],
): Promise<void> {
  if (records.length === 0) return;
  const ids = records.map(({ id }) => id);
  const tokens = records.flatMap((one) =>
    tokensOf(shape.key, one.facts, one, vault).map((token) => ({
      token,
      area: one.area,
      id: one.id,
    })),
  );
  await tx.count(sql`delete from archive_token t using json_to_recordset(${JSON.stringify(tokens)}) as n(token text, area bigint, id uuid)
    where t.token = n.token and t.area = n.area and t.id = n.id`);
  await writeTally(
    tx,
    shape,
    records.map((standing) => ({ standing, counted: null })),
  );
  for (const [table, column] of ties[shape.key] ?? [])
    await tx.count(
      sql`delete from ${sql.table(table)} where ${sql.ref(column)} = any (${ids}::uuid[])`,
    );
  await tx.count(sql`delete from archive_claim where subject = any (${ids}::uuid[])`);
  for (const group of shape.groups)
    await tx.count(
      sql`delete from ${sql.table(`${shape.key}_${group}`)} where id = any (${ids}::uuid[])`,
    );
  await tx.count(sql`delete from ${sql.table(shape.key)} where id = any (${ids}::uuid[])`);
}

const ties: Readonly<
  Partial<Record<CategoryShape['key'], readonly (readonly [string, string])[]>>
> = {
  resident: [
    ['household_member', 'resident'],
    ['premises_person', 'resident'],
    ['gather_person', 'id'],
  ],
  household: [
    ['household_member', 'household'],
    ['household_housing', 'household'],
  ],
  housing: [['household_housing', 'housing']],
  premises: [['premises_person', 'premises']],
};
