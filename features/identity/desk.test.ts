import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import {
  codeNow,
  firstSignIn,
  makeAccount,
  makeAdministrator,
  nextCode,
  ownPassword,
} from '../../tests/support/steps.ts';
import type { Account } from './contract.ts';

let t: TestApp;
let admin: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
});
afterAll(() => t.close());

const village = { role: 'village_cadre', area: '330881002205' };
const list = async (query: string, by = admin): Promise<Account[]> =>
  (await by.get(`/accounts?${query}`)).json().items;
const names = async (query: string): Promise<string[]> =>
  (await list(query)).map(({ username }) => username);

describe('the list of accounts', () => {
  it('is searched by part of the name and by the beginning of the user name', async () => {
    expect(await names(`q=${encodeURIComponent('村干')}`)).toEqual(['village', 'village2']);
    expect(await names('q=Vill')).toEqual(['village', 'village2']);
    expect(await names('q=illage')).toEqual([]);
    expect(await names(`q=${encodeURIComponent('%')}`)).toEqual([]);
  });

  it('is narrowed to an area and all below it, to a role, and both to one post', async () => {
    expect(await names('area=330881002')).toEqual(['grid', 'township', 'village']);
    expect(await names('role=village_cadre')).toEqual(['community', 'village', 'village2']);
    expect(await names('role=village_cadre&area=330881')).toEqual(['village']);
    expect(await names('area=330802&role=grid_worker')).toEqual([]);
  });

  it('is narrowed to those withdrawn, and to those locked', async () => {
    const { id } = await makeAccount(t, 'gone', village);
    await admin.send('PATCH', `/accounts/${id}`, { active: false });
    expect(await names('active=false')).toEqual(['gone']);
    expect(await names('active=true')).not.toContain('gone');
    expect(await names('locked=true')).toEqual([]);
    for (let i = 0; i < 5; i++) await t.signIn('township', 'wrong').catch(() => {});
    expect(await names('locked=true')).toEqual(['township']);
    await t.sql(`update account set failures = 0, locked_until = null`);
  });

  it('tells with the first page how many there are', async () => {
    const first = (await admin.get('/accounts?limit=3&role=village_cadre')).json();
    expect(first).toMatchObject({ total: 4, items: [{}, {}, {}] });
    const next = (
      await admin.get(`/accounts?limit=3&role=village_cadre&cursor=${first.next}`)
    ).json();
    expect(next).toMatchObject({ total: null, next: null });
    expect(next.items.length).toBe(1);
  });

  it.each(['area=33a', 'role=emperor', 'active=maybe', `q=${'x'.repeat(61)}`])(
    'refuses %s',
    async (query) => {
      expect((await admin.get(`/accounts?${query}`)).statusCode).toBe(400);
    },
  );
});

describe('one account', () => {
  it('shows its posts as past, present and future', async () => {
    const { id } = await makeAccount(t, 'threefold', { ...village, from: '2026-07-01' });
    await admin.send('POST', `/accounts/${id}/posts`, village);
    const old = await admin.send('POST', `/accounts/${id}/posts`, {
      role: 'grid_worker',
      area: '330881002205001',
    });
    await admin.send('POST', `/posts/${old.json().id}/end`, {});
    const account = (await admin.get(`/accounts/${id}`)).json() as Account;
    expect(account.posts.map(({ role, state }) => `${role} ${state}`).sort()).toEqual([
      'grid_worker past',
      'village_cadre future',
      'village_cadre present',
    ]);
    expect(account).toMatchObject({
      passwordChange: true,
      secondFactorSince: null,
      inCharge: true,
      demo: false,
    });
  });

  it('has its name corrected', async () => {
    const { id } = await makeAccount(t, 'misspelt');
    expect((await admin.send('PATCH', `/accounts/${id}`, { name: ' 沈正名 ' })).statusCode).toBe(
      204,
    );
    expect((await admin.get(`/accounts/${id}`)).json().name).toBe('沈正名');
    expect((await admin.send('PATCH', `/accounts/${id}`, { name: '  ' })).statusCode).toBe(400);
  });

  it('withdrawn ends its sessions for good, not only while it is withdrawn', async () => {
    const { id, password } = await makeAccount(t, 'withdrawn', village);
    const caller = await firstSignIn(t, 'withdrawn', password);
    await admin.send('PATCH', `/accounts/${id}`, { active: false });
    await admin.send('PATCH', `/accounts/${id}`, { active: true });
    expect((await caller.get('/session')).statusCode).toBe(401);
  });
});

