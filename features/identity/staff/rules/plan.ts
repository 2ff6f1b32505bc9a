import type { Text } from '../../../../server/errors.ts';
import { dayBefore, mixedAdministrators } from '../../posts.ts';
import { administrators } from '../../roles.ts';
import type { Outcome, Remark } from '../contract.ts';
import { columnName } from './table.ts';
import { type Fault, faultOf, type KnownArea, type Wanted, type WantedPost } from './wanted.ts';

/** A post that stands. */
export interface StandingPost {
  id: string;
  account: string;
  username: string;
  name: string;
  role: string;
  department: string | null;
  code: string;
  area: string;
  level: number;
  since: string;
  until: string | null;
}

/** An account that stands. */
export interface StandingAccount {
  id: string;
  username: string;
  name: string;
  active: boolean;
}

/** What stands before the list is carried out. */
export interface Standing {
  /** The administrator's own account, which no list touches. */
  own: string;
  day: string;
  accounts: ReadonlyMap<string, StandingAccount>;
  /** Posts within the administrator's area, of the accounts named and, for leavers, of the area. */
  posts: readonly StandingPost[];
  /** Administrators' posts that cannot be given beside what the account holds, by row. */
  mixing: ReadonlySet<number>;
}

/** What a row comes to. */
export interface PlannedRow {
  wanted: Wanted;
  outcome: Outcome;
  remark: Remark | null;
  faults: Fault[];
  /** The post that stands, when the row is about one. */
  standing: StandingPost | null;
  /** The last day it is given, when the row ends it. */
  until: string | null;
}

/** A post while the rows are gone through: one that stands, or one of a row before. */
interface Held {
  standing: StandingPost | null;
  username: string;
  role: string;
  department: string | null;
  code: string;
  since: string;
  until: string | null;
  /** The row that was about it. */
  row: number | null;
}

/**
 * What each row comes to. A post is never changed but for its last day: a row is about the post that stands in the
 * same role and area on any of its days, and about a new one otherwise. So the same list twice changes nothing.
 */
export function planRows(rows: readonly Wanted[], standing: Standing): PlannedRow[] {
  const held = standing.posts.map(
    (post): Held => ({ ...post, standing: post, row: null, username: post.username }),
  );
  const begun = new Map<string, string>();
  return rows.map((wanted) => {
    const faults = [...wanted.faults, ...personFaults(wanted, standing, begun)];
    if (!begun.has(wanted.username)) begun.set(wanted.username, wanted.name);
    const { post, area } = wanted;
    if (faults.length > 0 || !post || !area) return planned(wanted, 'fault', { faults });
    return planRow({ ...wanted, post, area }, standing, held);
  });
}

type Whole = Wanted & { post: WantedPost; area: KnownArea };

function planRow(wanted: Whole, standing: Standing, held: Held[]): PlannedRow {
  const { post, username, row } = wanted;
  const same = held.find((one) => isSame(one, wanted));
  if (same && same.row !== null) return planned(wanted, 'fault', { faults: [repeated(same.row)] });
  if (same) {
    same.row = row;
    return planStanding(wanted, same, standing);
  }
  const { day } = standing;
  if (post.until !== undefined && post.until < day)
    return planned(wanted, 'unchanged', { remark: 'over' });
  const fault = givingFault(wanted, standing, held);
  if (fault) return planned(wanted, 'fault', { faults: [fault] });
  const known = standing.accounts.has(username) || held.some((one) => one.username === username);
  held.push({
    standing: null,
    username,
    role: post.role,
    department: post.department ?? null,
    code: post.area,
    since: post.from,
    until: post.until ?? null,
    row,
  });
  return planned(wanted, known ? 'post' : 'account', {});
}

