import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deskOf } from '../../../server/commands/desk.ts';
import { createVault } from '../../../server/crypto.ts';
import { openSteward, type Queries, type Steward } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { gatherPack } from '../../../server/packs.ts';
import { startApp, type TestApp } from '../../../tests/support/app.ts';
import { citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import { loadProfiles } from '../profile/load.ts';
import { takeIn } from '../start.ts';
import { gatherKind } from './job.ts';

let t: TestApp;
let steward: Steward;
let folder: string;
beforeAll(async () => {
  t = await startApp();
  steward = openSteward(t.steward, 1);
  folder = mkdtempSync(join(tmpdir(), 'minqing-gather-test-'));
});
afterAll(async () => {
  await steward.close();
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

const area = '330881002205';
const idOf = (first17: string): string => first17 + citizenIdCheckDigit(first17);
const header = '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期';
/** A row of the register, in household T1 unless said. */
const registered = (
  name: string,
  sex: string,
  id: string,
  birth: string,
  household = 'HKT1',
  day = '2026-03-01',
) =>
  `${household},${name},${sex},汉族,${id},${name.startsWith('柴') ? '户主' : '子女'},${birth},彭里村3组5号,${area},${day}`;

interface Row {
  n: number;
  decision: string;
  resident: string | null;
  target: string | null;
}

async function act(batch: number, what: 'gather' | 'undo'): Promise<void> {
  const input = sealJson(createVault(t.keys), { batch, act: what });
  const id = newId(t.clock.now.getTime());
  await steward.transaction((tx) => addSystemJob(tx, id, gatherKind, input, t.clock.now));
  expect(await t.worker().runOne(id)).toBe('done');
}

/** What the archive holds, but for versions and the history, which only grow. */
async function archive(): Promise<unknown[]> {
  const tables = [
    'resident',
    'resident_file',
    'resident_contact',
    'resident_identity',
    'resident_health',
    'household',
    'household_file',
    'housing',
    'housing_file',
    'archive_token',
    'archive_claim',
    'area_tally',
    'household_member',
    'household_housing',
  ];
  return Promise.all(
    tables.map(async (table) => {
      const [found] = await t.sql<{ digest: string }>(
        `select md5(string_agg(x, '' order by x)) as digest
           from (select (to_jsonb(r) - 'version' - 'updated_at')::text as x from ${table} r) rows`,
      );
      return [table, found?.digest];
    }),
  );
}

/** Gathers a file of a source. @returns what was decided, row by row from 1 */
async function gather(source: string, lines: readonly string[]): Promise<Row[]> {
  const profile = loadProfiles(gatherPack, deskOf(t.keys).dictionary).find(
    (one) => one.source === source,
  );
  if (!profile) throw new Error(source);
  const path = join(folder, `${newId()}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  const transaction = <T>(work: (tx: Queries) => Promise<T>) =>
    steward.transaction(work, { 'minqing.kind': gatherKind });
  const now = t.clock.now;
  const { number } = await takeIn(transaction, t.files, { path, profile }, now);
  await act(number, 'gather');
  const rows = await t.sql<Row>(
    'select n, decision, resident, target from gather_link where batch = $1 order by n',
    [number],
  );
  return [{ n: 0, decision: '', resident: null, target: null }, ...rows];
}

const father = idOf('99080119600512111');
const one = idOf('99080119900101123');
const two = idOf('99080119900101125');

describe('a register', () => {
  let rows: Row[];
  beforeAll(async () => {
    rows = await gather('public-security', [
      header,
      registered('柴测甲', '男', father, '1960-05-12'),
      registered('柴试晓', '男', one, '1990-01-01'),
      // The same again without its id, the name by another character of the same sound.
      registered('柴试小', '男', '', '1990.01.01', 'HKT1', '2025-01-01'),
      // A twin without an id: all but one character agree.
      registered('柴试明', '男', '', '1990-01-01'),
      // Somebody else's id: birth and name are others.
      registered('柴验芳', '女', one, '1993-07-08'),
      // The id of the father with another name, all else being his.
      registered('柴别名', '男', father, '1960-05-12'),
    ]);
  });
  const decisionOf = (n: number) => rows[n]?.decision;

  it('makes the people whom it names by an id', () => {
    expect(decisionOf(1)).toBe('made');
    expect(decisionOf(2)).toBe('made');
    expect(rows[1]?.resident).not.toBe(rows[2]?.resident);
  });

  it('knows a row without an id to be somebody who is there already', () => {
    expect(rows[3]).toMatchObject({ decision: 'scored', resident: rows[2]?.resident });
  });

  it('takes no twin for the other, and asks', () => {
    expect(rows[4]).toMatchObject({ decision: 'ask', resident: null });
  });

  it('does not believe an id of another birth, and asks', () => {
    expect(rows[5]).toMatchObject({ decision: 'ask', resident: null });
  });

  it('makes no two people one because they have one id, and asks', () => {
    expect(rows[6]).toMatchObject({ decision: 'ask', resident: null });
  });

  it('makes nobody twice when it comes again, and leaves what is as it was', async () => {
    const count = async () =>
      (await t.sql<{ n: string }>('select count(*)::text as n from resident'))[0]?.n;
    const versions = () => t.sql("select id, version from household where number = 'HKT1'");
    const before = [await count(), await versions()];
    const again = await gather('public-security', [
      header,
      registered('柴测甲', '男', father, '1960-05-12'),
      registered('柴试晓', '男', one, '1990-01-01', 'HKT1', '2026-02-01'),
    ]);
    expect(again.slice(1).map(({ decision }) => decision)).toEqual(['id', 'id']);
    expect(await count()).toEqual(before[0]);
    expect(await versions()).toEqual(before[1]);
    expect(again[2]?.resident).toBe(rows[2]?.resident);
  });
});

describe('other files', () => {
  const people = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';

  it('ask about an id whose owner has quite another name', async () => {
    const rows = await gather('health', [
      people,
      `柴测甲,${father},19900000001,,王医生,2026-01-01`,
      `欧阳远山,${father},19900000002,,王医生,2026-01-01`,
      `无此人名,${two},,,王医生,2026-01-01`,
    ]);
    expect(rows.slice(1).map(({ decision }) => decision)).toEqual(['id', 'ask', 'none']);
  });

  it('leave nothing behind when they are undone', async () => {
    const before = await archive();
    const lines = [
      people,
      `柴测甲,${father},19900000077,高血压,李医生,2026-02-02`,
      `柴试晓,${one},,糖尿病,,2026-02-02`,
    ];
    await gather('health', lines);
    expect(await archive()).not.toEqual(before);
    const [last] = await t.sql<{ number: number }>(
      'select max(number) as number from gather_batch',
    );
    await act(last?.number ?? 0, 'undo');
    expect(await archive()).toEqual(before);
  });

  it('make one dwelling of one code, whoever names it', async () => {
    const rows = await gather('housing', [
      '房屋编码,坐落,权利人,权利人证件号,建筑面积,结构,用途,登记日期',
      `FWT0001,彭里村3组5号,柴测甲,${father},120,框架,自住,2026-01-01`,
      `FWT0001,彭里村3组5号,柴测甲,${father},125,框架,自住,2026-02-01`,
      `FWT0002,彭里村3组6号,柴试晓,${one},90,砖混,出租,2026-01-01`,
    ]);
    expect(rows[1]?.target).not.toBeNull();
    expect(rows[2]?.target).toBe(rows[1]?.target);
    expect(rows[3]?.target).not.toBe(rows[1]?.target);
    const [dwelling] = await t.sql<{ v: string; n: number }>(
      `select facts -> 'area_m2' ->> 'v' as v, (select count(*)::int from housing where code = 'FWT0001') as n
         from housing_file where id = $1`,
      [rows[1]?.target],
    );
    expect(dwelling?.n).toBe(1);
    expect(Number(dwelling?.v)).toBe(125);
  });
});
