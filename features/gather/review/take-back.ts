import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { type CategoryShape, shapes } from '../../archive/categories.ts';
import type { Fact, Facts } from '../../archive/rules/facts.ts';
import { lookAtMembers } from '../merge/members.ts';
import {
  type MergeDesk,
  type Merged,
  openedFact,
  readRecords,
  type Standing,
  sealedFact,
} from '../merge/records.ts';
import { factsStated, mergeInto, type Stated } from '../merge/state.ts';
import { writeRecords } from '../merge/write.ts';

/** A row whose link was taken apart, with the records that it had been linked to. */
export interface Apart {
  batch: number;
  n: number;
  county: number;
  resident: string;
  household: string | null;
  target: string | null;
}

/** Of another batch what the merge needs to know. */
interface Other extends Stated {
  batch: number;
  source: string;
  day: string;
}

/**
 * Takes back what a row wrote into the resident and household that it was wrongly linked to: each of its values gives way
 * to the one that would stand had the row never come, be it the one before or another row's. What the row says of a
 * dwelling or premises is known by their code, whoever is meant, and stays.
 * @returns how many values
 */
export async function takeBack(tx: Queries, desk: MergeDesk, row: Apart): Promise<number> {
  const resident = await takeBackFrom(tx, desk, shapes.resident, row, row.resident);
  // The household is looked at in any case: what its members bring it may be another now.
  const home = row.household ?? (await homeOf(tx, row));
  const household = home === null ? 0 : await takeBackFrom(tx, desk, shapes.household, row, home);
  await untie(tx, row);
  return resident + household;
}

async function homeOf(tx: Queries, { county, resident }: Apart): Promise<string | null> {
  const found = await tx.first(sql<{ household: string | null }>`
    select household from resident where county = ${county} and id = ${resident}`);
  return found?.household ?? null;
}

async function takeBackFrom(
  tx: Queries,
  desk: MergeDesk,
  shape: CategoryShape,
  row: Apart,
  id: string,
): Promise<number> {
  const [standing] = (
    await readRecords(tx, desk.vault, shape, [{ county: row.county, id }])
  ).values();
  if (!standing) return 0;
  await tx.count(sql`delete from archive_claim where county = ${row.county} and subject = ${id}
    and (fact ->> 'b')::int = ${row.batch} and (fact ->> 'n')::int = ${row.n}`);
  const before = await whatStood(tx, desk, shape, row, id);
  const wrong = Object.keys(standing.facts).filter((item) => isOf(row, standing.facts[item]));
  const merged = await withoutRow(tx, desk, shape, { standing, wrong, before });
  if (shape.key === 'household') await lookAtMembers(tx, [merged]);
  return writeRecords(tx, { ...desk, undoing: true }, shape, [merged]);
}

const isOf = ({ batch, n }: Pick<Apart, 'batch' | 'n'>, fact: Fact | null | undefined): boolean =>
  fact?.b === batch && fact.n === n;

interface Touch {
  batch: number;
  before: Record<string, Fact | null>;
}

/**
 * What stood in the record before the row's batch; where a later batch kept the row's own value as what stood before it,
 * that is put right, so that undoing it does not bring the value back.
 */
async function whatStood(
  tx: Queries,
  { vault, dictionary }: MergeDesk,
  shape: CategoryShape,
  row: Apart,
  id: string,
): Promise<Facts> {
  const touches = await tx.rows(sql<Touch>`
    select batch, before from gather_touch where county = ${row.county} and category = ${shape.key} and id = ${id}`);
  const own = touches.find(({ batch }) => batch === row.batch)?.before ?? {};
  for (const { batch, before } of touches) {
    const stale = Object.keys(before).filter((item) => isOf(row, before[item]));
    if (stale.length === 0) continue;
    const right = Object.fromEntries(stale.map((item) => [item, own[item] ?? null]));
    await tx.count(sql`update gather_touch set before = before || ${JSON.stringify(right)}::jsonb
      where county = ${row.county} and batch = ${batch} and category = ${shape.key} and id = ${id}`);
  }
  const facts: Facts = {};
  for (const [item, fact] of Object.entries(own)) {
    if (fact === null) continue;
    facts[item] = openedFact(vault, dictionary.item(shape.key, item)?.group ?? 'file', fact);
  }
  return facts;
}

