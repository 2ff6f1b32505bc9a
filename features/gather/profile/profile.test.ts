import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDictionary } from '../../archive/dictionary.ts';
import type { Profile } from '../rows.ts';
import { dayOfFile } from './as-of.ts';
import { matchHeader } from './header.ts';
import { loadProfiles, ProfileError, profileFrom } from './load.ts';

const packs = path.join(import.meta.dirname, '../../../packs');
const dictionary = loadDictionary(path.join(packs, 'archive'));
const profiles = loadProfiles(path.join(packs, 'gather'), dictionary);
const folder = mkdtempSync(path.join(tmpdir(), 'gather-profile-'));
afterAll(() => rmSync(folder, { recursive: true }));

const good = `key: test
label: {zh: 试, en: Test}
source: village
subject: resident
person: self
format: {kind: csv, separator: ","}
as_of: {column: 日期}
same_record: [[citizen_id], [name]]
columns:
  - {column: 姓名, key: name, items: [resident.name]}
  - {column: 证件号, key: citizen_id}
  - {column: 关系, key: relation}
  - {column: 日期}
`;

/** The faults of the good profile with one thing changed: line and field. */
function faults(from: string, to: string): string[] {
  expect(good).toContain(from);
  const read = profileFrom(good.replace(from, to), dictionary);
  expect(read.profile).toBeUndefined();
  for (const { message } of read.faults) {
    expect(message.zh).toMatch(/[\u4e00-\u9fff]/);
  }
  return read.faults.map(({ line, message }) => `${line} ${message.en}`);
}

describe('the profiles of the pack', () => {
  it('are eleven, one a source, and each column is used or says why not', () => {
    expect(profiles.map(({ key }) => key).sort()).toEqual(
      profiles.map(({ source }) => source).sort(),
    );
    expect(profiles).toHaveLength(11);
    const idle = profiles.flatMap((profile) =>
      profile.columns
        .filter(({ key, items, column }) => {
          const { asOf } = profile;
          return !key && items.length === 0 && !(asOf.from === 'column' && asOf.column === column);
        })
        .map(({ column, unused }) => `${profile.key} ${column} ${unused ? 'says why' : ''}`),
    );
    expect(idle).toEqual([
      'civil-affairs 开始日期 says why',
      'medical-insurance zfje says why',
      'veterans 入伍时间 says why',
      'veterans 退役时间 says why',
    ]);
  });

  it('have a cleaner for each column that makes what its items take', () => {
    const police = profiles.find(({ key }) => key === 'public-security');
    expect(police?.columns.map(({ column, cleaner }) => `${column} ${cleaner}`)).toEqual([
      '户号 identifier',
      '姓名 name',
      '性别 code',
      '民族 code',
      '公民身份号码 citizen_id',
      '与户主关系 code',
      '出生日期 date',
      '户籍地址 address',
      '行政区划 identifier',
      '更新日期 text',
    ]);
  });
});

describe('a profile with a fault', () => {
  it('is good without', () => {
    expect(profileFrom(good, dictionary)).toMatchObject({ faults: [], profile: { key: 'test' } });
    const tabbed = profileFrom(good.replace('","', '"\\t"'), dictionary);
    expect(tabbed.profile?.format.separator).toBe('\t');
  });

  it('is told with line and remedy', () => {
    const cases: [from: string, to: string, line: number, says: RegExp][] = [
      ['key: test', 'key: Test!', 1, /small letters/],
      ['source: village', 'source: nobody', 3, /there are: .*village/],
      ['subject: resident', 'subject: cat', 4, /resident, household/],
      ['kind: csv,', 'kind: pdf,', 6, /csv, jsonl, xlsx/],
      [', separator: ","', '', 6, /separator: Fill it in/],
      ['separator: ","', 'separator: "\\n"', 6, /quotation mark or a line end/],
      ['column: 日期}\nsame', 'column: 年份}\nsame', 7, /日期/],
      ['[[citizen_id], [name]]', '[[phone]]', 8, /there are: name, citizen_id, relation/],
      ['[resident.name]', '[resident.nome]', 10, /no item resident\.nome/],
      ['[resident.name]', '[resident]', 10, /category\.item/],
      ['[resident.name]', '[organisation.name]', 10, /no item/],
      ['[resident.name]', '[household.resident_count]', 10, /not filled in by anybody/],
      ['[resident.name]', '[resident.birth]', 10, /type date/],
      ['key: citizen_id}', 'key: name}', 9, /one column can be the name/],
      ['key: citizen_id}', 'key: id}', 11, /there are: name/],
      ['key: citizen_id}', 'key: citizen_id, cleaner: text}', 11, /takes citizen_id only/],
      ['key: relation}', 'key: relation, codes: {爱人: "1"}}', 12, /no code "1"/],
      ['key: relation}', 'key: relation, by_sex: {子女: ["20"]}}', 12, /no code/],
      ['key: citizen_id}', 'key: citizen_id, codes: {甲: "1"}}', 11, /no code table/],
      ['key: relation}', 'kee: relation}', 12, /Unknown field/],
      ['{column: 关系, key: relation}', '{column: 关系}', 9, /say why in unused/],
      ['column: 关系', 'column: 姓名', 12, /is there already/],
    ];
    for (const [from, to, line, says] of cases) {
      const found = faults(from, to);
      expect(
        found.some((fault) => fault.startsWith(`${line} `) && says.test(fault)),
        `${to}: ${found.join('; ')}`,
      ).toBe(true);
    }
  });

  it('states only what an item takes', () => {
    const stated = (states: string) => faults('columns:', `states: ${states}\ncolumns:`).join();
    expect(stated('{resident.veteran: maybe}')).toMatch(/^9 states: .*true or false/);
    expect(stated('{resident.nothing: 1}')).toMatch(/^9 states: There is no item/);
  });

  it('is told by file, all faults of all files together', () => {
    writeFileSync(path.join(folder, 'a.yaml'), good);
    writeFileSync(path.join(folder, 'b.yaml'), good.replace('village', 'nobody'));
    writeFileSync(path.join(folder, 'c.yaml'), 'a: [');
    let thrown: unknown;
    try {
      loadProfiles(folder, dictionary);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProfileError);
    const { message } = thrown as ProfileError;
    expect(message).toContain('b.yaml:3');
    expect(message).toMatch(/b\.yaml:1 .*a\.yaml has that key/);
    expect(message).toContain('c.yaml:1');
  });
});

