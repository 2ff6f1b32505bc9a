import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../../server/crypto.ts';
import { Sql } from '../../../server/database/sql.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { countFaults } from '../../../tests/support/counts.ts';
import { photo, upload } from '../../../tests/support/uploads.ts';
import { demoPassword } from '../../identity/demo.ts';
import { hashPassword } from '../../identity/passwords.ts';
import { Sessions } from '../../identity/sessions.ts';

let t: TestApp;
/** The village moved out of, one of the same county, one of another, and a third that has nothing to do with it. */
let old: Caller;
let near: Caller;
let far: Caller;
let stranger: Caller;
const grid = '330881002205001';
const nearVillage = '330881002206';
const farVillage = '330802013202';

beforeAll(async () => {
  t = await startApp();
  old = await t.signIn('village');
  near = await cadreOf('near', nearVillage);
  far = await cadreOf('far', farVillage);
  stranger = await cadreOf('stranger', '330881002204');
});
afterAll(() => t.close());
afterEach(async () => expect(await countFaults(t.sql)).toEqual([]));

async function cadreOf(username: string, area: string): Promise<Caller> {
  const id = randomUUID();
  const width = 10 ** (15 - area.length);
  await t.sql(
    'insert into account (id, username, name, password_hash, demo, created_at) values ($1, $2, $2, $3, true, $4)',
    [id, username, await hashPassword(demoPassword), t.clock.now],
  );
  await t.sql(
    `insert into post (id, account, role, area, lo, hi, since, created_at) values ($1, $2, 'village_cadre', $3, $4, $5, '2026-01-01', $6)`,
    [randomUUID(), id, area, Number(area) * width, (Number(area) + 1) * width, t.clock.now],
  );
  return t.signIn(username);
}

