import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
