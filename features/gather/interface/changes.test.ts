import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Client, clientOf } from '../../../tests/support/system-client.ts';
import { runSystemJob } from '../../../tests/support/system-job.ts';
import { testNow } from '../../../tests/support/template.ts';
import { citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import type { Changed, Changes, NewSystem } from './contract.ts';

let t: TestApp;
let admin: Caller;
let cadre: Caller;

const village = '330881002205';
const grid = `${village}001`;
const idOf = (first17: string): string => first17 + citizenIdCheckDigit(first17);

beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
  cadre = await t.signIn('village');
});
afterAll(() => t.close());

/** A system that is told of what changes from now on. */
async function makeSystem(more: Partial<NewSystem> = {}): Promise<Client & { from: string }> {
  const made = await admin.send('POST', '/gather/systems', {
    name: '教育系统',
    source: 'education',
    area: village,
    items: ['resident.skills', 'resident.education'],
    groups: [],
    values: true,
    ...more,
  });
  expect(made.statusCode, made.body).toBe(201);
  const client = clientOf(t.app, t.clock, made.json());
  const from = (await client.get('/changes?cursor=now')).json<Changes>().next;
  return { ...client, from };
}

async function changesOf(
  client: Client & { from: string },
  limit = 200,
): Promise<Changes & { items: Changed[] }> {
  const answer = await client.get(`/changes?cursor=${client.from}&limit=${limit}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

async function addResident(items: object, area = grid, by = cadre): Promise<string> {
  const made = await by.send('POST', '/residents', { area, items });
  expect(made.statusCode, made.body).toBe(201);
  return made.json().id;
}

async function edit(id: string, items: object, category = 'residents'): Promise<void> {
  const table = { residents: 'resident', households: 'household' }[category];
  const [row] = await t.sql<{ version: number }>(`select version from ${table} where id = $1`, [
    id,
  ]);
  const answer = await cadre.send(
    'PATCH',
    `/${category}/${id}`,
    { items, reason: '走访' },
    { 'if-match': `"${row?.version}"` },
  );
  expect(answer.statusCode, answer.body).toBe(200);
}

describe('the feed of changes', () => {
  it('tells what changed with the value, its day and its source; and only what the subscription names', async () => {
    const client = await makeSystem();
    const id = await addResident({ name: '周变更', phone: '19900015555', skills: '书法' });
    await edit(id, { skills: '剪纸' });
    await edit(id, { employer: '某厂' });
    const { items, more } = await changesOf(client);
    expect(more).toBe(false);
    expect(items.length).toBe(1);
    expect(items[0]).toMatchObject({
      type: 'archive.changed',
      category: 'resident',
      record: id,
      items: ['skills'],
      values: { skills: { value: '剪纸', asOf: '2026-06-15', source: 'village' } },
    });
    expect(JSON.stringify(items)).not.toMatch(/周变更|199000|某厂/);
  });

  it('tells a value that was cleared as none', async () => {
    const id = await addResident({ name: '周清空', skills: '书法' });
    const client = await makeSystem();
    await edit(id, { skills: null });
    const [one] = (await changesOf(client)).items;
    expect(one?.values?.skills?.value ?? null).toBeNull();
    expect(one?.items).toEqual(['skills']);
  });

  it('tells keys alone where values are not subscribed to, and then puts no look on record', async () => {
    const client = await makeSystem({ values: false });
    const id = await addResident({ name: '周只键', skills: '书法' });
    const before = await looks(id);
    const [one] = (await changesOf(client)).items;
    expect(one).toMatchObject({ record: id, items: ['skills'] });
    expect(one).not.toHaveProperty('values');
    expect(await looks(id)).toBe(before);
  });

  it('puts on record whose values were handed out, and to whom: the resident’s page tells', async () => {
    const client = await makeSystem({ name: '学籍系统' });
    const id = await addResident({ name: '周留痕', skills: '书法' });
    await changesOf(client);
    const { items } = (await cadre.get(`/residents/${id}/looks`)).json();
    const sent = items.find(({ action }: { action: string }) => action === 'send_changes');
    expect(sent).toMatchObject({ system: '学籍系统', account: null, kind: 'look' });
  });

  const looks = async (id: string) =>
    (
      await t.sql<{ n: number }>(
        `select count(*)::int as n from audit_entry where subject = $1 and action = 'send_changes'`,
        [id],
      )
    )[0]?.n;

  it('keeps sealed groups from whoever does not name them, and opens them for whoever does', async () => {
    const without = await makeSystem();
    const named = await makeSystem({ items: ['resident.phone'], groups: ['contact'] });
    const id = await addResident({ name: '周敏感', phone: '19900016666' });
    expect((await changesOf(without)).items).toEqual([]);
    const [one] = (await changesOf(named)).items;
    expect(one).toMatchObject({ record: id, values: { phone: { value: '19900016666' } } });
    // Even with an item of it in the table, nothing is told of a group that is not named.
    await t.sql('update gather_system set groups = $2 where id = $1', [named.id, []]);
    await edit(id, { phone: '19900017777' });
    expect((await changesOf(named)).items).toEqual([]);
  });

  it('ends at the border of the area', async () => {
    const wide = await makeSystem({ area: '330881' });
    const narrow = await makeSystem({ area: `${village}002` });
    const other = await t.signIn('village2');
    const far = await addResident({ name: '周远处', skills: '书法' }, '330802013202001', other);
    const near = await addResident({ name: '周近处', skills: '书法' });
    const told = async (client: Client & { from: string }) =>
      (await changesOf(client)).items.map(({ record }) => record);
    expect(await told(wide)).toEqual([near]);
    expect(await told(narrow)).toEqual([]);
    expect(far).not.toBe(near);
  });

  it('goes on from a cursor, page by page, and tells the same when asked again', async () => {
    const client = await makeSystem();
    const ids: string[] = [];
    for (let n = 0; n < 7; n++) ids.push(await addResident({ name: `周页${n}`, skills: '书法' }));
    const told: string[] = [];
    let next = client.from;
    for (let page = 0; page < 9; page++) {
      const at = { ...client, from: next };
      const found = await changesOf(at, 3);
      expect((await changesOf(at, 3)).items.map(({ id }) => id)).toEqual(
        found.items.map(({ id }) => id),
      );
      told.push(...found.items.map(({ record }) => record));
      next = found.next;
      if (!found.more) break;
    }
    expect(told).toEqual(ids);
  });

  it('refuses a cursor that is none, and one whose changes are not kept any more', async () => {
    const client = await makeSystem();
    const typeOf = async (cursor: string) =>
      (await client.get(`/changes?cursor=${cursor}`)).json().type;
    expect(await typeOf('x')).toBe('/problems/bad-cursor');
    expect(await typeOf('1-1')).toBe('/problems/cursor-gone');
    expect((await client.get('/changes?limit=501')).statusCode).toBe(400);
  });

  it('tells values that a batch wrote for the first time, a record once; and that it was undone', async () => {
    const citizen = idOf('99080119900101177');
    const id = await addResident({ name: '周批次', citizen_id: citizen });
    const health = await makeSystem({
      source: 'health',
      items: ['resident.family_doctor', 'resident.chronic_illness'],
      groups: ['health'],
    });
    const row = { 姓名: '周批次', 证件号码: citizen, 慢病: '高血压', 家庭医生: '王医生' };
    const answer = await health.post('/gather/health', { rows: [row] });
    await t.worker().drain();
    const { items, next } = await changesOf(health);
    expect(items.map(({ record }) => record)).toEqual([id]);
    expect(items[0]?.items).toEqual(['chronic_illness', 'family_doctor']);
    expect(items[0]?.values?.family_doctor).toMatchObject({ value: '王医生', source: 'health' });
    const batch = answer.json().batch;
    expect(await runSystemJob(t, 'gather', { batch, act: 'undo' })).toBe('done');
    const after = await changesOf({ ...health, from: next });
    expect(after.items[0]).toMatchObject({
      record: id,
      values: { family_doctor: { value: null } },
    });
  });
});

describe('a record that goes', () => {
  it('is told without content, and what was told of it before is not told any more', async () => {
    const id = await addResident({ name: '周删除', skills: '书法' });
    const client = await makeSystem();
    await edit(id, { skills: '剪纸' });
    await client.get('/changes');
    await t.sql('select erase_resident(330881, $1)', [id]);
    const { items } = await changesOf(client);
    expect(items).toEqual([
      {
        id: expect.any(String),
        type: 'archive.removed',
        at: expect.any(String),
        category: 'resident',
        record: id,
        items: [],
      },
    ]);
    const left = await t.sql('select gone from archive_event where record = $1', [id]);
    expect(left).toEqual([{ gone: true }]);
  });

  it('to another area is gone there and whole here; to whoever has both, it changed', async () => {
    const id = await addResident({ name: '周搬家', skills: '书法', education: undefined });
    const [there, here, both] = [
      await makeSystem({ area: `${village}001` }),
      await makeSystem({ area: `${village}002` }),
      await makeSystem(),
    ];
    const to = 330_881_002_205_002;
    for (const table of ['resident', 'resident_file'])
      await t.sql(`update ${table} set area = $2 where id = $1`, [id, to]);
    const told = async (client: Client & { from: string }) =>
      (await changesOf(client)).items.map(({ type, record, values }) => [
        type,
        record,
        values?.skills?.value,
      ]);
    expect(await told(there)).toEqual([['archive.removed', id, undefined]]);
    expect(await told(here)).toEqual([['archive.changed', id, '书法']]);
    expect(await told(both)).toEqual([['archive.changed', id, '书法']]);
  });
});

describe('writers at the same time', () => {
  /** A transaction of its own that writes a fact of a resident and waits. */
  async function writer(id: string, skills: string) {
    const client = new pg.Client(t.owner);
    await client.connect();
    await client.query('begin');
    await client.query(
      `update resident_file set facts = facts || jsonb_build_object('skills', jsonb_build_object('v', $2::text, 's', 'village', 'd', '2026-06-15'))
        where id = $1`,
      [id, skills],
    );
    return async (how: 'commit' | 'rollback') => {
      await client.query(how);
      await client.end();
    };
  }

  it('lose no change, though who began first commits last', async () => {
    const [a, b, c] = [
      await addResident({ name: '周先', skills: '零' }),
      await addResident({ name: '周后', skills: '零' }),
      await addResident({ name: '周退', skills: '零' }),
    ];
    const client = await makeSystem();
    const first = await writer(a, '一');
    const second = await writer(b, '二');
    const undone = await writer(c, '三');
    await second('commit');
    const early = await changesOf(client);
    expect(early.items.map(({ record }) => record)).toEqual([b]);
    // The later reader stands behind the later writer by now; the first one commits after that.
    await first('commit');
    await undone('rollback');
    const late = await changesOf({ ...client, from: early.next });
    expect(late.items.map(({ record, values }) => [record, values?.skills?.value])).toEqual([
      [a, '一'],
    ]);
    expect((await changesOf(client)).items.map(({ record }) => record)).toEqual([b, a]);
  });

  it('nor do many, while two readers go on from cursor to cursor', {
    timeout: 60_000,
  }, async () => {
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(await addResident({ name: `周忙${n}`, skills: '零' }));
    const readers = [await makeSystem(), await makeSystem({ values: false })];
    let busy = true;
    const write = async (id: string, at: number) => {
      const done: string[] = [];
      for (let n = 0; n < 12; n++) {
        const finish = await writer(id, `${at}-${n}`);
        await new Promise((go) => setTimeout(go, (at * 7 + n * 3) % 20));
        const how = n % 5 === 4 ? 'rollback' : 'commit';
        await finish(how);
        if (how === 'commit') done.push(`${at}-${n}`);
      }
      return done.at(-1);
    };
    const read = async (client: Client & { from: string }) => {
      const told: Changed[] = [];
      let from = client.from;
      for (let last = false; ; last = !busy) {
        const page = await changesOf({ ...client, from }, 50);
        told.push(...page.items);
        from = page.next;
        if (last && !page.more) return { told, from };
      }
    };
    const reading = Promise.all(readers.map(read));
    const last = await Promise.all(ids.map(write));
    busy = false;
    // A reader who meets another one at the seal is told the rest when it asks again.
    const restOf = async (client: (typeof readers)[number] | undefined, from: string) =>
      client ? (await changesOf({ ...client, from }, 100)).items : [];
    const lists: Changed[][] = [];
    for (const [at, { told, from }] of (await reading).entries())
      lists.push([...told, ...(await restOf(readers[at], from))]);
    const [withValues = [], keysAlone = []] = lists;
    for (const [at, id] of ids.entries()) {
      const own = withValues.filter(({ record }) => record === id);
      // What is told last is how it stands: no later change was passed over.
      expect(own.at(-1)?.values?.skills?.value).toBe(last[at]);
      expect(keysAlone.some(({ record }) => record === id)).toBe(true);
    }
    const numbers = withValues.map(({ id }) => Number(id));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('note one line for each record of a statement, and none while there is no system', async () => {
    const notes = async () =>
      (await t.sql<{ n: number }>('select count(*)::int as n from archive_event_raw'))[0]?.n ?? 0;
    const touchAll = () =>
      t.sql(
        `update resident_file set facts = facts || jsonb_build_object('skills', jsonb_build_object('v', $1::text), 'employer', jsonb_build_object('v', $1::text))
          where area = 330881002205001`,
        [String(Math.random())],
      );
    await makeSystem();
    await t.sql('delete from archive_event_raw');
    await touchAll();
    const [count] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident_file where area = 330881002205001',
    );
    expect(await notes()).toBe(count?.n);
    await t.sql('delete from archive_event_raw');
    await t.sql('update gather_system set ended_at = now(), ended_by = made_by');
    await touchAll();
    expect(await notes()).toBe(0);
  });
});

describe('behind the API', () => {
  it('nobody reads changes in the database without a system, and none of another', async () => {
    const denied = { code: '42501' };
    await expect(
      t.database.gate(sql`select * from gate_changes(0, 10, now())`),
    ).rejects.toMatchObject(denied);
    const client = await makeSystem();
    await t.sql('update gather_system set ended_at = now(), ended_by = made_by where id = $1', [
      client.id,
    ]);
    await expect(
      t.database.asSystem(client.id, (tx) =>
        tx.rows(sql`select * from gate_changes(0, 10, now())`),
      ),
    ).rejects.toMatchObject(denied);
    for (const statement of [
      sql`select * from archive_event`,
      sql`select * from archive_event_raw`,
      sql`select secret from gather_secret`,
      sql`select archive_facts(gen_random_uuid(), 'resident', gen_random_uuid(), '{}', 0, 1)`,
      sql`update gather_system set groups = '{health}'`,
      sql`update gather_system set lo = 0`,
    ])
      await expect(
        t.database.asSystem(client.id, (tx) => tx.rows(statement)),
      ).rejects.toMatchObject(denied);
  });

  it('a subscription takes no item of a group that it does not name', async () => {
    const client = await makeSystem();
    const [session] = await t.sql<{ account: string }>(
      `select a.id as account from account a where username = 'secadmin'`,
    );
    expect(session).toBeDefined();
    await expect(
      t.database.asSystem(client.id, (tx) =>
        tx.count(
          sql`insert into gather_system_item values (${client.id}, 'resident', 'phone', 'contact')`,
        ),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });

  it('changes are cleared away after ninety days', async () => {
    const client = await makeSystem();
    await addResident({ name: '周过期', skills: '书法' });
    await changesOf(client);
    t.clock.now = new Date(testNow.getTime() + 91 * 86_400_000);
    expect(await runSystemJob(t, 'gather.deliver')).toBe('done');
    expect(await t.sql('select 1 from archive_event')).toEqual([]);
    t.clock.now = testNow;
  });
});
