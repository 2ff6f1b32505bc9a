import type { RoleKey } from '../../contract.ts';
import { departmentsByKey, roles } from '../../roles.ts';

/** What lists call a post beside the words of `roles`. */
const alsoRoles: Partial<Record<RoleKey, readonly string[]>> = {
  grid_worker: ['专职网格员', '兼职网格员', '网格长'],
  village_cadre: ['村干部', '社区干部', '村社干部', '村(社区)工作人员', '社区工作者'],
  township_officer: ['乡镇干部', '镇干部', '乡干部', '街道干部', '乡镇街道干部'],
  department_officer: ['部门干部', '部门工作人员'],
  child_director: ['村儿童主任'],
  county_supervisor: ['县督导', '区级督导', '区督导'],
  city_supervisor: ['市督导'],
  security_admin: ['安全保密管理员'],
  audit_admin: ['安全审计员'],
};

const plain = (word: string): string => word.normalize('NFKC').replace(/\s/g, '').toLowerCase();

const rolesByWord = new Map<string, RoleKey>(
  (Object.keys(roles) as RoleKey[]).flatMap((key) =>
    [key, roles[key].zh, roles[key].en, ...(alsoRoles[key] ?? [])].map(
      (word) => [plain(word), key] as const,
    ),
  ),
);

/** The role of a word in the column 岗位; undefined for none. */
export const roleOf = (word: string): RoleKey | undefined => rolesByWord.get(plain(word));

/** The key of a department by its name, with or without 局 or 委 at its end; undefined for none. */
export function departmentOf(word: string): string | undefined {
  const wanted = plain(word).replace(/(局|委|部门|条线)$/, '');
  return Object.keys(departmentsByKey).find((key) => {
    const { zh, en } = departmentsByKey[key] ?? { zh: '', en: '' };
    return [key, zh, en].some((name) => plain(name) === wanted);
  });
}

/** A cell as it was meant: without the marks that keep a spreadsheet from making a number of it. */
export const cellText = (cell: string): string =>
  cell
    .normalize('NFKC')
    .trim()
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'/, '')
    .trim();

/**
 * A day as lists write it: 2026-07-01, 2026/7/1, 2026.7.1, 2026年7月1日, 20260701.
 * @returns YYYY-MM-DD, or null for no day of the calendar
 */
export function dayOf(word: string): string | null {
  const found =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(word) ??
    /^(\d{4})(\d{2})(\d{2})$/.exec(word);
  if (!found) return null;
  const [, year = '', month = '', day = ''] = found;
  const text = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const date = new Date(`${text}T00:00:00Z`);
  const real = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  return real && year >= '1990' && year < '2200' ? text : null;
}

/** Whether a last day says that there is none. */
export const isOpen = (word: string): boolean =>
  ['', '长期', '至今', '-', '—', '无'].includes(word);

/**
 * A statistical code as lists write it, without the noughts that fill it up: 330881000000 is the county 330881. @returns null for no such code; undefined when it is a name
 */
export function codeOf(word: string): string | null | undefined {
  if (!/^[\d.]/.test(word)) return undefined;
  if (!/^\d+$/.test(word) || ![2, 4, 6, 9, 12, 15].includes(word.length)) return null;
  return [/^(\d{12})000$/, /^(\d{9})000$/, /^(\d{6})000$/, /^(\d{4})00$/, /^(\d{2})00$/].reduce(
    (code, filled) => code.replace(filled, '$1'),
    word,
  );
}

/** Names under which an area stands in the tree: 彭里村 is 彭里村委会 in the statistical list. */
export const namesOf = (word: string): string[] => [
  word,
  `${word}委会`,
  `${word}委员会`,
  `${word}居委会`,
  `${word}村委会`,
  ...(word.endsWith('社区') ? [`${word}居委会`, `${word}居民委员会`] : []),
];
