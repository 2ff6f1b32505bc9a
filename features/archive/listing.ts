import type { CategoryShape } from './categories.ts';
import type { Dictionary } from './dictionary.ts';
import { maskCitizenId } from './rules/citizen-id.ts';
import { completeness, type Facts, freshUntil, presentKeys } from './rules/facts.ts';
import { maskPhone } from './rules/phone.ts';
import { tagsOf } from './rules/tags.ts';

/** What follows from a record's facts and stands beside its listing columns. */
export interface Summary {
  tags: string[];
  missing: string[];
  completeness: number;
  freshUntil: string | null;
  sortKey: string;
}

/** Tags, gaps, completeness and order of a record, all of whose facts are at hand. */
export function summaryOf(dictionary: Dictionary, shape: CategoryShape, facts: Facts): Summary {
  const whole = completeness(shape.key, presentKeys(facts), dictionary);
  return {
    tags: tagsOf(shape.key, facts, dictionary),
    missing: whole.missing,
    completeness: whole.percent,
    freshUntil: freshUntil(shape.key, facts, dictionary),
    sortKey: sortKeyOf(shape, facts),
  };
}

/** Where a record stands within its area. Numbers within are padded, so that house 9 comes before house 10. */
export function sortKeyOf(shape: CategoryShape, facts: Facts): string {
  const text =
    shape.order.map((key) => facts[key]?.v).find((value) => typeof value === 'string') ?? '';
  return String(text).replace(/\d+/g, (digits) => digits.padStart(6, '0'));
}

/**
 * The listing columns that follow from facts: all of them for a new record; with `before`, only
 * those whose item changed.
 */
export function listingOf(
  shape: CategoryShape,
  facts: Facts,
  before?: Facts,
): Record<string, unknown> {
  const listing: Record<string, unknown> = {};
  const changed = (key: string): boolean =>
    before === undefined || before[key]?.v !== facts[key]?.v;
  for (const [column, item] of Object.entries(shape.columns)) {
    if (item !== null && changed(item)) listing[column] = facts[item]?.v ?? null;
  }
  if (shape.key !== 'resident') return listing;
  const masked = (key: string, mask: (text: string) => string): string | null => {
    const value = facts[key]?.v;
    return typeof value === 'string' ? mask(value) : null;
  };
  if (changed('citizen_id')) listing.id_mask = masked('citizen_id', maskCitizenId);
  if (changed('phone')) listing.phone_mask = masked('phone', maskPhone);
  return listing;
}
