import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { citizenIdCheckDigit } from './rules/citizen-id.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

/** Each write has an instant of its own, so that the history has an order. */
const tick = (): void => {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
};

const grid = '330881002205002';
const ok = async <T>(call: Promise<{ statusCode: number; body: string }>, status = 200) => {
  const answer = await call;
  expect(`${answer.statusCode} ${answer.body}`).toMatch(new RegExp(`^${status} `));
  return (answer.body === '' ? null : JSON.parse(answer.body)) as T;
};

interface Written {
  id: string;
  version: number;
  conflicts: string[];
}
interface File {
  version: number;
  items: Record<string, { value: unknown; source: string; asOf: string; actor?: string }>;
  conflicts: { item: string; value: unknown; reason: string }[];
  tags: string[];
  missing: string[];
  completeness: number;
  [key: string]: unknown;
}

const post = (path: string, body: object) => {
  tick();
  return ok<Written>(village.send('POST', path, body), 201);
};
const link = (path: string, body: object) => {
  tick();
  return ok<null>(village.send('POST', path, body), 204);
};
const open = (path: string) => ok<File>(village.get(path));
const edit = async (path: string, items: object, reason = '走访时核实') => {
  tick();
  const { version } = await open(path);
  return ok<Written>(
    village.send('PATCH', path, { items, reason }, { 'if-match': `"${version}"` }),
  );
};
const changes = async (path: string) =>
  (
    await ok<{ items: Record<string, unknown>[] }>(village.get(`${path}/changes?limit=100`))
  ).items.map(({ kind, item, before, after, sealed, reason, actor }) => ({
    kind,
    item,
    before,
    after,
    sealed,
    reason,
    actor,
  }));
const find = async (q: string): Promise<string[]> =>
  (
    await ok<{ items: { id: string }[] }>(
      village.get(`/search?q=${encodeURIComponent(q)}&limit=50`),
    )
  ).items.map(({ id }) => id);

function citizenId(first17: string): string {
  return first17 + citizenIdCheckDigit(first17);
}
const oldMan = citizenId('99000119480305123');

