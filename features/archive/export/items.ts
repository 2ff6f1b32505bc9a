import type { Pair } from '../../../server/paper/paper.ts';
import type { CategoryKey, ItemView } from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import { wordsOf } from './columns.ts';
import { paperWords as words } from './paper-words.ts';

/** A value in words: codes by their table, yes and no, sums. */
export function valueWords(
  dictionary: Dictionary,
  category: CategoryKey,
  key: string,
  value: ItemView['value'] | undefined,
): string {
  if (value === null || value === undefined || value === '') return '';
  const item = dictionary.item(category, key);
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number') return item?.type === 'money' ? words.money(value) : String(value);
  const word = wordsOf(dictionary, item?.codes);
  if (Array.isArray(value)) return value.map(word).join('、');
  return word(value) ?? '';
}

/** The items of a section that have a value, with source and as-of day. */
export function itemPairs(
  dictionary: Dictionary,
  category: CategoryKey,
  section: string,
  items: Readonly<Record<string, ItemView>>,
): Pair[] {
  const source = new Map(dictionary.sources.map(({ key, label }) => [key, label.zh]));
  return dictionary.categories[category].items.flatMap((item) => {
    const view = items[item.key];
    if (item.section !== section || !view) return [];
    const stale = view.stale ? `，${words.stale}` : '';
    return [
      {
        label: item.label.zh,
        value: valueWords(dictionary, category, item.key, view.value),
        note: `${source.get(view.source) ?? view.source}，${view.asOf}${stale}`,
      },
    ];
  });
}

export function tagWords(dictionary: Dictionary, tags: readonly string[]): string {
  const label = new Map(dictionary.tags.map((tag) => [tag.key, tag.label.zh]));
  return tags.map((tag) => label.get(tag) ?? tag).join('、');
}
