import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '../../../server/crypto.ts';
import type { Actor } from '../../../server/database/actor.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Gathering, gatheringIn, idOf } from '../../../tests/support/gathered.ts';
import { Sessions } from '../../identity/sessions.ts';
import type { Decided, QueuePage, ReviewRow } from './contract.ts';

let t: TestApp;
let g: Gathering;
let village: Caller;
let neighbour: Caller;

const father = idOf('99080119600512111');
const son = idOf('99080119900101123');
const residents: Record<string, string> = {};

beforeAll(async () => {
  t = await startApp();
  g = gatheringIn(t);
  village = await t.signIn('village');
  neighbour = await t.signIn('village2');
  const header = '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期';
  const row = (name: string, id: string, birth: string, relation: string) =>
    `HKT1,${name},男,汉族,${id},${relation},${birth},彭里村3组5号,330881002205,2026-03-01`;
  const batch = await g.gather('public-security', [
    header,
    row('柴测甲', father, '1960-05-12', '户主'),
    row('柴试晓', son, '1990-01-01', '子女'),
  ]);
  residents.father = (await g.row(batch, 1)).resident ?? '';
  residents.son = (await g.row(batch, 2)).resident ?? '';
});
// The same row is decided about again and again: what is remembered of it is a matter of remembered.test.ts.
beforeEach(async () => {
  await t.sql('delete from gather_decision');
});
afterAll(async () => {
  await g.close();
  await t.close();
});

const header = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';
let files = 0;
/** A health file of one row with the father's id and another name: it is asked about. */
const asked = (day = '2026-02-02', doctor = `王医生${++files}`): Promise<number> =>
  g.gather('health', [header, `欧阳远山,${father},19900000077,高血压,${doctor},${day}`]);

const send = (
  caller: Caller,
  path: string,
  body: object,
  version = 1,
): ReturnType<Caller['send']> =>
  caller.send('POST', path, body, {
    'if-match': `"${version}"`,
    'idempotency-key': randomUUID(),
  });
const decide = (caller: Caller, batch: number, body: object, version = 1) =>
  send(caller, `/gather/rows/${batch}/1/decision`, body, version);
const apart = (caller: Caller, batch: number, body: object, version = 2) =>
  send(caller, `/gather/rows/${batch}/1/separation`, body, version);

async function facts(
  who: string,
  group: string,
): Promise<Record<string, { v: unknown; b?: number; n?: number }>> {
  const [row] = await t.sql<{ facts: Record<string, { v: unknown }> }>(
    `select facts from resident_${group} where id = $1`,
    [residents[who]],
  );
  return row?.facts ?? {};
}

const problemOf = (answer: Awaited<ReturnType<Caller['get']>>): string =>
  `${answer.statusCode} ${answer.json().type}`;

