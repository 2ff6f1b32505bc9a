import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { type CategoryShape, shapes } from '../../archive/categories.ts';
import type { Facts } from '../../archive/rules/facts.ts';
import { type MergeDesk, type Merged, readRecords } from './records.ts';
import { factsStated, mergeInto, type Stated } from './state.ts';
import { writeRecords } from './write.ts';

/** Where merging stands within a category: the last record merged. */
export type AfterRecord = string | null;

const first = '00000000-0000-0000-0000-000000000000';

/** The column of gather_link that names the record of a category. */
const linkColumn = {
  resident: 'resident',
  household: 'household',
  housing: 'target',
  premises: 'target',
} as const;
export type MergedCategory = keyof typeof linkColumn;

interface LinkedRow extends Stated {
  county: number;
  id: string;
}

/**
 * Merges what the rows of a batch state into the next `atOnce` records of a category that they are linked to.
 * @param day of the file, for rows that tell none
 * @returns where it stands now, null at the end; how many values were written
 */
export async function mergeRecords(
  tx: Queries,
  desk: MergeDesk,
  category: MergedCategory,
  day: string,
  after: AfterRecord,
  atOnce: number,
): Promise<{ after: AfterRecord; values: number }> {
  const keys = await nextRecords(tx, desk, category, after ?? first, atOnce);
  const last = keys.at(-1);
  if (!last) return { after: null, values: 0 };
  const shape = shapes[category];
  const rows = await rowsOf(tx, desk.batch, keys);
  const standing = await readRecords(tx, desk.vault, shape, keys);
  const stated = statedBy(desk, shape, rows, day);
  const merged = [...standing.values()].map((one) =>
    mergeInto(desk, shape, one, stated.get(one.id) ?? []),
  );
  if (category === 'household') await lookAtMembers(tx, merged);
  const values = await writeRecords(tx, desk, shape, merged);
  return { after: keys.length < atOnce ? null : last.id, values };
}

/** A record with the rows of the batch that are linked to it. */
interface Linked {
  county: number;
  id: string;
  rows: number[];
}

/** The next records of a category, in their order, read many at a time. */
interface Block {
  category: MergedCategory;
  /** All that come after this one, as far as they were read. */
  after: string;
  records: readonly Linked[];
  isLast: boolean;
}

const blocks = new WeakMap<MergeDesk, Block>();
/** No index tells the records of a batch in their order: a look goes through all its links, and so must be rare. */
const recordsAtOnce = 100_000;

async function nextRecords(
  tx: Queries,
  desk: MergeDesk,
  category: MergedCategory,
  after: string,
  atOnce: number,
): Promise<readonly Linked[]> {
  let block = blocks.get(desk);
  if (!block || block.category !== category || after < block.after)
    block = await readBlock(tx, desk, category, after);
  const from = block.records.findIndex(({ id }) => id > after);
  block = { ...block, after, records: from < 0 ? [] : block.records.slice(from) };
  if (block.records.length < atOnce && !block.isLast)
    block = await readBlock(tx, desk, category, after);
  blocks.set(desk, block);
  return block.records.slice(0, atOnce);
}

async function readBlock(
  tx: Queries,
  { batch }: MergeDesk,
  category: MergedCategory,
  after: string,
): Promise<Block> {
  const column = sql.ref(linkColumn[category]);
  const records = await tx.rows(sql<Linked>`
    select min(county) as county, ${column} as id, array_agg(n order by n) as rows from gather_link
     where batch = ${batch} and ${column} > ${after}::uuid group by ${column} order by ${column} limit ${recordsAtOnce}`);
  return { category, after, records, isLast: records.length < recordsAtOnce };
}

/** What the rows of records state, in the order in which it is merged. */
async function rowsOf(
  tx: Queries,
  batch: number,
  records: readonly Linked[],
): Promise<LinkedRow[]> {
  const recordOf = new Map(records.flatMap((one) => one.rows.map((n) => [n, one] as const)));
  const rows = await tx.rows(sql<Stated>`
    select n, as_of, items, sealed from gather_row where batch = ${batch} and n = any (${[...recordOf.keys()]}::int[])
     order by as_of nulls first, n`);
  return rows.map((row) => {
    const { county = 0, id = '' } = recordOf.get(row.n) ?? {};
    return { ...row, county, id };
  });
}

function statedBy(
  desk: MergeDesk,
  shape: CategoryShape,
  rows: readonly LinkedRow[],
  day: string,
): Map<string, Facts[]> {
  const stated = new Map<string, Facts[]>();
  for (const row of rows) {
    const facts = factsStated(desk, shape, row, day);
    if (Object.keys(facts).length === 0) continue;
    const list = stated.get(row.id) ?? [];
    list.push(facts);
    stated.set(row.id, list);
  }
  return stated;
}

/** Households whose members changed: how many they are, and which of their tags a visit to the house needs. */
export async function lookAtMembers(tx: Queries, merged: Merged[]): Promise<void> {
  const keys = JSON.stringify(merged.map(({ standing: { county, id } }) => ({ county, id })));
  const found = await tx.rows(
    sql<{ id: string; members: number; registered: number; tags: string[][] | null }>`
    select k.id, count(*) filter (where m.lives)::int as members, count(*) filter (where m.registered)::int as registered,
           json_agg(to_jsonb(r.tags) order by r.id) filter (where r.id is not null) as tags
      from json_to_recordset(${keys}) as k(county int, id uuid)
      left join household_member m on m.county = k.county and m.household = k.id and m.until is null
      left join resident r on r.county = m.county and r.id = m.resident
     group by k.id`,
  );
  const byId = new Map(found.map((one) => [one.id, one]));
  for (const one of merged) {
    const { members = 0, registered = 0, tags } = byId.get(one.standing.id) ?? {};
    one.more = { members, registered };
    one.members = tags ?? [];
  }
}