const proof = { kind: 'migration_paper', note: '99-2' };
async function act(by: Caller, body: object, status = 201) {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await by.send('POST', '/life-events', { proof, ...body });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
  return answer.json();
}
async function get(by: Caller, path: string, status = 200) {
  const answer = await by.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === status ? '' : answer.body}`).toBe(
    `${status} `,
  );
  return answer.json();
}

let n = 0;
/** A couple with values in every group, a history, a claim and a document; the wife moves out. */
async function leaving(to: string) {
  n++;
  const moved = await act(old, {
    kind: 'move_in',
    day: '2020-01-01',
    newHousehold: { area: grid, items: { address: `彭里村7组${n}号` } },
    people: [
      { items: { name: `方夫${n}`, sex: '1', birth: '1980-02-03' }, relation: '02' },
      {
        items: {
          name: `方妻${n}`,
          sex: '2',
          birth: '1981-02-03',
          phone: `1990009${String(n).padStart(4, '0')}`,
          ethnic: '01',
          chronic_illness: ['I10'],
        },
        relation: '12',
      },
    ],
  });
  const [husband, wife] = moved.residents as [string, string];
  const { version } = await get(old, `/residents/${wife}`);
  const edited = await old.send(
    'PATCH',
    `/residents/${wife}`,
    { items: { name: `方改${n}` }, reason: '更正' },
    { 'if-match': `"${version}"` },
  );
  expect(edited.statusCode).toBe(200);
  const paper = await photo(`虚构${n}`, { width: 100, height: 80 });
  const uploaded = await upload(
    t.app,
    old,
    `/residents/${wife}`,
    { kind: 'consent', title: '同意书' },
    paper,
  );
  expect(uploaded.statusCode).toBe(201);
  const out = await act(old, {
    kind: 'move_out',
    day: '2026-05-01',
    people: [{ resident: wife }],
    to,
  });
  return { household: moved.household as string, husband, wife, out: out.id as string };
}

const arrivalOf = async (by: Caller, resident: string) => {
  const { items } = await get(by, '/arrivals?limit=100');
  const [row] = await t.sql<{ id: string }>(
    'select id from handover where resident = $1 order by id desc limit 1',
    [resident],
  );
  return items.find(({ id }: { id: string }) => id === row?.id);
};
const finds = async (by: Caller, resident: string): Promise<boolean> => {
  const { items } = await get(by, `/search?q=${encodeURIComponent(`方改${n}`)}`);
  return items.some(({ id }: { id: string }) => id === resident);
};
const accept = (arrival: string, area: string, day = '2026-05-10') => ({
  kind: 'move_in',
  day,
  newHousehold: { area, items: { address: '新村1组1号' } },
  people: [{ arrival, relation: '02' }],
});

describe.each([
  ['of the same county', nearVillage, () => near],
  ['of another county', farVillage, () => far],
])('a file that goes to a village %s', (_where, village, caller) => {
  it('is seen there as far as one must to recognise the person, and comes with the arrival', async () => {
    const { wife, household } = await leaving(village);
    const by = caller();
    const before = await t.sql(
      `select (select count(*) from archive_change where subject = $1) as lines, (select count(*) from document where subject = $1) as documents,
         (select facts from resident_contact where id = $1) as contact`,
      [wife],
    );
    const arrival = await arrivalOf(by, wife);
    expect(arrival).toEqual({
      id: arrival.id,
      name: `方改${n}`,
      sex: '2',
      birthYear: 1981,
      from: '彭里村委会',
      day: '2026-05-01',
      state: 'pending',
    });
    await get(by, `/residents/${wife}`, 404);
    expect(await finds(by, wife)).toBe(false);
    expect(await get(old, `/residents/${wife}`)).toMatchObject({ left: { how: 'moved_out' } });

    const came = await act(by, accept(arrival.id, village));
    expect(came.residents).toEqual([wife]);
    expect(await get(by, `/residents/${wife}`)).toMatchObject({
      name: `方改${n}`,
      left: null,
      area: { code: village },
    });
    const after = await t.sql(
      `select (select count(*) from archive_change where subject = $1 and item is not null and area = $2 and item <> 'residence_address') as moved,
         (select count(*) from document where subject = $1 and area = $2) as documents,
         (select facts from resident_contact where id = $1 and area = $2) as contact`,
      [wife, Number(village) * 1000],
    );
    expect(after[0]).toMatchObject({ moved: 1, documents: 1, contact: before[0]?.contact });
    expect((await get(by, `/residents/${wife}/changes`)).items.length).toBeGreaterThan(2);
    expect((await get(by, `/residents/${wife}/documents`)).items.length).toBe(1);
    expect([await finds(by, wife), await finds(old, wife)]).toEqual([true, false]);
    expect((await get(by, `/residents/${wife}/past?on=2026-05-05`)).here).toBe(false);
    expect((await get(by, `/residents/${wife}/past?on=2026-05-10`)).here).toBe(true);

    // What stays: that she lived there, from when until when.
    await get(old, `/residents/${wife}`, 404);
    const then = await get(old, `/households/${household}/past?on=2026-04-30`);
    expect(then.members).toContainEqual(
      expect.objectContaining({
        resident: wife,
        since: '2020-01-01',
        until: '2026-05-01',
        now: false,
      }),
    );
    expect((await get(old, '/departures?limit=1')).items[0]).toMatchObject({
      resident: wife,
      state: 'accepted',
    });
    expect((await get(by, '/arrivals')).items).toEqual([]);
    const people = await get(
      old,
      '/areas/330881002205/past/records?on=2026-04-30&category=resident&limit=100',
    );
    expect(people.items.length).toBe(100);
    await act(by, accept(arrival.id, village), 409);
  });

  it('leaves nothing of itself behind but the trace', async () => {
    const { wife } = await leaving(village);
    const arrival = await arrivalOf(caller(), wife);
    await act(caller(), accept(arrival.id, village));
    const tables = await t.sql<{ name: string }>(
      `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'area' and a.atttypid = 'int8'::regtype
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    const left: string[] = [];
    for (const { name } of tables) {
      const [row] = await t.sql<{ n: number }>(
        `select count(*)::int as n from ${name} x where area >= 330881002205000 and area < 330881002206000 and to_jsonb(x)::text like '%' || $1 || '%'`,
        [wife],
      );
      if (row && row.n > 0) left.push(name);
    }
    // The household's timeline tells that she moved out; ids, days and relations, no item of hers.
    expect(left.sort()).toEqual(
      [
        'archive_change',
        'audit_entry_other',
        'handover',
        'household_member_past',
        'life_event',
        'stay',
      ].sort(),
    );
    const lines = await t.sql<{ kind: string; own: boolean }>(
      `select distinct kind, subject = $1::uuid as own from archive_change where area >= 330881002205000 and area < 330881002206000 and to_jsonb(archive_change)::text like '%' || $1::text || '%'`,
      [wife],
    );
    expect(lines).toEqual([{ kind: 'event', own: false }]);
  });
});