interface Wrong {
  standing: Standing;
  /** Items whose value is the row's. */
  wrong: readonly string[];
  before: Facts;
}

/** The record as it would be had the row never come. */
async function withoutRow(
  tx: Queries,
  desk: MergeDesk,
  shape: CategoryShape,
  { standing, wrong, before }: Wrong,
): Promise<Merged> {
  const facts: Facts = { ...standing.facts };
  for (const item of wrong) {
    const fact = before[item];
    if (fact) facts[item] = fact;
    else delete facts[item];
  }
  const claims: Merged['claims'] = [];
  let at: Standing = { ...standing, facts };
  for (const other of wrong.length === 0 ? [] : await otherRows(tx, shape, standing)) {
    const own = { ...desk, batch: other.batch, source: other.source };
    const stated = factsStated(own, shape, other, other.day);
    const asked = Object.entries(stated).filter(([item]) => wrong.includes(item));
    const next = mergeInto(own, shape, at, [Object.fromEntries(asked)]);
    await keepTouch(tx, own, shape, at, next.after);
    claims.push(...next.claims);
    at = { ...at, facts: next.after };
  }
  return { standing, made: false, after: at.facts, steps: [], claims, more: {} };
}

/** What other rows of batches that stand say of the record, in the order in which they count. */
function otherRows(tx: Queries, { key }: CategoryShape, { id }: Standing): Promise<Other[]> {
  const column = sql.ref(key === 'resident' ? 'l.resident' : 'l.household');
  return tx.rows(sql<Other>`
    select l.batch, b.source, b.day::text as day, r.n, r.as_of::text as as_of, r.items, r.sealed
      from gather_link l join gather_batch b on b.number = l.batch join gather_row r on r.batch = l.batch and r.n = l.n
     where l.batch = any (array(select number from gather_batch where state = 'done')) and ${column} = ${id}
     order by coalesce(r.as_of, b.day), l.batch, l.n`);
}

/** A row that counts again writes what its batch did not: what stood before it is kept for the batch's undoing. */
async function keepTouch(
  tx: Queries,
  { dictionary, vault, batch }: MergeDesk,
  shape: CategoryShape,
  { county, id, area, facts }: Standing,
  after: Facts,
): Promise<void> {
  const items = Object.keys(after).filter((item) => after[item] !== facts[item]);
  const fresh = items.filter((item) => facts[item]?.b !== batch);
  if (fresh.length === 0) return;
  const before = Object.fromEntries(
    fresh.map((item) => {
      const fact = facts[item];
      const group = dictionary.item(shape.key, item)?.group ?? 'file';
      return [item, fact ? sealedFact(vault, group, fact) : null];
    }),
  );
  await tx.count(sql`insert into gather_touch as t (batch, county, category, id, area, made, before)
    values (${batch}, ${county}, ${shape.key}, ${id}, ${area}, false, ${JSON.stringify(before)})
    on conflict (county, batch, category, id) do update set before = excluded.before || t.before`);
}

/** A dwelling or premises that the row's batch made was tied to the wrong one's household; other rows may still say so. */
async function untie(
  tx: Queries,
  { batch, county, resident, household, target }: Apart,
): Promise<void> {
  if (target === null) return;
  const made = await tx.first(sql<{ category: string }>`
    select category from gather_touch where batch = ${batch} and county = ${county} and id = ${target} and made
       and not exists (select from gather_link where batch = ${batch} and target = ${target} and resident = ${resident})`);
  if (made?.category === 'housing' && household !== null)
    await tx.count(sql`delete from household_housing
      where county = ${county} and household = ${household} and housing = ${target} and kind = 'owns'`);
  if (made?.category === 'premises')
    await tx.count(sql`delete from premises_person
      where county = ${county} and premises = ${target} and resident = ${resident} and role = 'legal_person'`);
}
