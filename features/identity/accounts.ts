import type { Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { newId } from '../../server/ids.ts';
import { rangeOf } from '../area/queries.ts';
import type { Account, AccountQuery, GivenPost, NewAccount, RoleKey } from './contract.ts';
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
}

interface AccountRow {
  id: string;
  username: string;
  name: string;
  active: boolean;
  locked_until: string | null;
  demo: boolean;
  password_change: boolean;
  factor_since: string | null;
  issuer: string | null;
  subject: string | null;
  bound_since: string | null;
  in_charge: boolean;
  created_at: string;
  posts: PostRow[];
}

/** Which accounts to list. */
export type AccountFilter = Omit<AccountQuery, 'cursor' | 'limit'> & { id?: string };

/** Accounts by user name, with the posts that lie within the administrator's area. */
export async function listAccounts(
  tx: Tx,
  filter: AccountFilter,
  after: string,
  limit: number,
): Promise<Account[]> {
  const rows = await tx.rows(sql<AccountRow>`
    select a.id, a.username, a.name, a.active, a.locked_until, a.demo, a.password_change, f.since as factor_since,
           b.issuer, b.subject, b.since as bound_since,
           a.created_at, account_in_charge(a.id, ${tx.actor.day}::date) as in_charge,
           coalesce((select json_agg(json_build_object('id', p.id, 'role', p.role, 'department', p.department, 'code', r.code,
               'area', case when r.level = 6 then concat_ws(' ', v.name, r.name) else r.name end, 'level', r.level, 'since', p.since, 'until', p.until) order by p.since, p.id)
             from post p join area r on r.code = p.area left join area v on v.code = r.parent where p.account = a.id), '[]') as posts
      from account a left join second_factor f on f.account = a.id left join account_subject b on b.account = a.id
     where a.username > ${after} and ${matching(tx, filter)}
     order by a.username limit ${limit}`);
  return rows.map((row) => accountOf(tx, row));
}

/** How many accounts a filter finds. */
export async function countAccounts(tx: Tx, filter: AccountFilter): Promise<number> {
  const row = await tx.first(
    sql<{ n: number }>`select count(*) as n from account a where ${matching(tx, filter)}`,
  );
  return row?.n ?? 0;
}

function matching(tx: Tx, { q, area, role, active, locked, id }: AccountFilter) {
  const range = area === undefined ? null : rangeOf(area);
  const term = q?.trim().toLowerCase() || null;
  // Equality on posts in the filter is about those in force or to come: who has left is found by name.
  const post =
    range === null && role === undefined
      ? sql`true`
      : sql`exists (select from post p where p.account = a.id and (p.until is null or p.until >= ${tx.actor.day}::date)
          and (${role ?? null}::text is null or p.role = ${role ?? null})
          and (${range?.lo ?? null}::bigint is null or (p.lo >= ${range?.lo ?? null}::bigint and p.hi <= ${range?.hi ?? null}::bigint)))`;
  const isLocked = sql`coalesce(a.locked_until > ${tx.actor.now}, false)`;
  return sql`(${id ?? null}::uuid is null or a.id = ${id ?? null}::uuid)
    and (${term}::text is null or starts_with(a.username, ${term}) or position(${term} in lower(a.name)) > 0)
    and (${active ?? null}::boolean is null or a.active = ${active ?? null}::boolean)
    and (${locked ?? null}::boolean is null or ${isLocked} = ${locked ?? null}::boolean)
    and ${post}`;
}

function accountOf(tx: Tx, row: AccountRow): Account {
  const locked = row.locked_until !== null && new Date(row.locked_until) > tx.actor.now;
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    active: row.active,
    lockedUntil: locked ? row.locked_until : null,
    demo: row.demo,
    passwordChange: row.password_change && !row.demo,
    secondFactorSince: row.factor_since,
    singleSignOn:
      row.issuer !== null && row.subject !== null && row.bound_since !== null
        ? { issuer: row.issuer, subject: row.subject, since: row.bound_since }
        : null,
    inCharge: row.in_charge,
    createdAt: row.created_at,
    posts: row.posts.map((post) => givenPost(post, tx.actor.day)),
  };
}

