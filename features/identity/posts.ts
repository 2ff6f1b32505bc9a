import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { type FieldError, Problem } from '../../server/errors.ts';
import { newId } from '../../server/ids.ts';
import type { AreaLevel } from '../area/contract.ts';
import type { NewPost } from './contract.ts';
import { departments, departmentsByKey, roles } from './roles.ts';
import { levels } from './sessions.ts';

/**
 * Gives an account a post within the administrator's area.
 * @returns its id
 * @throws Problem invalid when role, area and department do not fit together or the administrators would mix
 */
export async function addPost(tx: Tx, account: string, post: NewPost): Promise<string> {
  const area = await tx.first(sql<{ level: number; lo: number; hi: number }>`
    select level, lo, hi from area where code = ${post.area} and retired_at is null`);
  const level = area && levels[area.level - 1];
  if (!area || !level) throw new Problem('invalid', { errors: [noSuchArea] });
  const fault = postFault(post, level, tx.actor.day) ?? (await mixedFault(tx, account, post));
  if (fault) throw new Problem('invalid', { errors: [fault] });
  return insertPost(tx, account, post, area);
}

/** Writes a post that was found to fit. @returns its id */
export async function insertPost(
  tx: Tx,
  account: string,
  post: NewPost,
  range: { lo: number; hi: number },
): Promise<string> {
  const id = newId(tx.actor.now.getTime());
  await tx.count(sql`insert into post (id, account, role, department, area, lo, hi, since, until, created_at, created_by)
    values (${id}, ${account}, ${post.role}, ${post.department ?? null}, ${post.area}, ${range.lo}, ${range.hi},
      ${post.from ?? tx.actor.day}, ${post.until ?? null}, ${tx.actor.now}, ${tx.actor.account})`);
  return id;
}

/** What is said of an area that does not exist, or lies outside the administrator's. */
export const noSuchArea: FieldError = fault('area', {
  zh: '区域：没有这个区域，或不在您负责的范围内',
  en: 'area: there is no such area, or it is not within yours',
});

/** What does not fit together in a post's role, level of area, department and days; null when all does. */
export function postFault(post: NewPost, level: AreaLevel, day: string): FieldError | null {
  const role = roles[post.role];
  if (!(role.levels as readonly string[]).includes(level))
    return fault('area', {
      zh: `区域：${role.zh}的岗位不能设在这一级，应设在${role.levels.map((one) => levelNames[one]).join('或')}`,
      en: `area: a ${role.en}’s post is given at the level of ${role.levels.join(' or ')}`,
    });
  if (post.role === 'department_officer' && post.department === undefined)
    return fault('department', {
      zh: '部门：部门干部须指明部门',
      en: 'department: a department officer needs one',
    });
  if (post.department !== undefined && !departments.includes(post.department))
    return fault('department', {
      zh: `部门：应为${departmentNames('zh').join('、')}之一`,
      en: `department: one of ${departments.join(', ')}`,
    });
  if (post.until !== undefined && post.until < (post.from ?? day))
    return fault('until', {
      zh: '结束日期：不能早于开始日期',
      en: 'until: not before the first day',
    });
  return null;
}

async function mixedFault(tx: Tx, account: string, post: NewPost): Promise<FieldError | null> {
  const row = await tx.first(sql<{ mixes: boolean }>`
    select mixes_administrators(${account}, ${post.role}, ${post.from ?? tx.actor.day}::date, ${post.until ?? null}::date) as mixes`);
  return row?.mixes ? mixedAdministrators : null;
}

/** What is said when an account would hold two of the three administrators (DOMAIN.md, section 3). */
export const mixedAdministrators: FieldError = fault('role', {
  zh: '角色：系统、安全、审计三类管理员不得由一人兼任',
  en: 'role: no one holds two of the three administrators',
});

/** Whether role, level of area, department and days fit together. @throws Problem invalid */
export function checkFit(post: NewPost, level: AreaLevel, day: string): void {
  const wrong = postFault(post, level, day);
  if (wrong) throw new Problem('invalid', { errors: [wrong] });
}

/** Sets the last day of a post. @returns false when there is none within the administrator's area */
export async function endPost(tx: Tx, post: string, until: string): Promise<boolean> {
  return (
    (await tx.count(
      sql`update post set until = greatest(${until}::date, since - 1) where id = ${post}`,
    )) > 0
  );
}

/** The day before, YYYY-MM-DD. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}

const levelNames: Record<AreaLevel, string> = {
  province: '省',
  city: '市',
  county: '县',
  township: '乡镇（街道）',
  village: '村（社区）',
  grid: '网格',
};

const departmentNames = (language: 'zh' | 'en'): string[] =>
  Object.values(departmentsByKey).map((department) => department[language]);

function fault(field: string, message: { zh: string; en: string }): FieldError {
  return { field, code: 'rule', message };
}
