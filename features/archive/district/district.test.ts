import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archivePack } from '../../../server/commands/demo.ts';
import { createVault, type Vault } from '../../../server/crypto.ts';
import { withClient } from '../../../server/database/connect.ts';
import { startApp, type TestApp } from '../../../tests/support/app.ts';
import { boxOf } from '../../area/shapes/rules.ts';
import { loadDictionary } from '../dictionary.ts';
import { checkCitizenId } from '../rules/citizen-id.ts';
import { checkCreditCode } from '../rules/credit-code.ts';
import { checkValue } from '../rules/value.ts';
import { planVillages } from './plan.ts';
import { fillVillage } from './village.ts';

let t: TestApp;
let vault: Vault;
beforeAll(async () => {
  t = await startApp();
  vault = createVault(t.keys);
});
afterAll(() => t.close());

const today = '2026-06-15';
const age = `date_part('year', age('${today}'::date, r.birth))`;

const number = async (text: string): Promise<number> =>
  Number((await t.sql<{ n: number }>(`select (${text})::float as n`))[0]?.n);

/** The share of residents that meet a condition, among those that meet another, in per cent. */
const share = (condition: string, among = 'true'): Promise<number> =>
  number(`select 100.0 * count(*) filter (where ${condition}) / count(*) from resident r
    left join resident_health e on e.county = r.county and e.id = r.id where ${among}`);

function expectWithin(found: number, least: number, most: number): void {
  expect({ found, fits: found >= least && found <= most }).toEqual({ found, fits: true });
}

describe('the demo district has', () => {
  it('彭里村 as in the report: 3 grids, 407 households, 1,489 people', async () => {
    const own = 'area >= 330881002205000 and area < 330881002206000';
    expect(await number(`select count(*) from area where parent = '330881002205'`)).toBe(3);
    expect(await number(`select count(*) from household where ${own}`)).toBe(407);
    expect(await number(`select count(*) from resident where ${own}`)).toBe(1489);
    expect(await number(`select sum(members) from household where ${own}`)).toBe(1489);
  });

  it('about 12,000 people in all six counties, everyone in a household of one to six', async () => {
    expectWithin(await number('select count(*) from resident'), 11_500, 12_500);
    expect(await number('select count(distinct county) from resident')).toBeGreaterThanOrEqual(5);
    expect(await number('select count(*) from resident where household is null')).toBe(0);
    const [sizes] = await t.sql('select min(members), max(members) from household');
    expect(sizes).toEqual({ min: 1, max: 6 });
  });

  it('households of about 2.7 people in towns and 3.6 in villages', async () => {
    const mean = (digit: string): Promise<number> =>
      number(`select avg(members) from household where (area / 100000) % 10 ${digit}`);
    expectWithin(await mean('= 0'), 2.4, 3.0);
    expectWithin(await mean('= 2'), 3.3, 3.9);
  });

  it.each([
    ['a quarter of people 60 or over', `${age} >= 60`, 'true', 22, 28],
    ['12 % of those alone', `'lives_alone' = any (r.tags)`, `${age} >= 60`, 9.5, 14.5],
    [
      '25 % of working age away',
      `r.residence_kind in ('away', 'abroad')`,
      `${age} between 18 and 59`,
      22,
      28,
    ],
    ['5 % without a phone', 'r.phone_mask is null', 'true', 4, 6],
    ['3 % with a low income', `'low_income' = any (r.tags)`, 'true', 2.3, 3.7],
    ['5 % with a disability', `e.facts ? 'disability_kind'`, 'true', 4, 6],
  ])('%s', async (_what, condition, among, least, most) => {
    expectWithin(await share(condition, among), least, most);
  });

  it('8 % of addresses stale and 10 % of households not visited for half a year', async () => {
    const stale = `select 100.0 * count(*) filter (where (facts -> 'residence_address' ->> 'd')::date <= '${today}'::date - interval '24 months')
      / count(*) from resident_file`;
    expectWithin(await number(stale), 6, 10);
    const unvisited = `select 100.0 * count(*) filter (where (facts -> 'last_visited' ->> 'v')::date < '${today}'::date - interval '6 months')
      / count(*) from household_file`;
    expectWithin(await number(unvisited), 8, 12);
  });
});

