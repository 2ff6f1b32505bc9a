import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { shapes } from './categories.ts';
import type { Desk } from './desk.ts';
import { readFacts } from './facts-store.ts';
import { countiesOf } from './list.ts';
import { householdTags } from './rules/tags.ts';
import { tagToken } from './search/tokens.ts';
import { type Counted, moveTally } from './tally.ts';
import { moveTokens } from './tokens.ts';

interface HouseholdMarks extends Counted {
  county: number;
  area: number;
  left_on: string | null;
  member_tags: string[][];
}

/**
 * Brings a household's tags in line with its own items and those of its members that a visit to the
 * house needs; called by whatever changes either.
 */
export async function refreshHouseholdTags(
  tx: Tx,
  { dictionary, vault }: Desk,
  household: string,
): Promise<void> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const current = await tx.first(sql<HouseholdMarks>`
    select county, area, tags, missing, completeness, left_on,
           (select coalesce(jsonb_agg(to_jsonb(r.tags)), '[]') from resident r
             where r.county = h.county and r.id in (select m.resident from household_member m
               where m.county = h.county and m.household = h.id and m.until is null)) as member_tags
      from household h where county between ${first} and ${last} and id = ${household} for update`);
  if (!current) return;
  const facts = await readFacts(tx, shapes.household, ['file'], household, vault);
  const has = new Set(householdTags(facts, current.member_tags, dictionary));
  // Whoever does not read the household's own items leaves the tags that follow from them as they are.
  const hidden = !tx.actor.open.includes('file');
  const tags = dictionary.tags
    .filter(({ key, scope }) =>
      hidden && scope === 'household' ? current.tags.includes(key) : has.has(key),
    )
    .map(({ key }) => key);
  if (tags.length === current.tags.length && tags.every((tag) => current.tags.includes(tag)))
    return;
  await tx.count(
    sql`update household set tags = ${tags} where county = ${current.county} and id = ${household}`,
  );
  if (current.left_on !== null) return;
  const token = (tag: string): string => tagToken('household', tag);
  await moveTokens(tx, current.area, household, current.tags.map(token), tags.map(token));
  await moveTally(tx, current.area, 'household', current, { ...current, tags });
}