/** A row about a post that stands: its last day, or nothing. */
function planStanding(wanted: Whole, same: Held, { own, day, mixing }: Standing): PlannedRow {
  const { post, username, row } = wanted;
  const about = { standing: same.standing };
  const differs = wanted.startsByList ? post.from !== same.since : same.since > day;
  const moved = differs ? ('keeps-start' as const) : null;
  if (same.until !== null && same.until < day)
    return planned(wanted, 'unchanged', {
      ...about,
      remark: post.until === undefined || post.until >= day ? 'ended' : moved,
    });
  if (post.until === undefined)
    return planned(wanted, 'unchanged', { ...about, remark: same.until ? 'keeps-end' : moved });
  if (post.until === same.until) return planned(wanted, 'unchanged', { ...about, remark: moved });
  if (username === own) return planned(wanted, 'fault', { faults: [ownAccount] });
  if (mixing.has(row)) return planned(wanted, 'fault', { faults: [faultOf(mixedAdministrators)] });
  // What is past stays as it was: a post that is in force today ends yesterday at the earliest.
  same.until = later(post.until, dayBefore(day));
  return planned(wanted, 'end', { ...about, until: same.until, remark: moved });
}

/** Posts of an area that the list is complete for and does not name; administrators are on no staff list. */
export function leaversOf(
  posts: readonly StandingPost[],
  rows: readonly PlannedRow[],
  inArea: (code: string) => boolean,
  { own, day }: Standing,
): StandingPost[] {
  const named = new Set(rows.map(({ standing }) => standing?.id));
  return posts.filter(
    (post) =>
      inArea(post.code) &&
      post.username !== own &&
      !isAdministrator(post.role) &&
      (post.until === null || post.until >= day) &&
      !named.has(post.id),
  );
}

const later = (one: string, other: string): string => (one.localeCompare(other) < 0 ? other : one);

const isAdministrator = (role: string): boolean => administrators.some((one) => one === role);

/** On one day at least in the same role, area and department. */
const isSame = (one: Held, { username, post }: Whole): boolean =>
  one.username === username &&
  one.role === post.role &&
  one.code === post.area &&
  one.department === (post.department ?? null) &&
  meets(one, post);

const meets = (one: { since: string; until: string | null }, post: WantedPost): boolean =>
  one.since <= (post.until ?? '9999') && (one.until ?? '9999') >= post.from;

/** What keeps a new post from being given: as on the pages. */
function givingFault(wanted: Whole, standing: Standing, held: readonly Held[]): Fault | null {
  const { username, post, row } = wanted;
  if (username === standing.own) return ownAccount;
  if (standing.accounts.get(username)?.active === false) return withdrawn;
  const mixesHere =
    isAdministrator(post.role) &&
    held.some(
      (one) =>
        one.username === username &&
        isAdministrator(one.role) &&
        one.role !== post.role &&
        meets(one, post),
    );
  return mixesHere || standing.mixing.has(row) ? faultOf(mixedAdministrators) : null;
}

/** One user name, one person: neither another's account nor two people in the list. */
function personFaults(
  { username, name }: Wanted,
  { accounts }: Standing,
  begun: ReadonlyMap<string, string>,
): Fault[] {
  const known = accounts.get(username)?.name ?? begun.get(username);
  if (known === undefined || known === name || name === '') return [];
  return [{ column: columnName('name'), text: otherPerson(username, known) }];
}

function planned(
  wanted: Wanted,
  outcome: Outcome,
  { remark = null, faults = [], standing = null, until = null }: Partial<PlannedRow>,
): PlannedRow {
  return { wanted, outcome, remark, faults, standing, until };
}

const otherPerson = (username: string, known: string): Text => ({
  zh: `账号 ${username} 是“${known}”的。同一个人请把姓名写成一样；不是同一个人请换一个账号`,
  en: `The account ${username} is ${known}’s; write the name alike for the same person, or choose another user name`,
});
const repeated = (row: number): Fault => ({
  column: columnName('role'),
  text: {
    zh: `与第 ${row} 行重复：同一个人的同一岗位在同一段时间，请删去一行`,
    en: `The same post of the same person as in row ${row}; take one out`,
  },
});
const ownAccount: Fault = {
  column: columnName('username'),
  text: {
    zh: '不能给自己安排或结束岗位，请删去这一行，由另一位安全管理员办理',
    en: 'Not for your own account; take the row out and ask another security administrator',
  },
};
const withdrawn: Fault = {
  column: columnName('username'),
  text: {
    zh: '该账号已停用。请先在账号页面启用，或删去这一行',
    en: 'The account is withdrawn; restore it on its page first, or take the row out',
  },
};
