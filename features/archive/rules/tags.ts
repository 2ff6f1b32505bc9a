import type { Category, Dictionary } from '../dictionary.ts';
import type { Facts } from './facts.ts';
import { type ReadItem, tagRules } from './tag-rules.ts';

/**
 * The tags that follow from the facts of one record, in the order of tags.yaml (DOMAIN.md,
 * Q12). Of a person who has died none follows: nobody should plan a visit by them.
 * @param facts those of all its groups together
 */
export function tagsOf(category: Category, facts: Facts, dictionary: Dictionary): string[] {
  const read: ReadItem = (key) => facts[key]?.v ?? null;
  if (category === 'resident' && read('death') !== null) return [];
  return dictionary.tags
    .filter(({ scope, rule }) => scope === category && tagRules[rule]?.(read))
    .map(({ key }) => key);
}

/**
 * The tags of a household: its own, and those of its members that a visit to the house needs
 * (`lifts` in tags.yaml), each once, in the order of tags.yaml.
 */
export function householdTags(
  facts: Facts,
  members: readonly (readonly string[])[],
  dictionary: Dictionary,
): string[] {
  const own = new Set(tagsOf('household', facts, dictionary));
  const theirs = new Set(members.flat());
  return dictionary.tags
    .filter(({ key, lifts }) => own.has(key) || (lifts && theirs.has(key)))
    .map(({ key }) => key);
}