describe('the queue', () => {
  let batch: number;
  beforeAll(async () => {
    batch = await asked();
  });

  it('shows the village what waits, with figures by source', async () => {
    const list = (await village.get('/gather/review')).json<QueuePage>();
    expect(list.items.find((row) => row.batch === batch)).toMatchObject({
      n: 1,
      source: 'health',
      name: '欧阳远山',
      candidates: 2,
    });
    const figures = (await village.get('/gather/review/figures')).json();
    expect(figures.decides).toBe(true);
    expect(figures.items).toMatchObject([{ source: 'health', waiting: 1, later: 0 }]);
  });

  it('goes on from its cursor, and only in the list that it is of', async () => {
    const other = await asked();
    const first = (await village.get('/gather/review?limit=1')).json<QueuePage>();
    expect(first.items).toHaveLength(1);
    const next = (
      await village.get(`/gather/review?limit=1&cursor=${first.next}`)
    ).json<QueuePage>();
    expect(next.items.map((row) => row.batch)).toEqual([other]);
    expect(next.next).toBeNull();
    const wrong = await village.get(`/gather/review?state=later&cursor=${first.next}`);
    expect(problemOf(wrong)).toBe('400 /problems/bad-cursor');
    await decide(village, other, { decision: 'parted' });
  });

  it('lays the row beside whom it may mean, masked, and puts the look on record', async () => {
    const answer = await village.get(`/gather/rows/${batch}/1`);
    const row = answer.json<ReviewRow>();
    expect(answer.headers.etag).toBe('"1"');
    expect(row.row).toMatchObject({ name: '欧阳远山', sex: '1', birth: '1960-05-12' });
    expect(row.row.idMask).toMatch(/^9+\d*\*+/);
    expect(row.row.items.find(({ item }) => item === 'chronic_illness')).toEqual({
      category: 'resident',
      item: 'chronic_illness',
      value: null,
      sealed: true,
    });
    expect(row.candidates).toMatchObject([
      { resident: residents.father, name: '柴测甲', householdNumber: 'HKT1', family: ['柴试晓'] },
      { resident: residents.son, name: '柴试晓' },
    ]);
    expect(row.candidates[0]?.steps.map(({ field }) => field)).toContain('name');
    expect(answer.body).not.toContain(father);
    expect(answer.body).not.toContain('19900000077');
    const looks = await t.sql(
      "select from audit_entry where action = 'compare_row' and subject = $1",
      [residents.father],
    );
    expect(looks.length).toBe(1);
  });

  it.each([
    ['village2', '404 /problems/not-found'],
    ['grid', '403 /problems/forbidden'],
    ['civil', '403 /problems/forbidden'],
    ['county', '403 /problems/forbidden'],
    ['sysadmin', '403 /problems/forbidden'],
  ])('shows and leaves nothing to decide to %s', async (username, refusal) => {
    const caller = await t.signIn(username);
    expect(problemOf(await caller.get(`/gather/rows/${batch}/1`))).toBe(refusal);
    const body = { decision: 'linked', resident: residents.father };
    expect(problemOf(await decide(caller, batch, body))).toBe(refusal);
    expect(problemOf(await apart(caller, batch, { to: 'nobody' }, 1))).toBe(refusal);
    expect(await g.row(batch, 1)).toMatchObject({ decision: 'ask', version: 1 });
  });

  it('tells a department’s officer how many of its own rows wait, and of no other’s', async () => {
    const civil = await t.signIn('civil');
    expect((await civil.get('/gather/review/figures')).json()).toEqual({
      items: [],
      waiting: 0,
      later: 0,
      decides: false,
    });
    await t.sql("update post set department = 'health' where role = 'department_officer'");
    const health = await t.signIn('civil');
    expect((await health.get('/gather/review/figures')).json()).toMatchObject({
      items: [{ source: 'health', waiting: 1 }],
      decides: false,
    });
    await t.sql("update post set department = 'civil-affairs' where role = 'department_officer'");
  });

  it('leaves a row for later, and shows it there', async () => {
    const answer = await decide(village, batch, { decision: 'later' });
    expect(answer.json<Decided>()).toMatchObject({ decision: 'ask', version: 2, job: null });
    const list = async (query: string) =>
      (await village.get(`/gather/review${query}`)).json<QueuePage>().items.map((row) => row.batch);
    expect(await list('')).not.toContain(batch);
    expect(await list('?state=later')).toEqual([batch]);
    await decide(village, batch, { decision: 'parted' }, 2);
    expect(await list('?state=later')).toEqual([]);
    expect(await list('?state=decided')).toContain(batch);
  });

  it('lists what was decided, the newest first, so that it can be taken back', async () => {
    const older = await asked();
    const newer = await asked();
    for (const one of [newer, older]) await decide(village, one, { decision: 'parted' });
    const page = async (query: string) =>
      (await village.get(`/gather/review?state=decided&limit=1${query}`)).json<QueuePage>();
    const first = await page('');
    expect(first.items).toMatchObject([{ batch: newer, decision: 'parted' }]);
    expect((await page(`&cursor=${first.next}`)).items).toMatchObject([{ batch: older }]);
    const back = await apart(village, newer, { to: 'queue' });
    expect(back.json()).toMatchObject({ decision: 'ask' });
    expect((await page('')).items).toMatchObject([{ batch: older }]);
    await decide(village, newer, { decision: 'parted' }, 3);
  });
});

