import type { Text } from '../../../server/errors.ts';
import { sealedGroups } from '../categories.ts';
import type { Category, Dictionary, Item } from '../dictionary/types.ts';
import { tagRules } from '../rules/tag-rules.ts';

/** The labels of the tags whose rule reads the item, asked with nothing filled in. */
export function tagsReading(pack: Dictionary, category: Category, key: string): Text[] {
  return pack.tags
    .filter(({ scope, rule }) => {
      if (scope !== category) return false;
      let reads = false;
      tagRules[rule]?.((item) => {
        reads ||= item === key;
        return null;
      });
      return reads;
    })
    .map(({ label }) => label);
}

/** Whether the database can count the item's codes: those of an encrypted group are not read by anybody. */
export function codesCounted(item: Item): boolean {
  return item.codes !== undefined && !sealedGroups.includes(item.group);
}
