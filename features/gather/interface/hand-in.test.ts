import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Client, clientOf } from '../../../tests/support/system-client.ts';
import { citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import type { BatchStatus, HandedInAnswer, NewSystem } from './contract.ts';

let t: TestApp;
let admin: Caller;
let health: Client;
/** A resident of the village with an id, and one of another county. */
const ids = { here: '', there: '' };
const idOf = (first17: string): string => first17 + citizenIdCheckDigit(first17);
const hereId = idOf('99080119700101131');
const thereId = idOf('99080119710101131');

const village = '330881002205';

async function makeSystem(more: Partial<NewSystem> = {}): Promise<Client> {
  const wanted = {
    name: '卫健系统',
    source: 'health',
    area: village,
    items: [],
    groups: [],
    values: true,
    ...more,
  };
  const made = await admin.send('POST', '/gather/systems', wanted);
  expect(made.statusCode, made.body).toBe(201);
  return clientOf(t.app, t.clock, made.json());
}

beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
  const add = async (username: string, area: string, name: string, id: string) => {
    const official = await t.signIn(username);
    const items = { name, citizen_id: id };
    const made = await official.send('POST', '/residents', { area, items });
    expect(made.statusCode, made.body).toBe(201);
    return made.json().id as string;
  };
  ids.here = await add('village', `${village}001`, '柴近人', hereId);
  ids.there = await add('village2', '330802013202001', '柴远人', thereId);
  health = await makeSystem();
});
afterAll(() => t.close());

async function gathered(client: Client, answer: HandedInAnswer): Promise<BatchStatus> {
  await t.worker().drain();
  const status = await client.get(answer.address.replace('/api/v1', ''));
  expect(status.statusCode, status.body).toBe(200);
  return status.json();
}

const factOf = async (id: string, item: string) =>
  (
    await t.sql<{ v: unknown }>(
      `select facts -> $2 ->> 'v' as v from resident_health where id = $1 union all
       select facts -> $2 ->> 'v' from resident_file where id = $1`,
      [id, item],
    )
  ).find(({ v }) => v !== null)?.v;

describe('rows that a system hands in', () => {
  it('go the way of a file: into the archive, with what was not taken told by row', async () => {
    const rows = [
      { 姓名: '柴近人', 证件号码: hereId, 家庭医生: '王医生', 建档日期: '2026-05-01' },
      { name: '无此人', citizen_id: idOf('99080119720101131'), 'resident.family_doctor': '李医生' },
      { 姓名: '柴近人', 证件号码: hereId, 家庭医生: '王医生', 建档日期: '2099-01-01' },
    ];
    const answer = await health.post('/gather/health', { rows });
    expect(answer.statusCode, answer.body).toBe(202);
    expect(answer.headers.location).toBe(answer.json().address);
    const status = await gathered(health, answer.json());
    expect(status).toMatchObject({
      state: 'done',
      counts: { rows: 3, linked: 2, unmatched: 1, made: 0 },
    });
    expect(status.notTaken.map(({ row, column }) => [row, column])).toEqual([
      [2, null],
      [3, '建档日期'],
    ]);
    expect(status.notTaken[0]?.reason).toContain('没有找到');
    expect(await factOf(ids.here, 'family_doctor')).toBe('王医生');
  });
});

