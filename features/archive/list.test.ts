import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

interface Page {
  items: { id: string; area: { code: string } }[];
  next: string | null;
  total: number | null;
}

async function page(path: string, by = village): Promise<Page> {
  const answer = await by.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === 200 ? '' : answer.body}`).toBe('200 ');
  return answer.json();
}

/** All pages of a list, one after the other. */
async function all(path: string, by = village, from?: string | null): Promise<string[]> {
  const ids: string[] = [];
  let cursor = from ? `&cursor=${from}` : '';
  for (let pages = 0; pages < 500; pages++) {
    const { items, next } = await page(`${path}${cursor}`, by);
    ids.push(...items.map(({ id }) => id));
    if (next === null) return ids;
    cursor = `&cursor=${next}`;
  }
  throw new Error('the list has no end');
}

const own = 'area >= 330881002205000 and area < 330881002206000';
const idsBy = async (table: string, where = own, order = 'area, sort_key, id'): Promise<string[]> =>
  (await t.sql<{ id: string }>(`select id from ${table} where ${where} order by ${order}`)).map(
    ({ id }) => id,
  );

describe('paging', () => {
  it.each([
    ['residents', 'resident', 1489],
    ['households', 'household', 407],
    ['housing', 'housing', 407],
  ] as const)('through all %s of 彭里村 gives each once, in order', async (path, table, count) => {
    const expected = await idsBy(table);
    expect(expected.length).toBe(count);
    for (const limit of [100, 37]) expect(await all(`/${path}?limit=${limit}`)).toEqual(expected);
    expect((await page(`/${path}?limit=1`)).total).toBe(count);
  });

  it('ends where a page is just full', async () => {
    const area = '330881002205001';
    const n = (await idsBy('household', `area = ${area}`)).length;
    const divisor = [50, 37, 29, 17, 13, 11, 7, 5, 3, 2, 1].find((d) => n % d === 0) ?? 1;
    expect((await all(`/households?area=${area}&limit=${divisor}`)).length).toBe(n);
    const { next } = await page(`/households?area=330802&limit=1`, await t.signIn('city'));
    expect(next).not.toBeNull();
  });

  it('neither repeats nor skips when a record is added and another edited between', async () => {
    const expected = await idsBy('household');
    const first = await page('/households?limit=50');
    await village.send('POST', '/households', {
      area: '330881002205001',
      items: { address: '先行', number: '000' },
    });
    const { id } = first.items[10] ?? { id: '' };
    const etag = String((await village.get(`/households/${id}`)).headers.etag);
    const body = { items: { vehicles: '三轮车' }, reason: '走访' };
    await village.send('PATCH', `/households/${id}`, body, { 'if-match': etag });
    const rest = await all('/households?limit=100', village, first.next);
    expect([...first.items.map((item) => item.id), ...rest]).toEqual(expected);
  });

  it('keeps house numbers in the order of numbers', async () => {
    const { items } = (await village.get('/households?limit=100&area=330881002205002')).json();
    const numbers = items.map(({ number }: { number: string }) => number);
    expect(numbers).toEqual([...numbers].sort());
  });
});

describe('the order of a list', () => {
  const area = '330881002205003';
  const first = async (path: string) => (await page(`/${path}?area=${area}&limit=1`)).items[0]?.id;
  const edit = async (path: string, items: object) => {
    const etag = String((await village.get(path)).headers.etag);
    const answer = await village.send(
      'PATCH',
      path,
      { items, reason: '编号' },
      { 'if-match': etag },
    );
    expect(answer.statusCode).toBe(200);
  };

  it('follows the number that a household is given, and so do its members', async () => {
    const make = async (path: string, body: object) =>
      (await village.send('POST', path, { area, ...body })).json().id;
    const household = await make('/households', { items: { address: '末尾' } });
    const resident = await make('/residents', {
      items: { name: '周末' },
      household: { id: household, relation: '02' },
    });
    expect(await first('households')).not.toBe(household);
    await edit(`/households/${household}`, { number: '0-1' });
    expect(await first('households')).toBe(household);
    expect(await first('residents')).toBe(resident);
    await edit(`/residents/${resident}`, { name: '末周' });
    expect(await first('residents')).toBe(resident);
    await village.send('DELETE', `/households/${household}/members/${resident}`, {
      reason: '外迁',
    });
    expect(await first('residents')).not.toBe(resident);
    await edit(`/residents/${resident}`, { name: '0' });
    expect(await first('residents')).toBe(resident);
  });
});

describe('a filter gives just the records that a count by SQL finds', () => {
  const age = `date_part('year', age('2026-06-15'::date, birth))`;
  it.each<[string, string, string]>([
    ['residents?tag=lives_alone', 'resident', `'lives_alone' = any (tags)`],
    ['residents?tag=chronic', 'resident', `'chronic' = any (tags)`],
    [
      'residents?tag=low_income&area=330881002205002',
      'resident',
      `'low_income' = any (tags) and area = 330881002205002`,
    ],
    ['households?tag=dog', 'household', `'dog' = any (tags)`],
    ['households?tag=lives_alone', 'household', `'lives_alone' = any (tags)`],
    ['residents?missing=phone', 'resident', `'phone' = any (missing)`],
    [
      'residents?missing=phone&tag=away',
      'resident',
      `'phone' = any (missing) and 'away' = any (tags)`,
    ],
    ['housing?missing=safety_grade', 'housing', `'safety_grade' = any (missing)`],
    ['residents?incomplete=true', 'resident', 'completeness < 100'],
    ['residents?stale=true', 'resident', `fresh_until <= '2026-06-15'`],
    ['housing?stale=true', 'housing', `fresh_until <= '2026-06-15'`],
    ['residents?ageFrom=60', 'resident', `${age} >= 60`],
    ['residents?ageTo=5', 'resident', `${age} <= 5`],
    ['residents?ageFrom=80&ageTo=80', 'resident', `${age} = 80`],
    [
      'residents?ageFrom=60&tag=lives_alone',
      'resident',
      `${age} >= 60 and 'lives_alone' = any (tags)`,
    ],
    ['residents?residenceKind=away', 'resident', `residence_kind = 'away'`],
    [
      'residents?residenceKind=away&ageFrom=18&ageTo=59&missing=phone',
      'resident',
      `residence_kind = 'away' and ${age} between 18 and 59 and 'phone' = any (missing)`,
    ],
    [
      'residents?stale=true&tag=disabled',
      'resident',
      `fresh_until <= '2026-06-15' and 'disabled' = any (tags)`,
    ],
    ['residents?ageFrom=90&ageTo=20', 'resident', 'false'],
    ['residents?tag=unknown', 'resident', 'false'],
  ])('%s', async (path, table, where) => {
    const expected = (await idsBy(table, `${own} and ${where}`)).sort();
    const ids = await all(`/${path}&limit=23`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(expected);
    if (where !== 'false') expect(expected.length).toBeGreaterThan(0);
    const { total } = await page(`/${path}&limit=1`);
    if (total !== null) expect(total).toBe(expected.length);
    expect((await page(`/${path}&limit=1&count=exact`)).total).toBe(expected.length);
  });

  it('and stale records are marked as such in the list and the file', async () => {
    const { items } = (await village.get('/residents?stale=true&limit=5')).json();
    for (const { id, stale } of items) {
      expect(stale).toBe(true);
      expect((await village.get(`/residents/${id}`)).json().staleItems.length).toBeGreaterThan(0);
    }
  });

  it('and no age on the day before the birthday', async () => {
    const made = await village.send('POST', '/residents', {
      area: '330881002205001',
      items: { name: '周寿', birth: '1966-06-16' },
    });
    const has = async (query: string) =>
      (await all(`/residents?${query}&limit=100`)).includes(made.json().id);
    expect([await has('ageFrom=60'), await has('ageTo=59')]).toEqual([false, true]);
    t.clock.now = new Date('2026-06-15T16:00:00Z');
    village = await t.signIn('village');
    expect([await has('ageFrom=60'), await has('ageTo=59')]).toEqual([true, false]);
    t.clock.now = new Date('2026-06-15T16:00:01Z');
  });
});

describe('the scope of a list', () => {
  it('is narrowed by an area, never widened', async () => {
    const grid = await t.signIn('grid');
    const area = 'area = 330881002205001';
    const expected = await idsBy('resident', area);
    for (const wish of ['', '&area=330881002205', '&area=33', '&area=330881002205001'])
      expect(await all(`/residents?limit=100${wish}`, grid)).toEqual(expected);
    const outside = await grid.get('/residents?area=330881002205002');
    expect(outside.statusCode).toBe(403);
    expect(outside.json().type).toBe('/problems/outside-scope');
  });

  it('of a county gives the total only when it is asked for', async () => {
    const county = await t.signIn('county');
    expect((await page('/residents?limit=1', county)).total).toBeNull();
    const [counted] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident where county = 330881',
    );
    expect((await page('/residents?limit=1&count=exact', county)).total).toBe(counted?.n);
  });

  it('spans all of one’s posts with posts=all, each record once', async () => {
    await t.sql(`insert into post (id, account, role, area, lo, hi, since, created_at)
      select uuidv7(), (select id from account where username = 'village'), 'grid_worker', code, lo, hi, '2026-01-01', now()
        from area where code in ('330802013202001', '330881002205003')`);
    const both = await t.signIn('village');
    const posts = (await both.get('/session')).json().posts;
    expect(posts.length).toBe(3);
    const village_ = posts.find(({ role }: { role: string }) => role === 'village_cadre');
    await both.send('PUT', '/session/post', { post: village_.id });
    const expected = await idsBy('resident', `(${own}) or area = 330802013202001`);
    for (const limit of [100, 41])
      expect(await all(`/residents?posts=all&limit=${limit}`, both)).toEqual(expected);
    expect((await page('/residents?posts=all&limit=1&count=exact', both)).total).toBe(
      expected.length,
    );
    expect(await all('/residents?limit=100', both)).toEqual(await idsBy('resident'));
    const narrowed = await all('/residents?posts=all&limit=100&area=330802', both);
    expect(narrowed).toEqual(await idsBy('resident', 'area = 330802013202001'));
  });
});
