import { categories } from '../../../../../console/parts/categories.ts';
import type { CategoryKey } from '../../../contract.ts';
import { type Filters, readFilters } from '../filters.ts';

/** What is edited, as it stands in the address: a category, and the filters of its list. */
export type BulkSearch = Omit<Filters, 'new' | 'posts'> & { category?: CategoryKey };

export function readBulkSearch(search: Record<string, unknown>): BulkSearch {
  const { new: _new, posts: _posts, ...filters } = readFilters(search);
  return { ...filters, category: categories.find((key) => key === search.category) };
}
