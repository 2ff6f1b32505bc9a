import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
let path: string;
let before: string;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const { items } = (await village.get('/residents?ageFrom=60&limit=1')).json();
  path = `/residents/${items[0].id}`;
  before = items[0].name;
});
afterAll(() => t.close());

const open = async () => (await village.get(path)).json();
const changes = async () => (await village.get(`${path}/changes?limit=100`)).json().items;

async function edit(items: object, reason: string, asOf?: string, by = village) {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const { version } = await open();
  const body = { items, reason, ...(asOf ? { asOf } : {}) };
  return by.send('PATCH', path, body, { 'if-match': `"${version}"` });
}

describe('a village’s value against that of the police', () => {
  it('stands beside it: the one in force does not change', async () => {
    const { version, items } = await open();
    expect(items.name).toMatchObject({ value: before, source: 'public-security' });
    const answer = await edit({ name: '毛更正' }, '本人说户口簿写错');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ version, conflicts: ['name'] });
    const after = await open();
    expect(after.name).toBe(before);
    expect(after.items.name).toEqual(items.name);
    expect(after.conflicts).toMatchObject([
      {
        item: 'name',
        value: '毛更正',
        source: 'village',
        actor: '毛村干',
        reason: '本人说户口簿写错',
        asOf: '2026-06-15',
      },
    ]);
    expect((await changes())[0]).toMatchObject({
      kind: 'conflict',
      item: 'name',
      after: '毛更正',
      source: 'village',
      actor: '毛村干',
      reason: '本人说户口簿写错',
    });
  });

  it('is not what search finds', async () => {
    const hits = async (q: string) => (await village.get(`/search?q=${q}&limit=50`)).json().items;
    expect(await hits(encodeURIComponent('毛更正'))).toEqual([]);
    const ids = (await hits(encodeURIComponent(before))).map(({ id }: { id: string }) => id);
    expect(ids).toContain(path.split('/')[2]);
  });

  it('gives way to the village’s next word; both are in the history', async () => {
    expect((await edit({ name: '毛再正' }, '再次核实')).json().conflicts).toEqual(['name']);
    expect((await open()).conflicts).toMatchObject([{ value: '毛再正', reason: '再次核实' }]);
    const lines = (await changes()).filter(({ kind }: { kind: string }) => kind === 'conflict');
    expect(lines.map(({ after }: { after: string }) => after)).toEqual(['毛再正', '毛更正']);
  });

  it('writes the other items of the same edit', async () => {
    const answer = await edit({ name: '毛三正', skills: '木工' }, '走访');
    expect(answer.json().conflicts).toEqual(['name']);
    expect(await open()).toMatchObject({ name: before, items: { skills: { value: '木工' } } });
  });

  it('is no claim at all when it is the value in force', async () => {
    const count = (await changes()).length;
    expect((await edit({ name: before }, '无变化')).json().conflicts).toEqual([]);
    expect((await changes()).length).toBe(count);
  });

  it('cannot say that there is no name', async () => {
    const answer = await edit({ name: null }, '清空');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({ field: 'items.name', code: 'required' });
    expect((await open()).name).toBe(before);
  });

  it('of a sealed item is shown only with the item', async () => {
    const answer = await edit({ citizen_id: '990001195003051232' }, '证件照片');
    expect(answer.json().conflicts).toEqual(['citizen_id']);
    expect(JSON.stringify(await open())).not.toContain('990001195003051232');
    expect(JSON.stringify(await changes())).not.toContain('990001195003051232');
    const revealed = await village.send('POST', `${path}/reveals`, {
      item: 'citizen_id',
      purpose: 'record_correction',
    });
    expect(revealed.json()).toMatchObject({
      view: { source: 'public-security', value: expect.stringMatching(/^99\d{15}[\dX]$/) },
      conflicts: [{ item: 'citizen_id', value: '990001195003051232', reason: '证件照片' }],
    });
  });
});

describe('an edit', () => {
  it('that is older than the value in force stands beside it', async () => {
    await edit({ residence_kind: 'away' }, '新', '2026-06-10');
    const answer = await edit({ residence_kind: 'local' }, '旧', '2025-01-01');
    expect(answer.json().conflicts).toEqual(['residence_kind']);
    expect((await open()).items.residence_kind).toMatchObject({
      value: 'away',
      asOf: '2026-06-10',
    });
  });

  it('with the same value on a later day renews its date', async () => {
    const answer = await edit({ residence_kind: 'away' }, '再次走访', '2026-06-14');
    expect(answer.json().conflicts).toEqual([]);
    expect((await open()).items.residence_kind).toMatchObject({ asOf: '2026-06-14' });
  });

  it('cannot be as of a day to come', async () => {
    const answer = await edit({ residence_kind: 'local' }, '明天', '2026-06-16');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({ field: 'asOf', code: 'future' });
  });

  it('by the department that is the authority overrides the village', async () => {
    await edit({ assistance_status: 'marginal' }, '村里登记');
    const civil = await t.signIn('civil');
    const answer = await edit({ assistance_status: 'minimum' }, '民政审批', undefined, civil);
    expect(answer.statusCode).toBe(200);
    expect(answer.json().conflicts).toEqual([]);
    const back = await edit({ assistance_status: 'marginal' }, '村里不同意');
    expect(back.json().conflicts).toEqual(['assistance_status']);
    const revealed = await village.send('POST', `${path}/reveals`, {
      item: 'assistance_status',
      purpose: 'assistance_check',
    });
    expect(revealed.json()).toMatchObject({
      view: { value: 'minimum', source: 'civil-affairs' },
      conflicts: [{ value: 'marginal' }],
    });
  });
});
