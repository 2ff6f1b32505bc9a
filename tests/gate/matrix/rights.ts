import type { CategoryKey } from '../../../features/archive/contract.ts';
import type { RoleKey } from '../../../features/identity/contract.ts';
import type { ItemGroup } from '../../../features/identity/roles.ts';

// Who may, said a second time: DOMAIN.md, section 3, written down for the matrix without looking at
// roles.ts or a policy. When the two disagree, one of them is wrong, and the matrix is red until it is known which.

export type Level = 'grid' | 'village' | 'township' | 'county' | 'city';

/** What DOMAIN.md says of a role. */
export interface Statement {
  /** The level of area at which the matrix gives the post. */
  level: Level;
  /** Groups of items that a file shows at once. */
  reads: readonly ItemGroup[];
  /** Sealed groups, shown one item at a time for a purpose. */
  reveals: readonly ItemGroup[];
  /** Groups whose tags stand beside a name. */
  tags: readonly ItemGroup[];
  writes: readonly ItemGroup[];
  /** Whether the role makes records and ties them together. */
  makes: boolean;
  /** Whether the role changes the tree: grids of its village or township, and what stands above them. */
  areas: boolean;
  /** How a file opens. */
  files: 'at once' | 'for a purpose' | 'never';
  serves: 'archive' | 'system' | 'security' | 'audit';
}

const sensitive: readonly ItemGroup[] = [
  'identity',
  'health',
  'ethnic',
  'welfare',
  'minor',
  'economy',
];
const all: readonly ItemGroup[] = ['file', 'contact', ...sensitive];

const archive = { makes: false, areas: false, files: 'at once', serves: 'archive' } as const;

/** "Up to personal; sensitive masked, revealed with purpose": the village, and the township the same. */
const cadre = {
  ...archive,
  reads: ['file'],
  reveals: ['contact', ...sensitive],
  tags: all,
  writes: all,
  makes: true,
  areas: true,
} as const;

/** "Figures, lists without sensitive items, files only through a matter or a stated, recorded purpose." */
const supervisor = {
  ...archive,
  reads: [],
  reveals: [],
  tags: ['file'],
  writes: [],
  files: 'for a purpose',
} as const;

/** "Children's matters of the area": of the archive, the items of minors. */
const children = {
  ...archive,
  reads: ['minor'],
  reveals: [],
  tags: ['minor'],
  writes: ['minor'],
} as const;

/** "None reads residents' content." */
const administrator = {
  level: 'county',
  reads: [],
  reveals: [],
  tags: [],
  writes: [],
  makes: false,
  areas: false,
  files: 'never',
} as const;

const statements = {
  // "Public, internal, personal needed for the visit; phone masked until revealed; no sensitive but
  // tags that the visit needs."
  grid_worker: {
    ...archive,
    level: 'grid',
    reads: ['file'],
    reveals: ['contact'],
    tags: all,
    writes: ['file', 'contact'],
    makes: true,
  },
  village_cadre: { ...cadre, level: 'village' },
  township_officer: { ...cadre, level: 'township' },
  // "The department's items for the county": see `ofDepartment`.
  department_officer: {
    ...archive,
    level: 'county',
    reads: [],
    reveals: [],
    tags: [],
    writes: [],
  },
  child_director: { ...children, level: 'village' },
  child_supervisor: { ...children, level: 'township' },
  county_supervisor: { ...supervisor, level: 'county' },
  city_supervisor: { ...supervisor, level: 'city' },
  system_admin: { ...administrator, areas: true, serves: 'system' },
  security_admin: { ...administrator, serves: 'security' },
  audit_admin: { ...administrator, serves: 'audit' },
} as const satisfies Record<RoleKey, Statement>;

/**
 * Whose authority a sensitive group is (DOMAIN.md, section 2). Chronic illness (health) and disability
 * (the disabled persons' federation) lie in one group, so that each of the two sees the other's.
 */
export const departmentGroups: Readonly<Record<string, readonly ItemGroup[]>> = {
  'civil-affairs': ['welfare'],
  health: ['health'],
  disabled: ['health'],
  education: ['minor'],
  'public-security': [],
  'medical-insurance': [],
  'social-security': [],
  veterans: [],
  housing: [],
  agriculture: [],
  market: [],
  'natural-resources': [],
  emergency: [],
};

/** Departments that stand for all: of those that see no sensitive item one, since their rights are alike. */
const standing = Object.entries(departmentGroups)
  .filter(([key, groups]) => groups.length > 0 || key === 'public-security')
  .map(([key]) => key);

