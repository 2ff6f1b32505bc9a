import type { Category, Dictionary, Item } from '../dictionary.ts';
import { addMonths } from './day.ts';

/** The value of an item; null when there is none. */
export type FactValue = string | number | boolean | string[] | null;

/** A value with its lineage, as the group tables store it (db/migrations/0004). */
export interface Fact {
  /** Value. */
  v: FactValue;
  /** Source: a key of sources.yaml. */
  s: string;
  /** As-of date, YYYY-MM-DD. */
  d: string;
  /** Account that entered it. */
  a?: string;
  /** Instant of the change, ISO 8601. */
  t?: string;
  /** Number of the batch that brought it (features/gather). */
  b?: number;
  /** Row of the batch. */
  n?: number;
}
export type Facts = Record<string, Fact>;

/** The sources an official speaks for: what the village knows, and what the resident told. */
const spoken = new Set(['village', 'resident']);

/**
 * What becomes of a proposed value (DESIGN.md, "How a fact flows"; rule 5).
 *
 * - `same`: nothing to write. The same value on a later day from an equal or better source is a
 *   `write`, since it renews the date.
 * - `conflict`: the value must stand beside the one in force until someone decides. What an official enters
 *   never overwrites what the item's authority says, nor does an older value a newer one.
 */
export function decideEdit(
  item: Pick<Item, 'source'>,
  current: Fact | undefined,
  proposed: Fact,
): 'write' | 'same' | 'conflict' {
  if (!hasValue(current)) return hasValue(proposed) ? 'write' : 'same';
  const guarded = isGuarded(item, current, proposed);
  const older = proposed.d < current.d;
  if (sameValue(current.v, proposed.v)) {
    const renews = !guarded && proposed.d > current.d;
    return renews ? 'write' : 'same';
  }
  return guarded || older ? 'conflict' : 'write';
}

/** Whether the value in force is the authority's and the proposal comes from someone else. */
function isGuarded(item: Pick<Item, 'source'>, current: Fact, proposed: Fact): boolean {
  if (current.s !== item.source || proposed.s === item.source) return false;
  // Where the village or the resident is the authority, an official speaks for either.
  return !(spoken.has(item.source) && spoken.has(proposed.s));
}

function hasValue(fact: Fact | undefined): fact is Fact {
  if (fact === undefined || fact.v === null || fact.v === '') return false;
  return !(Array.isArray(fact.v) && fact.v.length === 0);
}

/** Whether two values are equal; several codes are a set. */
export function sameValue(one: FactValue, other: FactValue): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  const all = new Set([...one, ...other]);
  return all.size === new Set(one).size && all.size === new Set(other).size;
}

/** The keys of the facts that have a value. */
export function presentKeys(facts: Facts): string[] {
  return Object.keys(facts).filter((key) => hasValue(facts[key]));
}

/**
 * Filled of required items (DOMAIN.md, section 5), rounded down so that only a complete file
 * says 100, and the keys without a value in the dictionary's order.
 */
export function completeness(
  category: Category,
  present: Iterable<string>,
  dictionary: Dictionary,
): { percent: number; missing: string[] } {
  const there = new Set(present);
  const required = dictionary.categories[category].items.filter((item) => item.required);
  const missing = required.filter((item) => !there.has(item.key)).map((item) => item.key);
  if (required.length === 0) return { percent: 100, missing };
  const filled = required.length - missing.length;
  return { percent: Math.floor((filled * 100) / required.length), missing };
}

/** The first day on which one of the facts is past its limit, or null when none has one. */
export function freshUntil(
  category: Category,
  facts: Facts,
  dictionary: Dictionary,
): string | null {
  let first: string | null = null;
  for (const { day } of limits(category, facts, dictionary)) {
    if (first === null || day < first) first = day;
  }
  return first;
}

/** The items past their limit on that day, in the dictionary's order. */
export function staleItems(
  category: Category,
  facts: Facts,
  today: string,
  dictionary: Dictionary,
): string[] {
  return limits(category, facts, dictionary)
    .filter(({ day }) => today >= day)
    .map(({ key }) => key);
}

/** Of each item with a limit and a value, the first day on which it is as old as its limit. */
function limits(category: Category, facts: Facts, dictionary: Dictionary) {
  return dictionary.categories[category].items.flatMap(({ key, freshMonths }) => {
    const fact = facts[key];
    if (freshMonths === undefined || !hasValue(fact)) return [];
    return [{ key, day: addMonths(fact.d, freshMonths) }];
  });
}