describe('a decision', () => {
  let batch: number;
  beforeEach(async () => {
    batch = await asked();
  });

  it('links the row, writes what it states with its lineage, and is gone with the batch', async () => {
    const before = await g.archive();
    const answer = await decide(village, batch, { decision: 'linked', resident: residents.father });
    expect(answer.json<Decided>()).toMatchObject({
      decision: 'linked',
      resident: residents.father,
      version: 2,
    });
    expect(answer.headers.etag).toBe('"2"');
    await t.worker().drain();
    expect((await facts('father', 'health')).chronic_illness).toMatchObject({ b: batch, n: 1 });
    const [kept] = await t.sql('select linked, asked from gather_batch where number = $1', [batch]);
    expect(kept).toEqual({ linked: 1, asked: 0 });
    const acts = await t.sql("select from audit_entry where action = 'link_row' and subject = $1", [
      residents.father,
    ]);
    expect(acts.length).toBeGreaterThan(0);
    await g.undo(batch);
    expect(await g.archive()).toEqual(before);
  });

  it('says nobody: nothing is written', async () => {
    const before = await g.archive();
    expect((await decide(village, batch, { decision: 'parted' })).statusCode).toBe(200);
    await t.worker().drain();
    expect(await g.archive()).toEqual(before);
    expect(await g.row(batch, 1)).toMatchObject({ decision: 'parted', resident: null });
  });

  it('links a resident who was found by search', async () => {
    await decide(village, batch, { decision: 'linked', resident: residents.son });
    await t.worker().drain();
    expect((await facts('son', 'health')).family_doctor).toMatchObject({ b: batch, n: 1 });
    await g.undo(batch);
  });

  it('counts once when it is sent twice', async () => {
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUID() };
    const path = `/gather/rows/${batch}/1/decision`;
    const first = await village.send('POST', path, { decision: 'parted' }, headers);
    const second = await village.send('POST', path, { decision: 'parted' }, headers);
    expect(second.json()).toEqual(first.json());
    expect((await g.row(batch, 1)).version).toBe(2);
  });

  it('is refused where another official was first, and says who', async () => {
    const township = await t.signIn('township');
    expect((await decide(township, batch, { decision: 'parted' })).statusCode).toBe(200);
    const late = await decide(village, batch, { decision: 'linked', resident: residents.father });
    expect(problemOf(late)).toBe('409 /problems/conflict');
    const [{ name } = { name: '' }] = await t.sql<{ name: string }>(
      "select name from account where username = 'township'",
    );
    expect(late.json().detail).toContain(name);
    expect(await g.row(batch, 1)).toMatchObject({ decision: 'parted' });
  });

  it('is one of two officials’ who decide at the same moment', async () => {
    const township = await t.signIn('township');
    const body = { decision: 'linked', resident: residents.father };
    const answers = await Promise.all([
      decide(village, batch, body),
      decide(township, batch, { decision: 'parted' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect((await g.row(batch, 1)).version).toBe(2);
    await t.worker().drain();
    await g.undo(batch);
  });

  it('is carried out though its job was cancelled, by the next', async () => {
    await decide(village, batch, { decision: 'linked', resident: residents.father });
    await t.sql(
      "update job set state = 'cancelled', ended_at = now() where kind = 'gather.decisions' and state = 'queued'",
    );
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).not.toMatchObject({ b: batch });
    await t.sql('delete from gather_decision');
    const other = await asked();
    await decide(village, other, { decision: 'parted' });
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ b: batch });
    const due = await t.sql("select from gather_act where done_at is null and kind <> 'later'");
    expect(due).toEqual([]);
    await g.undo(batch);
  });

  it.each([
    ['no version', { decision: 'parted' }, {}, '428 /problems/version-needed'],
    ['an old version', { decision: 'parted' }, { 'if-match': '"7"' }, '412 /problems/lost-update'],
    ['nobody named', { decision: 'linked' }, { 'if-match': '"1"' }, '400 /problems/invalid'],
    [
      'somebody who is nowhere',
      { decision: 'linked', resident: '01970000-0000-7000-8000-00000000abcd' },
      { 'if-match': '"1"' },
      '403 /problems/outside-scope',
    ],
    ['another word', { decision: 'made' }, { 'if-match': '"1"' }, '400 /problems/invalid'],
  ])('is refused with %s', async (_what, body, headers, refusal) => {
    const answer = await village.send('POST', `/gather/rows/${batch}/1/decision`, body, headers);
    expect(problemOf(answer)).toBe(refusal);
    expect(await g.row(batch, 1)).toMatchObject({ decision: 'ask', version: 1 });
  });

  it('links nobody of another village', async () => {
    const [foreign] = await t.sql<{ id: string }>(
      'select id from resident where area < 330881002205000 or area >= 330881002206000 limit 1',
    );
    const answer = await decide(village, batch, { decision: 'linked', resident: foreign?.id });
    expect(problemOf(answer)).toBe('403 /problems/outside-scope');
  });

  it('waits while the batch is worked on', async () => {
    await t.sql("update gather_batch set state = 'undoing' where number = $1", [batch]);
    const answer = await decide(village, batch, { decision: 'parted' });
    expect(problemOf(answer)).toBe('409 /problems/conflict');
    await t.sql("update gather_batch set state = 'done' where number = $1", [batch]);
  });
});

