import {
  type Category,
  type CategoryEntry,
  categories,
  type Dictionary,
  type Item,
} from '../dictionary/types.ts';
import { withIndex } from '../dictionary.ts';
import { fromJson, itemFrom, type PackItem, tableFrom } from './definition.ts';

/** What is in force of a county beside the pack: the latest change of an item or a code table. */
export interface InForce {
  county: number;
  /** Of the county's dictionary. */
  version: number;
  kind: 'item' | 'codes';
  category: Category | null;
  key: string;
  /** In the pack's form; null when the county went back to the pack. */
  definition: PackItem | null;
}

/**
 * The dictionary of a county: the pack with the county's definitions in place. A definition that the
 * pack in use no longer allows (a section that is gone) is left out, and the pack's item holds.
 */
export function overlay(pack: Dictionary, inForce: readonly InForce[]): Dictionary {
  const codes = { ...pack.codes };
  for (const { kind, key, definition } of inForce) {
    if (kind !== 'codes' || !definition || !codes[key]) continue;
    const { value, faults } = fromJson(definition, tableFrom);
    if (value && faults.length === 0) codes[key] = value;
  }
  const base = { ...pack, codes };
  const byCategory = Object.fromEntries(
    categories.map((category) => [category, withItems(base, category, inForce)]),
  ) as Record<Category, CategoryEntry>;
  return withIndex({ ...base, categories: byCategory });
}

function withItems(
  base: Dictionary,
  category: Category,
  inForce: readonly InForce[],
): CategoryEntry {
  const entry = base.categories[category];
  const items = new Map(entry.items.map((item) => [item.key, item]));
  for (const one of inForce) {
    if (one.kind !== 'item' || one.category !== category || !one.definition) continue;
    const { value, faults } = fromJson(one.definition, (read) => itemFrom(read, category, base));
    if (value && faults.length === 0) items.set(value.key, value);
  }
  const places = placesOf(entry.items, [...items.values()]);
  const placeOf = ({ key }: Item): number => places.get(key) ?? 0;
  return { ...entry, items: [...items.values()].toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

/**
 * Where each item stands: as its `order` names; of the others the pack's ten apart, and after them the county's own
 * by their keys, which begin with when they were made.
 */
export function placesOf(
  packed: readonly Item[],
  items: readonly Item[],
): ReadonlyMap<string, number> {
  const inPack = new Map(packed.map(({ key }, at) => [key, at]));
  const unplaced = items.filter(({ key, order }) => order === undefined && !inPack.has(key));
  const own = new Map(
    unplaced
      .map(({ key }) => key)
      .sort()
      .map((key, at) => [key, packed.length + at]),
  );
  return new Map(
    items.map(({ key, order }) => [
      key,
      order ?? ((inPack.get(key) ?? own.get(key) ?? 0) + 1) * 10,
    ]),
  );
}

/**
 * The dictionary of a post above the counties: the pack as it stands, and after it what counties added,
 * of each key the first.
 */
export function union(pack: Dictionary, counties: readonly Dictionary[]): Dictionary {
  const byCategory = Object.fromEntries(
    categories.map((category) => {
      const items = new Map(pack.categories[category].items.map((item) => [item.key, item]));
      for (const county of counties)
        for (const item of county.categories[category].items)
          if (!items.has(item.key)) items.set(item.key, { ...item, required: false });
      return [category, { ...pack.categories[category], items: [...items.values()] }];
    }),
  ) as Record<Category, CategoryEntry>;
  const codes = { ...pack.codes };
  for (const county of counties) {
    for (const [name, table] of Object.entries(county.codes)) {
      const known = codes[name];
      if (!known || known === table) continue;
      const more = table.codes.filter(({ code }) => known.codes.every((one) => one.code !== code));
      if (more.length > 0) codes[name] = { ...known, codes: [...known.codes, ...more] };
    }
  }
  return withIndex({ ...pack, codes, categories: byCategory });
}

/** A dictionary as it is worked by: of a retired item nothing is asked and nothing grows stale. */
export function inUse(dictionary: Dictionary): Dictionary {
  const byCategory = Object.fromEntries(
    categories.map((category) => {
      const { items, ...rest } = dictionary.categories[category];
      return [category, { ...rest, items: items.map(unasked) }];
    }),
  ) as Record<Category, CategoryEntry>;
  return withIndex({ ...dictionary, categories: byCategory });
}

function unasked(item: Item): Item {
  if (!item.retired) return item;
  const { freshMonths: _, ...rest } = item;
  return { ...rest, required: false };
}