describe('a reset password', () => {
  it('is told once, works once, ends the sessions and the lock', async () => {
    const { id, password } = await makeAccount(t, 'forgetful', village);
    const caller = await firstSignIn(t, 'forgetful', password);
    for (let i = 0; i < 5; i++) await t.signIn('forgetful', 'wrong').catch(() => {});
    await expect(t.signIn('forgetful', ownPassword)).rejects.toThrow(/429/);
    const reset = await admin.send('POST', `/accounts/${id}/password`);
    expect(reset.statusCode).toBe(200);
    const fresh = reset.json().password;
    expect((await caller.get('/session')).statusCode).toBe(401);
    await expect(t.signIn('forgetful', ownPassword)).rejects.toThrow(/401/);
    const again = await t.signIn('forgetful', fresh);
    expect((await again.get('/households')).json().type).toBe('/problems/password-change-needed');
    expect((await admin.get(`/accounts/${id}`)).body).not.toContain(fresh);
    const kept = await t.sql(`select encode(body, 'escape') as body from request_receipt`);
    expect(JSON.stringify(kept)).not.toContain(fresh);
  });

  it('does not do away with the second factor', async () => {
    const { id, secret } = await makeAdministrator(t, 'reset.strong', 'audit_admin');
    nextCode(t);
    const { password } = (await admin.send('POST', `/accounts/${id}/password`)).json();
    const half = await t.signIn('reset.strong', password);
    expect((await half.get('/session')).json().stage).toBe('second_factor');
    const passed = await half.send('POST', '/session/second-factor/pass', {
      code: codeNow(t, secret),
    });
    expect(passed.json().stage).toBe('password');
  });

  it('is not given to the demo’s accounts', async () => {
    const [demo] = await list('q=village2');
    const answer = await admin.send('POST', `/accounts/${demo?.id}/password`);
    expect(answer.statusCode).toBe(403);
    expect(answer.json().detail).toContain('演示账号');
    await t.signIn('village2');
  });
});

describe('a reset second factor', () => {
  it('is set up anew at the next sign-in, on record', async () => {
    const { id, caller } = await makeAdministrator(t, 'lost.phone', 'system_admin');
    const answer = await admin.send('DELETE', `/accounts/${id}/second-factor`);
    expect(answer.statusCode).toBe(204);
    expect((await caller.get('/session')).statusCode).toBe(401);
    const next = await t.signIn('lost.phone', ownPassword);
    expect((await next.get('/session')).json().stage).toBe('enrol');
    const again = await admin.send('DELETE', `/accounts/${id}/second-factor`);
    expect(again.statusCode).toBe(409);
    const entries = await t.sql(
      `select 1 from audit_entry where action = 'reset_second_factor' and subject = $1`,
      [id],
    );
    expect(entries.length).toBe(1);
  });
});

describe('what a security administrator is not in charge of', () => {
  const acts = (id: string) =>
    [
      ['PATCH', `/accounts/${id}`, { active: false }],
      ['PATCH', `/accounts/${id}`, { name: '冒名' }],
      ['POST', `/accounts/${id}/password`, undefined],
      ['DELETE', `/accounts/${id}/second-factor`, undefined],
      ['POST', `/accounts/${id}/unlock`, undefined],
    ] as const;

  async function refused(by: Caller, id: string, words: string): Promise<void> {
    for (const [method, path, body] of acts(id)) {
      const answer = await by.send(method, path, body);
      expect([method, path, answer.statusCode]).toEqual([method, path, 403]);
      expect(answer.json().detail).toContain(words);
    }
  }

  it('is the own account', async () => {
    const { id, caller, secret } = await makeAdministrator(t, 'self.help', 'security_admin');
    await refused(caller, id, '自己的账号');
    nextCode(t);
    const half = await t.signIn('self.help', ownPassword);
    const passed = await half.send('POST', '/session/second-factor/pass', {
      code: codeNow(t, secret),
    });
    expect(passed.json().stage).toBe('open');
  });

  it('are accounts with a post beyond the own area: no taking over those above', async () => {
    const county = await makeAdministrator(t, 'county.sec', 'security_admin', '330881');
    const city = await makeAdministrator(t, 'city.sys', 'system_admin', '3308');
    await refused(county.caller, city.id, '超出您负责的区域');
    const later = await makeAccount(t, 'to.city', {
      role: 'city_supervisor',
      area: '3308',
      from: '2026-07-01',
    });
    await refused(county.caller, later.id, '超出您负责的区域');
    const within = await makeAccount(t, 'in.county', village);
    const reset = await county.caller.send('POST', `/accounts/${within.id}/password`);
    expect(reset.statusCode).toBe(200);
  });

  it('is refused by the gate itself', async () => {
    const { id } = await makeAdministrator(t, 'above.all', 'audit_admin', '3308');
    const [one] = await t.sql<{ id: string }>(`select id from account where username = 'secadmin'`);
    await withClient(t.server, async (client) => {
      for (const [account, act] of [
        [id, `gate_account_active($1, false, '2026-06-15')`],
        [id, `gate_account_rename($1, 'x', '2026-06-15')`],
        [id, `gate_account_password($1, 'x', '2026-06-15')`],
        [id, `gate_account_unlock($1, '2026-06-15')`],
        [id, `gate_account_factor_reset($1, '2026-06-15')`],
        [one?.id, `gate_account_password($1, 'x', '2026-06-15')`],
      ] as const) {
        // A county's administrator; for the last one the account itself.
        await client.query(`begin; set local minqing.account = '${one?.id}'; set local minqing.admin = 'security';
          set local minqing.admin_lo = '330881000000000'; set local minqing.admin_hi = '330882000000000'`);
        await expect(client.query(`select ${act}`, [account])).rejects.toMatchObject({
          code: '42501',
        });
        await client.query('rollback');
      }
      await client.query('begin');
      await expect(
        client.query(`select gate_account_password($1, 'x', '2026-06-15')`, [id]),
      ).rejects.toMatchObject({ code: '42501' });
      await client.query('rollback');
    });
  });
});