describe('a household from its first paper to its last change', () => {
  let household: string;
  let resident: string;

  it('is made, with gaps told', async () => {
    const made = await post('/households', {
      area: grid,
      items: { address: '彭里村17组888号', head: '欧阳建国' },
      reason: '新立户',
    });
    household = `/households/${made.id}`;
    expect(made).toMatchObject({ version: 1, conflicts: [] });
    expect(await open(household)).toMatchObject({
      version: 1,
      address: '彭里村17组888号',
      head: '欧阳建国',
      missing: ['number'],
      completeness: 66,
      members: [],
      items: {
        address: {
          value: '彭里村17组888号',
          source: 'village',
          asOf: '2026-06-15',
          actor: '毛村干',
        },
      },
    });
    expect(await changes(household)).toMatchObject([
      { kind: 'created', item: null, reason: '新立户', actor: '毛村干' },
    ]);
    expect(await find('888号')).toContain(made.id);
  });

  it('takes in a new resident; the citizen id tells birth and sex', async () => {
    const made = await post('/residents', {
      area: grid,
      items: {
        name: '欧阳建国',
        citizen_id: oldMan,
        residence_address: '彭里村17组888号',
        residence_kind: 'local',
        lives_alone: true,
      },
      household: { id: household.split('/')[2], relation: '02' },
    });
    resident = `/residents/${made.id}`;
    const file = await open(resident);
    expect(file.version).toBe(made.version);
    expect(file).toMatchObject({
      birth: '1948-03-05',
      age: 78,
      sex: '1',
      idMask: `9900**********${oldMan.slice(-4)}`,
      phoneMask: null,
      tags: ['lives_alone'],
      missing: ['phone'],
      households: [{ relation: '02', registered: true }],
    });
    expect(file.items.citizen_id).toBeUndefined();
    expect(await open(household)).toMatchObject({
      tags: ['lives_alone'],
      members: [{ name: '欧阳建国', relation: '02', since: '2026-06-15' }],
    });
    const kinds = (await changes(household)).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['created', 'created', 'linked']);
  });

  it('is found by every way of typing, and by the one who lives in it', async () => {
    const id = resident.split('/')[2];
    for (const q of [
      '欧阳建国',
      '欧阳',
      '建国',
      'ouyangjianguo',
      'ouyang',
      'jianguo',
      'ouyangjiang',
      'ouyangji',
      'ouyangj',
      'oyjg',
      'oyj',
      'ou yang jian guo',
      'OUYANG',
      oldMan,
      oldMan.toLowerCase(),
      '彭里 欧阳',
    ])
      expect({ q, found: (await find(q)).includes(id ?? '') }).toEqual({ q, found: true });
    for (const q of ['欧', oldMan.slice(0, 17), '1948'])
      expect({ q, found: (await find(q)).includes(id ?? '') }).toEqual({ q, found: q === '欧' });
  });

  it('keeps the old value, with reason, when an item is edited', async () => {
    const edited = await edit(
      resident,
      { phone: '199 0007 4242', residence_kind: 'away' },
      '电话核实',
    );
    expect(edited.conflicts).toEqual([]);
    const file = await open(resident);
    expect(file).toMatchObject({
      version: edited.version,
      phoneMask: '199****4242',
      missing: [],
      completeness: 100,
      tags: ['lives_alone', 'away'],
      items: { residence_kind: { value: 'away', source: 'village', actor: '毛村干' } },
    });
    expect((await changes(resident)).slice(0, 2)).toEqual(
      expect.arrayContaining([
        {
          kind: 'changed',
          item: 'residence_kind',
          before: 'local',
          after: 'away',
          sealed: false,
          reason: '电话核实',
          actor: '毛村干',
        },
        {
          kind: 'changed',
          item: 'phone',
          before: null,
          after: null,
          sealed: true,
          reason: '电话核实',
          actor: '毛村干',
        },
      ]),
    );
    const id = resident.split('/')[2];
    expect(await find('4242')).toContain(id);
    expect(await find('19900074242')).toContain(id);
  });

  it('is found by the new name and number only, after both changed', async () => {
    const id = resident.split('/')[2] ?? '';
    await edit(resident, { name: '查茂德', phone: '19900075353' }, '户口簿更正');
    await edit(household, { address: '彭里村17组999号', number: '330881002205-777' }, '门牌更换');
    for (const q of ['查茂德', 'zhamaode', 'zhamao', 'zhama', 'zmd', '茂德', '5353'])
      expect({ q, found: (await find(q)).includes(id) }).toEqual({ q, found: true });
    for (const q of ['欧阳建国', '欧阳', 'ouyang', 'oyjg', '4242', '19900074242'])
      expect({ q, found: (await find(q)).includes(id) }).toEqual({ q, found: false });
    const house = household.split('/')[2] ?? '';
    expect(await find('999号')).toContain(house);
    expect(await find('330881002205-777')).toContain(house);
    expect(await find('888')).not.toContain(house);
    expect(await open(household)).toMatchObject({ completeness: 100, missing: [] });
  });

  it('moves tags, gaps and completeness when items are cleared', async () => {
    await edit(resident, { lives_alone: false, phone: null, residence_kind: '' }, '走访时核实');
    expect(await open(resident)).toMatchObject({
      tags: [],
      missing: ['phone', 'residence_kind'],
      phoneMask: null,
      residenceKind: null,
    });
    expect(await open(household)).toMatchObject({ tags: [] });
    expect(await find('5353')).not.toContain(resident.split('/')[2]);
    const [cleared] = (await changes(resident)).filter(({ item }) => item === 'residence_kind');
    expect(cleared).toMatchObject({ before: 'away', after: null });
  });

  it('does not let the name be cleared, nor written empty', async () => {
    const { version } = await open(resident);
    for (const name of [null, '', '   ']) {
      const answer = await village.send(
        'PATCH',
        resident,
        { items: { name }, reason: '测试' },
        {
          'if-match': `"${version}"`,
        },
      );
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors).toEqual([
        { field: 'items.name', code: 'required', message: '姓名：必填，请补上' },
      ]);
    }
    expect((await open(resident)).version).toBe(version);
  });

  it('lets members go and come back; tags follow them', async () => {
    await edit(resident, { lives_alone: true }, '走访时核实');
    expect(await open(household)).toMatchObject({ tags: ['lives_alone'] });
    tick();
    const member = `${household}/members/${resident.split('/')[2]}`;
    await ok(village.send('DELETE', member, { reason: '去儿子家住' }), 204);
    expect(await open(household)).toMatchObject({ tags: [], members: [] });
    expect(await open(resident)).toMatchObject({ households: [] });
    expect((await village.send('DELETE', member, { reason: '再次' })).statusCode).toBe(404);
    await link(`${household}/members`, {
      resident: resident.split('/')[2],
      relation: '02',
      // No earlier than the day of leaving: nobody is a member twice at a time.
      since: '2026-06-15',
    });
    expect(await open(household)).toMatchObject({
      tags: ['lives_alone'],
      members: [{ since: '2026-06-15' }],
    });
    const twice = await village.send('POST', `${household}/members`, {
      resident: resident.split('/')[2],
      relation: '02',
    });
    expect(twice.statusCode).toBe(409);
  });
});