function givenPost(post: PostRow, day: string): GivenPost {
  const past = post.until !== null && post.until < day;
  return {
    id: post.id,
    role: post.role,
    department: post.department,
    area: { code: post.code, name: post.area, level: levels[post.level - 1] ?? 'province' },
    from: post.since,
    until: post.until,
    ended: past,
    state: past ? 'past' : post.since > day ? 'future' : 'present',
  };
}

/** One account. @throws Problem not-found */
export async function readAccount(tx: Tx, id: string): Promise<Account> {
  const [account] = await listAccounts(tx, { id }, '', 1);
  if (!account) throw new Problem('not-found');
  return account;
}

/**
 * An account that the acting administrator may change; the gate's functions look again.
 * @throws Problem not-found, or forbidden saying whom to ask
 */
export async function accountInCharge(tx: Tx, id: string): Promise<Account> {
  const account = await readAccount(tx, id);
  if (account.inCharge) return account;
  throw new Problem('forbidden', {
    detail:
      id === tx.actor.account
        ? {
            zh: '不能这样处理自己的账号；修改密码和动态验证码请到“我的登录”，其他请另一位安全管理员办理',
            en: 'Not for your own account: change password and second factor under My sign-ins, or ask another security administrator',
          }
        : {
            zh: '该账号有岗位超出您负责的区域，请由上级安全管理员办理',
            en: 'A post of this account reaches beyond your area; ask the security administrator above',
          },
  });
}

/**
 * Makes an account without any post: it opens nothing yet, and its password must be changed first.
 * @returns its id
 */
export async function addAccount(
  tx: Tx,
  { username, name }: Pick<Static<typeof NewAccount>, 'username' | 'name'>,
  passwordHash: string,
): Promise<string> {
  const id = newId(tx.actor.now.getTime());
  await tx.count(sql`insert into account (id, username, name, password_hash, password_change, created_at)
    values (${id}, ${username}, ${name.trim()}, ${passwordHash}, true, ${tx.actor.now})`);
  return id;
}

/** Withdraws or restores an account; withdrawing ends its sessions. */
export async function setActive(tx: Tx, account: string, active: boolean): Promise<void> {
  await tx.rows(sql`select gate_account_active(${account}, ${active}, ${tx.actor.day})`);
}

/** Corrects the name of the person. */
export async function rename(tx: Tx, account: string, name: string): Promise<void> {
  await tx.rows(sql`select gate_account_rename(${account}, ${name.trim()}, ${tx.actor.day})`);
}

/** Gives an account a one-time password; its sessions end. @throws Problem forbidden for the demo's fixed accounts */
export async function resetPassword(tx: Tx, account: string, hash: string): Promise<void> {
  const row = await tx.first(
    sql<{
      done: boolean;
    }>`select gate_account_password(${account}, ${hash}, ${tx.actor.day}) as done`,
  );
  if (row?.done) return;
  throw new Problem('forbidden', {
    detail: {
      zh: '演示账号的密码是公开的，不能重置；请新建账号试用',
      en: 'The password of the demo’s accounts is public and stays; try it with a new account',
    },
  });
}

/** Ends the wait after refused sign-ins. */
export async function unlock(tx: Tx, account: string): Promise<void> {
  await tx.rows(sql`select gate_account_unlock(${account}, ${tx.actor.day})`);
}

/** Takes somebody's second factor away; its sessions end. @returns false when there was none */
export async function resetFactor(tx: Tx, account: string): Promise<boolean> {
  const row = await tx.first(
    sql<{
      done: boolean;
    }>`select gate_account_factor_reset(${account}, ${tx.actor.day}) as done`,
  );
  return row?.done ?? false;
}

/** Releases an account from whoever opens it by single sign-on; those sessions end. @returns false when nobody was bound */
export async function releaseSubject(tx: Tx, account: string): Promise<boolean> {
  const row = await tx.first(
    sql<{
      done: boolean;
    }>`select gate_account_subject_release(${account}, ${tx.actor.day}) as done`,
  );
  return row?.done ?? false;
}
