import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { makeAccount, makeAdministrator, ownPassword } from '../../tests/support/steps.ts';
import { withClient } from '../database/connect.ts';
import { addHolder, resetSecondFactor } from './account.ts';
import {
  type Act,
  activity,
  actOn,
  ending,
  giving,
  releasing,
  renaming,
  unlocking,
} from './account-acts.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const reset = (username: string) =>
  withClient(t.owner, (client) => resetSecondFactor(client, username));

describe('minqing account reset-second-factor', () => {
  it('lets a security administrator without phone and codes set up a new one', async () => {
    const { id, caller } = await makeAdministrator(t, 'lost.phone', 'security_admin');
    await reset('lost.phone');
    expect((await caller.get('/session')).statusCode).toBe(401);
    const again = await t.signIn('lost.phone', ownPassword);
    expect((await again.get('/session')).json().stage).toBe('enrol');
    const left = await t.sql('select 1 from recovery_code where account = $1', [id]);
    expect(left).toEqual([]);
    const [entry] = await t.sql(
      `select account, detail from audit_entry where action = 'reset_second_factor' and subject = $1`,
      [id],
    );
    expect(entry).toEqual({ account: null, detail: 'command line' });
  });

  it('names what is wrong', async () => {
    await expect(reset('nobody.here')).rejects.toThrow(/no account "nobody.here"/);
    await expect(reset('village')).rejects.toThrow(/has no second factor/);
  });
});

describe('minqing account add', () => {
  it('makes an administrator who sets the second factor up first', async () => {
    const holder = {
      username: 'first.admin',
      name: '首任',
      role: 'security_admin' as const,
      area: '3308',
      password: 'typed at the terminal',
    };
    await withClient(t.owner, (client) => addHolder(client, holder, t.clock.now));
    const left = await t.sql<{ action: string }>(
      `select e.action from audit_entry e join account a on a.id = e.subject where a.username = 'first.admin' order by e.action`,
    );
    expect(left.map(({ action }) => action)).toEqual(['add_account', 'add_post']);
    const caller = await t.signIn('first.admin', holder.password);
    expect((await caller.get('/session')).json().stage).toBe('enrol');
    expect((await caller.get('/accounts')).statusCode).toBe(403);
  });

  it('takes no weak password', async () => {
    const add = (password: string) =>
      withClient(t.owner, (client) =>
        addHolder(
          client,
          { username: 'weak', name: '弱', role: 'village_cadre', area: '330881002205', password },
          t.clock.now,
        ),
      );
    await expect(add('short')).rejects.toThrow(/12 characters/);
    await expect(add('password1234')).rejects.toThrow(/common/);
  });
});

describe('minqing account, what its page does', () => {
  const village = '330881002205';
  const act = (username: string, work: Act, as = 'secadmin') =>
    actOn(t, () => t.clock.now, username, as, work);
  const left = async (username: string): Promise<string[]> =>
    (
      await t.sql<{ action: string }>(
        `select e.action from audit_entry e join account s on s.id = e.subject join account a on a.id = e.account
          where s.username = $1 and a.username = 'secadmin' order by e.xid`,
        [username],
      )
    ).map(({ action }) => action);

  it('withdraws, restores, renames, unlocks, gives and ends posts, in the administrator’s name', async () => {
    await makeAccount(t, 'by.command');
    const before = (await left('by.command')).length;
    expect(await act('by.command', giving({ role: 'village_cadre', area: village }))).toBe(true);
    expect(await act('by.command', renaming('更正'))).toBe(true);
    expect(await act('by.command', renaming('更正'))).toBe(false);
    await t.sql(
      `update account set failures = 9, locked_until = now() + interval '1 day' where username = 'by.command'`,
    );
    expect(await act('by.command', unlocking)).toBe(true);
    expect(await act('by.command', ending({ role: 'village_cadre', area: village }))).toBe(true);
    expect(await act('by.command', activity(false))).toBe(true);
    expect(await act('by.command', activity(false))).toBe(false);
    const [row] = await t.sql(
      `select a.name, a.active, a.failures, p.until from account a join post p on p.account = a.id where username = 'by.command'`,
    );
    expect(row).toEqual({ name: '更正', active: false, failures: 0, until: '2026-06-14' });
    expect(await act('by.command', activity(true))).toBe(true);
    expect((await left('by.command')).slice(before)).toEqual([
      'add_post',
      'rename_account',
      'unlock_account',
      'end_post',
      'withdraw_account',
      'restore_account',
    ]);
  });

  it('releases an account from its single sign-on identity, with the reason on record', async () => {
    const { id } = await makeAccount(t, 'by.provider');
    await t.sql(
      `insert into account_subject (account, issuer, subject, since) values ($1, 'https://sso.example', 's', now())`,
      [id],
    );
    await expect(act('by.provider', releasing(' '))).rejects.toThrow(/请写明原因/);
    expect(await act('by.provider', releasing('换证'))).toBe(true);
    expect(await act('by.provider', releasing('换证'))).toBe(false);
    expect(await t.sql(`select 1 from account_subject where account = $1`, [id])).toEqual([]);
    expect(
      await t.sql(
        `select detail from audit_entry where action = 'release_subject' and subject = $1`,
        [id],
      ),
    ).toEqual([{ detail: '换证' }]);
  });

  it('keeps the rules of the page: charge, separation, what fits together', async () => {
    await makeAccount(t, 'sec.small', { role: 'security_admin', area: '330802' });
    await expect(act('village', activity(false), 'sec.small')).rejects.toThrow(
      /请由上级安全管理员办理/,
    );
    await expect(act('secadmin', activity(false), 'secadmin')).rejects.toThrow(
      /不能这样处理自己的账号/,
    );
    await expect(
      act('sec.small', giving({ role: 'audit_admin', area: '330802' }), 'secadmin'),
    ).rejects.toThrow(/不得由一人兼任/);
    await expect(
      act('village', giving({ role: 'village_cadre', area: '330881' }), 'secadmin'),
    ).rejects.toThrow(/不能设在这一级/);
    await expect(
      act('village', ending({ role: 'city_supervisor', area: '3308' }), 'secadmin'),
    ).rejects.toThrow(/没有这个在任的岗位/);
    await expect(
      act('village', giving({ role: 'village_cadre', area: village, from: 'soon' }), 'secadmin'),
    ).rejects.toThrow(/不是日期/);
    await expect(act('nobody.here', unlocking, 'secadmin')).rejects.toThrow(/no account/);
    expect(await t.sql(`select 1 from session where method = 'command'`)).toEqual([]);
  });
});