describe('a wrong link', () => {
  const rightly = (id: string, doctor: string, day: string) =>
    g.gather('health', [header, `柴测甲,${id},,,${doctor},${day}`]);

  it('is taken apart: what stood before stands again, and the row waits', async () => {
    await rightly(father, '李医生', '2026-01-05');
    const before = await g.archive();
    const wrong = await rightly(father, '赵医生', '2026-04-04');
    expect(await g.row(wrong, 1)).toMatchObject({ decision: 'id', version: 1 });
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ v: '赵医生' });
    const answer = await apart(village, wrong, { to: 'queue' }, 1);
    expect(answer.json()).toMatchObject({ decision: 'ask', resident: null, version: 2 });
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ v: '李医生' });
    expect(await g.archive()).toEqual(before);
    const row = (await village.get(`/gather/rows/${wrong}/1`)).json<ReviewRow>();
    expect(row.candidates.map(({ resident }) => resident)).toEqual([residents.father]);
    await g.undo(wrong);
    expect(await g.archive()).toEqual(before);
  });

  it('gives way to the next best, which goes with its own batch', async () => {
    const before = await g.archive();
    const wrong = await rightly(father, '钱医生', '2026-05-05');
    const better = await rightly(father, '孙医生', '2026-05-01');
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ v: '钱医生' });
    await apart(village, wrong, { to: 'nobody' }, 1);
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).toMatchObject({
      v: '孙医生',
      b: better,
    });
    await g.undo(better);
    expect(await g.archive()).toEqual(before);
    await g.undo(wrong);
    expect(await g.archive()).toEqual(before);
  });

  it('does not come back when a later batch is undone', async () => {
    const before = await g.archive();
    const wrong = await rightly(father, '周医生', '2026-05-05');
    const later = await rightly(father, '吴医生', '2026-06-01');
    await apart(village, wrong, { to: 'nobody' }, 1);
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ v: '吴医生' });
    await g.undo(later);
    expect(await g.archive()).toEqual(before);
    await g.undo(wrong);
    expect(await g.archive()).toEqual(before);
  });

  it('goes to another resident at once', async () => {
    const wrong = await rightly(father, '郑医生', '2026-05-06');
    await apart(village, wrong, { to: 'resident', resident: residents.son }, 1);
    await t.worker().drain();
    expect((await facts('father', 'health')).family_doctor).toMatchObject({ v: '李医生' });
    expect((await facts('son', 'health')).family_doctor).toMatchObject({ v: '郑医生' });
    await g.undo(wrong);
    expect((await facts('son', 'health')).family_doctor).toBeUndefined();
  });

  it('is undone when an official decided it, and its memory with it', async () => {
    const before = await g.archive();
    const batch = await asked();
    await decide(village, batch, { decision: 'linked', resident: residents.father });
    const answer = await apart(village, batch, { to: 'queue' });
    expect(answer.json()).toMatchObject({ decision: 'ask', remembered: false });
    await t.worker().drain();
    expect(await g.archive()).toEqual(before);
    const kept = await t.sql('select from gather_decision where batch = $1', [batch]);
    expect(kept).toEqual([]);
    await g.undo(batch);
  });

  it.each([['the row that made the resident', { to: 'nobody' }, 1, '409 /problems/conflict']])(
    'is not taken apart from %s',
    async (_what, body, version, refusal) => {
      expect(await g.row(1, 1)).toMatchObject({ decision: 'made' });
      const answer = await apart(village, 1, body, version);
      expect(problemOf(answer)).toBe(refusal);
    },
  );

  it('is refused while it waits, with an old version, without or with the same resident', async () => {
    const waits = await asked();
    expect(problemOf(await apart(village, waits, { to: 'nobody' }, 1))).toBe(
      '409 /problems/conflict',
    );
    const linked = await rightly(father, '冯医生', '2026-05-07');
    const refusals = [
      await apart(village, linked, { to: 'nobody' }, 9),
      await apart(village, linked, { to: 'resident' }, 1),
      await apart(village, linked, { to: 'resident', resident: residents.father }, 1),
      await apart(neighbour, linked, { to: 'nobody' }, 1),
    ];
    expect(refusals.map(problemOf)).toEqual([
      '412 /problems/lost-update',
      '400 /problems/invalid',
      '409 /problems/conflict',
      '404 /problems/not-found',
    ]);
    expect(await g.row(linked, 1)).toMatchObject({ decision: 'id', version: 1 });
    await g.undo(linked);
    await g.undo(waits);
  });
});