describe('names of columns', () => {
  const one = (row: object) => health.post('/gather/health', { rows: [row] });
  const faultsOf = async (row: object) => (await one(row)).json().errors;

  it('are the file’s, the matching’s or the items’; another is told with those there are', async () => {
    const [fault] = await faultsOf({ 姓名: '柴近人', 病历: '感冒' });
    expect(fault.field).toBe('rows.0.病历');
    expect(fault.message).toContain('证件号码');
    expect((await faultsOf({ 姓名: '柴近人', name: '柴近人' }))[0].code).toBe('twice');
    expect((await faultsOf({ 姓名: '柴近人', __proto__x: 1, constructor: 'a' })).length).toBe(2);
  });

  it('hold no id as a number, whose digits would be lost', async () => {
    const sent = `{"rows":[{"姓名":"柴近人","证件号码":990801197001011311}]}`;
    const answer = await health.post('/gather/health', JSON.parse(sent));
    expect(answer.json().errors[0]).toMatchObject({ code: 'digits', field: 'rows.0.证件号码' });
  });

  it('hold plain values only, and some rows, but not too many', async () => {
    expect((await one({ 姓名: ['柴近人'] })).statusCode).toBe(400);
    const many = (rows: number) =>
      health.post('/gather/health', { rows: Array.from({ length: rows }, () => ({ 姓名: '甲' })) });
    expect((await many(0)).statusCode).toBe(400);
    expect((await many(5_001)).statusCode).toBe(400);
    const large = await health.post('/gather/health', {
      rows: Array.from({ length: 3_000 }, () => ({ 姓名: '甲'.repeat(1_000) })),
    });
    expect(large.statusCode).toBe(413);
  });

  it('need a source that has a profile, and no day to come', async () => {
    const emergency = await makeSystem({ source: 'emergency' });
    const answer = await emergency.post('/gather/emergency', { rows: [{ 姓名: '甲' }] });
    expect(answer.json().errors[0]).toMatchObject({ field: 'profile' });
    const later = await health.post('/gather/health', {
      day: '2030-01-01',
      rows: [{ 姓名: '甲' }],
    });
    expect(later.json().errors[0]).toMatchObject({ field: 'day', code: 'future' });
  });
});

describe('a key that is given', () => {
  const body = { rows: [{ 姓名: '柴近人', 证件号码: hereId, 家庭医生: '钱医生' }] };

  it('makes the same call one batch, however often it comes, and at once', async () => {
    const calls = await Promise.all(
      [1, 2, 3].map(() => health.post('/gather/health', body, { key: 'k-1' })),
    );
    expect(calls.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202]);
    expect(new Set(calls.map((one) => one.json().id)).size).toBe(1);
    const [count] = await t.sql<{ n: number }>(
      'select count(*)::int as n from gather_batch where id = $1',
      [calls[0]?.json().id],
    );
    expect(count?.n).toBe(1);
    await t.worker().drain();
  });

  it('is refused with another body, and nothing is taken in', async () => {
    const before = await t.sql('select id from gather_batch');
    const other = { rows: [{ 姓名: '柴近人', 证件号码: hereId, 家庭医生: '孙医生' }] };
    const answer = await health.post('/gather/health', other, { key: 'k-1' });
    expect([answer.statusCode, answer.json().type]).toEqual([422, '/problems/key-reused']);
    expect(await t.sql('select id from gather_batch')).toEqual(before);
  });

  it('is not needed for the very same rows: they are one batch of the system, and no other’s', async () => {
    const rows = [{ 姓名: '柴近人', 证件号码: hereId, 家庭医生: '郑医生' }];
    const calls = await Promise.all([1, 2, 3].map(() => health.post('/gather/health', { rows })));
    expect(new Set(calls.map((one) => one.json().id)).size).toBe(1);
    const second = await makeSystem();
    const answer = await second.post('/gather/health', { rows });
    expect([answer.statusCode, answer.json().type]).toEqual([409, '/problems/conflict']);
    await t.worker().drain();
  });

  it('is each system’s own', async () => {
    const second = await makeSystem();
    const other = { rows: [{ 姓名: '柴近人', 证件号码: hereId, 家庭医生: '周医生' }] };
    expect((await second.post('/gather/health', other, { key: 'k-1' })).statusCode).toBe(202);
    await t.worker().drain();
  });
});

