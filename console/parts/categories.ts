import type { CategoryKey } from '../../features/archive/contract.ts';

/** Where the records of a category live: the same path for pages and for the API. */
export const pathOf = {
  resident: '/residents',
  household: '/households',
  housing: '/housing',
  premises: '/premises',
  organisation: '/organisations',
} as const satisfies Record<CategoryKey, string>;

/** The order in which the categories are shown. */
export const categories = Object.keys(pathOf) as CategoryKey[];

export const isCategory = (key: string): key is CategoryKey => key in pathOf;
