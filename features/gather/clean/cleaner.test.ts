import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDictionary } from '../../archive/dictionary.ts';
import { checkValue } from '../../archive/rules/value.ts';
import { matchHeader } from '../profile/header.ts';
import { loadProfiles, profileFrom } from '../profile/load.ts';
import { recordKeyOf } from '../profile/record.ts';
import { type Cleaned, type CleanRow, isSetAside, type Profile, type SetAside } from '../rows.ts';
import { cleanerOf } from './cleaner.ts';
import { Tally } from './tally.ts';

const packs = path.join(import.meta.dirname, '../../../packs');
const dictionary = loadDictionary(path.join(packs, 'archive'));
const profiles = loadProfiles(path.join(packs, 'gather'), dictionary);
const today = '2026-11-25';
/** A valid id: born 1984-08-27, a woman. */
const id = '990801198408272241';

function profileOf(key: string): Profile {
  const found = profiles.find((profile) => profile.key === key);
  if (!found) throw new Error(`no profile ${key}`);
  return found;
}

/** A row of a profile's file, cleaned; cells by column, others blank. */
function cleaned(profile: Profile, cells: Record<string, string>): Cleaned {
  const header = profile.columns.map(({ column }) => column);
  for (const name of Object.keys(cells)) expect(header).toContain(name);
  const fit = matchHeader(profile, header);
  const clean = cleanerOf(profile, { dictionary, fit, today, asOf: '2026-10-31' });
  return clean({ n: 7, cells: header.map((name) => cells[name] ?? '') });
}

function row(key: string, cells: Record<string, string>): CleanRow {
  const clean = cleaned(profileOf(key), cells);
  if (isSetAside(clean)) throw new Error(clean.aside.code);
  return clean;
}

const codes = (clean: Cleaned) => clean.faults.map(({ column, code }) => `${column} ${code}`);

