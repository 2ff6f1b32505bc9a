import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { countFaults } from '../../../tests/support/counts.ts';

let t: TestApp;
let village: Caller;
let grid: Caller;
beforeAll(async () => {
  t = await startApp();
  [village, grid] = [await t.signIn('village'), await t.signIn('grid')];
});
afterAll(() => t.close());
afterEach(async () => expect(await countFaults(t.sql)).toEqual([]));

const first = '330881002205001';
const second = '330881002205002';
const proof = { kind: 'household_register', note: '99-1' };

interface Ok {
  id: string;
  household: string;
  residents: string[];
}

async function act(body: object, { by = village, status = 201 } = {}): Promise<Ok> {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await by.send('POST', '/life-events', { proof, ...body });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
  return answer.json();
}
const refused = async (status: number, body: object): Promise<string> => {
  const answer = (await act(body, { status })) as unknown as {
    detail?: string;
    errors?: { field: string; message: string }[];
  };
  return answer.detail ?? answer.errors?.map(({ message }) => message).join() ?? '';
};
const cancel = async (id: string, status = 201): Promise<void> => {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await village.send('POST', `/life-events/${id}/cancellation`, {
    reason: '登记有误',
  });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
};
const get = async (path: string) => {
  const answer = await village.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === 200 ? '' : answer.body}`).toBe('200 ');
  return answer.json();
};

let n = 0;
/** A family that moved in on a day: head, wife, son, the head's mother. */
async function family(day = '2020-01-01') {
  n++;
  const event = await act({
    kind: 'move_in',
    day,
    newHousehold: { area: first, items: { address: `彭里村9组${n}号`, number: `9${n}` } },
    people: [
      {
        items: { name: `丁甲${n}`, sex: '1', birth: '1980-01-01', lives_alone: true },
        relation: '02',
      },
      { items: { name: `丁乙${n}`, sex: '2', birth: '1982-01-01' }, relation: '12' },
      { items: { name: `丁丙${n}`, sex: '1', birth: '2008-01-01' }, relation: '20' },
      { items: { name: `丁丁${n}`, sex: '2', birth: '1955-01-01' }, relation: '52' },
    ],
  });
  const [head, wife, son, mother] = event.residents as [string, string, string, string];
  return { event: event.id, household: event.household, head, wife, son, mother };
}
const membersOf = async (household: string) =>
  (await get(`/households/${household}`)).members.map(
    (m: { resident: string; relation: string }) => [m.resident, m.relation],
  );
const membersOn = async (household: string, on: string) =>
  (await get(`/households/${household}/past?on=${on}`)).members.map(
    (m: { resident: string; relation: string }) => [m.resident, m.relation],
  );

describe('moving in', () => {
  it('makes a household with its people from that day on', async () => {
    const f = await family('2021-05-05');
    const file = await get(`/households/${f.household}`);
    expect(file).toMatchObject({ head: `丁甲${n}`, left: null });
    expect((await membersOf(f.household)).sort()).toEqual(
      [
        [f.head, '02'],
        [f.wife, '12'],
        [f.son, '20'],
        [f.mother, '52'],
      ].sort(),
    );
    expect(await membersOn(f.household, '2021-05-04')).toEqual([]);
    expect((await membersOn(f.household, '2021-05-05')).length).toBe(4);
    expect((await get(`/residents/${f.son}/past?on=2021-05-04`)).here).toBe(false);
    expect((await get(`/residents/${f.son}/past?on=2021-05-05`)).area.code).toBe(first);
  });

  it('needs one head, a proof of the table, and a day that has come', async () => {
    const body = {
      kind: 'move_in',
      day: '2026-06-01',
      newHousehold: { area: first, items: { address: '彭里村9组0号' } },
      people: [{ items: { name: '丁无' }, relation: '12' }],
    };
    expect(await refused(400, body)).toContain('户主');
    expect(await refused(400, { ...body, proof: { kind: 'hearsay' } })).toContain('凭证');
    expect(await refused(400, { ...body, day: '2026-06-16' })).toContain('今天');
  });
});

describe('a birth', () => {
  it('adds a child from its first day on, and is cancelled', async () => {
    const f = await family();
    const born = await act({
      kind: 'birth',
      day: '2026-05-20',
      household: f.household,
      people: [{ items: { name: '丁小', sex: '2' }, relation: '30' }],
    });
    const child = born.residents[0] ?? '';
    expect(await membersOf(f.household)).toContainEqual([child, '30']);
    expect((await get(`/residents/${child}`)).birth).toBe('2026-05-20');
    expect((await membersOn(f.household, '2026-05-19')).length).toBe(4);
    expect((await membersOn(f.household, '2026-05-20')).length).toBe(5);
    const { items } = await get(`/households/${f.household}/changes`);
    expect(items[0].event ?? items[1].event).toMatchObject({
      kind: 'birth',
      day: '2026-05-20',
      residents: [{ id: child, name: '丁小' }],
    });
    await cancel(born.id);
    expect((await membersOf(f.household)).length).toBe(4);
    expect((await membersOn(f.household, '2026-05-20')).length).toBe(4);
    expect((await get(`/residents/${child}`)).left).toMatchObject({ how: 'mistaken' });
    await cancel(born.id, 409);
  });

  it('is refused without a relation or with another birth date', async () => {
    const { household } = await family();
    const body = {
      kind: 'birth',
      day: '2026-05-20',
      household,
      people: [{ items: { name: '丁小' } }],
    };
    expect(await refused(400, body)).toContain('关系');
    const people = [{ items: { name: '丁小', birth: '2026-05-21' }, relation: '30' }];
    expect(await refused(400, { ...body, people })).toContain('出生日期');
  });
});

describe('a death', () => {
  it('ends the membership, hands the household on, and is cancelled with all it did', async () => {
    const f = await family();
    const book = await get('/areas/330881002205/book');
    expect(
      await refused(400, { kind: 'death', day: '2026-06-01', people: [{ resident: f.head }] }),
    ).toContain('新户主');
    const before = await get(`/residents/${f.head}`);
    expect(before.tags).toEqual(['lives_alone']);
    const died = await act({
      kind: 'death',
      day: '2026-06-01',
      people: [{ resident: f.head }],
      head: f.wife,
    });
    expect((await get('/areas/330881002205/book')).counts.residents).toBe(
      book.counts.residents - 1,
    );
    expect((await membersOf(f.household)).sort()).toEqual(
      [
        [f.wife, '02'],
        [f.son, '20'],
        [f.mother, '54'],
      ].sort(),
    );
    expect((await get(`/households/${f.household}`)).head).toBe(`丁乙${n}`);
    expect(await get(`/residents/${f.head}`)).toMatchObject({
      left: { on: '2026-06-01', how: 'death' },
      tags: [],
    });
    expect(await membersOn(f.household, '2026-05-31')).toContainEqual([f.head, '02']);
    expect(await membersOn(f.household, '2026-05-31')).toContainEqual([f.mother, '52']);
    expect(await membersOn(f.household, '2026-06-01')).not.toContainEqual([f.head, '02']);
    expect(
      await refused(409, { kind: 'death', day: '2026-06-02', people: [{ resident: f.head }] }),
    ).toContain('死亡');
    await cancel(died.id);
    expect((await membersOf(f.household)).sort()).toEqual(
      [
        [f.head, '02'],
        [f.wife, '12'],
        [f.son, '20'],
        [f.mother, '52'],
      ].sort(),
    );
    expect(await get(`/residents/${f.head}`)).toMatchObject({ left: null, tags: ['lives_alone'] });
    expect((await get(`/households/${f.household}`)).head).toBe(`丁甲${n}`);
    expect((await get('/areas/330881002205/book')).counts).toEqual(book.counts);
    expect(await membersOn(f.household, '2026-06-02')).toContainEqual([f.head, '02']);
  });

  it('is not before the birth, and not for a grid worker to state', async () => {
    const f = await family();
    const body = { kind: 'death', day: '1954-01-01', people: [{ resident: f.mother }] };
    expect(await refused(400, body)).toContain('出生日期');
    await act({ ...body, day: '2026-06-01' }, { by: grid, status: 400 });
  });

  it('is stated by the act alone: neither an edit, a new record nor a correction does half of it', async () => {
    const f = await family();
    const edit = async (items: object) => {
      const { version, abilities } = await get(`/residents/${f.son}`);
      expect(abilities.editable).not.toContain('death');
      return village.send(
        'PATCH',
        `/residents/${f.son}`,
        { items, reason: '走访' },
        { 'if-match': `"${version}"` },
      );
    };
    const pointed = (answer: { statusCode: number; json(): { errors: object[] } }): void => {
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors).toEqual([
        expect.objectContaining({
          field: 'items.death',
          message: expect.stringContaining('请用“登记死亡”办理'),
        }),
      ]);
    };
    pointed(await edit({ death: '2026-06-01', employer: '石料厂' }));
    expect((await get(`/residents/${f.son}`)).items.employer).toBeUndefined();
    pointed(
      await village.send('POST', '/residents', {
        area: first,
        items: { name: '丁故', death: '2026-06-01' },
      }),
    );
    const asked = await village.send('POST', `/residents/${f.son}/corrections`, {
      asker: 'relative',
      item: 'death',
      value: '2026-06-01',
      wrong: '没有登记',
      proof: '死亡证明',
    });
    expect(asked.statusCode, asked.body).toBe(201);
    pointed(
      await village.send('POST', `/corrections/${asked.json().id}/decision`, { accept: true }),
    );
    const died = await act({ kind: 'death', day: '2026-06-01', people: [{ resident: f.son }] });
    // What the act has stated may be said again, and is not cleared by hand.
    expect((await edit({ death: '2026-06-01' })).statusCode).toBe(200);
    pointed(await edit({ death: null }));
    await cancel(died.id, 201);
    // A day from before there were acts, which nobody has left by, is cleared as any other value.
    await t.sql(
      `update resident_welfare set facts = facts || '{"death":{"v":"2020-01-01","s":"village","d":"2020-01-01"}}' where id = $1`,
      [f.son],
    );
    expect((await edit({ death: null })).statusCode).toBe(200);
  });

  it('of the last one ends the household', async () => {
    const one = await act({
      kind: 'move_in',
      day: '2020-01-01',
      newHousehold: { area: second, items: { address: '彭里村9组88号' } },
      people: [{ items: { name: '丁孤', birth: '1940-01-01' }, relation: '02' }],
    });
    await act({ kind: 'death', day: '2026-06-01', people: [{ resident: one.residents[0] }] });
    expect((await get(`/households/${one.household}`)).left).toEqual({
      on: '2026-06-01',
      how: 'empty',
    });
  });
});

describe('marriage and divorce', () => {
  it('are stated of both, and refused where the file says otherwise', async () => {
    const f = await family();
    const people = [{ resident: f.head }, { resident: f.wife }];
    await act({ kind: 'marriage', day: '2026-01-01', people });
    expect(await refused(409, { kind: 'marriage', day: '2026-02-01', people })).toContain('已婚');
    const parted = await act({ kind: 'divorce', day: '2026-03-01', people });
    expect(await refused(409, { kind: 'divorce', day: '2026-04-01', people })).toContain(
      '不是已婚',
    );
    const status = async () =>
      (
        await village.send('POST', `/residents/${f.head}/reveals`, {
          item: 'marital_status',
          purpose: 'visit',
        })
      ).json().view.value;
    expect(await status()).toBe('40');
    await cancel(parted.id);
    expect(await status()).toBe('20');
  });
});

describe('households', () => {
  it('split, with the relations of both, and the parts join again', async () => {
    const f = await family();
    const split = await act({
      kind: 'split_household',
      day: '2026-02-01',
      people: [{ resident: f.son, relation: '02' }],
      newHousehold: { area: second, items: { address: `彭里村8组${n}号` } },
    });
    expect(await membersOf(split.household)).toEqual([[f.son, '02']]);
    expect((await get(`/residents/${f.son}`)).area.code).toBe(second);
    expect((await membersOf(f.household)).length).toBe(3);
    expect(await membersOn(f.household, '2026-01-31')).toContainEqual([f.son, '20']);
    expect((await get(`/residents/${f.son}/past?on=2026-01-31`)).area.code).toBe(first);
    const joined = await act({
      kind: 'join_household',
      day: '2026-03-01',
      household: f.household,
      people: [{ resident: f.son, relation: '20' }],
    });
    expect((await get(`/households/${split.household}`)).left).toMatchObject({ how: 'empty' });
    expect(await membersOn(f.household, '2026-02-15')).not.toContainEqual([f.son, '20']);
    expect(await membersOn(f.household, '2026-03-01')).toContainEqual([f.son, '20']);
    await cancel(split.id, 409);
    await cancel(joined.id);
    await cancel(split.id);
    expect((await membersOf(f.household)).length).toBe(4);
    expect((await get(`/residents/${f.son}`)).area.code).toBe(first);
    expect(await membersOn(f.household, '2026-02-15')).toContainEqual([f.son, '20']);
  });

  it('do not split whole, nor without a head', async () => {
    const f = await family();
    const split = {
      kind: 'split_household',
      day: '2026-02-01',
      newHousehold: { items: { address: '彭里村8组1号' } },
    };
    expect(
      await refused(400, { ...split, people: [{ resident: f.son, relation: '20' }] }),
    ).toContain('户主');
    const all = [f.head, f.wife, f.son, f.mother].map((resident, i) => ({
      resident,
      relation: i ? '99' : '02',
    }));
    expect(await refused(409, { ...split, people: all })).toContain('留下');
    expect(
      await refused(400, { ...split, people: [{ resident: f.head, relation: '02' }] }),
    ).toContain('新户主');
  });

  it('change their head; relations that do not follow are asked for', async () => {
    const f = await family();
    const body = { kind: 'change_head', day: '2026-04-01', household: f.household };
    await act({ ...body, head: f.son });
    expect((await membersOf(f.household)).sort()).toEqual(
      [
        [f.son, '02'],
        [f.head, '51'],
        [f.wife, '52'],
        [f.mother, '60'],
      ].sort(),
    );
    expect(await refused(409, { ...body, head: f.son })).toContain('已是户主');
    expect(await refused(400, { ...body, head: f.mother, day: '2026-05-01' })).toContain('关系');
    expect(await refused(400, { ...body, day: '2026-03-01', head: f.head })).toContain(
      '上一次变动',
    );
    const again = await act({
      ...body,
      day: '2026-05-01',
      head: f.mother,
      relations: [
        { resident: f.son, relation: '41' },
        { resident: f.head, relation: '20' },
        { resident: f.wife, relation: '38' },
      ],
    });
    expect(await membersOn(f.household, '2026-04-15')).toContainEqual([f.mother, '60']);
    await cancel(again.id);
    expect(await membersOf(f.household)).toContainEqual([f.mother, '60']);
  });

  it('move to another grid with all who live in them', async () => {
    const f = await family();
    const moved = await act({
      kind: 'change_grid',
      day: '2026-04-01',
      household: f.household,
      to: second,
    });
    expect((await get(`/households/${f.household}`)).area.code).toBe(second);
    expect((await get(`/residents/${f.mother}`)).area.code).toBe(second);
    expect((await get(`/households/${f.household}/past?on=2026-03-31`)).area.code).toBe(first);
    const body = { kind: 'change_grid', day: '2026-04-02', household: f.household, to: second };
    expect(await refused(409, body)).toContain('已在此网格');
    expect(await refused(400, { ...body, to: '330881002206' })).toContain('区域');
    await cancel(moved.id);
    expect((await get(`/residents/${f.mother}`)).area.code).toBe(first);
    expect((await get(`/households/${f.household}/past?on=2026-04-05`)).area.code).toBe(first);
  });
});

describe('moving out and back', () => {
  it('outside keeps the file with the village, and the person comes back to it', async () => {
    const f = await family();
    const body = {
      kind: 'move_out',
      day: '2026-04-01',
      people: [{ resident: f.son }],
      place: '杭州市',
    };
    await act(body);
    expect(await refused(409, { ...body, day: '2026-04-02' })).toContain('迁出');
    expect((await get(`/residents?left=true&limit=100`)).items.map(({ id }: Ok) => id)).toContain(
      f.son,
    );
    const back = await act({
      kind: 'move_in',
      day: '2026-05-01',
      household: f.household,
      people: [{ resident: f.son, relation: '20' }],
    });
    const here = async (on: string) => (await get(`/residents/${f.son}/past?on=${on}`)).here;
    expect([await here('2026-03-31'), await here('2026-04-15'), await here('2026-05-01')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(await membersOn(f.household, '2026-04-15')).not.toContainEqual([f.son, '20']);
    await cancel(back.id);
    expect((await get(`/residents/${f.son}`)).left).toMatchObject({ on: '2026-04-01' });
    expect(await membersOn(f.household, '2026-05-02')).not.toContainEqual([f.son, '20']);
  });

  it('two officials moving the same person: one is told', async () => {
    const f = await family();
    const body = { kind: 'move_out', day: '2026-04-01', people: [{ resident: f.wife }], proof };
    const answers = await Promise.all([1, 2].map(() => village.send('POST', '/life-events', body)));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
  });
});