describe('a signature', () => {
  const rows = [{ 姓名: '柴近人', 证件号码: hereId, 家庭医生: '吴医生' }];
  const seconds = (): number => Math.floor(t.clock.now.getTime() / 1000);
  const typeOf = async (call: Promise<{ statusCode: number; json(): { type: string } }>) => {
    const answer = await call;
    return [answer.statusCode, answer.json().type];
  };
  const refused = [401, '/problems/signature-refused'];

  it('by another secret is refused', async () => {
    const forged = clientOf(t.app, t.clock, { id: health.id, secret: 'x'.repeat(43) });
    expect(await typeOf(forged.post('/gather/health', { rows }))).toEqual(refused);
    expect(await typeOf(forged.get('/changes'))).toEqual(refused);
  });

  it('of a system that there is not, or no signature at all, is refused with what to do', async () => {
    const nobody = clientOf(t.app, t.clock, { ...health, id: ids.here });
    expect(await typeOf(nobody.get('/changes'))).toEqual(refused);
    const bare = await t.app.inject({ url: '/api/v1/changes' });
    expect([bare.statusCode, bare.json().detail]).toEqual([
      401,
      expect.stringContaining('RFC 9421'),
    ]);
    const cookie = await admin.get('/changes');
    expect(cookie.statusCode).toBe(401);
  });

  it('of more than five minutes ago, or to come, is refused', async () => {
    for (const off of [-301, 301])
      expect(
        await typeOf(health.post('/gather/health', { rows }, { created: seconds() + off })),
      ).toEqual(refused);
  });

  it('is taken once: the same again is refused, also at the same time', async () => {
    const nonce = 'nonce-of-this-test';
    expect((await health.get('/changes', { nonce })).statusCode).toBe(200);
    expect(await typeOf(health.get('/changes', { nonce }))).toEqual(refused);
    const together = await Promise.all(
      [1, 2, 3, 4].map(() => health.get('/changes', { nonce: 'together-1' })),
    );
    expect(together.filter(({ statusCode }) => statusCode === 200).length).toBe(1);
  });

  it('breaks with body, path and query', async () => {
    const other = JSON.stringify({ rows: [{ 姓名: '他人' }] });
    expect(await typeOf(health.post('/gather/health', { rows }, { sent: other }))).toEqual(refused);
    const path = '/gather/education';
    expect(await typeOf(health.post('/gather/health', { rows }, { path }))).toEqual(refused);
    expect(await typeOf(health.get('/changes?limit=5', { path: '/changes?limit=50' }))).toEqual(
      refused,
    );
  });

  it('that is refused leaves nothing but an entry in the record', async () => {
    const before = await t.sql('select id from gather_batch');
    const forged = clientOf(t.app, t.clock, { id: health.id, secret: 'y'.repeat(43) });
    t.clock.now = new Date(t.clock.now.getTime() + 120_000);
    await forged.post('/gather/health', { rows });
    expect(await t.sql('select id from gather_batch')).toEqual(before);
    const [entry] = await t.sql(
      `select action, category, subject, operation, detail from audit_entry where kind = 'refusal' order by at desc, xid desc limit 1`,
    );
    expect(entry).toEqual({
      action: 'refused',
      category: 'system',
      subject: health.id,
      operation: 'handInRows',
      detail: 'signature-refused',
    });
  });

  it('opens the own source alone, and the own batches', async () => {
    expect(await typeOf(health.post('/gather/education', { rows }))).toEqual([
      403,
      '/problems/forbidden',
    ]);
    const own = (await health.post('/gather/health', { rows })).json<HandedInAnswer>();
    const path = own.address.replace('/api/v1', '');
    expect((await health.get(path)).statusCode).toBe(200);
    const sibling = await makeSystem();
    expect(await typeOf(sibling.get(path))).toEqual([404, '/problems/not-found']);
    const education = await makeSystem({ source: 'education' });
    expect(await typeOf(education.get(path))).toEqual([403, '/problems/forbidden']);
    expect(
      await typeOf(education.get(path.replace('/gather/health/', '/gather/education/'))),
    ).toEqual([404, '/problems/not-found']);
    await t.worker().drain();
  });
});

