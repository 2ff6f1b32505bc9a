import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archivePack } from '../../../server/commands/demo.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { workbook } from '../../../server/spreadsheet/workbook.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { handIn, type Known, knownPeople, officer } from '../../../tests/support/gather.ts';
import { loadDictionary } from '../../archive/dictionary.ts';
import type { Draft, FileLook, Preview } from '../contract.ts';
import { ownProfiles } from './profiles.ts';

let t: TestApp;
let health: Caller;
let people: Known[];
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
  people = await knownPeople(t, 4);
});
afterAll(() => t.close());

/** A file that no shipped profile reads: other headings, rows above them, words of its own. */
const sheet = (): string =>
  [
    '2026年5月 慢病随访登记',
    '病人姓名;身份证;随访病种;签约医生;登记日期;备注',
    ...people.map(({ name, citizen }, n) =>
      [
        name,
        citizen,
        ['高血压', '血压高', '糖尿病', '高血压'][n],
        '章医生',
        `2026-05-0${n + 1}`,
        'x',
      ].join(';'),
    ),
    ...people.map(({ name, citizen }) =>
      [name, citizen, '高血压', '章医生', '05/06/2021', ''].join(';'),
    ),
  ].join('\n');

async function look(text: string | Buffer, caller = health): Promise<FileLook> {
  const answer = await handIn(t, caller, '慢病随访.csv', text);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

const previewOf = async (id: string, draft: Draft): Promise<Preview> => {
  const answer = await health.send('POST', `/gather/files/${id}/preview`, draft);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};

const meaning = (draft: Draft, name: string) => draft.columns.find(({ column }) => column === name);

describe('what a file’s columns mean', () => {
  it('is proposed by names, labels and cells', async () => {
    const { draft, columns, fits, format, titles } = await look(sheet());
    expect(fits).toEqual([
      { profile: 'health', fit: 'wrong', words: expect.stringContaining('缺少列') },
    ]);
    expect(format).toMatchObject({ separator: ';', titleRows: 1 });
    expect(titles).toEqual(['2026年5月 慢病随访登记']);
    expect(meaning(draft, '病人姓名')).toMatchObject({ key: 'name', items: ['resident.name'] });
    expect(meaning(draft, '身份证')).toMatchObject({
      key: 'citizen_id',
      items: ['resident.citizen_id'],
    });
    expect(meaning(draft, '备注')).toEqual({ column: '备注', items: [] });
    expect(draft.asOf).toEqual({ from: 'column', column: '登记日期' });
    expect(draft.sameRecord[0]).toEqual(['citizen_id']);
    expect(columns.find(({ column }) => column === '身份证')?.type).toBe('citizen_id');
  });

  it('of a shipped profile’s file is that profile’s own', async () => {
    const header = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';
    const { draft, fits } = await look(
      `${header}\n${people[0]?.name},${people[0]?.citizen},,高血压,甲,2026-01-01\n`,
    );
    expect(fits[0]).toMatchObject({ fit: 'right' });
    expect(meaning(draft, '慢病')).toMatchObject({
      items: ['resident.chronic_illness'],
      codes: { 慢阻肺: 'J44' },
    });
    expect(draft.sameRecord).toEqual([['citizen_id'], ['name', 'phone']]);
  });

  it.each([
    [
      'JSON lines',
      () =>
        people.map(({ name, citizen }) => JSON.stringify({ xm: name, sfzh: citizen })).join('\n'),
    ],
    ['a workbook', () => book()],
    ['GB18030', () => Buffer.from('d0d5c3fb2cd6a4bcfebac5c2eb0a', 'hex')],
  ])('is looked for in %s too', async (_what, content) => {
    const { draft } = await look(await content());
    expect(draft.columns[0]).toMatchObject({ key: 'name' });
  });
});

async function book(): Promise<Buffer> {
  const rows = people.map(({ name, citizen }) => [name, citizen]);
  const columns = [
    { title: '姓名', width: 10 },
    { title: '身份证号', width: 20 },
  ];
  return Buffer.concat(
    await Array.fromAsync(workbook([{ name: '表', columns, rows, headed: true }], '表')),
  );
}

describe('a preview', () => {
  it('shows rows before and after, marks what is not taken, and lists words without a code', async () => {
    const { id, draft } = await look(sheet());
    const mapped = withColumn(draft, '随访病种', { items: ['resident.chronic_illness'] });
    const { rows, faults, unknown } = await previewOf(id, mapped);
    expect(faults).toEqual([]);
    expect(rows).toHaveLength(8);
    const cell = (row: number, column: string) =>
      rows[row]?.cells.find((one) => one.column === column);
    expect(cell(0, '随访病种')).toEqual({
      column: '随访病种',
      before: '高血压',
      after: ['高血压'],
      fault: null,
    });
    expect(cell(1, '随访病种')).toMatchObject({
      before: '血压高',
      after: [],
      fault: expect.stringContaining('代码表'),
    });
    expect(cell(4, '登记日期')).toMatchObject({
      before: '05/06/2021',
      fault: expect.stringContaining('多种读法'),
    });
    expect(unknown).toEqual([{ column: '随访病种', word: '血压高', times: 1 }]);
    const taught = withColumn(draft, '随访病种', {
      items: ['resident.chronic_illness'],
      codes: { 血压高: 'I10' },
    });
    expect((await previewOf(id, taught)).unknown).toEqual([]);
  });

  it('tells what is wrong with a profile at the column it is about', async () => {
    const { id, draft } = await look(sheet());
    const wrong = withColumn(draft, '签约医生', { items: ['resident.birth'], cleaner: 'name' });
    const { faults, rows } = await previewOf(id, wrong);
    expect(rows).toEqual([]);
    expect(faults).toEqual([
      { column: '签约医生', field: 'items', message: expect.stringContaining('不符') },
    ]);
    const nobody = { ...draft, sameRecord: [['household_number' as const]] };
    expect((await previewOf(id, nobody)).faults).toEqual([
      expect.objectContaining({ column: null, field: 'same_record' }),
    ]);
  });
});

const withColumn = (
  draft: Draft,
  name: string,
  more: Partial<Draft['columns'][number]>,
): Draft => ({
  ...draft,
  columns: draft.columns.map((one) =>
    one.column === name ? { column: name, items: [], ...more } : one,
  ),
});

describe('a profile of the county’s own', () => {
  it('is saved in versions, gathered with at once, and found by the jobs and the command line', async () => {
    const { id, draft } = await look(sheet());
    const mapped = withColumn(
      withColumn(draft, '随访病种', {
        items: ['resident.chronic_illness'],
        codes: { 血压高: 'I10' },
      }),
      '签约医生',
      { items: ['resident.family_doctor'] },
    );
    const saved = await health.send('POST', '/gather/profiles', { draft: mapped });
    expect([saved.statusCode, saved.json()]).toEqual([
      201,
      { key: 'c330881_health_1.v1', version: 1 },
    ]);
    const key = 'c330881_health_1';
    const second = await health.send('POST', '/gather/profiles', {
      key,
      draft: { ...mapped, label: '随访二' },
    });
    expect(second.json()).toEqual({ key: `${key}.v2`, version: 2 });
    const { items } = (await health.get('/gather/profiles')).json();
    expect(items.map((one: { key: string }) => one.key)).toEqual([`${key}.v2`, 'health']);
    expect(items[0]).toMatchObject({ own: true, version: 2, label: { zh: '随访二' } });

    const started = await health.send('POST', '/gather/batches', {
      file: id,
      profile: `${key}.v1`,
    });
    expect(started.statusCode, started.body).toBe(202);
    await t.worker().drain();
    const batch = (await health.get(`/gather/batches/${started.json().number}`)).json();
    expect(batch).toMatchObject({ state: 'done', profile: `${key}.v1`, linked: 8, aside: 0 });
    const [doctor] = await t.sql<{ v: string }>(
      `select facts -> 'family_doctor' ->> 'v' as v from resident_health where id = $1`,
      [people[0]?.id],
    );
    expect(doctor?.v).toBe('章医生');
    const rejected = await health.get(
      `/gather/batches/${batch.number}/rejected?format=csv&purpose=visit`,
    );
    expect(rejected.body).toContain('登记日期：日期有多种读法');

    const steward = openSteward(t.steward, 1);
    const found = await steward.transaction((tx) => ownProfiles(tx, loadDictionary(archivePack)), {
      'minqing.kind': 'gather',
    });
    await steward.close();
    expect(found.map((one) => one.key)).toEqual([`${key}.v2`]);
  });

  it('with a fault is not saved, and names the column', async () => {
    const { draft } = await look(sheet());
    const answer = await health.send('POST', '/gather/profiles', {
      draft: withColumn(draft, '备注', { items: ['resident.nothing'] }),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors).toEqual([
      { field: 'columns.备注', code: 'profile', message: expect.stringContaining('没有项目') },
    ]);
  });

  it('is no other department’s or county’s: neither seen, nor gathered with, nor given a version', async () => {
    const other = await officer(t, 'education');
    const elsewhere = await officer(t, 'health', '330802');
    const key = 'c330881_health_1';
    for (const caller of [other, elsewhere]) {
      const { items } = (await caller.get('/gather/profiles')).json();
      expect(items.filter(({ own }: { own: boolean }) => own)).toEqual([]);
      const { id, draft } = await look(sheet(), caller);
      const gathered = await caller.send('POST', '/gather/batches', {
        file: id,
        profile: `${key}.v1`,
      });
      expect([gathered.statusCode, gathered.json().errors[0].field]).toEqual([400, 'profile']);
      expect((await caller.send('POST', '/gather/profiles', { key, draft })).statusCode).toBe(404);
    }
  });
});
