import type { RoleKey } from '../../contract.ts';

/** What narrows the list of accounts; it stands in the address. */
export interface AccountFilters {
  q?: string | undefined;
  area?: string | undefined;
  role?: RoleKey | undefined;
  state?: 'active' | 'inactive' | 'locked' | undefined;
}

const states = ['active', 'inactive', 'locked'] as const;

/** Reads the address; what is no filter is left out. */
export function readAccountFilters(search: Record<string, unknown>): AccountFilters {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' && value !== '' ? value : undefined;
  return {
    q: text(search.q),
    area: text(search.area),
    role: text(search.role) as RoleKey | undefined,
    state: states.find((state) => state === search.state),
  };
}

/** The filters as the API takes them. */
export function queryOf({ state, ...filters }: AccountFilters) {
  return {
    ...filters,
    active: state === 'active' ? true : state === 'inactive' ? false : undefined,
    locked: state === 'locked' ? true : undefined,
  };
}
