import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem } from '../../../server/errors.ts';
import { type CategoryShape, shapes } from '../../archive/categories.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import { tokensOf } from '../../archive/tokens.ts';
import { lookAtMembers } from './members.ts';
import { type MergeDesk, type Merged, openedFact, readRecords, type Standing } from './records.ts';
import { writeRecords, writeTally } from './write.ts';

interface Touch {
  county: number;
  id: string;
  made: boolean;
  before: Record<string, Fact | null>;
}

type UndoneCategory = 'premises' | 'housing' | 'resident' | 'household';

/** What is tied to a record goes before it: premises and dwellings, residents, households. */
const order: readonly UndoneCategory[] = ['premises', 'housing', 'resident', 'household'];

/** The column of gather_link that names a record of the category. */
const linkColumn = {
  premises: 'target',
  housing: 'target',
  resident: 'resident',
  household: 'household',
} as const;

/** Where undoing stands: the last record undone of a category. */
export interface AfterUndone {
  category: UndoneCategory;
  id: string;
}

const first = '00000000-0000-0000-0000-000000000000';

/**
 * Undoes the next `atOnce` records of a batch: facts that are still the batch's go back to what stood before, records
 * that it made are taken away. What others wrote since stays.
 * @returns where it stands now; null when nothing is left of the batch
 * @throws Problem conflict when a later batch builds on a record of this one: that is undone first
 */
export async function undoRecords(
  tx: Queries,
  desk: MergeDesk,
  after: AfterUndone | null,
  atOnce: number,
): Promise<AfterUndone | null> {
  if (after === null) await refuseLater(tx, desk.batch);
  const { category, id } = after ?? { category: 'premises' as const, id: first };
  const touches = await nextTouches(tx, desk, category, id, atOnce);
  if (touches.length > 0) {
    await undoTouches(tx, desk, shapes[category], touches);
    await forget(tx, desk, category, touches);
  }
  const last = touches.at(-1);
  if (last && touches.length === atOnce) return { category, id: last.id };
  const next = order[order.indexOf(category) + 1];
  if (next) return { category: next, id: first };
  await tx.count(sql`delete from gather_touch where batch = ${desk.batch}`);
  await tx.count(sql`delete from gather_link where batch = ${desk.batch}`);
  await tx.count(sql`delete from gather_row where batch = ${desk.batch}`);
  return null;
}

/** Records that the batch speaks of or wrote, in the order of their ids, read many at a time. */
interface Block {
  category: UndoneCategory;
  after: string;
  touches: readonly Touch[];
  isLast: boolean;
}

const blocks = new WeakMap<MergeDesk, Block>();
/** No index tells the records of a batch in their order: a look goes through all its links, and so must be rare. */
const recordsAtOnce = 100_000;

async function nextTouches(
  tx: Queries,
  desk: MergeDesk,
  category: UndoneCategory,
  after: string,
  atOnce: number,
): Promise<readonly Touch[]> {
  let block = blocks.get(desk);
  if (!block || block.category !== category || after < block.after)
    block = await readBlock(tx, desk, category, after);
  const from = block.touches.findIndex(({ id }) => id > after);
  block = { ...block, after, touches: from < 0 ? [] : block.touches.slice(from) };
  if (block.touches.length < atOnce && !block.isLast)
    block = await readBlock(tx, desk, category, after);
  blocks.set(desk, block);
  return block.touches.slice(0, atOnce);
}

async function readBlock(
  tx: Queries,
  { batch }: MergeDesk,
  category: UndoneCategory,
  after: string,
): Promise<Block> {
  const column = sql.ref(linkColumn[category]);
  const touches = await tx.rows(sql<Touch>`
    select k.county, k.id, coalesce(t.made, false) as made, coalesce(t.before, '{}') as before
      from (select county, ${column} as id from gather_link where batch = ${batch} and ${column} > ${after}::uuid
            union
            select county, id from gather_touch where batch = ${batch} and category = ${category} and id > ${after}::uuid) k
      left join gather_touch t on t.county = k.county and t.batch = ${batch} and t.category = ${category} and t.id = k.id
     order by k.id limit ${recordsAtOnce}`);
  return { category, after, touches, isLast: touches.length < recordsAtOnce };
}

/** What later batches found standing was this one's: now it is what stood before it. */
async function forget(
  tx: Queries,
  { batch }: MergeDesk,
  category: UndoneCategory,
  touches: readonly Touch[],
): Promise<void> {
  const stood = new Map(touches.map((touch) => [touch.id, touch.before]));
  const later = await tx.rows(sql<Touch & { batch: number }>`
    select batch, county, id, made, before from gather_touch
     where id = any (${[...stood.keys()]}::uuid[]) and category = ${category} and batch > ${batch} for update`);
  const mended = later.flatMap((one) => {
    const own = Object.entries(one.before).filter(([, fact]) => fact?.b === batch);
    if (own.length === 0) return [];
    const before = { ...one.before };
    for (const [item] of own) {
      const fact = stood.get(one.id)?.[item];
      if (fact) before[item] = fact;
      else delete before[item];
    }
    return [{ batch: one.batch, county: one.county, id: one.id, before }];
  });
  if (mended.length === 0) return;
  await tx.count(sql`update gather_touch t set before = n.before
    from json_to_recordset(${JSON.stringify(mended)}) as n(batch int, county int, id uuid, before jsonb)
   where t.county = n.county and t.batch = n.batch and t.category = ${category} and t.id = n.id`);
}

async function refuseLater(tx: Queries, batch: number): Promise<void> {
  const made = (
    column: 'resident' | 'household' | 'target',
  ) => sql`exists (select from gather_link l
      join gather_touch t on t.id = ${sql.ref(`l.${column}`)} and t.batch = ${batch} and t.made where l.batch = b.number)`;
  const later = await tx.rows(sql<{ number: number }>`
    select b.number from gather_batch b where b.number > ${batch} and b.state <> 'undone'
       and (${made('resident')} or ${made('household')} or ${made('target')}) order by 1`);
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
  // What the batch said beside a value in force is said no more.
  await tx.count(sql`delete from archive_claim
    where subject = any (${touches.map(({ id }) => id)}::uuid[]) and (fact ->> 'b')::int = ${desk.batch}`);
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
    (one): Merged => ({
      standing: one,
      made: false,
      after: one.facts,
      steps: [],
      claims: [],
      more: {},
    }),
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
  for (const [item, { b }] of Object.entries(standing.facts)) {
    if (b !== batch) continue;
    const group = dictionary.item(shape.key, item)?.group ?? 'file';
    const stood = before[item];
    if (stood) after[item] = openedFact(vault, group, stood);
    else delete after[item];
  }
  return { standing, made: false, after, steps: [], claims: [], more: {} };
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
    records.map((standing) => ({ category: shape.key, standing, counted: null })),
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
