import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type FieldError, Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import { addAccount } from '../accounts.ts';
import { hashOneTimePassword } from '../passwords.ts';
import { addPost, dayBefore, endPost } from '../posts.ts';
import { newOneTimePassword } from '../rules/one-time.ts';
import type { MadeHolder, StaffDone, StaffList } from './contract.ts';
import { type Plan, planOf } from './plan.ts';
import type { PlannedRow } from './rules/plan.ts';

/** How many faults a refusal names; the plan has them all. */
const mostFaults = 20;

/**
 * Carries a list out, whole or not at all, by the functions that the pages use: their rules and the policies of the
 * tables hold for it as for any post given by hand.
 * @param looked the digest of the plan that was looked at
 * @param means what it was done by, where that is not the page; stands in the record
 * @throws Problem invalid while a row has a fault; conflict when another plan would be carried out
 */
export async function applyList(
  tx: Tx,
  list: StaffList,
  looked: string,
  means?: string,
): Promise<StaffDone> {
  // Two lists at once would each see the accounts and posts before the other.
  await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('staff list', 0))`);
  const plan = await planOf(tx, list);
  refuseFaults(plan);
  if (plan.digest !== looked) throw new Problem('conflict', { detail: changedMeanwhile });
  const made = await makeAccounts(tx, plan.rows);
  const posts = await givePosts(tx, plan.rows);
  const ended = await endPosts(
    tx,
    plan.rows.flatMap(({ standing, until }) => (standing && until ? [{ ...standing, until }] : [])),
  );
  const yesterday = dayBefore(tx.actor.day);
  const left = await endPosts(
    tx,
    plan.leavers.map((post) => ({ ...post, until: yesterday })),
  );
  await record(tx, {
    action: 'import_staff',
    detail: `新账号 ${made.length}、新岗位 ${posts}、改结束日期 ${ended}、离任 ${left}${means ? `（${means}）` : ''}`,
  });
  return { made, posts, ended, left };
}

function refuseFaults({ rows }: Plan): void {
  const errors = rows.flatMap(({ wanted, faults }) =>
    faults.map(
      ({ column, text }): FieldError => ({
        field: `${wanted.row} ${column}`,
        code: 'rule',
        message: {
          zh: `第 ${wanted.row} 行 ${column}：${text.zh}`,
          en: `row ${wanted.row}, ${column}: ${text.en}`,
        },
      }),
    ),
  );
  if (errors.length > 0) throw new Problem('invalid', { errors: errors.slice(0, mostFaults) });
}

async function makeAccounts(tx: Tx, rows: readonly PlannedRow[]): Promise<MadeHolder[]> {
  const made: MadeHolder[] = [];
  for (const { outcome, wanted } of rows) {
    if (outcome !== 'account') continue;
    const { username, name } = wanted;
    const password = newOneTimePassword();
    const id = await addAccount(tx, { username, name }, await hashOneTimePassword(password));
    await record(tx, { action: 'add_account', subject: id });
    made.push({ name, username, password });
  }
  return made;
}

async function givePosts(tx: Tx, rows: readonly PlannedRow[]): Promise<number> {
  const giving = rows.filter(({ outcome }) => outcome === 'account' || outcome === 'post');
  const usernames = giving.map(({ wanted }) => wanted.username);
  const accounts = await tx.rows(
    sql<{
      id: string;
      username: string;
    }>`select id, username from account where username = any (${usernames}::text[])`,
  );
  const ids = new Map(accounts.map(({ id, username }) => [username, id]));
  for (const { wanted } of giving) {
    const id = ids.get(wanted.username);
    if (!id || !wanted.post) throw new Problem('conflict', { detail: changedMeanwhile });
    await inRow(wanted.row, addPost(tx, id, wanted.post));
    await record(tx, { action: 'add_post', subject: id });
  }
  return giving.length;
}

async function endPosts(
  tx: Tx,
  posts: readonly { id: string; account: string; until: string }[],
): Promise<number> {
  for (const { id, account, until } of posts) {
    // Row security hides a post that this administrator may not end.
    if (!(await endPost(tx, id, until)))
      throw new Problem('conflict', { detail: changedMeanwhile });
    await record(tx, { action: 'end_post', subject: account });
  }
  return posts.length;
}

/** A refusal by the rules of posts, under the row that met it. */
async function inRow<T>(row: number, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem) || !error.errors) throw error;
    throw new Problem(error.key, {
      errors: error.errors.map(({ field, code, message }) => ({
        field: `${row} ${field}`,
        code,
        message: {
          zh: `第 ${row} 行 ${message.zh}`,
          en: `row ${row}: ${message.en}`,
        },
      })),
    });
  }
}

const changedMeanwhile = {
  zh: '预览之后名单、日期或已有的岗位有了变化，没有导入。请重新预览',
  en: 'The list, the day or the posts have changed since the preview; nothing was done. Look again',
};
