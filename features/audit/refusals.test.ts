import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
let foreign: { id: string };
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const [row] = await t.sql<{ id: string }>(
    'select id from resident where area < 330881000000000 limit 1',
  );
  foreign = row ?? { id: '' };
});
afterAll(() => t.close());

interface Entry {
  action: string;
  username: string | null;
  role: string | null;
  category: string | null;
  subject: string | null;
  item: string | null;
  purpose: string | null;
  operation: string | null;
  detail: string;
  times: number;
}

let before: Set<string>;
const all = () =>
  t.sql<
    Entry & { id: string }
  >(`select e.id, e.action, a.username, e.role, e.category, e.subject, e.item, e.purpose, e.operation, e.detail, e.times
    from audit_entry e left join account a on a.id = e.account where e.kind = 'refusal' order by e.xid, e.id`);
const refusals = async (): Promise<Entry[]> =>
  (await all()).filter(({ id }) => !before.has(id)).map(({ id: _id, ...entry }) => entry);
const wait = (seconds: number): void => {
  t.clock.now = new Date(t.clock.now.getTime() + seconds * 1000);
};

beforeEach(async () => {
  // What was refused a minute ago is no longer counted with what follows.
  wait(61);
  before = new Set((await all()).map(({ id }) => id));
});

describe('a refusal is on record with who, what and why', () => {
  it('for a file outside the scope, asked for by its id', async () => {
    expect((await village.get(`/residents/${foreign.id}`)).statusCode).toBe(404);
    expect(await refusals()).toEqual([
      {
        action: 'refused',
        username: 'village',
        role: 'village_cadre',
        category: 'resident',
        subject: foreign.id,
        item: null,
        purpose: null,
        operation: 'getResident',
        detail: 'not-found',
        times: 1,
      },
    ]);
  });

  it('for its history, its looks, a change and a reveal, too', async () => {
    const path = `/residents/${foreign.id}`;
    const tries = [
      await village.get(`${path}/changes`),
      await village.get(`${path}/looks`),
      await village.send(
        'PATCH',
        path,
        { items: { skills: '木工' }, reason: '走访' },
        { 'if-match': '"1"' },
      ),
      await village.send('POST', `${path}/reveals`, { item: 'phone', purpose: 'visit' }),
      await village.send('POST', `/households/${foreign.id}/members`, {
        resident: foreign.id,
        relation: '30',
      }),
    ];
    expect(tries.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404]);
    const left = await refusals();
    expect(left.map(({ operation }) => operation)).toEqual([
      'listResidentChanges',
      'listResidentLooks',
      'editResident',
      'revealResidentItem',
      'addMember',
    ]);
    expect(left[3]).toMatchObject({ subject: foreign.id, item: 'phone', purpose: 'visit' });
  });

  it('for an area outside the scope', async () => {
    expect((await village.get('/households?area=330802')).statusCode).toBe(403);
    expect((await village.get('/areas/330802/book')).statusCode).toBe(404);
    expect((await village.get('/areas/330881/book')).statusCode).toBe(403);
    expect(
      (await refusals()).map(({ operation, item, detail }) => [operation, item, detail]),
    ).toEqual([
      ['listHouseholds', '330802', 'outside-scope'],
      ['getAreaBook', '330802', 'not-found'],
      ['getAreaBook', '330881', 'outside-scope'],
    ]);
  });

  it('for a purpose that is missing or not in the catalogue', async () => {
    const county = await t.signIn('county');
    const [own] = await t.sql<{ id: string }>(
      'select id from resident where area = 330881002205001 limit 1',
    );
    expect((await county.get(`/residents/${own?.id}`)).statusCode).toBe(403);
    expect((await county.get(`/residents/${own?.id}?purpose=curiosity`)).statusCode).toBe(400);
    expect((await refusals()).map(({ detail, purpose }) => [detail, purpose])).toEqual([
      ['purpose-required', null],
      ['wrong-purpose', null],
    ]);
  });

  it('for a request from another site', async () => {
    const answer = await village.send('POST', '/residents', {}, { origin: 'https://evil.example' });
    expect(answer.statusCode).toBe(403);
    expect(await refusals()).toMatchObject([
      { operation: 'addResident', detail: 'foreign-origin' },
    ]);
  });

  it('for an account without a post', async () => {
    await t.sql(
      `update post set until = since - 1 where account = (select id from account where username = 'civil')`,
    );
    const civil = await t.signIn('civil');
    expect((await civil.get('/households')).statusCode).toBe(403);
    expect(await refusals()).toMatchObject([{ username: 'civil', role: null, detail: 'no-post' }]);
  });

  it('and nothing is, for a form filled in wrongly, a lost update or a draft that is not there', async () => {
    const [own] = await t.sql<{ id: string }>(
      'select id from resident where area = 330881002205001 limit 1',
    );
    const answers = [
      await village.send('POST', '/residents', {
        area: '330881002205001',
        items: { birth: 'never' },
      }),
      await village.send(
        'PATCH',
        `/residents/${own?.id}`,
        { items: {}, reason: 'x' },
        { 'if-match': '"999"' },
      ),
      await village.get('/drafts/resident:new'),
      await village.get('/households?limit=1000'),
      await t.app.inject('/api/v1/households'),
    ];
    expect(answers.every(({ statusCode }) => statusCode >= 400)).toBe(true);
    expect(await refusals()).toEqual([]);
  });

  it('holds no words of the request', async () => {
    await village.send('POST', `/residents/${foreign.id}/reveals`, {
      item: 'phone',
      purpose: 'visit',
      note: '秘密',
    });
    await village.get(`/households?area=330802&tag=x`);
    expect(JSON.stringify(await refusals())).not.toContain('秘密');
  });
});

describe('a flood of refusals', () => {
  const knock = () => village.get(`/residents/${foreign.id}`);

  it('of one kind is written once a minute, with how many there were', async () => {
    for (let i = 0; i < 20; i++) await knock();
    expect((await refusals()).map(({ times }) => times)).toEqual([1]);
    wait(59);
    await knock();
    expect((await refusals()).map(({ times }) => times)).toEqual([1]);
    wait(2);
    await knock();
    expect((await refusals()).map(({ times }) => times)).toEqual([1, 20, 1]);
  });

  it('is counted apart for each session', async () => {
    const other = await t.signIn('village');
    await knock();
    await other.get(`/residents/${foreign.id}`);
    expect((await refusals()).map(({ times }) => times)).toEqual([1, 1]);
  });

  it('of ever other records is counted together beyond a hundred', async () => {
    for (let i = 0; i < 130; i++)
      await village.get(`/residents/01970000-0000-7000-8000-${String(i).padStart(12, '0')}`);
    const left = await refusals();
    expect(left).toHaveLength(101);
    expect(left.at(-1)).toMatchObject({ action: 'refused', detail: 'flood', subject: null });
    wait(61);
    await village.get('/households?area=330802');
    await t.app.close();
    const sum = (await refusals()).reduce((n, { times }) => n + times, 0);
    expect(sum).toBe(131);
  });
});
