import type { Category, Dictionary, Group } from '../dictionary.ts';
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

const groupsRead = new WeakMap<Dictionary, ReadonlyMap<string, readonly Group[]>>();

/** The groups whose items a tag tells of, by tag: those that its rule reads, asked with nothing filled in. */
export function tagGroups(dictionary: Dictionary): ReadonlyMap<string, readonly Group[]> {
  let groups = groupsRead.get(dictionary);
  if (!groups) {
    groups = new Map(
      dictionary.tags.map(({ key, scope, rule }) => {
        const read = new Set<Group>();
        tagRules[rule]?.((item) => {
          const group = dictionary.item(scope, item)?.group;
          if (group) read.add(group);
          return null;
        });
        return [key, [...read]];
      }),
    );
    groupsRead.set(dictionary, groups);
  }
  return groups;
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
