import type { FieldError, Text } from '../../../../server/errors.ts';
import type { AreaLevel } from '../../../area/contract.ts';
import type { NewPost, RoleKey } from '../../contract.ts';
import { noSuchArea, postFault } from '../../posts.ts';
import { departmentsByKey, roles } from '../../roles.ts';
import { type ColumnKey, columnName, type TableRow } from './table.ts';
import { cellText, codeOf, dayOf, departmentOf, isOpen, namesOf, roleOf } from './words.ts';

/** What is wrong with a row: the column, and how to mend it. */
export interface Fault {
  column: string;
  text: Text;
}

/** An area that a list may mean. */
export interface KnownArea {
  code: string;
  name: string;
  level: AreaLevel;
  lo: number;
  hi: number;
}

/** A post with its days spelt out. */
export type WantedPost = Required<Pick<NewPost, 'role' | 'area' | 'from'>> &
  Pick<NewPost, 'department' | 'until'>;

/** A row as it was meant. */
export interface Wanted {
  row: number;
  name: string;
  username: string;
  phone: string;
  /** Null when a fault keeps it from being known. */
  post: WantedPost | null;
  area: KnownArea | null;
  /** Whether the list names a first day; otherwise it is today. */
  startsByList: boolean;
  faults: Fault[];
}

/** Where an area's name or code of a list is looked up. */
export interface Areas {
  /** By code. */
  byCode(code: string): KnownArea | undefined;
  /** By one of these names, within the administrator's area. */
  byNames(names: readonly string[]): readonly KnownArea[];
}

/** What a row's cell about the area asks the tree for. */
export function areaAsked(row: TableRow): { code?: string; names?: string[] } {
  const word = cellText(row.cells.area);
  const code = codeOf(word);
  if (code === null || word === '') return {};
  return code === undefined ? { names: namesOf(word) } : { code };
}

/**
 * Reads one row, with every fault in it.
 * @param reach what the security administrator is in charge of
 */
export function readRow(
  row: TableRow,
  areas: Areas,
  reach: { lo: number; hi: number },
  day: string,
): Wanted {
  const faults: Fault[] = [];
  const blame = (key: ColumnKey, text: Text): void => {
    // Of a formula nothing is known but that it is one.
    if (row.formulas.includes(key)) return;
    faults.push({ column: columnName(key), text });
  };
  for (const key of row.formulas) faults.push({ column: columnName(key), text: formula });
  const name = row.cells.name.replace(/\s+/g, ' ');
  const username = cellText(row.cells.username).toLowerCase();
  const phone = cellText(row.cells.phone).replace(/[\s-]/g, '');
  if (!/^[^\p{C}]{1,60}$/u.test(name)) blame('name', badName);
  if (!/^[a-z][a-z0-9._-]{1,31}$/.test(username)) blame('username', badUsername);
  if (phone !== '' && !/^1\d{10}$/.test(phone)) blame('phone', badPhone);
  const role = roleIn(row, blame);
  const department = departmentIn(row, blame);
  const days = daysIn(row, day, blame);
  if (role && department && !departmental.includes(role)) blame('department', noDepartment);
  const area = role && areaIn(row, role, areas, reach, blame);
  const post =
    role && area && days && department !== null
      ? { role, area: area.code, ...days, ...(department ? { department } : {}) }
      : null;
  const known = row.formulas.length === 0 ? post : null;
  const unfit = known && area && postFault(known, area.level, day);
  if (unfit) faults.push(faultOf(unfit));
  return {
    row: row.row,
    name,
    username,
    phone,
    post: unfit ? null : post,
    area: area ?? null,
    startsByList: row.cells.from !== '',
    faults,
  };
}

/** Posts that name a department: all of one, or a township's line of work. */
const departmental: readonly RoleKey[] = ['department_officer', 'township_officer'];

type Blame = (key: ColumnKey, text: Text) => void;

function roleIn(row: TableRow, blame: Blame): RoleKey | undefined {
  const role = roleOf(cellText(row.cells.role));
  if (!role) blame('role', badRole);
  return role;
}

/** Undefined for none, null for one that is not known. */
function departmentIn(row: TableRow, blame: Blame): string | null | undefined {
  const word = cellText(row.cells.department);
  if (word === '') return undefined;
  const key = departmentOf(word);
  if (key) return key;
  blame('department', badDepartment);
  return null;
}

