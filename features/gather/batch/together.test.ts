import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../tests/support/app.ts';
import { villageDigest } from '../../../tests/support/digest.ts';
import { type Gatherer, openGatherer } from '../../../tests/support/gatherer.ts';
import { citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';

let t: TestApp;
let g: Gatherer;
beforeAll(async () => {
  t = await startApp();
  g = openGatherer(t);
});
afterAll(async () => {
  await g.close();
  await t.close();
});

const village = '330881002205';
const idOf = (first17: string): string => first17 + citizenIdCheckDigit(first17);
const father = idOf('99017719600512111');
const daughter = idOf('99017719900101122');

const register = (house: string): string =>
  [
    '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期',
    `HKT${house},柴测甲,男,汉族,${father},户主,1960-05-12,彭里村3组${house}号,${village},2026-03-01`,
    `HKT${house},柴试晓,女,汉族,${daughter},子女,1990-01-01,彭里村3组${house}号,${village},2026-03-01`,
  ].join('\n');
const health = (doctor: string, phone = '19900012345'): string =>
  [
    '姓名,证件号码,联系电话,慢病,家庭医生,建档日期',
    `柴测甲,${father},,高血压,${doctor},2026-02-01`,
    `柴试晓,${daughter},${phone},,${doctor},2026-02-01`,
    `柴试晓,${daughter},${phone},,孙医生,2026-04-01`,
  ].join('\n');
const housing = [
  '房屋编码,坐落,权利人,权利人证件号,建筑面积,结构,用途,登记日期',
  `FWT1,彭里村3组5号,柴测甲,${father},120,框架,自住,2026-01-01`,
  `FWT1,彭里村3组5号,柴试晓,${daughter},125,框架,自住,2026-02-01`,
].join('\n');

/** What the archive holds of the family, without ids of records, versions, instants and numbers of batches. */
async function family(): Promise<unknown> {
  const bare = (facts: string) =>
    `(select jsonb_object_agg(key, value - 'b' - 'v' || jsonb_build_object('v', case when value ->> 'v' like 'v1.%' then '…' else value ->> 'v' end))
        from jsonb_each(${facts}))`;
  return t.sql(
    `select r.name, r.area, r.tags, r.missing, r.completeness, r.sort_key, r.relation, r.phone_mask, h.number, h.address, h.members,
            h.registered, h.tags as household_tags, ${bare('f.facts')} as file, ${bare('e.facts')} as health, ${bare('hf.facts')} as household,
            (select jsonb_agg(token order by token) from archive_token k where k.id = r.id) as tokens,
            (select jsonb_agg(jsonb_build_array(g.code, gf.facts -> 'area_m2' ->> 'v') order by g.code) from household_housing x
               join housing g on g.id = x.housing join housing_file gf on gf.id = g.id where x.household = h.id) as dwellings
       from resident r join household h on h.id = r.household join resident_file f on f.id = r.id join household_file hf on hf.id = h.id
       left join resident_health e on e.id = r.id where r.name in ('柴测甲', '柴试晓') order by r.name`,
  );
}

/** The archive of the village, and what was gathered. */
const digest = async () => [
  await villageDigest(t, village),
  await villageDigest(t, village, /^gather_(home|unit|row|link|touch)$/),
];

describe('files that come together', () => {
  it('make the same archive as one after another, each record written once', async () => {
    const before = await digest();
    const one = await g.gather(['public-security', register('5')]);
    const two = await g.gather(['health', health('王医生')]);
    const three = await g.gather(['housing', housing]);
    const apart = await family();
    expect(await g.run([three[0]?.number ?? 0], 'undo')).toBe('done');
    expect(await g.run([two[0]?.number ?? 0], 'undo')).toBe('done');
    expect(await g.run([one[0]?.number ?? 0], 'undo')).toBe('done');
    expect(await digest()).toEqual(before);
    const together = await g.gather(
      ['public-security', register('5')],
      ['health', health('王医生')],
      ['housing', housing],
    );
    expect(together.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    expect(together.map(({ linked, made }) => [linked, made])).toEqual([
      [2, 3],
      [3, 0],
      [2, 1],
    ]);
    expect(await family()).toEqual(apart);
    const versions = await t.sql(
      "select distinct version from resident where name in ('柴测甲', '柴试晓')",
    );
    expect(versions).toEqual([{ version: 1 }]);
    expect(await t.sql('select 1 from gather_home union all select 1 from gather_unit')).toEqual(
      [],
    );
  });

  it('are undone one by one, the later ones first, to the byte', async () => {
    const files = await t.sql<{ number: number }>(
      "select number from gather_batch where state = 'done' order by number desc",
    );
    const [housing, health, register] = files.map(({ number }) => number);
    expect(await g.run([register ?? 0], 'undo')).toBe('failed');
    expect(await g.run([health ?? 0], 'undo')).toBe('done');
    const [after] = await t.sql<{ health: number; register: number }>(
      `select (select count(*)::int from resident_health e join resident r on r.id = e.id where r.name in ('柴测甲', '柴试晓')) as health,
              (select count(*)::int from resident where name in ('柴测甲', '柴试晓')) as register`,
    );
    expect(after).toEqual({ health: 0, register: 2 });
    expect(await g.run([housing ?? 0], 'undo')).toBe('done');
    expect(await g.run([register ?? 0], 'undo')).toBe('done');
    expect(await t.sql("select 1 from resident where name in ('柴测甲', '柴试晓')")).toEqual([]);
  });

  it('of which one is refused leave it out, and the others are gathered', async () => {
    const [bad, good] = await g.gather(
      ['health', '姓名,单位\n张三,一中'],
      ['public-security', register('6')],
    );
    expect(bad).toMatchObject({ state: 'refused', problem: { zh: expect.any(String) } });
    expect(good).toMatchObject({ state: 'done', linked: 2, made: 3 });
    expect(await g.run([good?.number ?? 0], 'undo')).toBe('done');
  });
});

describe('what a later batch found standing', () => {
  it('goes back beyond it when that too is undone', async () => {
    const before = await digest();
    const [first] = await g.gather(['public-security', register('7')]);
    const doctors = async () =>
      (
        await t.sql<{ v: string }>(
          `select e.facts -> 'family_doctor' ->> 'v' as v from resident_health e join resident r on r.id = e.id where r.name = '柴测甲'`,
        )
      )[0]?.v;
    const of = (doctor: string, day: string) =>
      `姓名,证件号码,联系电话,慢病,家庭医生,建档日期\n柴测甲,${father},,,${doctor},${day}`;
    const [one] = await g.gather(['health', of('赵医生', '2026-01-01')]);
    const [two] = await g.gather(['health', of('钱医生', '2026-02-01')]);
    const [three] = await g.gather(['health', of('孙医生', '2026-03-01')]);
    await g.run([two?.number ?? 0], 'undo');
    expect(await doctors()).toBe('孙医生');
    await g.run([three?.number ?? 0], 'undo');
    expect(await doctors()).toBe('赵医生');
    await g.run([one?.number ?? 0], 'undo');
    await g.run([first?.number ?? 0], 'undo');
    expect(await digest()).toEqual(before);
  });
});

describe('a batch of one county', () => {
  it('neither changes nor makes anybody elsewhere', async () => {
    const [whole] = await g.gather(['public-security', register('8')]);
    const { number } = await g.handIn('health', health('周医生'));
    const elsewhere = await g.handIn('public-security', register('8').replaceAll('HKT8', 'HKT9'));
    await t.sql('update gather_batch set lo = $1, hi = $2 where number = any ($3)', [
      330802000000000,
      330803000000000,
      [number, elsewhere.number],
    ]);
    await g.run([number], 'gather');
    await g.run([elsewhere.number], 'gather');
    const links = await t.sql<{ decision: string; resident: string | null }>(
      'select distinct decision, resident from gather_link where batch = any ($1) order by 1',
      [[number, elsewhere.number]],
    );
    expect(links).toEqual([{ decision: 'none', resident: null }]);
    expect(await g.run([whole?.number ?? 0], 'undo')).toBe('done');
  });
});
