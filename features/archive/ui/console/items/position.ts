import type { Category, CountyItem } from './county-items.ts';

/** The items of a section in the order of the forms, without one. */
export const othersIn = (
  { items }: Pick<Category, 'items'>,
  section: string,
  key: string,
): CountyItem[] => items.filter((one) => one.section === section && one.key !== key);

/** After which item of the section another stands at a place; empty for the first. */
export function standsAfter(others: readonly CountyItem[], place: number): string {
  return others.findLast((one) => one.place <= place)?.key ?? '';
}

/**
 * The order that puts an item right after another of its section, or before all of them: the middle between its
 * neighbours in the whole category, which always leaves room for one more.
 * @param after key of the item before it; empty to stand first
 */
export function orderAfter(
  category: Pick<Category, 'items'>,
  section: string,
  key: string,
  after: string,
): number {
  const all = category.items.filter((one) => one.key !== key);
  const first = all.findIndex((one) => one.section === section);
  const before = after === '' ? first - 1 : all.findIndex((one) => one.key === after);
  const lower = all[before]?.place ?? 0;
  const upper = all[before + 1]?.place ?? lower + 20;
  return (lower + upper) / 2;
}
