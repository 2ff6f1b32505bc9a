import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../../server/crypto.ts';
import { withClient } from '../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import {
  callerOf,
  codeNow,
  enrol,
  firstSignIn,
  makeAccount,
  makeAdministrator,
  nextCode,
  ownPassword,
} from '../../tests/support/steps.ts';
import { testNow } from '../../tests/support/template.ts';
import { demoPassword } from './demo.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());
beforeEach(() => {
  t.clock.now = testNow;
});

const village = { role: 'village_cadre', area: '330881002205' };
const stageOf = async (caller: Caller): Promise<string> =>
  (await caller.get('/session')).json().stage;
const pass = (caller: Caller, code: string) =>
  caller.send('POST', '/session/second-factor/pass', { code });
const actions = async (account: string): Promise<string[]> =>
  (
    await t.sql<{ action: string }>(
      `select action from audit_entry where account = $1 and kind in ('session', 'refusal') and action <> 'refused' order by xid, id`,
      [account],
    )
  ).map(({ action }) => action);

/** Pages of every floor, and the ways to change something: none may answer before the last step. */
const everything = ['/households', '/accounts', '/audit', '/system', '/areas', '/sessions'];

async function opensNothing(caller: Caller, type: string): Promise<void> {
  for (const path of everything) {
    const answer = await caller.get(path);
    expect([path, answer.statusCode, answer.json().type]).toEqual([path, 403, type]);
  }
  const session = (await caller.get('/session')).json();
  expect(session).toMatchObject({ posts: [], post: null, abilities: { manageAccounts: false } });
  const [, token = ''] = caller.cookie.split('=');
  // The gate itself refuses, whatever a route might do.
  await withClient(t.server, (client) =>
    expect(
      client.query('select gate_verify($1, null, null, null, $2, $3)', [
        hashToken(token),
        t.clock.now,
        '2026-06-15',
      ]),
    ).rejects.toMatchObject({ code: 'MQ401' }),
  );
}

