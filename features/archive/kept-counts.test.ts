import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { countFaults } from '../../tests/support/counts.ts';

let t: TestApp;
let village: Caller;
let grid: Caller;
beforeAll(async () => {
  t = await startApp();
  [village, grid] = [await t.signIn('village'), await t.signIn('grid')];
});
afterAll(() => t.close());

const expectTrueCounts = async (): Promise<void> => {
  expect(await countFaults(t.sql)).toEqual([]);
};
afterEach(expectTrueCounts);

const first = '330881002205001';
const second = '330881002205002';

async function write(
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object,
  { by = village, status = 200, version = '' } = {},
): Promise<string> {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await by.send(method, path, body, version ? { 'if-match': version } : {});
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
  return answer.body === '' ? '' : answer.json().id;
}
const make = (path: string, items: object, more: object = {}): Promise<string> =>
  write('POST', path, { area: first, items, ...more }, { status: 201 });
async function edit(path: string, items: object, by = village): Promise<void> {
  const version = String((await by.get(path)).headers.etag);
  await write('PATCH', path, { items, reason: '核对' }, { by, version });
}

describe('kept counts, filter tokens and numbers of members equal a full recount', () => {
  it('after the demo district is loaded', () => expectTrueCounts());

  it('after records of each category are made and edited', async () => {
    const paths = [
      ['/households', { address: '彭里村1组901号' }, { pets: ['dog'], number: '901' }],
      ['/housing', { address: '彭里村1组901号' }, { use: 'own', safety_grade: 'B' }],
      ['/premises', { name: '彭里小店' }, { kind: 'shop', contact: '0570-4012345' }],
      ['/organisations', { name: '彭里村乒乓球队' }, { kind: 'volunteer_team', head: '毛' }],
    ] as const;
    for (const [path, items, further] of paths) {
      const id = await make(path, items);
      await expectTrueCounts();
      await edit(`${path}/${id}`, further);
      await expectTrueCounts();
      await edit(`${path}/${id}`, Object.fromEntries(Object.keys(further).map((k) => [k, null])));
    }
  });

  it('after people join, move between households, and leave', async () => {
    const [one, other] = [
      await make('/households', { address: '彭里村1组902号' }),
      await make('/households', { address: '彭里村1组903号' }),
    ];
    const resident = await make(
      '/residents',
      { name: '毛小姐', lives_alone: true, residence_kind: 'away', chronic_illness: ['I10'] },
      { household: { id: one, relation: '02', registered: false } },
    );
    const tags = async (id: string) => (await village.get(`/households/${id}`)).json().tags;
    expect(await tags(one)).toEqual(['lives_alone', 'chronic']);
    await write(
      'POST',
      `/households/${other}/members`,
      { resident, relation: '11' },
      { status: 204 },
    );
    expect(await tags(one)).toEqual([]);
    expect(await tags(other)).toEqual(['lives_alone', 'chronic']);
    await expectTrueCounts();
    await edit(`/residents/${resident}`, { chronic_illness: [], disability_kind: '4' });
    expect(await tags(other)).toEqual(['lives_alone', 'disabled']);
    await edit(`/households/${other}`, { pets: ['dog', 'cat'] });
    expect(await tags(other)).toEqual(['lives_alone', 'disabled', 'dog']);
    await expectTrueCounts();
    await write(
      'DELETE',
      `/households/${other}/members/${resident}`,
      { reason: '外出' },
      { status: 204 },
    );
    expect(await tags(other)).toEqual(['dog']);
  });

  it('after one who sees fewer groups edits: hidden tags and gaps stay', async () => {
    const resident = await make('/residents', {
      name: '郑隐',
      citizen_id: '990001195003051232',
      disability_kind: '1',
      assistance_status: 'minimum',
    });
    const path = `/residents/${resident}`;
    const before = (await village.get(path)).json();
    expect(before.tags).toEqual(['disabled', 'low_income']);
    await edit(path, { volunteer: true, phone: '19900071111' }, grid);
    const after = (await village.get(path)).json();
    expect(after.tags.sort()).toEqual(['disabled', 'low_income', 'volunteer']);
    expect(after.missing).toEqual(before.missing.filter((item: string) => item !== 'phone'));
  });

  it('after one who does not see the date of death edits: no tag comes back', async () => {
    const id = await make('/residents', { name: '郑故', lives_alone: true, veteran: true });
    const died = await village.send('POST', '/life-events', {
      kind: 'death',
      day: '2026-05-01',
      people: [{ resident: id }],
      proof: { kind: 'death_certificate' },
    });
    expect(died.statusCode, died.body).toBe(201);
    expect((await village.get(`/residents/${id}`)).json().tags).toEqual([]);
    await edit(`/residents/${id}`, { skills: '书法', volunteer: true }, grid);
    expect((await village.get(`/residents/${id}`)).json().tags).toEqual([]);
  });

  it('after refused writes, which leave nothing', async () => {
    const all = () =>
      t.sql(`select (select count(*) from resident) + (select count(*) from household_member) + (select count(*) from archive_change)
        + (select count(*) from resident_file) + (select count(*) from archive_token) as n`);
    const before = await all();
    const household = await t.sql<{ id: string }>(
      'select id from household where area = $1 limit 1',
      [first],
    );
    const body = { area: second, items: { name: '未成' }, household: { id: household[0]?.id } };
    const wrong = [
      [409, { ...body, household: { ...body.household, relation: '02' } }],
      [400, { ...body, area: first, household: { ...body.household, relation: 'zz' } }],
      [404, { ...body, household: { id: '01970000-0000-7000-8000-000000000000', relation: '02' } }],
      [400, { ...body, items: { name: '未成', birth: '2026-02-30' } }],
      [400, { ...body, area: '330802013202' }],
    ] as const;
    for (const [status, payload] of wrong) {
      const answer = await village.send('POST', '/residents', payload);
      expect({ status, got: answer.statusCode, body: answer.body }).toMatchObject({ got: status });
    }
    expect(await all()).toEqual(before);
  });

  it('after thirty people are written to one grid at once', async () => {
    const { items } = (await village.get(`/residents?area=${second}&limit=30`)).json();
    const people = items as { id: string; version: number }[];
    const answers = await Promise.all([
      ...people.map(({ id, version }, i) =>
        village.send(
          'PATCH',
          `/residents/${id}`,
          { items: { volunteer: i % 2 === 0, lives_alone: i % 3 === 0 }, reason: '同时' },
          { 'if-match': `"${version}"` },
        ),
      ),
      ...Array.from({ length: 20 }, (_, i) =>
        village.send('POST', '/residents', { area: second, items: { name: `甲${i}` } }),
      ),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([
      ...people.map(() => 200),
      ...Array(20).fill(201),
    ]);
  });
});
