import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, callerWith, startApp, type TestApp } from '../../tests/support/app.ts';
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

const minutes = (n: number): void => {
  t.clock.now = new Date(t.clock.now.getTime() + n * 60_000);
};

const statusOf = async (caller: Caller): Promise<number> =>
  (await caller.get('/session')).statusCode;

const actions = async (username: string): Promise<string[]> =>
  (
    await t.sql<{ action: string }>(
      `select e.action from audit_entry e join account a on a.id = e.account where a.username = $1 order by e.ctid`,
      [username],
    )
  ).map(({ action }) => action);

describe('a session', () => {
  it('is needed', async () => {
    const shape = 'minqing_session=';
    for (const cookie of ['', shape, `${shape}short`, `${shape}${'x'.repeat(43)}`]) {
      const answer = await callerWith(t.app, cookie).get('/session');
      expect(answer.statusCode).toBe(401);
      expect(answer.json()).toMatchObject({ type: '/problems/not-signed-in', title: '请先登录' });
    }
  });

  it('ends an hour after the last request', async () => {
    const caller = await t.signIn('village');
    minutes(59);
    expect(await statusOf(caller)).toBe(200);
    minutes(59);
    expect(await statusOf(caller)).toBe(200);
    minutes(61);
    expect(await statusOf(caller)).toBe(401);
  });

  it('ends after twelve hours, however busy', async () => {
    const caller = await t.signIn('village');
    for (let i = 0; i < 14; i++) {
      minutes(50);
      expect(await statusOf(caller)).toBe(200);
    }
    minutes(21);
    expect(await statusOf(caller)).toBe(401);
    // Expired ones are cleared away with the next sign-in.
    await t.signIn('village');
    const open = await t.sql(
      `select 1 from session s join account a on a.id = s.account where a.username = 'village'`,
    );
    expect(open.length).toBe(1);
  });

  it('ends when the account is withdrawn or the post is over, at once', async () => {
    const caller = await t.signIn('village2');
    expect((await caller.get('/households')).statusCode).toBe(200);
    const [post] = await t.sql<{ id: string }>(
      `update post set until = '2026-06-14' where account = (select id from account where username = 'village2') returning id`,
    );
    const refused = await caller.get('/households');
    expect(refused.statusCode).toBe(403);
    expect(refused.json().type).toBe('/problems/no-post');
    await t.sql('update post set until = null where id = $1', [post?.id]);
    minutes(2);
    expect((await caller.get('/households')).statusCode).toBe(200);
    await t.sql(`update account set active = false where username = 'village2'`);
    expect((await caller.get('/households')).statusCode).toBe(401);
  });
});

describe('signing out', () => {
  it('ends this session only', async () => {
    const [one, other] = [await t.signIn('township'), await t.signIn('township')];
    const answer = await one.send('DELETE', '/session');
    expect(answer.statusCode).toBe(204);
    expect(String(answer.headers['set-cookie'])).toMatch(/^minqing_session=; .*1970/);
    expect(await statusOf(one)).toBe(401);
    expect(await statusOf(other)).toBe(200);
    expect(await actions('township')).toEqual(['sign_in', 'sign_in', 'sign_out']);
  });

  it('everywhere ends all of one’s sessions and nobody else’s', async () => {
    const mine = [await t.signIn('county'), await t.signIn('county'), await t.signIn('county')];
    const foreign = await t.signIn('city');
    expect((await mine[1]!.send('DELETE', '/sessions')).statusCode).toBe(204);
    expect(await Promise.all(mine.map(statusOf))).toEqual([401, 401, 401]);
    expect(await statusOf(foreign)).toBe(200);
    expect((await actions('county')).at(-1)).toBe('sign_out_everywhere');
  });

  it('is refused from another site', async () => {
    const caller = await t.signIn('city');
    const answer = await caller.send('DELETE', '/sessions', undefined, {
      origin: 'https://evil.example',
    });
    expect(answer.json().type).toBe('/problems/foreign-origin');
    expect(await statusOf(caller)).toBe(200);
  });
});

describe('changing one’s password', () => {
  const next = '新的密码 of twelve and more';

  it('needs the old one and twelve characters', async () => {
    const caller = await t.signIn('grid');
    const wrong = await caller.send('POST', '/session/password', {
      current: 'not the password',
      next,
    });
    expect(wrong.statusCode).toBe(401);
    expect(wrong.json().type).toBe('/problems/wrong-credentials');
    const short = await caller.send('POST', '/session/password', {
      current: demoPassword,
      next: 'elevenchars',
    });
    expect(short.statusCode).toBe(400);
    expect(short.json().errors).toEqual([
      { field: 'next', code: 'short', message: '新密码至少 12 个字符，现在是 11 个' },
    ]);
    expect(await statusOf(caller)).toBe(200);
  });

  it('ends the other sessions, keeps this one, and is on record', async () => {
    const [here, elsewhere] = [await t.signIn('grid'), await t.signIn('grid')];
    expect(await statusOf(elsewhere)).toBe(200);
    const answer = await here.send('POST', '/session/password', { current: demoPassword, next });
    expect(answer.statusCode).toBe(204);
    expect(await statusOf(here)).toBe(200);
    expect(await statusOf(elsewhere)).toBe(401);
    await expect(t.signIn('grid')).rejects.toThrow(/401/);
    await t.signIn('grid', next);
    expect((await actions('grid')).slice(-3)).toEqual([
      'change_password',
      'sign_in_refused',
      'sign_in',
    ]);
  });

  it('counts refusals of the old one towards the lock', async () => {
    const caller = await t.signIn('sysadmin');
    const guess = () =>
      caller.send('POST', '/session/password', { current: 'not the password', next });
    for (let i = 0; i < 4; i++) expect((await guess()).statusCode).toBe(401);
    const fifth = await guess();
    expect(fifth.statusCode).toBe(429);
    expect(fifth.headers['retry-after']).toBe('30');
  });
});

describe('switching posts', () => {
  it('acts under another of one’s posts, and under no one else’s', async () => {
    const caller = await t.signIn('civil');
    const before = (await caller.get('/session')).json();
    const [foreign] = await t.sql<{ id: string }>(
      `select p.id from post p join account a on a.id = p.account where a.username = 'auditor'`,
    );
    const refused = await caller.send('PUT', '/session/post', { post: foreign?.id });
    expect(refused.statusCode).toBe(403);
    await t.sql(
      `insert into post (id, account, role, area, lo, hi, since, created_at)
       select uuidv7(), $1, 'village_cadre', code, lo, hi, '2026-06-15', now() from area where code = '330881002205'`,
      [before.account.id],
    );
    minutes(2);
    const { posts } = (await caller.get('/session')).json();
    expect(posts.length).toBe(2);
    const own = posts.find(({ role }: { role: string }) => role === 'village_cadre');
    const switched = await caller.send('PUT', '/session/post', { post: own.id });
    expect(switched.statusCode).toBe(200);
    expect(switched.json()).toMatchObject({ post: own.id, abilities: { writeArchive: true } });
    expect((await caller.get('/households?limit=1')).json().total).toBe(407);
    expect((await actions('civil')).at(-1)).toBe('switch_post');
  });
});