describe('a file on its way', () => {
  it('stays with the old village when it is sent back, with the reason', async () => {
    const { wife } = await leaving(nearVillage);
    const arrival = await arrivalOf(near, wife);
    const sent = await near.send('POST', `/arrivals/${arrival.id}/refusal`, { reason: '未到本村' });
    expect(sent.statusCode).toBe(204);
    expect((await get(old, '/departures?limit=1')).items[0]).toMatchObject({
      state: 'refused',
      reason: '未到本村',
    });
    await act(near, accept(arrival.id, nearVillage), 409);
    const again = await near.send('POST', `/arrivals/${arrival.id}/refusal`, {
      reason: '未到本村',
    });
    expect(again.statusCode).toBe(409);
    await get(near, `/residents/${wife}`, 404);
    await get(old, `/residents/${wife}`);
  });

  it('is called back by cancelling the move, until it has been accepted', async () => {
    const one = await leaving(nearVillage);
    const arrival = await arrivalOf(near, one.wife);
    const cancel = (id: string) =>
      old.send('POST', `/life-events/${id}/cancellation`, { reason: '登记有误' });
    expect((await cancel(one.out)).statusCode).toBe(201);
    expect(await get(old, `/residents/${one.wife}`)).toMatchObject({ left: null });
    await act(near, accept(arrival.id, nearVillage), 409);
    const two = await leaving(nearVillage);
    await act(near, accept((await arrivalOf(near, two.wife)).id, nearVillage));
    expect((await cancel(two.out)).statusCode).toBe(409);
  });

  it('does not arrive before it left, nor twice, nor while it is called back', async () => {
    const { wife, out } = await leaving(nearVillage);
    const arrival = await arrivalOf(near, wife);
    await act(near, accept(arrival.id, nearVillage, '2026-04-30'), 400);
    const answers = await Promise.all([
      near.send('POST', '/life-events', { proof, ...accept(arrival.id, nearVillage) }),
      near.send('POST', '/life-events', { proof, ...accept(arrival.id, nearVillage) }),
      old.send('POST', `/life-events/${out}/cancellation`, { reason: '登记有误' }),
    ]);
    const done = answers.filter(({ statusCode }) => statusCode === 201);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409, 409]);
    expect(done.length).toBe(1);
  });

  it('goes back the way it came, and each village keeps its own trace', async () => {
    const { wife, household } = await leaving(farVillage);
    await act(far, accept((await arrivalOf(far, wife)).id, farVillage));
    await act(far, {
      kind: 'move_out',
      day: '2026-06-01',
      people: [{ resident: wife }],
      to: '330881002205',
    });
    await act(old, {
      kind: 'move_in',
      day: '2026-06-02',
      household,
      people: [{ arrival: (await arrivalOf(old, wife)).id, relation: '12' }],
    });
    const here = async (on: string) => (await get(old, `/residents/${wife}/past?on=${on}`)).here;
    expect([await here('2026-04-30'), await here('2026-05-20'), await here('2026-06-02')]).toEqual([
      true,
      false,
      true,
    ]);
    const members = async (on: string) =>
      (await get(old, `/households/${household}/past?on=${on}`)).members.length;
    expect([
      await members('2026-04-30'),
      await members('2026-05-20'),
      await members('2026-06-02'),
    ]).toEqual([2, 1, 2]);
  });
});