/** A role, for some with a department: a row of the matrix. */
export interface Who extends Statement {
  /** How the row is called. */
  name: string;
  role: RoleKey;
  department: string | null;
}

/** Every row of the matrix: all roles, department officers and a township's line officers by department. */
export const everybody: readonly Who[] = (Object.keys(statements) as RoleKey[]).flatMap((role) => {
  switch (role) {
    case 'department_officer':
      return standing.map((department) => ofDepartment(role, department));
    case 'township_officer':
      return [plain(role), ...standing.map((department) => ofDepartment(role, department))];
    default:
      return [plain(role)];
  }
});

function plain(role: RoleKey): Who {
  return { ...(statements[role] as Statement), name: role, role, department: null };
}

function ofDepartment(role: RoleKey, department: string): Who {
  const own = departmentGroups[department] ?? [];
  const base: Statement = statements[role];
  const row = { ...base, name: `${role} of ${department}`, role, department };
  if (role === 'department_officer') return { ...row, reads: own, tags: own, writes: own };
  // "Line officers only their line's sensitive items."
  const line = (group: ItemGroup): boolean => own.includes(group) || !sensitive.includes(group);
  return {
    ...row,
    reveals: row.reveals.filter(line),
    tags: row.tags.filter(line),
    writes: row.writes.filter(line),
  };
}

/** The groups of items of each category (DOMAIN.md, section 2). */
export const groupsOf: Readonly<Record<CategoryKey, readonly ItemGroup[]>> = {
  resident: ['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'],
  household: ['file', 'economy'],
  housing: ['file'],
  premises: ['file'],
  organisation: ['file'],
};

/** The group whose items a tag tells of (packs/archive/tags.yaml); all others follow from common items. */
export const tagGroup = (tag: string): ItemGroup =>
  tag === 'chronic' || tag === 'disabled' ? 'health' : tag === 'low_income' ? 'welfare' : 'file';

/** What an operation asks of whoever calls it. */
export type Need =
  | 'public'
  | 'signed-in'
  | 'archive'
  /** Opening a file, with a purpose stated. */
  | 'files'
  /** Opening a file without a word. */
  | 'files at once'
  | 'makes'
  | 'areas'
  /** Every group of a resident's items, at once or revealed. */
  | 'sees all'
  /** A deletion is two steps of two people: the village’s and the township’s. */
  | 'asks for deletions'
  | 'decides deletions'
  /** Gathers files: a department's officer, those of its own source. */
  | 'gathers'
  /** Sees batches as counts and takes them back: besides, the system administrator. */
  | 'batches'
  /** Sees how good departments' data is: who answers for an area, and the departments. */
  | 'quality'
  | 'system'
  | 'security'
  | 'audit'
  | `read ${ItemGroup}`
  | `reveal ${ItemGroup}`
  /** Reading at once, revealing, or with a file that opens for a purpose. */
  | `see ${ItemGroup}`
  | `write ${ItemGroup}`
  | `tag ${ItemGroup}`;

const qualityRoles: readonly RoleKey[] = [
  'department_officer',
  'village_cadre',
  'township_officer',
  'county_supervisor',
  'city_supervisor',
];

/** Whether a post of this kind may do it within its area. */
export function may(who: Who, need: Need): boolean {
  const [verb, group] = need.split(' ') as [string, ItemGroup];
  switch (verb) {
    case 'public':
    case 'signed-in':
      return true;
    case 'archive':
    case 'system':
    case 'security':
    case 'audit':
      return who.serves === verb;
    case 'files':
      return need === 'files' ? who.files !== 'never' : who.files === 'at once';
    case 'makes':
      return who.makes;
    case 'areas':
      return who.areas;
    case 'gathers':
      return who.role === 'department_officer';
    case 'batches':
      return who.role === 'department_officer' || who.serves === 'system';
    case 'quality':
      return qualityRoles.includes(who.role);
    case 'asks':
      return who.role === 'village_cadre';
    case 'decides':
      return who.role === 'township_officer' && who.department === null;
    case 'read':
      return who.reads.includes(group);
    case 'see':
      return (
        who.reads.includes(group) ||
        who.reveals.includes(group) ||
        (group === 'file' && who.files === 'for a purpose')
      );
    case 'sees':
      return groupsOf.resident.every((one) => seesMask(who, one));
    case 'reveal':
      return who.reveals.includes(group);
    case 'tag':
      return who.tags.includes(group);
    default:
      return who.writes.includes(group);
  }
}

/** Whether the masked form of a sealed group's item stands in lists: for those who may see the item itself. */
export const seesMask = (who: Who, group: ItemGroup): boolean =>
  who.reveals.includes(group) || who.reads.includes(group);