describe('an administrator', () => {
  it('sets the second factor up at the first sign-in, before anything opens', async () => {
    const { id, password } = await makeAccount(t, 'zhao.aq', {
      role: 'security_admin',
      area: '3308',
    });
    const first = await firstSignIn(t, 'zhao.aq', password);
    expect(await stageOf(first)).toBe('enrol');
    await opensNothing(first, '/problems/enrolment-needed');
    expect((await first.get('/session/second-factor')).json()).toMatchObject({
      set: false,
      required: true,
      exempt: false,
    });
    const { caller, codes } = await enrol(t, first);
    expect(codes.length).toBe(10);
    expect(await stageOf(caller)).toBe('open');
    expect((await caller.get('/accounts?limit=1')).statusCode).toBe(200);
    // The token of before the last step is good for nothing.
    expect((await first.get('/session')).statusCode).toBe(401);
    expect(await actions(id)).toEqual([
      'sign_in_begun',
      'change_password',
      'second_factor_set',
      'sign_in',
    ]);
  });

  it('keeps the secret encrypted and out of the server’s reach', async () => {
    const { secret } = await makeAdministrator(t, 'zhao.mi', 'audit_admin');
    const [row] = await t.sql<{ secret: string; code: string }>(
      `select f.secret, r.code from second_factor f join account a on a.id = f.account join recovery_code r on r.account = a.id where a.username = 'zhao.mi' limit 1`,
    );
    expect(row?.secret).toMatch(/^v1\./);
    expect(row?.secret).not.toContain(secret);
    expect(row?.code).toMatch(/^[\w-]{16}$/);
    await withClient(t.server, async (client) => {
      for (const query of [
        'select secret from second_factor',
        'select code from recovery_code',
        'select * from spent_state',
        'insert into second_factor (account) select gen_random_uuid()',
        'update session set stage = null',
      ])
        await expect(client.query(query)).rejects.toThrow(/permission denied/);
    });
  });

  it('needs the code at every later sign-in', async () => {
    const { id, secret } = await makeAdministrator(t, 'qian.sj', 'audit_admin');
    nextCode(t);
    const half = await t.signIn('qian.sj', ownPassword);
    expect(await stageOf(half)).toBe('second_factor');
    await opensNothing(half, '/problems/second-factor-needed');
    // Neither password nor second factor can be changed around it.
    const refused = [
      await half.send('POST', '/session/password', {
        current: ownPassword,
        next: 'another one 77',
      }),
      await half.send('POST', '/session/second-factor', { password: ownPassword }),
      await half.send('PUT', '/session/second-factor', { code: codeNow(t, secret) }),
      await half.send('DELETE', '/session/second-factor', {}),
      await half.send('POST', '/session/second-factor/recovery-codes', {}),
      await half.send('DELETE', '/sessions'),
      await half.send('DELETE', '/sessions/others'),
    ];
    expect(refused.map(({ statusCode }) => statusCode)).toEqual(Array(7).fill(403));
    const answer = await pass(half, codeNow(t, secret));
    expect(answer.json()).toMatchObject({ stage: 'open', abilities: { readAudit: true } });
    expect((await callerOf(t, answer).get('/audit?limit=1')).statusCode).toBe(200);
    expect((await half.get('/session')).statusCode).toBe(401);
    expect((await actions(id)).slice(-3)).toEqual([
      'sign_in_begun',
      'second_factor_passed',
      'sign_in',
    ]);
  });

  it('cannot do without, but can move to another phone', async () => {
    const { id, caller, secret, codes } = await makeAdministrator(t, 'sun.xt', 'system_admin');
    nextCode(t);
    const removed = await caller.send('DELETE', '/session/second-factor', {
      password: ownPassword,
      code: codeNow(t, secret),
    });
    expect(removed.statusCode).toBe(403);
    expect(removed.json().detail).toContain('不能停用');
    nextCode(t);
    const other = await enrol(t, caller, { password: ownPassword, code: codeNow(t, secret) });
    expect(other.secret).not.toBe(secret);
    expect(other.codes).not.toEqual(codes);
    nextCode(t);
    const half = await t.signIn('sun.xt', ownPassword);
    expect((await pass(half, codeNow(t, secret))).statusCode).toBe(401);
    expect((await pass(half, codes[0]!)).statusCode).toBe(401);
    expect((await pass(half, codeNow(t, other.secret))).statusCode).toBe(200);
    expect((await actions(id)).filter((one) => one === 'second_factor_set').length).toBe(2);
  });

  it('given the post while signed in is asked when acting under it', async () => {
    const { id, password } = await makeAccount(t, 'li.both', village);
    const caller = await firstSignIn(t, 'li.both', password);
    expect((await caller.get('/households?limit=1')).statusCode).toBe(200);
    const admin = await t.signIn('secadmin');
    await admin.send('POST', `/accounts/${id}/posts`, { role: 'audit_admin', area: '3308' });
    t.clock.now = new Date(t.clock.now.getTime() + 61_000);
    const { posts } = (await caller.get('/session')).json();
    const audit = posts.find(({ role }: { role: string }) => role === 'audit_admin');
    const switched = await caller.send('PUT', '/session/post', { post: audit.id });
    expect(switched.json()).toMatchObject({ stage: 'enrol', posts: [], post: null });
    expect((await caller.get('/audit')).json().type).toBe('/problems/enrolment-needed');
    const { caller: strong } = await enrol(t, caller);
    expect((await strong.get('/audit?limit=1')).statusCode).toBe(200);
  });

  it('is refused by the gate under that post without a second factor, whatever the server believes', async () => {
    const { id, password } = await makeAccount(t, 'li.gate', village);
    const caller = await firstSignIn(t, 'li.gate', password);
    await t.sql(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
       select uuidv7(), $1, 'security_admin', code, lo, hi, '2026-06-15', now() from area where code = '3308'`,
      [id],
    );
    const [post] = await t.sql<{ id: string; lo: number; hi: number }>(
      `select id, lo, hi from post where account = $1 and role = 'security_admin'`,
      [id],
    );
    const verify = (strong: boolean) =>
      withClient(t.server, async (client) => {
        await t.sql('update session set strong = $2 where account = $1', [id, strong]);
        return client.query('select gate_verify($1, $2, $3, $4, $5, $6)', [
          hashToken(caller.cookie.split('=')[1] ?? ''),
          post?.id,
          post?.lo,
          post?.hi,
          t.clock.now,
          '2026-06-15',
        ]);
      });
    await expect(verify(false)).rejects.toMatchObject({ code: 'MQ401' });
    expect((await verify(true)).rowCount).toBe(1);
  });
});

describe('a code', () => {
  let admin: Awaited<ReturnType<typeof makeAdministrator>>;
  beforeAll(async () => {
    admin = await makeAdministrator(t, 'wu.code', 'audit_admin');
  });

  it('is good once, also for two who use it at the same moment', async () => {
    nextCode(t);
    const code = codeNow(t, admin.secret);
    const halves = await Promise.all([1, 2, 3].map(() => t.signIn('wu.code', ownPassword)));
    const answers = await Promise.all(halves.map((half) => pass(half, code)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 401, 401]);
    expect(answers.find(({ statusCode }) => statusCode === 401)?.json()).toEqual({
      type: '/problems/wrong-code',
      title: '验证码不正确或已用过',
      status: 401,
    });
    // Nor is the code of an earlier step, not used but overtaken.
    const late = await t.signIn('wu.code', ownPassword);
    expect((await pass(late, codeNow(t, admin.secret, -1))).statusCode).toBe(401);
  });

  it('counts towards the lock when wrong, and the password in between clears nothing', async () => {
    t.clock.now = new Date(testNow.getTime() + 3_600_000);
    const ok = await t.signIn('wu.code', ownPassword);
    expect((await pass(ok, codeNow(t, admin.secret))).statusCode).toBe(200);
    for (let i = 0; i < 4; i++) {
      const half = await t.signIn('wu.code', ownPassword);
      expect((await pass(half, '000000')).statusCode).toBe(401);
    }
    const half = await t.signIn('wu.code', ownPassword);
    const fifth = await pass(half, '000000');
    expect(fifth.statusCode).toBe(429);
    expect(fifth.headers['retry-after']).toBe('30');
    // Locked: neither the right code nor the right password opens.
    nextCode(t);
    t.clock.now = new Date(t.clock.now.getTime() - 5000);
    const right = await pass(half, codeNow(t, admin.secret));
    expect(right.statusCode).toBe(429);
    await expect(t.signIn('wu.code', ownPassword)).rejects.toThrow(/429/);
    nextCode(t);
    expect((await pass(half, codeNow(t, admin.secret))).statusCode).toBe(200);
    expect((await actions(admin.id)).filter((one) => one === 'second_factor_refused').length).toBe(
      8,
    );
  });

  it('is not found by guesses sent all at once', async () => {
    t.clock.now = new Date(testNow.getTime() + 7_200_000);
    const half = await t.signIn('wu.code', ownPassword);
    const guesses = Array.from({ length: 40 }, (_, i) => String(i).padStart(6, '0'));
    const answers = await Promise.all(
      [...guesses, codeNow(t, admin.secret)].map((code) => pass(half, code)),
    );
    const statuses = answers.map(({ statusCode }) => statusCode);
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(5);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe('a recovery code', () => {
  it('opens once, typed in any way, and can be renewed', async () => {
    const { id, codes, secret } = await makeAdministrator(t, 'zheng.rc', 'audit_admin');
    const half = await t.signIn('zheng.rc', ownPassword);
    const [first = '', second = ''] = codes;
    const answer = await pass(half, first.toLowerCase().replaceAll('-', ' '));
    expect(answer.statusCode).toBe(200);
    const caller = callerOf(t, answer);
    expect((await caller.get('/session/second-factor')).json()).toMatchObject({
      set: true,
      codesLeft: 9,
    });
    const again = await t.signIn('zheng.rc', ownPassword);
    expect((await pass(again, first)).statusCode).toBe(401);
    nextCode(t);
    const renewed = await caller.send('POST', '/session/second-factor/recovery-codes', {
      password: ownPassword,
      code: codeNow(t, secret),
    });
    expect(renewed.statusCode).toBe(201);
    expect(renewed.json().recoveryCodes.length).toBe(10);
    expect((await pass(again, second)).statusCode).toBe(401);
    expect((await pass(again, renewed.json().recoveryCodes[0])).statusCode).toBe(200);
    expect(await actions(id)).toEqual(
      expect.arrayContaining(['recovery_code_used', 'recovery_codes_renewed']),
    );
  });

  it('of another account opens nothing', async () => {
    const one = await makeAdministrator(t, 'wang.one', 'audit_admin');
    await makeAdministrator(t, 'wang.two', 'audit_admin');
    const half = await t.signIn('wang.two', ownPassword);
    expect((await pass(half, one.codes[0]!)).statusCode).toBe(401);
  });
});

describe('for everybody else', () => {
  it('the second factor is a choice, made with the password', async () => {
    const { password } = await makeAccount(t, 'feng.choice', village);
    const caller = await firstSignIn(t, 'feng.choice', password);
    const without = await caller.send('POST', '/session/second-factor', {});
    expect(without.json().errors[0].field).toBe('password');
    const wrong = await caller.send('POST', '/session/second-factor', {
      password: 'not it at all',
    });
    expect(wrong.statusCode).toBe(401);
    const elsewhere = await t.signIn('feng.choice', ownPassword);
    const { caller: strong, secret } = await enrol(t, caller, { password: ownPassword });
    expect((await elsewhere.get('/session')).statusCode).toBe(401);
    nextCode(t);
    expect(await stageOf(await t.signIn('feng.choice', ownPassword))).toBe('second_factor');
    // It is given up with password and code, not with one of them.
    for (const proof of [{ password: ownPassword }, { code: codeNow(t, secret) }, {}])
      expect((await strong.send('DELETE', '/session/second-factor', proof)).statusCode).toBe(400);
    nextCode(t);
    const removed = await strong.send('DELETE', '/session/second-factor', {
      password: ownPassword,
      code: codeNow(t, secret),
    });
    expect(removed.statusCode).toBe(204);
    expect(await stageOf(await t.signIn('feng.choice', ownPassword))).toBe('open');
  });

  it('a new secret counts only once its code was given', async () => {
    const { password } = await makeAccount(t, 'chen.pending', village);
    const caller = await firstSignIn(t, 'chen.pending', password);
    const early = await caller.send('PUT', '/session/second-factor', { code: '123456' });
    expect(early.statusCode).toBe(409);
    await caller.send('POST', '/session/second-factor', { password: ownPassword });
    const wrong = await caller.send('PUT', '/session/second-factor', { code: '000000' });
    expect(wrong.statusCode).toBe(401);
    expect((await caller.get('/session/second-factor')).json().set).toBe(false);
    expect(await stageOf(await t.signIn('chen.pending', ownPassword))).toBe('open');
  });
});

describe('the fixed accounts of the demo', () => {
  it.each(['auditor', 'sysadmin', 'secadmin'])('%s opens with the password alone', async (name) => {
    const caller = await t.signIn(name);
    expect(await stageOf(caller)).toBe('open');
    const refused = await caller.send('POST', '/session/second-factor', { password: demoPassword });
    expect(refused.statusCode).toBe(403);
    expect(refused.json().detail).toContain('演示账号');
  });

  it('alone go without: the same account, no longer one of the demo, must set it up', async () => {
    await t.sql(`update account set demo = false where username = 'auditor'`);
    const caller = await t.signIn('auditor');
    expect(await stageOf(caller)).toBe('enrol');
    await opensNothing(caller, '/problems/enrolment-needed');
    await t.sql(`update account set demo = true where username = 'auditor'`);
  });

  it('cannot be made by the server: no account of it is one', async () => {
    await withClient(t.server, async (client) => {
      await client.query(`begin; set local minqing.admin = 'security'`);
      await expect(
        client.query(`insert into account (id, username, name, password_hash, password_change, demo, created_at)
          values (uuidv7(), 'sly', 'x', 'x', true, true, now())`),
      ).rejects.toThrow(/permission denied/);
      await client.query(`rollback; begin; set local minqing.admin = 'security'`);
      await expect(client.query('update account set demo = true')).rejects.toThrow(
        /permission denied/,
      );
      await client.query('rollback');
    });
  });
});