describe('the people of the demo district', () => {
  it('have ids of the region 99 with right check digits, each its own, that tell birth and sex', async () => {
    const rows = await t.sql<{ sealed: string; birth: string; sex: string; id_mask: string }>(
      `select i.facts -> 'citizen_id' ->> 'v' as sealed, r.birth, r.sex, r.id_mask from resident r
         join resident_identity i on i.county = r.county and i.id = r.id`,
    );
    expect(rows.length).toBe(await number('select count(*) from resident'));
    const seen = new Set<string>();
    for (const { sealed, birth, sex, id_mask } of rows) {
      const id = vault.open(sealed);
      expect(id.startsWith('99')).toBe(true);
      expect({ ...checkCitizenId(id, today) }).toEqual({ ok: true, id, birth, sex });
      expect(id_mask).toBe(`${id.slice(0, 4)}**********${id.slice(-4)}`);
      seen.add(id);
    }
    expect(seen.size).toBe(rows.length);
  });

  it('have phones 199000xxxxx', async () => {
    const rows = await t.sql<{ sealed: string }>(
      `select facts -> 'phone' ->> 'v' as sealed from resident_contact where facts ? 'phone'`,
    );
    const phones = rows.map(({ sealed }) => vault.open(sealed));
    expect(phones.length).toBeGreaterThan(11_000);
    expect(phones.filter((phone) => !/^199000\d{5}$/.test(phone))).toEqual([]);
  });

  it('have certificates and credit codes that are valid', async () => {
    const certificates = await t.sql<{ sealed: string }>(
      `select facts -> 'disability_certificate' ->> 'v' as sealed from resident_identity where facts ? 'disability_certificate'`,
    );
    expect(certificates.length).toBeGreaterThan(300);
    for (const { sealed } of certificates)
      expect(vault.open(sealed)).toMatch(/^99\d{15}[\dX][1-7][1-4]$/);
    const codes = await t.sql<{ code: string }>('select credit_code as code from premises');
    expect(codes.length).toBeGreaterThan(100);
    expect(codes.filter(({ code }) => !checkCreditCode(code).ok)).toEqual([]);
    expect(new Set(codes.map(({ code }) => code)).size).toBe(codes.length);
  });

  it('hold only values that the dictionary takes', async () => {
    const dictionary = loadDictionary(archivePack);
    const wrong: unknown[] = [];
    for (const table of [
      'resident_file',
      'resident_health',
      'resident_ethnic',
      'resident_welfare',
      'resident_minor',
      'household_file',
      'household_economy',
      'housing_file',
      'premises_file',
      'organisation_file',
    ]) {
      const category = table.split('_')[0] as 'resident';
      const rows = await t.sql<{ key: string; v: unknown; s: string; d: string }>(
        `select distinct key, value -> 'v' as v, value ->> 's' as s, value ->> 'd' as d from ${table}, jsonb_each(facts)`,
      );
      for (const { key, v, s, d } of rows) {
        const item = dictionary.item(category, key);
        const check = item && checkValue(item, v, dictionary, today);
        const known = dictionary.sources.some((source) => source.key === s);
        if (
          !check?.ok ||
          check.value === null ||
          JSON.stringify(check.value) !== JSON.stringify(v) ||
          !known ||
          d > today
        )
          wrong.push({ table, key, v, s, d });
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('live together as families could', async () => {
    // Relations by GB/T 4761 that tell a sex: husband, wife, son, daughter, father, mother.
    expect(
      await number(`select count(*) from household_member m
        join resident r on r.county = m.county and r.id = m.resident
       where m.relation in ('11', '20', '51') and r.sex <> '1' or m.relation in ('12', '30', '52') and r.sex <> '2'`),
    ).toBe(0);
    const odd =
      await t.sql(`select c.id from resident c join resident h on h.county = c.county and h.household = c.household and h.relation = '02'
       where c.relation in ('20', '30') and c.birth < h.birth + interval '16 years'`);
    expect(odd).toEqual([]);
    const heads =
      await t.sql(`select h.id from household h join resident r on r.county = h.county and r.household = h.id
      group by h.id having count(*) filter (where r.relation in ('01', '02')) <> 1`);
    expect(heads).toEqual([]);
    const alone =
      await t.sql(`select r.id from resident r join household h on h.county = r.county and h.id = r.household
      where 'lives_alone' = any (r.tags) and h.members <> 1`);
    expect(alone).toEqual([]);
  });
});

describe('the generator', () => {
  it('makes the same people for the same day, whatever the run', async () => {
    const plans = await withClient(t.owner, (client) => planVillages(client, undefined));
    const again = await withClient(t.owner, (client) => planVillages(client, undefined));
    expect(again).toEqual(plans);
    const dictionary = loadDictionary(archivePack);
    const text = (day: string): string =>
      plans
        .slice(0, 6)
        .flatMap((plan) =>
          fillVillage(plan, { dictionary, vault, today: day, author: null }).tables(),
        )
        .map(
          ({ table, text: lines }) =>
            `${table}\n${lines.replace(/v1\.[\w+/=]+/g, (sealed) => vault.open(sealed))}`,
        )
        .join('');
    const one = text(today);
    expect(one.length).toBeGreaterThan(1_000_000);
    expect(text(today) === one).toBe(true);
    expect(text('2026-06-16') === one).toBe(false);
  });

  it('made what stands in the database', async () => {
    const plans = await withClient(t.owner, (client) => planVillages(client, undefined));
    expect(plans.reduce((sum, { residents }) => sum + residents, 0)).toBe(
      await number('select count(*) from resident'),
    );
    expect(await number(`select count(*) from area where level = 6`)).toBe(
      plans.reduce((sum, { grids }) => sum + grids, 0),
    );
  });
});

it('斗潭社区 is on the map: outlines that the rules accept, and every household inside its grid', async () => {
  const caller = await t.signIn('community');
  const community = '330802008001';
  const { items } = (await caller.get(`/areas/shapes?area=${community}`)).json<{
    items: { code: string; shape: { type: string; coordinates: [number, number][][] } | null }[];
  }>();
  expect(items.map(({ code, shape }) => [code, shape?.type])).toEqual(
    [community, ...[1, 2, 3, 4].map((n) => `${community}00${n}`)].map((code) => [code, 'Polygon']),
  );
  const { rows } = (
    await caller.send('POST', '/areas/shapes/check', {
      type: 'FeatureCollection',
      features: items.slice(1).map(({ code, shape }) => ({
        type: 'Feature',
        properties: { code },
        geometry: shape,
      })),
    })
  ).json<{ rows: { faults: unknown[] }[] }>();
  expect(rows.flatMap(({ faults }) => faults)).toEqual([]);
  let seen = 0;
  for (const { code, shape } of items.slice(1)) {
    const [west, south, east, north] = boxOf(shape ? [shape.coordinates] : []);
    const homes = (await caller.get(`/households/placed?area=${code}`)).json<{
      items: { at: [number, number] | null }[];
    }>().items;
    const stray = homes.filter(
      ({ at }) => !at || at[0] < west || at[0] > east || at[1] < south || at[1] > north,
    );
    expect(stray).toEqual([]);
    seen += homes.length;
  }
  expect(seen).toBeGreaterThan(500);
});
