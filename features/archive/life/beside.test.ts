import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { countFaults } from '../../../tests/support/counts.ts';

// What others do with records of which an act of life has told: areas re-coded, items recounted, files deleted.

let t: TestApp;
let village: Caller;
let far: Caller;
const area = '330881002205';
const grid = `${area}001`;
const farVillage = '330802013202';

beforeAll(async () => {
  t = await startApp();
  [village, far] = [await t.signIn('village'), await t.signIn('village2')];
});
afterAll(() => t.close());
afterEach(async () => expect(await countFaults(t.sql)).toEqual([]));

async function act(body: object, by = village) {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  const answer = await by.send('POST', '/life-events', {
    proof: { kind: 'village_statement' },
    ...body,
  });
  expect(`${answer.statusCode} ${answer.body}`).toMatch(/^201 /);
  return answer.json();
}
const get = async (by: Caller, path: string) => {
  const answer = await by.get(path);
  expect(`${answer.statusCode} ${answer.statusCode === 200 ? '' : answer.body}`).toBe('200 ');
  return answer.json();
};

let n = 0;
/** A household of three, of whom one has died, one is on the way to another village and one stays. */
async function family(place = '杭州') {
  n++;
  const { household, residents } = await act({
    kind: 'move_in',
    day: '2020-01-01',
    place,
    newHousehold: { area: grid, items: { address: `彭里村4组${n}号` } },
    people: ['留', '故', '迁'].map((name, at) => ({
      items: { name: `巫${name}${n}`, lives_alone: true },
      relation: at === 0 ? '02' : '99',
    })),
  });
  const [stays, died, moved] = residents as [string, string, string];
  await act({ kind: 'death', day: '2026-05-01', people: [{ resident: died }] });
  await act({ kind: 'move_out', day: '2026-05-02', people: [{ resident: moved }], to: farVillage });
  return { household: household as string, stays, died, moved };
}

async function drain(): Promise<void> {
  await t.worker().drain();
}

describe('a grid that gets another code', () => {
  it('takes along where people stayed; counts, past days and a file on its way stay right', async () => {
    const f = await family();
    const merged = await village.send('POST', '/areas/changes', {
      change: { kind: 'merge', codes: [grid, `${area}003`], into: { name: '合并网格' } },
      reason: '网格调整',
    });
    expect(`${merged.statusCode} ${merged.body}`).toMatch(/^201 /);
    await drain();
    const now = (await get(village, `/residents/${f.stays}`)).area.code;
    expect(now).not.toBe(grid);
    const past = await get(village, `/residents/${f.stays}/past?on=2026-06-01`);
    expect([past.here, past.area.code]).toEqual([true, now]);
    expect((await get(village, `/residents/${f.stays}/past?on=2019-12-31`)).here).toBe(false);
    await act({ kind: 'death', day: '2026-06-01', people: [{ resident: f.stays }] });
    expect((await get(village, `/residents/${f.stays}/past?on=2026-06-01`)).here).toBe(false);
    expect((await get(village, `/residents/${f.stays}/past?on=2026-05-31`)).here).toBe(true);
    const { items } = await get(far, '/arrivals?limit=100');
    const arrival = items.find(({ name }: { name: string }) => name === `巫迁${n}`);
    await act(
      {
        kind: 'move_in',
        day: '2026-06-02',
        newHousehold: { area: farVillage, items: { address: '上洋村4组' } },
        people: [{ arrival: arrival.id, relation: '02' }],
      },
      far,
    );
    expect(await get(far, `/residents/${f.moved}`)).toMatchObject({ left: null });
  });
});

describe('a county’s item that becomes required', () => {
  it('is missed by those who live here, and by nobody else in the counts', async () => {
    await family();
    const admin = await t.signIn('sysadmin');
    const path = '/areas/330881/items';
    const { version } = await get(admin, path);
    const { sections } = (await get(admin, '/dictionary')).categories.resident;
    const definition = {
      key: 'own_tea',
      label: { zh: '茶园面积', en: 'Tea garden' },
      type: 'decimal',
      group: 'file',
      sensitivity: 'personal',
      source: 'village',
      retention: 'village',
      section: sections[0].key,
      required: true,
    };
    const changed = await admin.send(
      'PUT',
      `${path}/resident/own_tea`,
      { definition, reason: '县里统一要求' },
      { 'if-match': `"${version}"` },
    );
    expect(`${changed.statusCode} ${changed.body}`).toMatch(/^200 /);
    await drain();
    expect(await countFaults(t.sql)).toEqual([]);
  });
});

describe('a deletion', () => {
  it('takes along what acts of life held of the person, and leaves the others their acts', async () => {
    const place = '昙花镇九曲巷';
    const f = await family(place);
    const town = await t.signIn('township');
    for (const resident of [f.moved, f.died]) {
      const asked = await village.send('POST', `/residents/${resident}/deletion`, {
        asker: 'self',
        ground: 'consent_withdrawn',
      });
      expect(`${asked.statusCode} ${asked.body}`).toMatch(/^20/);
      const decided = await town.send('POST', `/deletions/${asked.json().id}/decision`, {
        accept: true,
      });
      expect(`${decided.statusCode} ${decided.body}`).toMatch(/^200 /);
      expect(await countFaults(t.sql)).toEqual([]);
      expect(await holding(resident)).toEqual(['audit_entry', 'deletion']);
    }
    expect(await holding(`巫故${n}`)).toEqual([]);
    expect(await holding(`巫迁${n}`)).toEqual([]);
    expect(await holding(place)).toEqual([]);
    const { items } = await get(village, `/households/${f.household}/changes`);
    const told = items.filter(({ event }: { event: object | null }) => event);
    expect(told.map(({ event }: { event: { kind: string } }) => event.kind)).toContain('move_in');
    expect((await get(village, `/households/${f.household}/past?on=2026-04-01`)).members).toEqual([
      expect.objectContaining({ resident: f.stays }),
    ]);
  });
});

/** Tables in which a row holds the text, read as the owner. */
async function holding(text: string): Promise<string[]> {
  const tables = await t.sql<{ name: string }>(`select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition order by 1`);
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await t.sql<{ n: number }>(
      `select count(*)::int as n from ${name} x where position($1 in x::text) > 0`,
      [text],
    );
    if (row && row.n > 0) found.push(name);
  }
  return found;
}
