import type { AreaLevel } from '../area/contract.ts';
import type { RoleKey } from './contract.ts';

/** Groups of items that sit apart in the database with policies of their own. */
export type ItemGroup =
  | 'file'
  | 'contact'
  | 'identity'
  | 'health'
  | 'ethnic'
  | 'welfare'
  | 'minor'
  | 'economy';

interface Role {
  zh: string;
  en: string;
  /** Levels of area such a post may be given for. */
  levels: readonly AreaLevel[];
  /** Groups read without further ado. */
  open: readonly ItemGroup[];
  /** Groups opened for one subject, under a purpose, on record. */
  reveal: readonly ItemGroup[];
  /** Groups written; `list` stands for the record itself, `area` for the grids of the post's area. */
  write: readonly (ItemGroup | 'list' | 'area')[];
  /** Whether a file opens at once, only with a stated purpose, or not at all. */
  files: 'yes' | 'purpose' | 'no';
  admin: 'system' | 'security' | 'audit' | null;
}

const sensitive = ['identity', 'health', 'ethnic', 'welfare', 'minor', 'economy'] as const;
const cadre = {
  open: ['file'],
  reveal: ['contact', ...sensitive],
  write: ['list', 'file', 'contact', ...sensitive, 'area'],
  files: 'yes',
  admin: null,
} as const;
const supervisor = {
  open: [],
  reveal: ['file'],
  write: [],
  files: 'purpose',
  admin: null,
} as const;
const nothing = { open: [], reveal: [], write: [], files: 'no' } as const;
const children = {
  open: ['minor'],
  reveal: [],
  write: ['list', 'minor'],
  files: 'yes',
  admin: null,
} as const;

/** Who may: the matrix of DOMAIN.md, section 3. */
export const roles = {
  grid_worker: {
    zh: '网格员',
    en: 'Grid worker',
    levels: ['grid', 'village'],
    open: ['file'],
    reveal: ['contact'],
    write: ['list', 'file', 'contact'],
    files: 'yes',
    admin: null,
  },
  village_cadre: {
    zh: '村（社区）干部',
    en: 'Village or community cadre',
    levels: ['village'],
    ...cadre,
  },
  township_officer: {
    zh: '乡镇（街道）干部',
    en: 'Township or street officer',
    levels: ['township'],
    ...cadre,
  },
  department_officer: {
    zh: '县级部门干部',
    en: 'Department officer',
    levels: ['county'],
    open: [],
    reveal: [],
    write: [],
    files: 'yes',
    admin: null,
  },
  child_director: { zh: '儿童主任', en: 'Child director', levels: ['village'], ...children },
  child_supervisor: { zh: '儿童督导员', en: 'Child supervisor', levels: ['township'], ...children },
  county_supervisor: { zh: '县级督导', en: 'County supervisor', levels: ['county'], ...supervisor },
  city_supervisor: { zh: '市级督导', en: 'City supervisor', levels: ['city'], ...supervisor },
  system_admin: {
    zh: '系统管理员',
    en: 'System administrator',
    levels: ['province', 'city', 'county'],
    ...nothing,
    admin: 'system',
  },
  security_admin: {
    zh: '安全管理员',
    en: 'Security administrator',
    levels: ['province', 'city', 'county'],
    ...nothing,
    admin: 'security',
  },
  audit_admin: {
    zh: '审计管理员',
    en: 'Audit administrator',
    levels: ['province', 'city', 'county'],
    ...nothing,
    admin: 'audit',
  },
} as const satisfies Record<RoleKey, Role>;

interface Department {
  zh: string;
  en: string;
  /** Sensitive groups whose items it is the authority for (DOMAIN.md, section 2). */
  groups: readonly ItemGroup[];
}

/** Departments that a post may name, by the key of the source they are. */
export const departmentsByKey: Record<string, Department> = {
  'civil-affairs': { zh: '民政', en: 'Civil affairs', groups: ['welfare'] },
  health: { zh: '卫健', en: 'Health', groups: ['health'] },
  disabled: { zh: '残联', en: 'Disabled persons’ federation', groups: ['health'] },
  education: { zh: '教育', en: 'Education', groups: ['minor'] },
  // These gather the files of their source; sensitive items they see none.
  'public-security': { zh: '公安', en: 'Public security', groups: [] },
  'medical-insurance': { zh: '医保', en: 'Medical insurance', groups: [] },
  'social-security': { zh: '人社', en: 'Human resources and social security', groups: [] },
  veterans: { zh: '退役军人事务', en: 'Veterans’ affairs', groups: [] },
  housing: { zh: '住建', en: 'Housing', groups: [] },
  agriculture: { zh: '农业农村', en: 'Agriculture', groups: [] },
  market: { zh: '市场监管', en: 'Market supervision', groups: [] },
  'natural-resources': { zh: '自然资源', en: 'Natural resources', groups: [] },
  emergency: { zh: '应急管理', en: 'Emergency management', groups: [] },
};

/** Keys of the departments that a department officer's post may name. */
export const departments = Object.keys(departmentsByKey);

/** Roles that one account may not hold together: no one holds two of the three administrators. */
export const administrators: readonly RoleKey[] = ['system_admin', 'security_admin', 'audit_admin'];

/** The rights of a role; a department officer's, and those of a township's line officer, follow from the department. */
export function rightsOf(key: RoleKey, department: string | null): Role {
  const role: Role = roles[key];
  if (department === null) return role;
  const own = departmentsByKey[department]?.groups ?? [];
  if (key === 'department_officer')
    return { ...role, open: own, write: own.length > 0 ? ['list', ...own] : [] };
  if (key !== 'township_officer') return role;
  const line = (group: ItemGroup | 'list' | 'area'): boolean =>
    own.includes(group as ItemGroup) || !(sensitive as readonly string[]).includes(group);
  return { ...role, reveal: role.reveal.filter(line), write: role.write.filter(line) };
}

/** As much of an actor as tells what stands beside a name. */
export interface Beholder {
  post: { role: string } | null;
  open: readonly string[];
  reveal: readonly string[];
}

/** Whether the masked form of the group's items stands beside a name: for those who may read or reveal them. */
export function seesMask({ open, reveal }: Beholder, group: ItemGroup): boolean {
  return open.includes(group) || reveal.includes(group);
}

/**
 * Whether tags that tell of the group's items stand beside a name: for those who may read or reveal the
 * items, and for the grid worker, who sees no sensitive item "but tags that the visit needs" (DOMAIN.md, section 3).
 */
export function seesTag(beholder: Beholder, group: ItemGroup): boolean {
  return beholder.post?.role === 'grid_worker' || seesMask(beholder, group);
}
