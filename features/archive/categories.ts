import type { ItemGroup } from '../identity/roles.ts';
import type { CategoryKey } from './contract.ts';

/** How a category of record lies in the database and on the wire. */
export interface CategoryShape {
  key: CategoryKey;
  /** Path under /api/v1. */
  path: string;
  /** Groups of items, each a table `<category>_<group>` with a policy of its own; `file` is for public, internal and personal items only. */
  groups: readonly ItemGroup[];
  /** Listing columns beside those that all categories have: column → item it copies, null when derived otherwise. */
  columns: Readonly<Record<string, string | null>>;
  /** Items by which a record is ordered within its area; the first that has a value. */
  order: readonly string[];
  /** Column that names a record in timelines and hits. */
  title: string;
}

/** The five categories of DOMAIN.md, section 2. */
export const shapes: Readonly<Record<CategoryKey, CategoryShape>> = {
  resident: {
    key: 'resident',
    path: '/residents',
    groups: ['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'],
    columns: {
      name: 'name',
      sex: 'sex',
      birth: 'birth',
      residence_kind: 'residence_kind',
      id_mask: null,
      phone_mask: null,
      household: null,
      relation: null,
      left_on: null,
      left_how: null,
    },
    order: ['name'],
    title: 'name',
  },
  household: {
    key: 'household',
    path: '/households',
    groups: ['file', 'economy'],
    columns: {
      number: 'number',
      address: 'address',
      head: 'head',
      members: null,
      registered: null,
      left_on: null,
      left_how: null,
    },
    order: ['number', 'address'],
    title: 'address',
  },
  housing: {
    key: 'housing',
    path: '/housing',
    groups: ['file'],
    columns: { code: 'code', address: 'address', use: 'use', safety_grade: 'safety_grade' },
    order: ['address', 'code'],
    title: 'address',
  },
  premises: {
    key: 'premises',
    path: '/premises',
    groups: ['file'],
    columns: {
      name: 'name',
      kind: 'kind',
      address: 'address',
      credit_code: 'credit_code',
      state: 'state',
    },
    order: ['name'],
    title: 'name',
  },
  organisation: {
    key: 'organisation',
    path: '/organisations',
    groups: ['file'],
    columns: { name: 'name', kind: 'kind', head: 'head', next_election: 'next_election' },
    order: ['name'],
    title: 'name',
  },
};

/** All categories, in the order of the dictionary. */
export const categories = Object.values(shapes);

/** Groups whose values are encrypted at rest (DESIGN.md, rule 9). */
export const sealedGroups: readonly ItemGroup[] = ['contact', 'identity'];

/** Whether a text is the key of a category. */
export function isCategory(text: string): text is CategoryKey {
  return Object.hasOwn(shapes, text);
}