function daysIn(row: TableRow, day: string, blame: Blame): { from: string; until?: string } | null {
  const first = cellText(row.cells.from);
  const last = cellText(row.cells.until);
  const from = first === '' ? day : dayOf(first);
  const until = isOpen(last) ? undefined : dayOf(last);
  if (from === null) blame('from', badDay);
  if (until === null) blame('until', badDay);
  if (from === null || until === null) return null;
  // Without a first day, one that is over already is not put after its end.
  if (until === undefined) return { from };
  return { from: first === '' && until < from ? until : from, until };
}

function areaIn(
  row: TableRow,
  role: RoleKey,
  areas: Areas,
  reach: { lo: number; hi: number },
  blame: Blame,
): KnownArea | undefined {
  const { code, names } = areaAsked(row);
  if (code !== undefined) {
    const area = areas.byCode(code);
    if (area && area.lo >= reach.lo && area.hi <= reach.hi) return area;
    blame('area', faultOf(noSuchArea).text);
    return undefined;
  }
  if (!names) {
    blame('area', badArea);
    return undefined;
  }
  const found = areas.byNames(names);
  const fitting = found.filter(({ level }) =>
    (roles[role].levels as readonly string[]).includes(level),
  );
  const choice = fitting.length > 0 ? fitting : found;
  if (choice.length === 1) return choice[0];
  blame('area', choice.length === 0 ? noName(cellText(row.cells.area)) : several(choice));
  return undefined;
}

const columnsByField: Record<string, ColumnKey> = {
  area: 'area',
  role: 'role',
  department: 'department',
  from: 'from',
  until: 'until',
};

/** A fault found by the functions that the pages use; the column stands in place of the field that its words begin with. */
export const faultOf = ({ field, message }: FieldError): Fault => ({
  column: columnName(columnsByField[field] ?? 'role'),
  text: { zh: message.zh.replace(/^[^：]{2,4}：/, ''), en: message.en.replace(/^\w+: /, '') },
});

const formula: Text = {
  zh: '这一格是公式。请复制这一列，选“选择性粘贴”中的“数值”，再导入',
  en: 'This is a formula; copy the column and paste it as values',
};
const badName: Text = {
  zh: '请填写姓名，不超过 60 个字',
  en: 'Fill the name in, 60 characters at most',
};
const badUsername: Text = {
  zh: '账号应以小写字母开头，2 至 32 位，只用字母、数字和 . _ -，如 mao01',
  en: 'A letter first, 2 to 32 letters, digits and . _ -, such as mao01',
};
const badPhone: Text = {
  zh: '手机号应为 11 位数字；不需要就留空',
  en: 'A mobile number has 11 digits; leave it empty otherwise',
};
const badRole: Text = {
  zh: `没有这个岗位，应为${Object.values(roles)
    .map(({ zh }) => zh)
    .join('、')}之一`,
  en: `There is no such post; one of ${Object.values(roles)
    .map(({ en }) => en)
    .join(', ')}`,
};
const badDepartment: Text = {
  zh: `没有这个部门，应为${Object.values(departmentsByKey)
    .map(({ zh }) => zh)
    .join('、')}之一`,
  en: `There is no such department; one of ${Object.keys(departmentsByKey).join(', ')}`,
};
const noDepartment: Text = {
  zh: '这个岗位不分部门，请把部门留空',
  en: 'This post has no department; leave it empty',
};
const badDay: Text = {
  zh: '日期看不懂，请写成 2026-07-01 这样',
  en: 'That is no day; write it like 2026-07-01',
};
const badArea: Text = {
  zh: '区划代码应为 2、4、6、9、12 或 15 位数字。若显示成 3.30881E+11，请把这一列设为“文本”格式后重填',
  en: 'A code has 2, 4, 6, 9, 12 or 15 digits; if it shows as 3.30881E+11, make the column text and fill it in again',
};
const noName = (word: string): Text => ({
  zh: `您负责的范围内没有“${word}”，请改填区划代码`,
  en: `There is no “${word}” within your area; give the code`,
});
const several = (areas: readonly KnownArea[]): Text => {
  const codes = areas.slice(0, 5).map(({ code }) => code);
  return {
    zh: `同名的区域有 ${areas.length} 个，请改填区划代码，如 ${codes.join('、')}`,
    en: `${areas.length} areas have that name; give the code, such as ${codes.join(', ')}`,
  };
};
