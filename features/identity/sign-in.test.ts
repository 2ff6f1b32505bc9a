import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { testNow } from '../../tests/support/template.ts';
import { demoPassword } from './demo.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

function attempt(
  username: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return t.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username, password },
    headers,
  });
}

async function refuse(username: string, times: number): Promise<LightMyRequestResponse> {
  let last: LightMyRequestResponse | undefined;
  for (let i = 0; i < times; i++) last = await attempt(username, 'not the password');
  return last as LightMyRequestResponse;
}

const later = (seconds: number): void => {
  t.clock.now = new Date(t.clock.now.getTime() + seconds * 1000);
};

const entries = (username: string) =>
  t.sql<{ action: string; at: string }>(
    `select e.action, e.at from audit_entry e join account a on a.id = e.account where a.username = $1 order by e.ctid`,
    [username],
  );

describe('signing in', () => {
  it('opens a session with the right name and password', async () => {
    const answer = await attempt('village', demoPassword);
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toMatchObject({
      account: { username: 'village', name: '毛村干' },
      posts: [{ role: 'village_cadre', area: { code: '330881002205', level: 'village' } }],
      abilities: { readArchive: true, openFiles: 'yes', writeArchive: true, readAudit: false },
      expiresAt: '2026-06-15T14:00:00.000Z',
    });
    expect(answer.json().post).toBe(answer.json().posts[0].id);
    expect((await entries('village')).map(({ action }) => action)).toEqual(['sign_in']);
  });

  it('takes the name however it is written', async () => {
    expect((await attempt('  Village ', demoPassword)).statusCode).toBe(201);
  });

  it('gives a cookie that scripts and other sites do not get, and keeps only its hash', async () => {
    const answer = await attempt('village', demoPassword);
    const cookie = String(answer.headers['set-cookie']);
    expect(cookie).toMatch(
      /^minqing_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict(; Secure)?$/,
    );
    expect(cookie).not.toContain('Secure');
    const token = /=([\w-]{43});/.exec(cookie)?.[1] ?? '';
    const kept = await t.sql<{ row: string }>('select s::text as row from session s');
    expect(kept.some(({ row }) => row.includes(token))).toBe(false);
  });

  it('is refused from another site, whatever the password', async () => {
    for (const origin of ['https://evil.example', 'http://localhost:1234', 'null']) {
      const answer = await attempt('village', demoPassword, { origin });
      expect(answer.statusCode).toBe(403);
      expect(answer.json().type).toBe('/problems/foreign-origin');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    const own = await attempt('village', demoPassword, {
      origin: 'http://localhost:80',
      host: 'localhost',
    });
    expect(own.statusCode).toBe(201);
  });
});

describe('a refused sign-in', () => {
  it('is the same for a wrong password, an unknown name and a withdrawn account', async () => {
    await t.sql(`update account set active = false where username = 'civil'`);
    const [wrong, unknown, withdrawn] = await Promise.all([
      attempt('village2', 'not the password'),
      attempt('nobody', 'not the password'),
      attempt('civil', demoPassword),
    ]);
    expect(wrong.statusCode).toBe(401);
    expect(wrong.json()).toEqual({
      type: '/problems/wrong-credentials',
      title: '用户名或密码不正确',
      status: 401,
    });
    for (const answer of [unknown, withdrawn]) {
      expect(answer.statusCode).toBe(401);
      expect(answer.body).toBe(wrong.body);
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    expect((await entries('village2')).map(({ action }) => action)).toEqual(['sign_in_refused']);
    expect((await entries('civil')).map(({ action }) => action)).toEqual(['sign_in_refused']);
    const nameless = await t.sql('select 1 from audit_entry where account is null');
    expect(nameless.length).toBe(1);
  });
});

describe('the lock after five refusals', () => {
  beforeEach(() => {
    t.clock.now = testNow;
  });

  it('holds for half a minute, then doubles, and opens by waiting', async () => {
    expect((await refuse('township', 4)).statusCode).toBe(401);
    const locked = await refuse('township', 1);
    expect(locked.statusCode).toBe(429);
    expect(locked.headers['retry-after']).toBe('30');
    expect(locked.json()).toEqual({
      type: '/problems/locked-out',
      title: '登录失败次数过多，请稍后再试',
      status: 429,
      detail: '登录失败次数过多，请在 30 秒后再试',
    });
    later(10);
    const right = await attempt('township', demoPassword);
    expect(right.statusCode).toBe(429);
    expect(right.headers['retry-after']).toBe('20');
    for (const wait of [60, 120, 240, 480]) {
      later(3600);
      expect((await refuse('township', 1)).headers['retry-after']).toBe(String(wait));
    }
    later(481);
    expect((await attempt('township', demoPassword)).statusCode).toBe(201);
    // A sign-in clears the count: five more are needed.
    expect((await refuse('township', 4)).statusCode).toBe(401);
    expect((await refuse('township', 1)).headers['retry-after']).toBe('30');
  });

  it('never lasts longer than an hour', async () => {
    await t.sql(`update account set failures = 900 where username = 'county'`);
    expect((await refuse('county', 1)).headers['retry-after']).toBe('3600');
  });

  it('is met by guesses that are sent all at once, even by a right one among them', async () => {
    const guesses = [...Array(40).fill('not the password'), demoPassword];
    const answers = await Promise.all(guesses.map((guess) => attempt('auditor', guess)));
    expect(answers.map(({ statusCode }) => statusCode)).not.toContain(201);
    expect(answers.at(-1)?.statusCode).toBe(429);
  });

  it('leaves a line of the audit for each refusal', async () => {
    await refuse('city', 5);
    later(31);
    await attempt('city', demoPassword);
    expect((await entries('city')).map(({ action }) => action)).toEqual([
      ...Array(5).fill('sign_in_refused'),
      'sign_in',
    ]);
  });

  it('shows itself to the security administrator', async () => {
    await refuse('grid', 5);
    const admin = await t.signIn('secadmin');
    const { items } = (await admin.get('/accounts')).json();
    const locked = items.find(({ username }: { username: string }) => username === 'grid');
    expect(locked.lockedUntil).toBe('2026-06-15T02:00:30.000Z');
  });
});
