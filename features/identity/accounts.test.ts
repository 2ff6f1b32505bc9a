import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../server/database/connect.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { firstSignIn, ownPassword } from '../../tests/support/steps.ts';
import type { Account } from './contract.ts';

let t: TestApp;
let admin: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
});
afterAll(() => t.close());

const password = 'twelve characters';

async function newAccount(username: string): Promise<string> {
  const answer = await admin.send('POST', '/accounts', { username, name: '新人', password });
  expect(answer.statusCode).toBe(201);
  return answer.json().id;
}
const give = (id: string, post: object) => admin.send('POST', `/accounts/${id}/posts`, post);
const fault = (answer: { json(): { errors?: { field: string }[] } }) =>
  answer.json().errors?.[0]?.field;

async function find(username: string): Promise<Account | undefined> {
  const accounts: Account[] = [];
  for (let cursor = '', more = true; more; ) {
    const page = (await admin.get(`/accounts?limit=3${cursor}`)).json();
    accounts.push(...page.items);
    more = page.next !== null;
    cursor = `&cursor=${page.next}`;
  }
  expect(accounts.map((one) => one.username)).toEqual(accounts.map((one) => one.username).sort());
  return accounts.find((one) => one.username === username);
}

describe('a new account', () => {
  it('opens nothing until it holds a post, and only while the post lasts', async () => {
    const id = await newAccount('newcomer');
    let caller = await firstSignIn(t, 'newcomer', password);
    const before = await caller.get('/households');
    expect(before.statusCode).toBe(403);
    expect(before.json().type).toBe('/problems/no-post');
    expect((await caller.get('/session')).json()).toMatchObject({ post: null, posts: [] });
    const given = await give(id, { role: 'grid_worker', area: '330881002205001' });
    expect(given.statusCode).toBe(201);
    caller = await t.signIn('newcomer', ownPassword);
    expect((await caller.get('/households?limit=1')).statusCode).toBe(200);
    const ended = await admin.send('POST', `/posts/${given.json().id}/end`, {});
    expect(ended.statusCode).toBe(204);
    expect((await caller.get('/households?limit=1')).statusCode).toBe(403);
    expect(await find('newcomer')).toMatchObject({
      active: true,
      posts: [{ role: 'grid_worker', until: '2026-06-14', ended: true }],
    });
  });

  it('begins on its first day and ends after its last', async () => {
    const id = await newAccount('seasonal');
    await give(id, {
      role: 'village_cadre',
      area: '330881002205',
      from: '2026-06-16',
      until: '2026-06-17',
    });
    await firstSignIn(t, 'seasonal', password);
    const status = async (instant: string) => {
      t.clock.now = new Date(instant);
      return (await (await t.signIn('seasonal', ownPassword)).get('/households?limit=1'))
        .statusCode;
    };
    expect(await status('2026-06-15T15:59:00Z')).toBe(403);
    expect(await status('2026-06-15T16:00:00Z')).toBe(200);
    expect(await status('2026-06-17T15:59:00Z')).toBe(200);
    expect(await status('2026-06-17T16:00:00Z')).toBe(403);
    t.clock.now = new Date('2026-06-15T02:00:00Z');
    admin = await t.signIn('secadmin');
  });

  it('can be withdrawn and restored', async () => {
    const id = await newAccount('leaver');
    await give(id, { role: 'grid_worker', area: '330881002205001' });
    const caller = await firstSignIn(t, 'leaver', password);
    expect((await admin.send('PATCH', `/accounts/${id}`, { active: false })).statusCode).toBe(204);
    expect((await caller.get('/households?limit=1')).statusCode).toBe(401);
    await expect(t.signIn('leaver', ownPassword)).rejects.toThrow(/401/);
    await admin.send('PATCH', `/accounts/${id}`, { active: true });
    await t.signIn('leaver', ownPassword);
    const actions = await t.sql<{ action: string }>(
      `select action from audit_entry where subject = $1 order by ctid`,
      [id],
    );
    expect(actions.map(({ action }) => action)).toEqual([
      'add_account',
      'add_post',
      'withdraw_account',
      'restore_account',
    ]);
  });

  it('needs a free name in small letters and a long password', async () => {
    const send = (body: object) =>
      admin.send('POST', '/accounts', { name: '甲', password, ...body });
    await newAccount('taken');
    const taken = await send({ username: 'taken' });
    expect(taken.statusCode).toBe(409);
    for (const username of ['Big', 'a', '1a', 'a b', '张三', 'x'.repeat(33), ''])
      expect(fault(await send({ username }))).toBe('username');
    expect(fault(await send({ username: 'short', password: 'elevenchars' }))).toBe('password');
    expect(fault(await send({ username: 'nameless', name: '' }))).toBe('name');
  });

  it('is made once however often the call is repeated', async () => {
    const body = { username: 'repeated', name: '甲', password };
    const headers = { 'idempotency-key': 'account-1' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => admin.send('POST', '/accounts', body, headers)),
    );
    expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.body}`)).size).toBe(1);
  });
});

describe('a post', () => {
  let id: string;
  beforeAll(async () => {
    id = await newAccount('candidate');
  });

  it.each<[string, object, string]>([
    ['at the wrong level', { role: 'village_cadre', area: '330881' }, 'area'],
    ['in no area', { role: 'village_cadre', area: '330881002999' }, 'area'],
    [
      'of a department officer without department',
      { role: 'department_officer', area: '330881' },
      'department',
    ],
    [
      'of an unknown department',
      { role: 'department_officer', area: '330881', department: 'magic' },
      'department',
    ],
    [
      'that ends before it begins',
      { role: 'village_cadre', area: '330881002205', from: '2026-07-02', until: '2026-07-01' },
      'until',
    ],
    [
      'from a day that is none',
      { role: 'village_cadre', area: '330881002205', from: '2026-02-30' },
      'from',
    ],
    ['of an unknown role', { role: 'emperor', area: '33' }, 'role'],
  ])('%s is refused', async (_what, post, field) => {
    const answer = await give(id, post);
    expect(answer.statusCode).toBe(400);
    expect(fault(answer)).toBe(field);
  });

  it('of two administrators is not given to one person', async () => {
    expect((await give(id, { role: 'audit_admin', area: '3308' })).statusCode).toBe(201);
    for (const role of ['system_admin', 'security_admin']) {
      const answer = await give(id, { role, area: '3308' });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors[0].message).toContain('不得由一人兼任');
    }
  });

  it('of a second administrator is refused by the gate too, also when the first lies elsewhere or later', async () => {
    const holder = await newAccount('two.hats');
    await t.sql(
      `insert into post (id, account, role, area, lo, hi, since, until, created_at)
       select uuidv7(), $1, 'audit_admin', code, lo, hi, '2026-08-01', '2026-08-31', now() from area where code = '33'`,
      [holder],
    );
    const system = { role: 'system_admin', area: '3308' };
    for (const days of [{}, { from: '2026-08-31' }, { from: '2026-07-01', until: '2026-08-01' }])
      expect((await give(holder, { ...system, ...days })).statusCode).toBe(400);
    const apart = await give(holder, { ...system, from: '2026-07-01', until: '2026-07-31' });
    expect(apart.statusCode).toBe(201);
    // Nor is it drawn out into those days.
    const drawn = await admin.send('POST', `/posts/${apart.json().id}/end`, {
      until: '2026-08-01',
    });
    expect(drawn.statusCode).toBe(403);
    await withClient(t.server, async (client) => {
      await client.query(`begin; set local minqing.admin = 'security'; set local minqing.account = '01970000-0000-7000-8000-000000000000';
        set local minqing.admin_lo = '330000000000000'; set local minqing.admin_hi = '340000000000000'`);
      await expect(
        client.query(
          `insert into post (id, account, role, area, lo, hi, since, created_at)
           select uuidv7(), $1, 'security_admin', code, lo, hi, '2026-08-31', now() from area where code = '3308'`,
          [holder],
        ),
      ).rejects.toThrow(/row-level security/);
      await client.query('rollback');
    });
  });

  it('of one’s own is neither drawn out nor ended', async () => {
    const own = (await admin.get('/session')).json().post;
    const answer = await admin.send('POST', `/posts/${own}/end`, { until: '2030-01-01' });
    expect(answer.statusCode).toBe(404);
  });

  it('is not given to oneself, nor to nobody, nor ended where there is none', async () => {
    const own = (await admin.get('/session')).json().account.id;
    expect((await give(own, { role: 'village_cadre', area: '330881002205' })).statusCode).toBe(403);
    const nobody = '01970000-0000-7000-8000-000000000000';
    expect((await give(nobody, { role: 'village_cadre', area: '330881002205' })).statusCode).toBe(
      404,
    );
    expect((await admin.send('POST', `/posts/${nobody}/end`, {})).statusCode).toBe(404);
    expect((await admin.send('PATCH', `/accounts/${nobody}`, { active: false })).statusCode).toBe(
      404,
    );
  });
});
