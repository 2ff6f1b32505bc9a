import type { Static } from 'typebox';
import {
  type Category,
  categories,
  type Dictionary,
  groupsOf,
  listed,
} from '../dictionary/types.ts';
import type { CountyItems } from './contract.ts';
import { placesOf } from './overlay.ts';
import { ownPrefix } from './rules.ts';
import type { ServedCounty } from './store.ts';
import { tagsReading } from './touches.ts';

/** A county's dictionary as its administrator sees it: every item and table, and where it comes from. */
export function viewOf(
  pack: Dictionary,
  defined: Dictionary,
  { code, name }: ServedCounty,
  version: number,
): Static<typeof CountyItems> {
  return {
    county: { code, name },
    version,
    categories: categories.map((category) => {
      const { label, sections, items } = defined.categories[category];
      const places = placesOf(pack.categories[category].items, items);
      return {
        key: category,
        label,
        groups: [...groupsOf(category)],
        sections,
        items: items.map((item) => ({
          ...item,
          origin: originOf(pack.item(category, item.key), item, item.key),
          place: places.get(item.key) ?? 0,
          listed: listed[category].includes(item.key),
          tags: tagsReading(pack, category, item.key),
        })),
      };
    }),
    tables: Object.values(defined.codes).map((table) => ({
      ...table,
      origin: originOf(pack.codes[table.name], table, ''),
      usedBy: categories.flatMap((category) => usersOf(defined, category, table.name)),
    })),
    sources: defined.sources.map(({ key, label }) => ({ key, label })),
    retention: defined.retention.map(({ key, label }) => ({ key, label })),
  };
}

function originOf(packed: unknown, defined: unknown, key: string): 'pack' | 'changed' | 'own' {
  if (packed === defined) return 'pack';
  return key.startsWith(ownPrefix) ? 'own' : 'changed';
}

function usersOf(defined: Dictionary, category: Category, table: string) {
  return defined.categories[category].items
    .filter(({ codes }) => codes === table)
    .map(({ label }) => label);
}