describe('lineage', () => {
  it('says file, row and how the row was linked; by whom, where an official decided', async () => {
    const byId = await g.gather('health', [header, `柴测甲,${father},,糖尿病,,2026-05-20`]);
    const decidedOn = await asked('2026-05-21');
    await decide(village, decidedOn, { decision: 'linked', resident: residents.father });
    await t.worker().drain();
    const path = `/gather/lineage?record=${residents.father}&rows=${byId}.1,${decidedOn}.1`;
    const grid = await t.signIn('grid');
    const items = (await village.get(path)).json().items;
    expect(items).toMatchObject([
      { batch: byId, n: 1, source: 'health', decision: 'id', by: null, apart: true },
      { batch: decidedOn, n: 1, decision: 'linked', by: '毛村干', apart: true },
    ]);
    expect(items[0].fileName).toMatch(/\.csv$/);
    expect((await neighbour.get(path)).json().items).toEqual([]);
    expect((await grid.get(path)).json().items).toEqual([]);
    const other = `/gather/lineage?record=${residents.son}&rows=${byId}.1`;
    expect((await village.get(other)).json().items).toEqual([]);
  });
});

describe('a row about a dwelling', () => {
  const houses = '房屋编码,坐落,权利人,权利人证件号,建筑面积,结构,用途,登记日期';
  const house = (code: string) =>
    g.gather('housing', [
      houses,
      `${code},彭里村3组5号,欧阳远山,${father},120,框架,自住,2026-01-01`,
    ]);
  const owners = (target: string | null) =>
    t.sql<{ household: string }>(
      "select household from household_housing where housing = $1 and kind = 'owns'",
      [target],
    );

  it('makes the dwelling of whom it is decided to mean, and takes it along when the batch is undone', async () => {
    const before = await g.archive();
    const batch = await house('FWR0001');
    await decide(village, batch, { decision: 'linked', resident: residents.father });
    await t.worker().drain();
    const { target } = await g.row(batch, 1);
    expect(target).not.toBeNull();
    expect(await owners(target)).toHaveLength(1);
    const [made] = await t.sql('select made from gather_batch where number = $1', [batch]);
    expect(made).toEqual({ made: 1 });
    await g.undo(batch);
    expect(await g.archive()).toEqual(before);
  });

  it('leaves the dwelling where it is when it was another’s, untied until it is known whose', async () => {
    const batch = await house('FWR0002');
    await decide(village, batch, { decision: 'linked', resident: residents.father });
    await t.worker().drain();
    const { target } = await g.row(batch, 1);
    await apart(village, batch, { to: 'queue' });
    await t.worker().drain();
    expect(await owners(target)).toEqual([]);
    await decide(village, batch, { decision: 'linked', resident: residents.son }, 3);
    await t.worker().drain();
    expect((await g.row(batch, 1)).target).toBe(target);
    expect(await owners(target)).toHaveLength(1);
    await g.undo(batch);
    expect(await t.sql("select from housing where code = 'FWR0002'")).toEqual([]);
  });
});

