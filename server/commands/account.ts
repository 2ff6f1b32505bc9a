import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import type pg from 'pg';
import { levelOf } from '../../features/area/queries.ts';
import type { Action } from '../../features/audit/actions.ts';
import type { RoleKey } from '../../features/identity/contract.ts';
import { hashPassword } from '../../features/identity/passwords.ts';
import { checkFit } from '../../features/identity/posts.ts';
import { departments, roles } from '../../features/identity/roles.ts';
import { passwordFault } from '../../features/identity/rules/password.ts';
import { dayOf } from '../clock.ts';
import { readConfig } from '../config.ts';
import { withClient } from '../database/connect.ts';
import { newId } from '../ids.ts';
import { openInstallation } from '../installation.ts';
import { accountActs } from './account-acts.ts';

interface NewHolder {
  username: string;
  name: string;
  role: RoleKey;
  area: string;
  department?: string;
  password: string;
}

/** `minqing account add`, `password`, `reset-second-factor`, `list`, and what the account's page does */
export function accountCommands(program: Command): void {
  const account = program.command('account').description('账号与岗位 · accounts and posts');
  account
    .command('add')
    .argument('<username>')
    .requiredOption('--name <name>', '姓名 · name of the person')
    .requiredOption('--role <role>', `岗位 · ${Object.keys(roles).join(', ')}`)
    .requiredOption('--area <code>', '区划代码 · statistical code of the area, such as 330881')
    .option('--department <key>', `部门 · of a department officer: ${departments.join(', ')}`)
    .description(
      '新建账号并安排岗位 · make an account with a post; the password is asked for, or read from standard input',
    )
    .action(async (username: string, options: Omit<NewHolder, 'username' | 'password'>) => {
      const password = await askPassword();
      await onDatabase((client) =>
        addHolder(client, { username, ...options, password }, new Date()),
      );
      console.log(`已建立 made: ${username}`);
    });
  account
    .command('password')
    .argument('<username>')
    .option('--must-change', '下次登录须修改 · it must be changed at the next sign-in')
    .description('重设密码 · set a new password and end the account’s sessions')
    .action(async (username: string, { mustChange = false }: { mustChange?: boolean }) => {
      const hash = await hashPassword(checkPassword(await askPassword(), username));
      await onDatabase(async (client) => {
        const { rowCount } = await client.query(
          'update account set password_hash = $2, password_change = $3, failures = 0, locked_until = null where username = $1',
          [username, hash, mustChange],
        );
        if (!rowCount) throw new Error(`没有这个账号 · no account "${username}"`);
        await endSessions(client, username);
        await note(client, username, 'reset_password');
      });
      console.log(`已更新 changed: ${username}`);
    });
  account
    .command('reset-second-factor')
    .argument('<username>')
    .description(
      '重置动态验证码 · take the second factor and recovery codes away and end the account’s sessions',
    )
    .action(async (username: string) => {
      await onDatabase((client) => resetSecondFactor(client, username));
      console.log(`已重置 reset: ${username}`);
    });
  accountActs(account);
  account
    .command('list')
    .description('列出账号与岗位 · list accounts with their posts, ended ones too')
    .action(() =>
      onDatabase(async (client) => {
        const { rows } =
          await client.query(`select a.username, a.name, a.active, p.role, p.area, p.since::text, p.until::text
          from account a left join post p on p.account = a.id order by a.username, p.since`);
        console.table(rows);
      }),
    );
}

async function onDatabase(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const installation = await openInstallation(readConfig(process.env));
  try {
    await withClient(installation.reach.owner, work);
  } finally {
    await installation.leave();
  }
}

/** Takes an account's second factor away, on record. @throws Error when there is no such account, or no second factor */
export async function resetSecondFactor(client: pg.Client, username: string): Promise<void> {
  const { rows } = await client.query<{ set: boolean }>(
    'select f.account is not null as set from account a left join second_factor f on f.account = a.id where a.username = $1',
    [username],
  );
  if (!rows[0]) throw new Error(`没有这个账号 · no account "${username}"`);
  if (!rows[0].set)
    throw new Error(`该账号没有绑定动态验证码 · "${username}" has no second factor`);
  const own = '(select id from account where username = $1)';
  await client.query('begin');
  await client.query(`delete from recovery_code where account = ${own}`, [username]);
  await client.query(`delete from second_factor where account = ${own}`, [username]);
  await endSessions(client, username);
  await note(client, username, 'reset_second_factor');
  await client.query('commit');
}

async function endSessions(client: pg.Client, username: string): Promise<void> {
  await client.query(
    'delete from session where account = (select id from account where username = $1)',
    [username],
  );
}

/** What is done from the command line has no account of its own to stand under. */
async function note(client: pg.Client, username: string, action: Action): Promise<void> {
  await client.query(
    `insert into audit_entry (id, at, kind, action, subject, detail)
     select uuidv7(), now(), 'account', $2, id, 'command line' from account where username = $1`,
    [username, action],
  );
}

/** Makes an account with one post, as the owner of the database. @throws Error naming what does not fit */
export async function addHolder(client: pg.Client, holder: NewHolder, now: Date): Promise<void> {
  if (!/^[a-z][a-z0-9._-]{1,31}$/.test(holder.username))
    throw new Error('username: lower-case letters, digits, . _ -');
  if (!(holder.role in roles)) throw new Error(`role: one of ${Object.keys(roles).join(', ')}`);
  const hash = await hashPassword(checkPassword(holder.password, holder.username));
  const { rows } = await client.query('select level, lo, hi from area where code = $1', [
    holder.area,
  ]);
  if (!rows[0])
    throw new Error(
      `area: there is no ${holder.area}; import the areas first (minqing areas import FILE)`,
    );
  checkFit(
    {
      role: holder.role,
      area: holder.area,
      ...(holder.department ? { department: holder.department } : {}),
    },
    levelOf(rows[0].level),
    dayOf(now),
  );
  await client.query('begin');
  const id = newId(now.getTime());
  await client.query(
    'insert into account (id, username, name, password_hash, created_at) values ($1, $2, $3, $4, $5)',
    [id, holder.username, holder.name, hash, now],
  );
  await client.query(
    'insert into post (id, account, role, department, area, lo, hi, since, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [
      newId(now.getTime()),
      id,
      holder.role,
      holder.department ?? null,
      holder.area,
      rows[0].lo,
      rows[0].hi,
      dayOf(now),
      now,
    ],
  );
  await note(client, holder.username, 'add_account');
  await note(client, holder.username, 'add_post');
  await client.query('commit');
}

function checkPassword(password: string, username: string): string {
  const fault = passwordFault(password, username);
  if (!fault) return password;
  throw new Error(`${fault.message.zh} · ${fault.message.en}`);
}

/** Asks on the terminal, or reads standard input where there is none. */
export async function askPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const line = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await line.question('密码 password (12+): ');
  } finally {
    line.close();
  }
}