describe('nobody pulls a file from another village', () => {
  /** Runs SQL in the transaction that the server opens for somebody. @returns rows, or the code of the refusal */
  async function asCaller(by: Caller, text: string, values: unknown[] = []): Promise<unknown> {
    const sessions = new Sessions(t.database, () => t.clock.now);
    const session = await sessions.find(hashToken(by.cookie.split('=')[1] ?? ''));
    // The parameters stand in their order.
    const parts = text.split(/\$\d+/);
    try {
      return await t.database.withActor(sessions.actor(session), (tx) =>
        tx.rows(new Sql<object>(parts, values)),
      );
    } catch (error) {
      return (error as { code?: string }).code;
    }
  }

  it('by the API: not another’s arrival, not a made-up one, not its own id', async () => {
    const { wife } = await leaving(nearVillage);
    const { id } = await arrivalOf(near, wife);
    for (const by of [far, stranger]) {
      expect(await arrivalOf(by, wife)).toBeUndefined();
      await act(by, accept(id, by === far ? farVillage : '330881002204'), 404);
      const refusal = await by.send('POST', `/arrivals/${id}/refusal`, { reason: '未到' });
      expect(refusal.statusCode).toBe(404);
    }
    await act(near, accept(wife, nearVillage), 404);
    // Nor into a village that is not its own.
    await act(near, accept(id, '330881002204'), 400);
    await act(near, accept(id, nearVillage));
  });

  it('by SQL: not without the hand-over, nor with one that it wrote itself', async () => {
    const { wife, husband } = await leaving(nearVillage);
    const [row] = await t.sql<{ id: string }>('select id from handover where resident = $1', [
      wife,
    ]);
    const receive = (by: Caller, into: string) =>
      asCaller(by, 'select archive_receive($1, $2, $3, $4)', [
        row?.id,
        330881,
        Number(into) * 1000,
        t.clock.now,
      ]);
    expect(await receive(far, farVillage)).toBe('42501');
    expect(await receive(stranger, '330881002204')).toBe('42501');
    // The entitled village, but into another's area.
    expect(await receive(near, '330881002204')).toBe('42501');
    expect(
      await asCaller(near, 'select archive_receive($1, $2, $3, $4)', [
        wife,
        330881,
        Number(nearVillage) * 1000,
        t.clock.now,
      ]),
    ).toBe('42501');

    // A hand-over of one's own making: somebody who lives elsewhere, or has not left.
    const [me] = await t.sql<{ id: string }>("select id from account where username = 'far'");
    const forged = (by: Caller, county: number, area: number, resident: string, account?: string) =>
      asCaller(
        by,
        `insert into handover (county, id, area, to_lo, event, resident, name, from_name, to_name, day, asked_by, asked_at)
          values ($1, $2, $3, $4, $5, $6, '甲', '甲', '乙', '2026-05-01', $7, $8) returning id`,
        [
          county,
          randomUUID(),
          area,
          Number(farVillage) * 1000,
          randomUUID(),
          resident,
          account,
          t.clock.now,
        ],
      );
    const gridLo = Number(grid);
    expect(await forged(far, 330881, gridLo, husband, me?.id)).toBe('42501');
    expect(await forged(far, 330802, Number(farVillage) * 1000, husband, me?.id)).toBe('42501');
    const [own] = await t.sql<{ id: string }>("select id from account where username = 'village'");
    expect(await forged(old, 330881, gridLo, husband, own?.id)).toBe('42501');
  });

  it('by SQL: an answer is given once, each side its own, and never “accepted” by hand', async () => {
    const { wife } = await leaving(nearVillage);
    const set = (by: Caller, state: string, account: string) =>
      asCaller(
        by,
        'update handover set state = $1, decided_by = (select id from account where username = $2), decided_at = $3 where resident = $4 returning state',
        [state, account, t.clock.now, wife],
      );
    expect(await set(near, 'accepted', 'near')).toBe('42501');
    expect(await set(near, 'withdrawn', 'near')).toBe('42501');
    expect(await set(old, 'refused', 'village')).toBe('42501');
    expect(await set(stranger, 'refused', 'stranger')).toEqual([]);
    expect(await asCaller(near, 'update handover set to_lo = 0 where resident = $1', [wife])).toBe(
      '42501',
    );
    expect(await asCaller(near, 'delete from handover where resident = $1', [wife])).toBe('42501');
    expect(await set(near, 'refused', 'near')).toEqual([{ state: 'refused' }]);
    expect(await set(old, 'withdrawn', 'village')).toEqual([]);
  });

  it('by SQL: the functions that move records are closed, or look at who calls', async () => {
    const { husband } = await leaving(nearVillage);
    const target = Number(nearVillage) * 1000;
    const move = 'select archive_move($1, $2, $3, $4)';
    const name = 'resident';
    expect(await asCaller(near, move, [name, husband, 330881, target])).toBe('42501');
    expect(await asCaller(old, move, [name, husband, 330881, target])).toBe('42501');
    expect(
      await asCaller(old, 'select archive_carry($1, $2, $3, $4)', [name, husband, 330881, target]),
    ).toBe('42501');
    const auditor = await t.signIn('auditor');
    expect(await asCaller(auditor, move, [name, husband, 330881, Number(grid)])).toBe('42501');
    // A name of a table that is none.
    expect(await asCaller(old, move, ['account', husband, 330881, Number(grid)])).not.toEqual([]);
  });
});
