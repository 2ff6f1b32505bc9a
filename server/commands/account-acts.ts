import type { Command } from 'commander';
import type { Action } from '../../features/audit/actions.ts';
import { record } from '../../features/audit/queries.ts';
import {
  accountInCharge,
  releaseSubject,
  rename,
  setActive,
  unlock,
} from '../../features/identity/accounts.ts';
import type { Account, NewPost, RoleKey } from '../../features/identity/contract.ts';
import { addPost, dayBefore, endPost } from '../../features/identity/posts.ts';
import { departments, roles } from '../../features/identity/roles.ts';
import { type Clock, systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import type { Tx } from '../database/actor.ts';
import type { Reach } from '../database/connect.ts';
import { sql } from '../database/sql.ts';
import { openInstallation } from '../installation.ts';
import { asAdministrator } from './as-administrator.ts';
import { inWords } from './words.ts';

type Server = Pick<Reach, 'owner' | 'server'>;
/** What is done to an account under the administrator's post. @returns the entry it leaves, or none */
export type Act = (tx: Tx, account: Account) => Promise<{ action: Action; detail?: string } | null>;

/** `minqing account withdraw`, `restore`, `rename`, `unlock`, `add-post`, `end-post`: what the account's page does. */
export function accountActs(account: Command): void {
  const act = (name: string, description: string): Command =>
    account
      .command(name)
      .argument('<username>')
      .option(
        '--as <admin>',
        '以哪位安全管理员的名义 · in the name of which security administrator',
      )
      .description(description);
  act('withdraw', '停用账号 · withdraw an account; its sessions end').action(
    (username: string, { as }: { as?: string }) => carryOut(username, as, activity(false)),
  );
  act('restore', '启用账号 · restore a withdrawn account').action(
    (username: string, { as }: { as?: string }) => carryOut(username, as, activity(true)),
  );
  act('unlock', '解除登录锁定 · end the wait after refused sign-ins').action(
    (username: string, { as }: { as?: string }) => carryOut(username, as, unlocking),
  );
  act('rename', '更正姓名 · correct the name of the person')
    .requiredOption('--name <name>', '姓名 · the name')
    .action((username: string, { as, name }: { as?: string; name: string }) =>
      carryOut(username, as, renaming(name)),
    );
  act(
    'release-sign-on',
    '解除统一身份绑定 · release an account from its single sign-on identity; the next one of its user name is bound',
  )
    .requiredOption('--reason <reason>', '原因 · why')
    .action((username: string, { as, reason }: { as?: string; reason: string }) =>
      carryOut(username, as, releasing(reason)),
    );
  act('add-post', '安排岗位 · give a post')
    .requiredOption('--role <role>', `岗位 · ${Object.keys(roles).join(', ')}`)
    .requiredOption('--area <code>', '区划代码 · statistical code of the area')
    .option('--department <key>', `部门 · ${departments.join(', ')}`)
    .option('--from <day>', '起 · first day, such as 2026-07-01 (today)')
    .option('--until <day>', '止 · last day (none)')
    .action((username: string, { as, ...post }: { as?: string } & NewPost) =>
      carryOut(username, as, giving(post)),
    );
  act('end-post', '结束岗位 · end a post; without a last day it ended yesterday')
    .requiredOption('--role <role>', `岗位 · ${Object.keys(roles).join(', ')}`)
    .requiredOption('--area <code>', '区划代码 · statistical code of the area')
    .option('--until <day>', '止 · last day')
    .action((username: string, { as, ...post }: { as?: string } & Ending) =>
      carryOut(username, as, ending(post)),
    );
}

async function carryOut(username: string, as: string | undefined, act: Act): Promise<void> {
  const installation = await openInstallation(readConfig(process.env));
  try {
    const done = await actOn(installation.reach, systemClock, username, as, act);
    console.log(done ? `已更新 changed: ${username}` : `没有变化 nothing to change: ${username}`);
  } finally {
    await installation.leave();
  }
}

/**
 * Does to an account what its page does, under a security administrator's post and on record.
 * @returns whether anything changed
 */
export function actOn(
  reach: Server,
  clock: Clock,
  username: string,
  as: string | undefined,
  act: Act,
): Promise<boolean> {
  return inWords(
    asAdministrator(reach, clock, { role: 'security_admin', username: as }, async (tx) => {
      const found = await tx.first(
        sql<{ id: string }>`select id from account where username = ${username}`,
      );
      if (!found) throw new Error(`没有这个账号 · no account "${username}"`);
      const left = await act(tx, await accountInCharge(tx, found.id));
      if (left) await record(tx, { ...left, subject: found.id });
      return left !== null;
    }),
  );
}

/** Withdraws or restores. */
export const activity =
  (active: boolean): Act =>
  async (tx, account) => {
    if (account.active === active) return null;
    await setActive(tx, account.id, active);
    return { action: active ? 'restore_account' : 'withdraw_account' };
  };

/** Ends the wait after refused sign-ins. */
export const unlocking: Act = async (tx, { id }) => {
  await unlock(tx, id);
  return { action: 'unlock_account' };
};

/** Corrects the name. */
export const renaming =
  (name: string): Act =>
  async (tx, account) => {
    if (!/^[^\p{C}]{1,60}$/u.test(name.trim()))
      throw new Error('--name: 姓名不超过 60 个字 · 60 characters at most');
    if (name.trim() === account.name) return null;
    await rename(tx, account.id, name);
    return { action: 'rename_account' };
  };

/** Releases from the single sign-on identity. */
export const releasing =
  (reason: string): Act =>
  async (tx, { id }) => {
    const detail = reason.trim();
    if (detail === '' || detail.length > 200)
      throw new Error('--reason: 请写明原因，不超过 200 个字 · say why, in 200 characters at most');
    return (await releaseSubject(tx, id)) ? { action: 'release_subject', detail } : null;
  };

/** Gives a post. */
export const giving =
  (post: NewPost): Act =>
  async (tx, { id }) => {
    if (!(post.role in roles)) throw new Error(`--role: ${Object.keys(roles).join(', ')}`);
    for (const day of [post.from, post.until]) requireDay(day);
    await addPost(tx, id, post);
    return { action: 'add_post' };
  };

/** Which post ends, and its last day. */
export interface Ending {
  role: RoleKey;
  area: string;
  until?: string;
}

/** Ends the post of this role and area that is in force or to come. */
export const ending =
  ({ role, area, until }: Ending): Act =>
  async (tx, { posts }) => {
    requireDay(until);
    const meant = posts.filter(
      (post) => post.role === role && post.area.code === area && !post.ended,
    );
    if (meant.length === 0)
      throw new Error('没有这个在任的岗位 · there is no such post in force or to come');
    for (const { id } of meant) await endPost(tx, id, until ?? dayBefore(tx.actor.day));
    return { action: 'end_post' };
  };

function requireDay(day: string | undefined): void {
  if (day === undefined) return;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && !Number.isNaN(Date.parse(day));
  if (!isDay) throw new Error(`“${day}”不是日期，请写成 2026-07-01 · is no day; write 2026-07-01`);
}
