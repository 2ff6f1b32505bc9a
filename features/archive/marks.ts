import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { CategoryShape } from './categories.ts';
import type { Desk } from './desk.ts';
import type { Dictionary } from './dictionary.ts';
import { listingOf, sortKeyOf } from './listing.ts';
import { completeness, type Facts, freshUntil, presentKeys } from './rules/facts.ts';
import { tagsOf } from './rules/tags.ts';
import { moveTally } from './tally.ts';
import { moveTokens, tokensOf } from './tokens.ts';

/** A record as it stands when an edit begins. */
export interface Current {
  county: number;
  area: number;
  version: number;
  tags: string[];
  missing: string[];
  completeness: number;
  fresh_until: string | null;
  household?: string | null;
  /** Residents and households that are not here any more: counts and filters leave them out. */
  left_on?: string | null;
}

/**
 * Brings listing, tags, gaps, counts and tokens from the facts before to those after. Items of groups
 * that the role doesn't see stay as they were: only differences are applied.
 */
export async function moveRecord(
  tx: Tx,
  { dictionary, vault }: Desk,
  shape: CategoryShape,
  id: string,
  current: Current,
  before: Facts,
  after: Facts,
): Promise<number> {
  const marks = movedMarks(dictionary, shape, current, before, after);
  const listing = listingOf(shape, after, before);
  const sortKey = sortKeyOf(shape, after);
  const moved = sortKey !== sortKeyOf(shape, before);
  // Who lives in a household stands with it in lists, whatever the name.
  if (moved && !current.household) listing.sort_key = sortKey;
  const columns = Object.entries(listing).map(
    ([column, value]) => sql`${sql.ref(column)} = ${value}`,
  );
  const set = columns.length > 0 ? sql`${sql.join(columns)},` : sql``;
  await tx.count(sql`update ${sql.table(shape.key)} set ${set} tags = ${marks.tags}, missing = ${marks.missing},
      completeness = ${marks.completeness}, fresh_until = ${marks.freshUntil}, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${current.county} and id = ${id}`);
  if (moved && shape.key === 'household')
    await tx.count(sql`update resident set sort_key = ${sortKey} || '-' || coalesce(relation, '')
      where county = ${current.county} and household = ${id} and area = ${current.area}`);
  const left = Boolean(current.left_on);
  await moveTokens(
    tx,
    current.area,
    id,
    tokensOf(shape.key, before, left ? unmarked : current, vault),
    tokensOf(shape.key, after, left ? unmarked : marks, vault),
  );
  if (!left) await moveTally(tx, current.area, shape.key, current, marks);
  return current.version + 1;
}

const unmarked = { tags: [], missing: [] };

function movedMarks(
  dictionary: Dictionary,
  shape: CategoryShape,
  current: Current,
  before: Facts,
  after: Facts,
) {
  const had = tagsOf(shape.key, before, dictionary);
  const has = tagsOf(shape.key, after, dictionary);
  // Tags that a household has from its members are none of its own items'.
  const kept = current.tags.filter((tag) => !had.includes(tag) || has.includes(tag));
  // A tag that its items ask for and the record lacks is held down by what the role does not see: a death.
  const heldDown = had.some((tag) => !current.tags.includes(tag));
  const died = shape.key === 'resident' && after.death !== undefined;
  const tags = died ? [] : [...new Set([...kept, ...(heldDown ? [] : has)])];
  const filled = new Set(presentKeys(after));
  const emptied = presentKeys(before).filter((key) => !filled.has(key));
  const missing = new Set([...current.missing.filter((key) => !filled.has(key)), ...emptied]);
  const required = dictionary.categories[shape.key].items
    .filter((item) => item.required)
    .map(({ key }) => key);
  const present = required.filter((key) => !missing.has(key));
  const whole = completeness(shape.key, present, dictionary);
  const hidden =
    current.fresh_until !== null &&
    current.fresh_until < (freshUntil(shape.key, before, dictionary) ?? '9999-12-31');
  const limits = [freshUntil(shape.key, after, dictionary), hidden ? current.fresh_until : null]
    .filter((day) => day !== null)
    .sort();
  return {
    tags,
    missing: whole.missing,
    completeness: whole.percent,
    freshUntil: limits[0] ?? null,
  };
}
