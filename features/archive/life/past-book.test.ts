import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
const area = '330881002205';
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

const get = async (by: Caller, path: string) => {
  const answer = await by.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === 200 ? '' : answer.body}`).toBe('200 ');
  return answer.json();
};

/** 2,000 households of four; 3,000 people who came or left in ten years, 500 of them there and back. */
async function crowd(): Promise<void> {
  const lo = Number(area) * 1000 + 1;
  await t.sql(
    `insert into household (county, id, area, address, members, updated_at)
      select 330881, uuidv7(), $1, '村' || n, 4, now() from generate_series(1, 2000) n`,
    [lo],
  );
  await t.sql(
    `insert into resident (county, id, area, name, birth, updated_at)
      select 330881, uuidv7(), $1, '众' || n, date '1950-01-01' + n, now() from generate_series(1, 8000) n`,
    [lo],
  );
  await t.sql(
    `insert into area_tally (county, area, measure, n) values (330881, $1, 'household', 2000), (330881, $1, 'resident', 8000)
      on conflict (county, area, measure) do update set n = area_tally.n + excluded.n`,
    [lo],
  );
  await t.sql(
    `insert into stay (county, id, area, category, subject, since)
      select 330881, uuidv7(), $1, 'resident', id, date '2016-06-01' + (row_number() over (order by id))::int
        from (select id from resident where name like '众%' order by id limit 1500) x`,
    [lo],
  );
  await t.sql(
    `insert into stay (county, id, area, category, subject, since, until)
      select 330881, uuidv7(), $1, 'resident', uuidv7(), date '2010-01-01', date '2016-06-01' + n from generate_series(1, 1500) n`,
    [lo],
  );
}

describe('a village on a past day', () => {
  it('with 2,000 households is told in well under 300 ms', async () => {
    await crowd();
    await t.sql('analyze resident, household, stay, life_event');
    const path = `/areas/${area}/past?on=2017-06-01`;
    const { counts, today } = await get(village, path);
    expect(today.households).toBeGreaterThan(2000);
    // As many came as left since the day, one a day; what is missing was not born yet.
    const [born] = await t.sql<{ n: number }>(
      `select count(*)::int as n from resident where area >= $1 and area < $2 and birth > '2017-06-01' and left_on is null`,
      [Number(area) * 1000, (Number(area) + 1) * 1000],
    );
    expect(counts.residents).toBe(today.residents - (born?.n ?? 0));
    const times: number[] = [];
    for (let n = 0; n < 5; n++) {
      const began = performance.now();
      await get(village, path);
      times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    console.log(`a past day of a village of 2,000 households: ${Math.round(times[2] ?? 0)} ms`);
    expect(times[2]).toBeLessThan(300);
  });

  it('lists who was there, page by page, each once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await get(
        village,
        `/areas/${area}/past/records?on=2026-06-01&category=household&limit=100${cursor}`,
      );
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : '';
    } while (cursor);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(
      (await get(village, `/areas/${area}/past?on=2026-06-01`)).counts.households,
    );
  });

  it('is not told of a day to come, nor above the township', async () => {
    expect((await village.get(`/areas/${area}/past?on=2026-06-16`)).statusCode).toBe(400);
    const county = await t.signIn('county');
    expect((await county.get('/areas/330881/past?on=2026-06-01')).statusCode).toBe(403);
  });

  it('hides few acts from the county, and all from who reads no files', async () => {
    const birth = {
      kind: 'birth',
      day: '2026-06-10',
      household: (await get(village, '/households?limit=1')).items[0].id,
      people: [{ items: { name: '众新' }, relation: '20' }],
      proof: { kind: 'birth_certificate' },
    };
    expect((await village.send('POST', '/life-events', birth)).statusCode).toBe(201);
    const of = async (username: string) =>
      (await get(await t.signIn(username), `/areas/${area}/past?on=2026-06-01`)).since;
    expect((await of('village')).births).toBe(1);
    for (const username of ['county', 'civil']) expect((await of(username)).births).toBeNull();
  });
});
