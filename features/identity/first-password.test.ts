import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../server/database/connect.ts';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { firstSignIn, makeAccount, ownPassword } from '../../tests/support/steps.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const village = { role: 'village_cadre', area: '330881002205' };

describe('a first password', () => {
  it('opens nothing but its change', async () => {
    const { password } = await makeAccount(t, 'first.one', village);
    const caller = await t.signIn('first.one', password);
    expect((await caller.get('/session')).json()).toMatchObject({ stage: 'password', posts: [] });
    for (const path of ['/households', '/sessions', '/areas', '/session/second-factor']) {
      const answer = await caller.get(path);
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({
        type: '/problems/password-change-needed',
        title: '请先修改初始密码，完成登录',
      });
    }
    const changed = await caller.send('POST', '/session/password', {
      current: password,
      next: ownPassword,
    });
    expect(changed.statusCode).toBe(204);
    expect((await caller.get('/session')).json()).toMatchObject({ stage: 'open' });
    expect((await caller.get('/households?limit=1')).statusCode).toBe(200);
    // Once, and for good: the next sign-in opens at once, the first password no more.
    const next = await t.signIn('first.one', ownPassword);
    expect((await next.get('/households?limit=1')).statusCode).toBe(200);
    await expect(t.signIn('first.one', password)).rejects.toThrow(/401/);
  });

  it('is one even when the administrator thought it up', async () => {
    const admin = await t.signIn('secadmin');
    const made = await admin.send('POST', '/accounts', {
      username: 'first.given',
      name: '甲',
      password: 'thought up by hand',
    });
    expect(made.json()).toEqual({ id: made.json().id });
    const caller = await t.signIn('first.given', 'thought up by hand');
    expect((await caller.get('/session')).json().stage).toBe('password');
  });

  it('cannot be given for good: the gate takes no account without the change', async () => {
    await withClient(t.server, async (client) => {
      await client.query(`begin; set local minqing.admin = 'security'`);
      await expect(
        client.query(`insert into account (id, username, name, password_hash, password_change, created_at)
          values (uuidv7(), 'sly', 'x', 'x', false, now())`),
      ).rejects.toThrow(/row-level security/);
      await client.query('rollback');
    });
  });

  it('is replaced by one that keeps the rules', async () => {
    const { password } = await makeAccount(t, 'first.rules', village);
    const caller = await t.signIn('first.rules', password);
    const code = async (next: string) => {
      const answer = await caller.send('POST', '/session/password', { current: password, next });
      expect(answer.statusCode).toBe(400);
      const [error] = answer.json().errors;
      expect(error.field).toBe('next');
      return error.code;
    };
    expect(await code('short')).toBe('short');
    expect(await code('password1234')).toBe('common');
    expect(await code('my first.rules password')).toBe('username');
    expect(await code('aaaaaaaaaaaaaaaa')).toBe('monotonous');
    expect(await code(password)).toBe('same');
    const wrong = await caller.send('POST', '/session/password', {
      current: 'not the password',
      next: ownPassword,
    });
    expect(wrong.statusCode).toBe(401);
    expect((await caller.get('/session')).json().stage).toBe('password');
  });

  it('can be left alone: signing out is always open', async () => {
    const { password } = await makeAccount(t, 'first.leaves', village);
    const caller = await t.signIn('first.leaves', password);
    expect((await caller.send('DELETE', '/session')).statusCode).toBe(204);
    expect((await caller.get('/session')).statusCode).toBe(401);
  });

  it('waits a quarter of an hour, not a day', async () => {
    const { password } = await makeAccount(t, 'first.waits', village);
    const caller = await t.signIn('first.waits', password);
    t.clock.now = new Date(t.clock.now.getTime() + 16 * 60_000);
    expect((await caller.get('/session')).statusCode).toBe(401);
    const again = await firstSignIn(t, 'first.waits', password);
    t.clock.now = new Date(t.clock.now.getTime() + 50 * 60_000);
    expect((await again.get('/session')).statusCode).toBe(200);
  });
});
