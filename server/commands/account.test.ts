import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { makeAdministrator, ownPassword } from '../../tests/support/steps.ts';
import { withClient } from '../database/connect.ts';
import { addHolder, resetSecondFactor } from './account.ts';

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
