import type { CategoryKey } from '../../contract.ts';

/** What is asked; it stands in the address. */
export interface AccessSearch {
  category?: CategoryKey | undefined;
  record?: string | undefined;
  account?: string | undefined;
}

const paths: Record<string, CategoryKey> = {
  residents: 'resident',
  households: 'household',
  housing: 'housing',
  premises: 'premises',
  organisations: 'organisation',
};
const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Reads the page's address; what is no question is left out. */
export function readAccessSearch(search: Record<string, unknown>): AccessSearch {
  const number = (value: unknown): string | undefined =>
    typeof value === 'string' && id.test(value) ? value : undefined;
  return {
    category: Object.values(paths).find((category) => category === search.category),
    record: number(search.record),
    account: number(search.account),
  };
}

/** The number in what was pasted, and the category where it was the address of a file's page. Null when there is none. */
export function recordIn(pasted: string): { record: string; category?: CategoryKey } | null {
  const record = id.exec(pasted)?.[0].toLowerCase();
  if (!record) return null;
  const path = /\/([a-z]+)\/[0-9a-f-]{36}/i.exec(pasted)?.[1]?.toLowerCase();
  const category = path && paths[path];
  return category ? { record, category } : { record };
}