describe('a row', () => {
  it('of the police is keys, items, relation and day', () => {
    expect(
      row('public-security', {
        户号: 'HK330802990',
        姓名: ' 毛　小明（户主） ',
        性别: '女',
        民族: '汉族',
        公民身份号码: `'${id}`,
        与户主关系: '户主',
        出生日期: '1984年8月27日',
        户籍地址: '新东村委会９组 11号',
        行政区划: '330802006002',
        更新日期: '44813',
      }),
    ).toEqual({
      n: 7,
      keys: {
        household_number: 'HK330802990',
        name: '毛小明',
        sex: '2',
        citizen_id: id,
        birth: '1984-08-27',
        address: '新东村委会9组11号',
        address_key: '新东|9|11',
        area: '330802006002',
      },
      items: {
        'household.number': 'HK330802990',
        'resident.name': '毛小明',
        'resident.sex': '2',
        'resident.ethnic': '01',
        'resident.citizen_id': id,
        'resident.birth': '1984-08-27',
        'resident.registered_address': '新东村委会9组11号',
        'household.head': '毛小明',
        'household.address': '新东村委会9组11号',
      },
      relation: '02',
      asOf: '2022-09-09',
      faults: [],
    });
  });

  it('of a member states nothing of the head, and 子女 is son or daughter by the sex', () => {
    const member = { 姓名: '毛小明', 户籍地址: '新东村9组11号', 与户主关系: '子女' };
    const son = row('public-security', { ...member, 性别: '男' });
    expect(son.relation).toBe('20');
    expect(Object.keys(son.items)).not.toContain('household.head');
    expect(Object.keys(son.items)).not.toContain('household.address');
    expect(row('public-security', { ...member, 公民身份号码: id }).relation).toBe('30');
    const unknown = row('public-security', member);
    expect(unknown.relation).toBeUndefined();
    expect(unknown.faults).toEqual([]);
  });

  it('with a spoiled id keeps it for the matching, and never as an item', () => {
    const spoiled = row('health', { 姓名: '毛小明', 证件号码: '990801198408272249' });
    expect(spoiled.keys).toEqual({ name: '毛小明', spoiled_id: '990801198408272249' });
    expect(Object.keys(spoiled.items)).toEqual(['resident.name']);
    expect(spoiled.faults).toMatchObject([
      { column: '证件号码', code: 'id_check', value: '990801198408272249' },
    ]);
  });

  it('tells birth and sex by the id where it has no column for them', () => {
    const { keys } = row('health', { 姓名: '毛小明', 证件号码: id });
    expect(keys).toMatchObject({ birth: '1984-08-27', sex: '2' });
    const told = row('public-security', { 公民身份号码: id, 出生日期: '1984-08-28', 性别: '男' });
    expect(told.keys).toMatchObject({ birth: '1984-08-28', sex: '1' });
  });

  it('of the federation has its id from the certificate, whole or not', () => {
    const whole = row('disabled', {
      姓名: '毛小明',
      残疾人证号: `${id}43`,
      残疾等级: '3级',
      残疾类别: '肢体',
    });
    expect(whole.keys).toMatchObject({ citizen_id: id, certificate: `${id}43` });
    expect(whole.items).toMatchObject({
      'resident.disability_certificate': `${id}43`,
      'resident.disability_grade': '3',
      'resident.disability_kind': '4',
    });
    expect(Object.keys(whole.items)).not.toContain('resident.citizen_id');
    const bare = row('disabled', { 姓名: '毛小明', 残疾人证号: id });
    expect(bare.keys.citizen_id).toBe(id);
    expect(codes(bare)).toEqual(['残疾人证号 certificate']);
    const spoiled = row('disabled', { 姓名: '毛小明', 残疾人证号: '99080119840827224943' });
    expect(spoiled.keys.spoiled_id).toBe('990801198408272249');
    expect(codes(spoiled)).toEqual(['残疾人证号 id_check']);
  });

  it('refuses a negative amount, a code that is not known, and half a list', () => {
    const poor = row('civil-affairs', { 姓名: '毛小明', 月补助金额: '-300', 救助类别: '大富翁' });
    expect(codes(poor)).toEqual(['救助类别 unknown_code', '月补助金额 range']);
    expect(Object.keys(poor.items)).toEqual(['resident.name']);
    const ill = row('health', { 姓名: '毛小明', 慢病: '高血压；怪病' });
    expect(codes(ill)).toEqual(['慢病 unknown_code']);
    expect(ill.items['resident.chronic_illness']).toBeUndefined();
    const well = row('health', { 姓名: '毛小明', 慢病: '糖尿病、高血压' });
    expect(well.items['resident.chronic_illness']).toEqual(['I10', 'E14']);
  });

  it('refuses days to come, of birth and as of, and keeps the row', () => {
    const future = row('public-security', {
      姓名: '毛小明',
      出生日期: '2027-01-01',
      更新日期: '20261126',
    });
    expect(codes(future)).toEqual(['出生日期 future', '更新日期 date_future']);
    expect(future.asOf).toBeNull();
    expect(future.keys.birth).toBeUndefined();
    expect(row('public-security', { 姓名: '毛小明', 更新日期: today }).asOf).toBe(today);
  });

  it('takes a formula in a file of text for none', () => {
    const sly = row('social-security', { 姓名: '毛小明', 单位: '=HYPERLINK("x")' });
    expect(codes(sly)).toEqual(['单位 formula']);
    expect(sly.items['resident.employer']).toBeUndefined();
  });

  it('of a list states what being on it means, as of the day of its title', () => {
    const { items, asOf } = row('veterans', { 姓名: '毛小明' });
    expect(items).toEqual({ 'resident.name': '毛小明', 'resident.veteran': true });
    expect(asOf).toBe('2026-10-31');
  });

  it('of a dwelling with several owners has all in the item, and none as a key', () => {
    const house = row('housing', {
      房屋编码: 'FW1',
      权利人: '毛小明、毛小强',
      建筑面积: '120㎡',
      用途: '-',
    });
    expect(house.keys).toEqual({ house_code: 'FW1' });
    expect(house.items).toEqual({
      'housing.code': 'FW1',
      'housing.owner': '毛小明、毛小强',
      'housing.area_m2': 120,
    });
    expect(codes(house)).toEqual(['权利人 name_many']);
  });

  it('with a credit code that does not check keeps it to match by', () => {
    const shop = row('market', { 统一社会信用代码: '92330802MA0000001X', 名称: '毛记' });
    expect(shop.keys.credit_code).toBe('92330802MA0000001X');
    expect(shop.items).toEqual({ 'premises.name': '毛记' });
    expect(codes(shop)).toEqual(['统一社会信用代码 credit_code']);
  });
});

describe('a row is set aside', () => {
  const aside = (key: string, cells: Record<string, string>): SetAside => {
    const clean = cleaned(profileOf(key), cells);
    if (!isSetAside(clean)) throw new Error('was not set aside');
    return clean;
  };

  it('when nothing tells whose it is, as it came', () => {
    const nobody = aside('health', { 姓名: '***1', 证件号码: '无', 慢病: '高血压' });
    expect(nobody).toMatchObject({ n: 7, aside: { code: 'no_key' } });
    expect(nobody.cells.slice(0, 2)).toEqual(['***1', '无']);
    expect(codes(nobody)).toEqual(['姓名 name_characters']);
    expect(aside('housing', { 权利人: '毛小明' }).aside.code).toBe('no_key');
    expect(aside('market', { 名称: '毛记' }).aside.code).toBe('no_key');
  });

  it('when its reader could not read it', () => {
    const profile = profileOf('health');
    const fit = matchHeader(
      profile,
      profile.columns.map(({ column }) => column),
    );
    const clean = cleanerOf(profile, { dictionary, fit, today, asOf: null });
    const fault = { code: 'many', message: { zh: '多', en: 'many' } };
    expect(clean({ n: 3, cells: ['x'], fault })).toEqual({
      n: 3,
      cells: ['x'],
      aside: fault,
      faults: [],
    });
  });
});

