import { mkdirSync } from 'node:fs';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { record } from '../../features/audit/queries.ts';
import { roles } from '../../features/identity/roles.ts';
import { applyList } from '../../features/identity/staff/apply.ts';
import type { Outcome, StaffDone, StaffPlan } from '../../features/identity/staff/contract.ts';
import { planOf, planView } from '../../features/identity/staff/plan.ts';
import { passwordSheet, withPhones } from '../../features/identity/staff/rules/handout.ts';
import { type Clock, dayOf, systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import type { Reach } from '../database/connect.ts';
import { openInstallation } from '../installation.ts';
import { asAdministrator } from './as-administrator.ts';
import { inWords } from './words.ts';

/** What a list is carried out with. */
export interface Importing {
  /** In whose name: a security administrator. */
  as?: string;
  /** The area that the list is complete for. */
  complete?: string;
  dryRun?: boolean;
  /** Where the first passwords go. */
  passwords?: string;
}

/** What came of it, told to the terminal. */
export interface Imported {
  plan: StaffPlan;
  /** Null when it was looked at only, has faults, or changes nothing. */
  done: StaffDone | null;
  /** The file with the first passwords; null without any. */
  passwords: string | null;
}

/** `minqing staff import FILE` */
export function staffCommands(program: Command): void {
  program
    .command('staff')
    .description('人员名单 · staff lists')
    .command('import')
    .argument('<file>', 'Excel .xlsx, CSV')
    .option(
      '--as <username>',
      '以哪位安全管理员的名义 · in the name of which security administrator',
    )
    .option(
      '--complete <area>',
      '名单已包括该区划代码的全部人员，不在名单上的视为离任 · the list is complete for this area: posts it does not name end',
    )
    .option('--dry-run', '只预览，不导入 · show what it would change, change nothing')
    .option(
      '--passwords <file>',
      '一次性密码写到这个新文件，仅本人可读 · new file, readable by its owner only, for the first passwords',
    )
    .description(
      '按名单新建账号、安排和结束岗位，先列出每一行的结果 · accounts and posts from a list, shown row by row first; whole or not at all',
    )
    .action(async (file: string, options: Importing) => {
      const installation = await openInstallation(readConfig(process.env));
      try {
        const result = await importStaff(installation.reach, systemClock, file, options);
        tell(result, options);
      } finally {
        await installation.leave();
      }
    });
}

/**
 * Looks at a list and carries it out by the functions of the page, in one transaction. The file of passwords is made
 * before anything is done and written before it is committed: no account is left with a password nobody has.
 * @throws Error in the words of the page
 */
export async function importStaff(
  reach: Pick<Reach, 'owner' | 'server'>,
  clock: Clock,
  file: string,
  { as: username, complete, dryRun = false, passwords }: Importing = {},
): Promise<Imported> {
  const bytes = await readFile(file);
  const list = {
    file: bytes.toString('base64'),
    ...(complete === undefined ? {} : { leavers: complete }),
  };
  const path = resolve(passwords ?? `staff-passwords-${dayOf(clock())}.csv`);
  let kept = false;
  let sheet: FileHandle | undefined;
  try {
    const result = await inWords(
      asAdministrator(reach, clock, { role: 'security_admin', username }, async (tx) => {
        const plan = await planOf(tx, list);
        const view = planView(plan, 'zh');
        await record(tx, { action: 'read_accounts' });
        if (dryRun || !isDoable(view)) return { plan: view, done: null };
        if (view.rows.some(({ outcome }) => outcome === 'account')) sheet = await newSheet(path);
        const done = await applyList(tx, list, plan.digest, '命令行');
        await sheet?.writeFile(`\uFEFF${passwordSheet(heading, withPhones(done.made, view.rows))}`);
        await sheet?.sync();
        return { plan: view, done };
      }),
    );
    kept = sheet !== undefined;
    return { ...result, passwords: kept ? path : null };
  } finally {
    await sheet?.close();
    // What was rolled back has no passwords.
    if (sheet && !kept) await rm(path, { force: true });
  }
}

/** Without faults, and something to do. */
const isDoable = ({ rows, leavers }: StaffPlan): boolean =>
  rows.every(({ outcome }) => outcome !== 'fault') &&
  (leavers.length > 0 || rows.some(({ outcome }) => outcome !== 'unchanged'));

/** A file that was not there, readable by nobody else. */
async function newSheet(path: string): Promise<FileHandle> {
  mkdirSync(dirname(path), { recursive: true });
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EEXIST') throw error;
    throw new Error(
      `${path} 已经存在，请用 --passwords 另选一个文件 · is there already; choose another with --passwords`,
    );
  }
}

function tell({ plan, done, passwords }: Imported, { dryRun = false }: Importing): void {
  const shown = plan.rows.filter(({ outcome }) => outcome !== 'unchanged');
  if (shown.length > 0) console.table(shown.map(lineOf));
  if (plan.leavers.length > 0) {
    console.log('不在名单上，将结束的岗位 · posts that the list does not name:');
    console.table(
      plan.leavers.map(({ name, username, post }) => ({
        姓名: name,
        账号: username,
        ...postOf(post),
      })),
    );
  }
  if (plan.unused.length > 0)
    console.log(`没有用到的列 · columns not read: ${plan.unused.join('、')}`);
  console.log(countsOf(plan));
  const faults = plan.rows.filter(({ outcome }) => outcome === 'fault').length;
  if (faults > 0) {
    process.exitCode = 1;
    console.error(`有 ${faults} 行有误，没有导入 · ${faults} rows have faults; nothing was done`);
  } else if (done) {
    console.log(
      `导入完成：新账号 ${done.made.length}，新岗位 ${done.posts}，改结束日期 ${done.ended}，离任岗位 ${done.left} · done`,
    );
    if (passwords)
      console.log(
        `一次性密码在 ${passwords}，请告知本人后删除 · first passwords, to be handed out and the file deleted`,
      );
  } else {
    console.log(
      dryRun
        ? '只预览，没有导入 · looked at only, nothing was done'
        : '与现有账号和岗位一致，不需要导入 · nothing to do',
    );
  }
}

function lineOf({ row, name, username, outcome, post, faults }: StaffPlan['rows'][number]) {
  return {
    行: row,
    姓名: name,
    账号: username,
    结果: outcomes[outcome],
    ...(post ? postOf(post) : {}),
    说明: faults.map(({ column, message }) => `${column}：${message}`).join('；'),
  };
}

const postOf = ({ role, area, from, until }: NonNullable<StaffPlan['rows'][number]['post']>) => ({
  岗位: roles[role].zh,
  区域: `${area.name} ${area.code}`,
  起: from,
  止: until ?? '',
});

function countsOf({ rows, leavers }: StaffPlan): string {
  const counted = (Object.keys(outcomes) as Outcome[]).map(
    (outcome) => `${outcomes[outcome]} ${rows.filter((one) => one.outcome === outcome).length}`,
  );
  return [...counted, `离任岗位 leaving ${leavers.length}`].join(' · ');
}

const outcomes: Record<Outcome, string> = {
  account: '新账号 new account',
  post: '新岗位 new post',
  end: '改结束日期 new end',
  unchanged: '不变 unchanged',
  fault: '有误 fault',
};
const heading = { name: '姓名', username: '用户名', password: '一次性密码', phone: '手机' };
