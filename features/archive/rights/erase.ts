import type { Tx } from '../../../server/database/actor.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { sealedGroups, shapes } from '../categories.ts';
import type { CategoryKey } from '../contract.ts';
import type { Desk } from '../desk.ts';
import { patchFacts, readFacts } from '../facts-store.ts';
import { refreshHouseholdTags } from '../household-tags.ts';
import { lockedRecord } from '../locked.ts';
import { type Current, moveRecord } from '../marks.ts';
import type { Facts } from '../rules/facts.ts';
import { moveTally } from '../tally.ts';

/** A record that may name the person: by what it is tied. */
interface Tied {
  category: CategoryKey;
  id: string;
}

/** The records tied to a resident: households, who lives in them, their dwellings, premises. */
const tiedTo = (county: number, resident: string) => sql<Tied>`
  with home as (select household from household_member where county = ${county} and resident = ${resident})
  select 'household' as category, household as id from home
  union select 'resident', m.resident from household_member m join home using (household)
         where m.county = ${county} and m.resident <> ${resident}
  union select 'housing', d.housing from household_housing d join home using (household) where d.county = ${county}
  union select 'premises', premises from premises_person where county = ${county} and resident = ${resident}`;

/** Whose sealed groups the erasing transaction opens: the resident's, and of those who live in the same household. */
export async function subjectsOf(tx: Tx, county: number, resident: string): Promise<string[]> {
  const tied = await tx.rows(tiedTo(county, resident));
  return [resident, ...tied.filter(({ category }) => category === 'resident').map(({ id }) => id)];
}

/**
 * Deletes a resident's file in the transaction that decided it: content, tokens, facts, history, documents' rows,
 * drafts; the person's names where tied records hold them; counts move along.
 * @param erased carries it out in the database and returns its files: `gate_erase_resident`, which checks once more who
 *   decided, or for the retention job `gate_retention_erase`
 * @returns the files in the store that nothing names any more
 */
export async function eraseResident(
  tx: Tx,
  desk: Desk,
  { county, subject }: { county: number; subject: string },
  erased: Sql<{ files: string[] }>,
): Promise<{ id: string; pages: number }[]> {
  const current = await tx.first(sql<Current & { name: string }>`
    select county, area, name, version, tags, missing, completeness, fresh_until, household, left_on from resident
     where county = ${county} and id = ${subject} for update`);
  if (!current) throw new Problem('not-found');
  const own = await readFacts(tx, shapes.resident, ['file'], subject, desk.vault);
  const names = [current.name, own.former_name?.v].filter((one) => typeof one === 'string');
  const tied = await tx.rows(tiedTo(county, subject));
  for (const one of tied) await forget(tx, desk, county, one, names);
  // Whoever died or moved away is in no count any more.
  if (!current.left_on) await moveTally(tx, current.area, 'resident', current, undefined);
  const households = tied.filter(({ category }) => category === 'household').map(({ id }) => id);
  // Of the household's papers, those that proved acts of this person alone go too; the database says which.
  const pages = await tx.rows(sql<{ id: string; pages: number }>`
    select files as id, max(jsonb_array_length(pages)) as pages from document
     where county = ${county} and (subject = ${subject} or (subject = any(${households}::uuid[]) and kind = 'life_proof'))
     group by files`);
  const gone = await tx.first(erased);
  for (const household of households) {
    await recount(tx, county, household);
    await refreshHouseholdTags(tx, desk, household);
  }
  return pages.filter((one) => gone?.files.includes(one.id));
}

/**
 * Takes values that are one of the names out of a tied record, without a line in its history: that would name the
 * person again. What its history holds of them is taken out by the database (`erase_trace`).
 */
async function forget(
  tx: Tx,
  desk: Desk,
  county: number,
  { category, id }: Tied,
  names: readonly string[],
): Promise<void> {
  const shape = shapes[category];
  const groups = shape.groups.filter((group) => !sealedGroups.includes(group));
  const before: Facts = await readFacts(tx, shape, groups, id, desk.vault);
  const named = Object.keys(before).filter((key) => names.includes(String(before[key]?.v)));
  // A record's own name is its own, and a namesake in the same house keeps it.
  const gone = named.filter((key) => key !== shape.title);
  if (gone.length === 0) return;
  const current = await lockedRecord(tx, shape, id, [county, county]);
  if (!current) throw new Problem('not-found');
  const after = Object.fromEntries(Object.entries(before).filter(([key]) => !gone.includes(key)));
  for (const group of groups) {
    const own = gone.filter((key) => desk.dictionary.item(category, key)?.group === group);
    if (own.length === 0) continue;
    const patch = Object.fromEntries(own.map((key) => [key, null]));
    await patchFacts(tx, shape, group, id, current.area, patch);
  }
  await moveRecord(tx, desk, shape, id, current, before, after);
}

/** Who lives in a household and is registered in it, after somebody is gone. */
async function recount(tx: Tx, county: number, household: string): Promise<void> {
  await tx.count(sql`update household h set members = n.members, registered = n.registered, version = version + 1, updated_at = ${tx.actor.now}
    from (select count(*) filter (where lives)::int as members, count(*) filter (where registered)::int as registered
            from household_member where county = ${county} and household = ${household} and until is null) n
    where h.county = ${county} and h.id = ${household}`);
}