describe('a header', () => {
  const profile = profiles.find(({ key }) => key === 'agriculture') as Profile;
  const names = profile.columns.map(({ column }) => column);

  it('that is right is right, whatever the width of its letters and the spaces in it', () => {
    expect(matchHeader(profile, names)).toMatchObject({ fit: 'right', unknown: [] });
    expect(
      matchHeader(
        profile,
        names.map((name) => ` ${name.replace('(亩)', '（ 亩 ）')}`),
      ).fit,
    ).toBe('right');
  });

  it('in another order, with more columns, is fine', () => {
    const fit = matchHeader(profile, ['备注', ...names].reverse());
    expect(fit).toMatchObject({ fit: 'reordered', unknown: ['备注'], missing: [] });
    expect(fit.places).toEqual([4, 3, 2, 1, 0]);
  });

  it('without a column is of another file, and the columns are named', () => {
    const fit = matchHeader(profile, names.slice(2));
    expect(fit).toMatchObject({ fit: 'wrong', missing: ['户主', '户主身份证'] });
    expect(fit.message?.zh).toContain('户主、户主身份证');
    const optional = profile.columns.map((column) => ({ ...column, optional: true }));
    expect(matchHeader({ ...profile, columns: optional }, names.slice(2)).fit).toBe('right');
  });

  it('of one source fits no other’s profile', () => {
    for (const one of profiles)
      for (const other of profiles) {
        const { fit } = matchHeader(
          one,
          other.columns.map(({ column }) => column),
        );
        expect(fit, `${other.key} by ${one.key}`).toBe(one === other ? 'right' : 'wrong');
      }
  });
});

describe('the as-of day of a file', () => {
  const titled = { asOf: { from: 'title' } } as Profile;
  const day = (title: string, today = '2026-11-25') =>
    dayOfFile(titled, [title], '2026-11-20', today);

  it('is that of its title: of a month the last day, or today', () => {
    expect(day('名册（2026年10月）')).toBe('2026-10-31');
    expect(day('名册（2026年2月）')).toBe('2026-02-28');
    expect(day('名册（２０２６年11月）')).toBe('2026-11-25');
    expect(day('截至2026年9月15日')).toBe('2026-09-15');
    expect(day('名册 2026-09-15')).toBe('2026-09-15');
  });

  it('is that of the file where the title tells none, or one to come', () => {
    expect(day('名册')).toBe('2026-11-20');
    expect(day('名册（2026年12月）')).toBe('2026-11-20');
    expect(day('名册（2026年13月）')).toBe('2026-11-20');
    expect(
      dayOfFile({ asOf: { from: 'file' } } as Profile, ['2020年1月'], '2026-11-20', '2026-11-25'),
    ).toBe('2026-11-20');
    expect(
      dayOfFile(
        { asOf: { from: 'column', column: 'x' } } as Profile,
        [],
        '2026-11-20',
        '2026-11-25',
      ),
    ).toBeNull();
  });
});
