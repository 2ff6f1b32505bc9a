import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archivePack } from '../../server/commands/demo.ts';
import { createVault, type Vault } from '../../server/crypto.ts';
import { sql } from '../../server/database/sql.ts';
import { openSteward, type Queries, type Steward } from '../../server/database/steward.ts';
import { sealJson } from '../../server/jobs/content.ts';
import { addSystemJob } from '../../server/jobs/queue.ts';
import { gatherPack } from '../../server/packs.ts';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { villageDigest } from '../../tests/support/digest.ts';
import { loadDictionary } from '../archive/dictionary.ts';
import { citizenIdCheckDigit } from '../archive/rules/citizen-id.ts';
import { gatherKind } from './batch/job.ts';
import { type Batch, batchOf } from './batch/store.ts';
import { eachLink, type Link } from './links.ts';
import { loadProfiles } from './profile/load.ts';
import type { Profile } from './rows.ts';
import { takeIn } from './start.ts';

let t: TestApp;
let vault: Vault;
let steward: Steward;
let folder: string;
let profiles: Profile[];
beforeAll(async () => {
  t = await startApp();
  vault = createVault(t.keys);
  steward = openSteward(t.steward, 2);
  folder = mkdtempSync(join(tmpdir(), 'minqing-gather-test-'));
  profiles = loadProfiles(gatherPack, loadDictionary(archivePack));
});
afterAll(async () => {
  await steward.close();
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

const asGather = <T>(work: (tx: Queries) => Promise<T>): Promise<T> =>
  steward.transaction(work, { 'minqing.kind': gatherKind });

/** Hands a text in as the file of a source. */
async function handIn(source: string, text: string) {
  const path = join(folder, `${randomUUID()}.csv`);
  writeFileSync(path, text);
  const profile = profiles.find((one) => one.source === source);
  if (!profile) throw new Error(`no profile of ${source}`);
  return takeIn(asGather, t.files, { path, profile }, t.clock.now);
}

async function run(batch: number, act: 'gather' | 'undo'): Promise<string | undefined> {
  const id = randomUUID();
  await steward.transaction((tx) =>
    addSystemJob(tx, id, gatherKind, sealJson(vault, { batch, act }), t.clock.now),
  );
  return t.worker().runOne(id);
}

/** Gathers a text, and tells what became of it. */
async function gather(source: string, text: string): Promise<Batch> {
  const { number } = await handIn(source, text);
  await run(number, 'gather');
  const batch = await asGather((tx) => batchOf(tx, number));
  if (!batch) throw new Error('no batch');
  return batch;
}

async function linksOf(batch: number): Promise<Link[]> {
  const links: Link[] = [];
  await asGather((tx) => eachLink(tx, (some) => links.push(...some)));
  return links.filter((link) => link.batch === batch);
}

interface Person {
  id: string;
  name: string;
  sex: '1' | '2';
  birth: string;
  citizen: string;
  phone: string;
}

/** People of the demo district with an id and a phone, whose names nobody shares. */
async function people(n: number, skip = 0): Promise<Person[]> {
  const rows = await t.sql<Omit<Person, 'citizen' | 'phone'> & { i: string; p: string }>(
    `select r.id, r.name, r.sex, r.birth, i.facts -> 'citizen_id' ->> 'v' as i, c.facts -> 'phone' ->> 'v' as p
       from resident r
       join resident_identity i on i.county = r.county and i.id = r.id and i.facts ? 'citizen_id'
       join resident_contact c on c.county = r.county and c.id = r.id and c.facts ? 'phone'
      where r.area between 330881002205000 and 330881002205999 and r.birth < '2000-01-01'
        and not exists (select from resident o where o.name = r.name and o.id <> r.id)
      order by r.id offset $1 limit $2`,
    [skip, n],
  );
  return rows.map(({ i, p, ...row }) => ({ ...row, citizen: vault.open(i), phone: vault.open(p) }));
}

/** A valid id of nobody. */
function newId(birth: string, serial: number): string {
  const first = `990188${birth.replaceAll('-', '')}${String(serial).padStart(3, '0')}`;
  return first + citizenIdCheckDigit(first);
}

/** Two digits of the birth day's serial swapped, so that the check digit is wrong. */
function spoiled(id: string): string {
  const all = [...id];
  for (let i = 14; i < 17; i++) {
    const [a = '', b = ''] = [all[i - 1], all[i]];
    if (a !== b) return [...all.slice(0, i - 1), b, a, ...all.slice(i + 1)].join('');
  }
  return `${id.slice(0, 16)}${(Number(id[16]) + 1) % 10}${id.slice(17)}`;
}

const health = (rows: readonly (readonly string[])[]): string =>
  ['姓名,证件号码,联系电话,慢病,家庭医生,建档日期', ...rows.map((row) => row.join(','))].join('\n');

const register = (rows: readonly (readonly string[])[]): string =>
  [
    '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期',
    ...rows.map((row) => row.join(',')),
  ].join('\n');

const family = [
  [
    'HK1',
    '端木青',
    '男',
    '汉族',
    newId('1980-02-03', 11),
    '户主',
    '1980-02-03',
    '彭里村98组1号',
    '330881002205',
    '2026-05-01',
  ],
  [
    'HK1',
    '慕容雪',
    '女',
    '汉族',
    newId('1982-04-05', 22),
    '配偶',
    '1982年4月5日',
    '彭里村98组1号',
    '330881002205',
    '2026-05-01',
  ],
  [
    'HK1',
    '端木云',
    '女',
    '汉族',
    '',
    '子女',
    '20100607',
    '彭里村98组1号',
    '330881002205',
    '2026-05-01',
  ],
] as const;

const digest = () => villageDigest(t, '330881002205');

const factOf = async (table: string, id: string, item: string) =>
  (
    await t.sql<{ fact: Record<string, unknown> | null }>(
      `select facts -> $2 as fact from ${table} where id = $1`,
      [id, item],
    )
  )[0]?.fact ?? null;

describe('rows of people who are known', () => {
  it('are linked by id, by a spoiled id, by name and phone; strangers and namesakes are not', async () => {
    const [a, b, c, d] = await people(4);
    if (!a || !b || !c || !d) throw new Error('too few people');
    const batch = await gather(
      'health',
      health([
        [a.name, a.citizen, '', '高血压', '王医生', '2026-03-01'],
        [b.name, spoiled(b.citizen), '', '糖尿病', '王医生', '2026-03-01'],
        [c.name, '', c.phone, '', '李医生', '2026-03-01'],
        ['司徒无名', newId('1971-01-01', 77), '', '', '李医生', '2026-03-01'],
        // Somebody else's id: name and birth say another person.
        ['欧阳无此人', d.citizen, '', '高血压', '李医生', '2026-03-01'],
      ]),
    );
    expect(batch).toMatchObject({ state: 'done', staged: 5, aside: 0, linked: 3 });
    const links = await linksOf(batch.number);
    expect(links.map(({ n, resident, decision }) => ({ n, resident, decision }))).toEqual([
      { n: 1, resident: a.id, decision: 'id' },
      { n: 2, resident: b.id, decision: 'scored' },
      { n: 3, resident: c.id, decision: 'scored' },
      { n: 4, resident: null, decision: 'none' },
      { n: 5, resident: null, decision: expect.stringMatching(/ask|none/) },
    ]);
    expect(await factOf('resident_health', a.id, 'family_doctor')).toEqual({
      v: '王医生',
      s: 'health',
      d: '2026-03-01',
      b: batch.number,
      n: 1,
    });
    await run(batch.number, 'undo');
  });

  it('a name alone that several bear is asked about, each of them shown with what every field said', async () => {
    const [shared] = await t.sql<{ name: string; ids: string[] }>(
      `select name, array_agg(id order by id) as ids from resident group by name having count(*) between 2 and 3 order by name limit 1`,
    );
    if (!shared) throw new Error('no namesakes in the district');
    const batch = await gather(
      'health',
      health([[shared.name, '', '', '', '王医生', '2026-03-02']]),
    );
    const [row] = await t.sql<{
      decision: string;
      candidates: { resident: string; steps: object[] }[];
    }>('select decision, candidates from gather_link where batch = $1', [batch.number]);
    expect(row?.decision).toBe('ask');
    expect(row?.candidates.map(({ resident }) => resident).sort()).toEqual(shared.ids);
    expect(row?.candidates[0]?.steps).toContainEqual({
      field: 'name',
      level: 'equal',
      bits: expect.any(Number),
    });
    await run(batch.number, 'undo');
  });
});

describe('a register of residents', () => {
  it('makes households and residents whom nobody knew, found and listed like any other', async () => {
    const batch = await gather('public-security', register([...family, family[0]]));
    expect(batch).toMatchObject({ state: 'done', staged: 4, linked: 4, made: 4 });
    const links = await linksOf(batch.number);
    expect(links.map(({ decision }) => decision)).toEqual(['made', 'made', 'made', 'same']);
    expect(new Set(links.map(({ resident }) => resident)).size).toBe(3);
    expect(new Set(links.map(({ household }) => household)).size).toBe(1);
    const village = await t.signIn('village');
    const file = (await village.get(`/households/${links[0]?.household}`)).json();
    expect(file).toMatchObject({ number: 'HK1', head: '端木青', address: '彭里村98组1号' });
    const found = (await village.get(`/search?q=${encodeURIComponent('mrx')}`)).json();
    expect(JSON.stringify(found)).toContain('慕容雪');
    const [counts] = await t.sql('select members, registered from household where id = $1', [
      links[0]?.household,
    ]);
    expect(counts).toEqual({ members: 3, registered: 3 });
  });

  it('gathered once more changes nothing, be it the same file or the same rows in another', async () => {
    const text = register([...family, family[0]]);
    const before = await digest();
    const again = await handIn('public-security', text);
    expect(again.before).toMatchObject({ state: 'done' });
    const other = await gather('public-security', `${text}\n`);
    expect(other).toMatchObject({ state: 'done', linked: 4, made: 0, changed: 0 });
    expect(await digest()).toEqual(before);
  });
});

describe('an undone batch', () => {
  it('leaves the archive as it was, to the byte', async () => {
    const before = await digest();
    const [a, b] = await people(2, 20);
    if (!a || !b) throw new Error('too few people');
    const one = await gather(
      'health',
      health([
        [a.name, a.citizen, '', '高血压;糖尿病', '赵医生', '2026-04-01'],
        [b.name, b.citizen, '19900099999', '高血压', '赵医生', '2026-04-01'],
      ]),
    );
    const two = await gather(
      'public-security',
      register([
        [
          'HK9',
          '皇甫明',
          '男',
          '汉族',
          newId('1950-05-06', 33),
          '户主',
          '1950-05-06',
          '彭里村97组1号',
          '330881002205',
          '2026-05-01',
        ],
        [
          'HK9',
          '皇甫亮',
          '男',
          '汉族',
          newId('1975-05-06', 35),
          '子女',
          '1975-05-06',
          '彭里村97组1号',
          '330881002205',
          '2026-05-01',
        ],
      ]),
    );
    expect(await digest()).not.toEqual(before);
    expect(await run(two.number, 'undo')).toBe('done');
    expect(await run(one.number, 'undo')).toBe('done');
    expect(await digest()).toEqual(before);
  });

  it('keeps what others wrote since', async () => {
    const [a] = await people(1, 30);
    if (!a) throw new Error('too few people');
    const first = await gather(
      'health',
      health([[a.name, a.citizen, '', '', '钱医生', '2026-04-01']]),
    );
    await gather('health', health([[a.name, a.citizen, '', '', '孙医生', '2026-05-01']]));
    await run(first.number, 'undo');
    expect(await factOf('resident_health', a.id, 'family_doctor')).toMatchObject({ v: '孙医生' });
  });

  it('is refused where a later batch builds on what it made, and where there is nothing to undo', async () => {
    const id = newId('1960-05-06', 55);
    const made = await gather(
      'public-security',
      register([
        [
          'HK8',
          '濮阳春',
          '女',
          '汉族',
          id,
          '户主',
          '1960-05-06',
          '彭里村96组1号',
          '330881002205',
          '2026-05-01',
        ],
      ]),
    );
    const later = await gather(
      'health',
      health([['濮阳春', id, '', '高血压', '周医生', '2026-05-02']]),
    );
    expect(await run(made.number, 'undo')).toBe('failed');
    expect(await run(later.number, 'undo')).toBe('done');
    expect(await run(made.number, 'undo')).toBe('done');
    expect(await run(made.number, 'undo')).toBe('failed');
  });
});

describe('of two sources', () => {
  it('the authority goes before others, whatever the days; others do not overwrite it', async () => {
    const [a] = await people(1, 40);
    if (!a) throw new Error('too few people');
    const at = (day: string, name: string, doctor: string) =>
      gather('health', health([[name, a.citizen, '', '', doctor, day]]));
    await at('2026-05-05', a.name, '冯医生');
    await at('2026-05-01', a.name, '陈医生');
    expect(await factOf('resident_health', a.id, 'family_doctor')).toMatchObject({ v: '冯医生' });
    expect(await factOf('resident_file', a.id, 'name')).toMatchObject({ s: 'public-security' });
  });
});

describe('a file that does not fit', () => {
  it.each([
    ['another department’s', '姓名,单位\n张三,一中'],
    ['one cut short', `${health([['张三', '', '', '', '王医生', '2026-03-01']])}\n"李四,`],
    ['an empty one', ''],
    [
      'one whose every id is invalid',
      health(
        Array.from({ length: 30 }, (_, i) => [
          '张三',
          `99010119800101${String(i).padStart(3, '0')}A`,
          '',
          '',
          '王医生',
          '2026-03-01',
        ]),
      ),
    ],
  ])('%s is refused with words, the archive unharmed', async (_what, text) => {
    const before = await digest();
    const batch = await gather('health', text);
    expect(batch).toMatchObject({
      state: 'refused',
      problem: { zh: expect.any(String), en: expect.any(String) },
    });
    expect(await t.sql('select 1 from gather_row where batch = $1', [batch.number])).toEqual([]);
    expect(await digest()).toEqual(before);
  });

  it('rows that cannot be used are set aside, each with its reason', async () => {
    const [a] = await people(1, 50);
    const batch = await gather(
      'health',
      health([
        [a?.name ?? '', a?.citizen ?? '', '', '', '卫医生', '2026-03-01'],
        ['', '', '', '', '卫医生', '2026-03-01'],
        [a?.name ?? '', a?.citizen ?? '', '', '', '蒋医生', '2099-01-01'],
      ]),
    );
    expect(batch).toMatchObject({ state: 'done', staged: 3, aside: 1, linked: 2 });
    const rows = await t.sql<{ n: number; aside: object | null; faults: object[] | null }>(
      'select n, aside, faults from gather_row where batch = $1 order by n',
      [batch.number],
    );
    expect(rows[1]?.aside).toMatchObject({ code: expect.any(String), message: expect.any(Object) });
    expect(rows[2]?.faults).toMatchObject([{ column: '建档日期' }]);
  });
});

describe('what is staged', () => {
  it('holds no id and no phone that can be read, and is reached by the gather job alone', async () => {
    const [a] = await people(1, 60);
    if (!a) throw new Error('too few people');
    const batch = await gather(
      'health',
      health([[a.name, a.citizen, a.phone, '', '沈医生', '2026-03-01']]),
    );
    const [{ line } = { line: '' }] = await t.sql<{ line: string }>(
      'select to_jsonb(r)::text as line from gather_row r where batch = $1',
      [batch.number],
    );
    expect(line).toContain(a.name);
    expect(line).not.toContain(a.citizen);
    expect(line).not.toContain(a.phone);
    for (const table of [
      'gather_row',
      'gather_link',
      'gather_person',
      'gather_touch',
      'gather_batch',
    ])
      expect(await steward.transaction((tx) => tx.rows(countOf(table)))).toEqual([{ n: 0 }]);
  });
});

describe('a file that is deleted by law', () => {
  it('is gone from what was gathered too', async () => {
    const [a] = await people(1, 70);
    if (!a) throw new Error('too few people');
    const batch = await gather(
      'health',
      health([[a.name, a.citizen, a.phone, '高血压', '韩医生', '2026-03-01']]),
    );
    expect(batch.linked).toBe(1);
    const traces = async (): Promise<number> => {
      const [found] = await t.sql<{ n: number }>(
        `select (select count(*) from gather_row where name = $1) + (select count(*) from gather_link where resident = $2::uuid)
              + (select count(*) from gather_link where candidates::text like '%' || $2::text || '%')
              + (select count(*) from gather_person where id = $2::uuid) + (select count(*) from gather_touch where id = $2::uuid) as n`,
        [a.name, a.id],
      );
      return Number(found?.n);
    };
    expect(await traces()).toBeGreaterThan(3);
    await t.sql('select erase_resident(330881, $1)', [a.id]);
    expect(await traces()).toBe(0);
  });
});

const countOf = (table: string) =>
  sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`;
