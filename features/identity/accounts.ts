import type { Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { newId } from '../../server/ids.ts';
import type { Account, NewAccount, NewPost, RoleKey } from './contract.ts';
import { departments, keepsAdministratorsApart, roles } from './roles.ts';
import { levels } from './sessions.ts';

interface PostRow {
  id: string;
  role: RoleKey;
  department: string | null;
  code: string;
  area: string;
  level: number;
  since: string;
  until: string | null;
  ended: boolean;
}

interface AccountRow {
  id: string;
  username: string;
  name: string;
  active: boolean;
  locked_until: string | null;
  created_at: string;
  posts: PostRow[];
}

/** Accounts by user name, with the posts that lie within the administrator's area. */
export async function listAccounts(
  tx: Tx,
  after: string,
  limit: number,
  only?: string,
): Promise<Account[]> {
  const rows = await tx.rows(sql<AccountRow>`
    select a.id, a.username, a.name, a.active, a.locked_until, a.created_at,
           coalesce((select json_agg(json_build_object('id', p.id, 'role', p.role, 'department', p.department, 'code', r.code,
               'area', r.name, 'level', r.level, 'since', p.since, 'until', p.until, 'ended', coalesce(p.until < ${tx.actor.day}::date, false))
               order by p.since, p.id)
             from post p join area r on r.code = p.area where p.account = a.id), '[]') as posts
      from account a
     where a.username > ${after} and (${only ?? null}::uuid is null or a.id = ${only ?? null}::uuid)
     order by a.username limit ${limit}`);
  return rows.map((row) => ({
    id: row.id,
    username: row.username,
    name: row.name,
    active: row.active,
    lockedUntil:
      row.locked_until && new Date(row.locked_until) > tx.actor.now ? row.locked_until : null,
    createdAt: row.created_at,
    posts: row.posts.map((post) => ({
      id: post.id,
      role: post.role,
      department: post.department,
      area: { code: post.code, name: post.area, level: levels[post.level - 1] ?? 'province' },
      from: post.since,
      until: post.until,
      ended: post.ended,
    })),
  }));
}

/** Makes an account without any post: it opens nothing yet. @returns its id */
export async function addAccount(
  tx: Tx,
  { username, name }: Static<typeof NewAccount>,
  passwordHash: string,
): Promise<string> {
  const id = newId(tx.actor.now.getTime());
  await tx.count(sql`insert into account (id, username, name, password_hash, created_at)
    values (${id}, ${username}, ${name}, ${passwordHash}, ${tx.actor.now})`);
  return id;
}

/**
 * Gives an account a post within the administrator's area.
 * @throws Problem invalid when role, area and department do not fit together or the administrators would mix
 */
export async function addPost(
  tx: Tx,
  account: string,
  post: Static<typeof NewPost>,
): Promise<string> {
  const area = await tx.first(sql<{ level: number; lo: number; hi: number }>`
    select level, lo, hi from area where code = ${post.area} and retired_at is null`);
  const level = area && levels[area.level - 1];
  if (!area || !level)
    throw wrong('area', { zh: '区域：没有这个区域', en: 'area: there is no such area' });
  checkFit(post, level);
  const held = await tx.rows(sql<{ role: RoleKey }>`
    select role from post where account = ${account} and (until is null or until >= ${tx.actor.day}::date)`);
  if (
    !keepsAdministratorsApart(
      held.map((row) => row.role),
      post.role,
    )
  ) {
    throw wrong('role', {
      zh: '岗位：系统、安全、审计三类管理员不得由一人兼任',
      en: 'role: no one holds two of the three administrators',
    });
  }
  const id = newId(tx.actor.now.getTime());
  await tx.count(sql`insert into post (id, account, role, department, area, lo, hi, since, until, created_at, created_by)
    values (${id}, ${account}, ${post.role}, ${post.department ?? null}, ${post.area}, ${area.lo}, ${area.hi},
      ${post.from ?? tx.actor.day}, ${post.until ?? null}, ${tx.actor.now}, ${tx.actor.account})`);
  return id;
}

/** Whether role, level of area, department and days fit together. @throws Problem invalid */
export function checkFit(post: Static<typeof NewPost>, level: (typeof levels)[number]): void {
  const role = roles[post.role];
  if (!(role.levels as readonly string[]).includes(level)) {
    throw wrong('area', {
      zh: `区域：${role.zh}的岗位不能设在这一级`,
      en: `area: a ${role.en}’s post is not given at this level`,
    });
  }
  if (post.role === 'department_officer' && post.department === undefined) {
    throw wrong('department', {
      zh: '部门：部门干部须指明部门',
      en: 'department: a department officer needs one',
    });
  }
  if (post.department !== undefined && !departments.includes(post.department)) {
    throw wrong('department', {
      zh: `部门：应为 ${departments.join('、')} 之一`,
      en: `department: one of ${departments.join(', ')}`,
    });
  }
  if (post.from !== undefined && post.until !== undefined && post.until < post.from) {
    throw wrong('until', { zh: '截止日：不能早于起始日', en: 'until: not before the first day' });
  }
}

/** Sets the last day of a post. @returns false when there is none within the administrator's area */
export async function endPost(tx: Tx, post: string, until: string): Promise<boolean> {
  return (
    (await tx.count(
      sql`update post set until = greatest(${until}::date, since - 1) where id = ${post}`,
    )) > 0
  );
}

/** Withdraws or restores an account. @returns false when there is none */
export async function setActive(tx: Tx, account: string, active: boolean): Promise<boolean> {
  return (await tx.count(sql`update account set active = ${active} where id = ${account}`)) > 0;
}

function wrong(field: string, message: { zh: string; en: string }): Problem {
  return new Problem('invalid', { errors: [{ field, code: 'rule', message }] });
}