describe('the area of a system', () => {
  it('is the border: a person outside is told as nobody, and nothing of hers is written', async () => {
    const answer = await health.post('/gather/health', {
      rows: [
        { 姓名: '柴远人', 证件号码: thereId, 家庭医生: '外医生' },
        { 姓名: '柴近人', 证件号码: hereId, 慢病: '高血压' },
      ],
    });
    const status = await gathered(health, answer.json());
    expect(status).toMatchObject({ state: 'done', counts: { linked: 1, unmatched: 1 } });
    expect(status.notTaken).toEqual([
      { row: 1, column: null, code: 'nobody', reason: expect.stringContaining('没有找到') },
    ]);
    expect(await factOf(ids.there, 'family_doctor')).toBeUndefined();
    expect(await factOf(ids.here, 'chronic_illness')).toBeDefined();
  });

  it('binds a register too: nobody is made outside, or twice, or moved into a household outside', async () => {
    const police = await makeSystem({ source: 'public-security' });
    const [home] = await t.sql<{ number: string }>(
      `select number from household where area >= 330802000000000 and area < 330803000000000 and number is not null limit 1`,
    );
    const registered = (name: string, id: string, area: string, household: string) => ({
      户号: household,
      姓名: name,
      性别: '男',
      公民身份号码: id,
      与户主关系: '户主',
      户籍地址: '某村1号',
      行政区划: area,
    });
    const count = async () =>
      (await t.sql<{ n: number }>('select count(*)::int as n from resident'))[0]?.n ?? 0;
    const before = await count();
    const answer = await police.post('/gather/public-security', {
      rows: [
        registered('柴新人', idOf('99080119800101131'), village, 'HKX1'),
        registered('柴外人', idOf('99080119810101131'), '330802013202', 'HKX2'),
        registered('柴远人', thereId, village, 'HKX3'),
        registered('柴借户', idOf('99080119820101131'), village, home?.number ?? ''),
      ],
    });
    const status = await gathered(police, answer.json());
    expect(status).toMatchObject({ state: 'done', counts: { rows: 4, aside: 2, linked: 1 } });
    expect(status.notTaken.map(({ row, code }) => [row, code])).toEqual([
      [2, 'outside'],
      [3, 'nobody'],
      [4, 'outside'],
    ]);
    expect(await count()).toBe(before + 1);
    const strays = await t.sql(
      `select 1 from gather_touch where batch = $1 and (area < 330881002205000 or area >= 330881002206000)`,
      [status.batch],
    );
    expect(strays).toEqual([]);
  });

  it('holds no dwelling outside, though its code is named', async () => {
    const housing = await makeSystem({ source: 'housing' });
    const [house] = await t.sql<{ id: string; code: string; version: number }>(
      `select id, code, version from housing where code is not null and area >= 330881002000000 and area < 330881003000000
          and not (area >= 330881002205000 and area < 330881002206000) limit 1`,
    );
    expect(house).toBeDefined();
    const answer = await housing.post('/gather/housing', {
      rows: [
        { 房屋编码: house?.code ?? '', 权利人: '柴近人', 权利人证件号: hereId, 建筑面积: 999 },
      ],
    });
    const status = await gathered(housing, answer.json());
    expect(status).toMatchObject({ state: 'done', counts: { linked: 0, unmatched: 1 } });
    const [now] = await t.sql<{ version: number }>('select version from housing where id = $1', [
      house?.id,
    ]);
    expect(now?.version).toBe(house?.version);
  });

  it('is not widened by whoever writes to the database in its name', async () => {
    const insert = (lo: number, hi: number, source: string) =>
      t.database.asSystem(health.id, (tx) =>
        tx.count(sql`insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, created_at)
          values (gen_random_uuid(), ${source}, 'health', 'x', 'x', '\\x01', 1, ${lo}, ${hi}, '2026-06-15', now())`),
      );
    const denied = { code: '42501' };
    await expect(insert(0, 1e15, 'health')).rejects.toMatchObject(denied);
    await expect(
      insert(330_881_002_205_000, 330_881_002_206_000, 'education'),
    ).rejects.toMatchObject(denied);
    const seen = await t.database.asSystem(health.id, (tx) =>
      tx.rows(sql<{ n: number }>`select count(*)::int as n from resident
        union all select count(*)::int from gather_batch where system <> ${health.id} or system is null`),
    );
    expect(seen.map(({ n }) => n)).toEqual([0, 0]);
  });

  it('is reached by no other job than the one that gathers', async () => {
    const job = (kind: string) =>
      t.database.asSystem(health.id, (tx) =>
        tx.count(
          sql`insert into job (id, kind, due_at, created_at) values (gen_random_uuid(), ${kind}, now(), now())`,
        ),
      );
    await expect(job('retention')).rejects.toMatchObject({ code: '42501' });
    await t.sql('update gather_system set ended_at = now(), ended_by = made_by where id = $1', [
      health.id,
    ]);
    await expect(job('gather')).rejects.toMatchObject({ code: '42501' });
  });
});