describe('a household', () => {
  it('gets what the row says of it, tells where from, and loses it again', async () => {
    const before = await g.archive();
    const batch = await g.gather('public-security', [
      '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期',
      `,柴测甲,男,汉族,${father},户主,1960-05-12,彭里村8组8号,330881002205,2026-06-01`,
    ]);
    const [home] = await t.sql<{ id: string; address: string }>(
      "select id, address from household where number = 'HKT1'",
    );
    expect(home?.address).toBe('彭里村8组8号');
    const file = (await village.get(`/households/${home?.id}`)).json();
    expect(file.items.address).toMatchObject({ batch, row: 1 });
    const lineage = await village.get(`/gather/lineage?record=${home?.id}&rows=${batch}.1`);
    expect(lineage.json().items).toMatchObject([{ batch, n: 1, decision: 'id' }]);
    await apart(village, batch, { to: 'nobody' }, 1);
    await t.worker().drain();
    expect(await g.archive()).toEqual(before);
    await g.undo(batch);
    expect(await g.archive()).toEqual(before);
  });
});

describe('a conflict of two sources', () => {
  it('stands in the file with source, day and row, and goes with the row that brought it', async () => {
    await g.gather('health', [header, `柴试晓,${son},19900000066,,,2026-03-31`]);
    // As another department of the same rank would have said it.
    await t.sql(
      `update resident_contact set facts = jsonb_set(facts, '{phone,s}', '"civil-affairs"') where id = $1`,
      [residents.son],
    );
    const second = await g.gather('health', [header, `柴试晓,${son},19900000055,,,2026-03-31`]);
    const reveal = async () =>
      (
        await village.send('POST', `/residents/${residents.son}/reveals`, {
          item: 'phone',
          purpose: 'visit',
        })
      ).json();
    const shown = await reveal();
    expect(shown.view).toMatchObject({ value: '19900000066', source: 'civil-affairs', row: 1 });
    expect(shown.conflicts).toMatchObject([
      { value: '19900000055', source: 'health', asOf: '2026-03-31', batch: second, row: 1 },
    ]);
    await apart(village, second, { to: 'nobody' }, 1);
    await t.worker().drain();
    expect((await reveal()).conflicts).toEqual([]);
  });
});

describe('the gate', () => {
  let batch: number;
  let actor: Actor;
  beforeAll(async () => {
    batch = await asked();
    const sessions = new Sessions(t.database, () => t.clock.now);
    actor = sessions.actor(await sessions.find(hashToken(village.cookie.split('=')[1] ?? '')));
  });
  const attempt = (statement: Sql) => t.database.withActor(actor, (tx) => tx.count(statement));

  it('links nobody out of sight, whatever the statement says', async () => {
    const [far] = await t.sql<{ id: string }>(
      'select id from resident where area < 330881002205000 or area >= 330881002206000 limit 1',
    );
    const me = sql`account = ${actor.account}::uuid, post = ${actor.post?.id ?? null}::uuid`;
    await expect(
      attempt(
        sql`update gather_link set decision = 'linked', resident = ${far?.id}::uuid, ${me} where batch = ${batch}`,
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('lets nobody decide in another’s name, forge an act, or write rows, links and memory away', async () => {
    const { account: me, post } = actor;
    const none = sql``;
    const act = (account: string | undefined, done: Sql) => sql`insert into gather_act
        (county, id, area, subject, batch, n, kind, account, post, at ${done})
      select 330881, ${randomUUID()}::uuid, 330881002205000, ${residents.father}::uuid, ${batch}::int, 1, 'linked', ${account}::uuid,
             ${post?.id ?? null}::uuid, now() ${done === none ? none : sql`, now()`}`;
    const [other] = await t.sql<{ id: string }>(
      "select id from account where username = 'township'",
    );
    for (const statement of [
      sql`update gather_link set decision = 'parted', account = ${other?.id}::uuid, post = ${post?.id ?? null}::uuid where batch = ${batch}`,
      sql`update gather_link set decision = 'id', resident = ${residents.father}::uuid where batch = ${batch}`,
      act(other?.id, none),
      act(me, sql`, done_at`),
      sql`delete from gather_link`,
      sql`update gather_row set name = 'x'`,
      sql`delete from gather_decision`,
      sql`update gather_act set resident = null`,
    ])
      await expect(attempt(statement)).rejects.toMatchObject({ code: '42501' });
    expect(await g.row(batch, 1)).toMatchObject({ decision: 'ask', version: 1 });
  });
});