it('the order of a file’s columns makes no difference', () => {
  const profile = profileOf('health');
  const header = profile.columns.map(({ column }) => column).reverse();
  const fit = matchHeader(profile, header);
  const clean = cleanerOf(profile, { dictionary, fit, today, asOf: null });
  const cells = { 姓名: '毛小明', 联系电话: '199-0000-1234' } as Record<string, string>;
  expect(clean({ n: 1, cells: header.map((name) => cells[name] ?? '') })).toMatchObject({
    keys: { name: '毛小明', phone: '19900001234' },
  });
});

it('two rows are the same record by the first set of keys that they have whole', () => {
  const profile = profileOf('health');
  const key = (cells: Record<string, string>) => recordKeyOf(profile, row('health', cells));
  expect(key({ 姓名: '毛小明', 证件号码: id })).toBe(key({ 姓名: '毛晓明', 证件号码: `'${id}` }));
  expect(key({ 姓名: '毛小明', 联系电话: '19900001234' })).toBe(
    key({ 姓名: ' 毛小明', 联系电话: '199-0000-1234' }),
  );
  expect(key({ 姓名: '毛小明' })).toBeUndefined();
});

it('whatever cells hold, nothing throws, and every item is one that the archive would take', () => {
  const odd = fc.constantFrom(
    '',
    ' ',
    '-',
    '男',
    '2021-05-06',
    '44813',
    id,
    `${id}43`,
    '19900001234',
    '-5',
    '1.2万',
    '高血压;糖尿病',
    '新东9组11号',
    '=1+1',
    '张*',
    '\u0000',
    '\ud800',
    '９９',
    '長'.repeat(300),
    '毛·a',
  );
  const cell = fc.oneof(odd, fc.string({ maxLength: 25, unit: 'binary' }));
  for (const profile of profiles) {
    const header = profile.columns.map(({ column }) => column);
    const fit = matchHeader(profile, header);
    const clean = cleanerOf(profile, { dictionary, fit, today, asOf: null });
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: header.length, maxLength: header.length }),
        (cells) => {
          const made = clean({ n: 1, cells });
          if (isSetAside(made)) return;
          for (const [at, value] of Object.entries(made.items)) {
            const [category, key] = at.split('.') as ['resident', string];
            const item = dictionary.item(category, key);
            expect(item && checkValue(item, value, dictionary, today)).toEqual({ ok: true, value });
          }
        },
      ),
      { numRuns: 400 },
    );
  }
});

it('cells of any length take no long thought', () => {
  const cells = [' ', '(', '·', '1 ', '村', '1,', '=', '年', '九'].flatMap((one) =>
    [3_999, 100_000].map((length) => `张${one.repeat(length / one.length)}三`),
  );
  const started = performance.now();
  for (const profile of profiles)
    for (const { column } of profile.columns)
      for (const cell of cells) cleaned(profile, { [column]: cell });
  expect(performance.now() - started).toBeLessThan(10_000);
});

it('a tally tells how many ids of a file are good: none is a wrong file', () => {
  const tally = new Tally();
  for (const number of [id, '990801198408272249', ''])
    tally.add(row('health', { 姓名: '毛小明', 证件号码: number }));
  tally.add(cleaned(profileOf('health'), { 慢病: '高血压' }));
  expect(tally).toMatchObject({
    rows: 4,
    aside: 1,
    faulty: 1,
    ids: { valid: 1, spoiled: 1, missing: 1 },
  });
  expect([...tally.cells]).toEqual([['证件号码 · id_check', 1]]);
  expect([...tally.asides]).toEqual([['no_key', 1]]);
  expect(tally.refusal()).toBeUndefined();
  const spoiled = new Tally();
  const lost = new Tally();
  for (let i = 0; i < 20; i++) {
    spoiled.add(
      row('health', {
        姓名: '毛小明',
        证件号码: `99080119840827225${i % 3}`.replace('250', '259'),
      }),
    );
    lost.add(cleaned(profileOf('health'), { 慢病: '高血压' }));
  }
  expect(spoiled.refusal()?.code).toBe('all_ids');
  expect(lost.refusal()?.code).toBe('all_aside');
  spoiled.add(row('health', { 姓名: '毛小明', 证件号码: id }));
  expect(spoiled.refusal()).toBeUndefined();
});

it('a profile may put one cell into several items', () => {
  const text = `
key: test
label: {zh: 试, en: Test}
source: village
subject: resident
person: self
format: {kind: csv, separator: ","}
as_of: {from: file}
same_record: [[name]]
columns:
  - {column: 名, key: name, items: [resident.name, resident.former_name]}
  - {column: 独居, items: [resident.lives_alone]}
`;
  const { profile, faults } = profileFrom(text, dictionary);
  expect(faults).toEqual([]);
  if (!profile) return;
  expect(cleaned(profile, { 名: '毛小明', 独居: '否' })).toMatchObject({
    items: {
      'resident.name': '毛小明',
      'resident.former_name': '毛小明',
      'resident.lives_alone': false,
    },
  });
});
