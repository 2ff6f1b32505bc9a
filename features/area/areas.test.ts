import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { Area } from './contract.ts';

let t: TestApp;
let village: Caller;
let county: Caller;
let city: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  county = await t.signIn('county');
  city = await t.signIn('city');
});
afterAll(() => t.close());

const list = async (caller: Caller, query: string): Promise<Area[]> => {
  const answer = await caller.get(`/areas${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json().items;
};

describe('the tree of areas', () => {
  it('begins with the post’s own area and its kept counts', async () => {
    expect(await list(village, '')).toEqual([
      {
        code: '330881002205',
        name: expect.stringContaining('彭里村'),
        level: 'village',
        parent: '330881002',
        children: 3,
        households: 407,
        residents: 1489,
      },
    ]);
  });

  it('gives children in order of code, with counts that add up to the parent’s', async () => {
    const [own] = await list(county, '');
    const towns = await list(county, '?parent=330881&limit=500');
    expect(towns.length).toBe(own?.children);
    expect(towns.map(({ code }) => code)).toEqual(towns.map(({ code }) => code).sort());
    const sum = (areas: Area[], key: 'households' | 'residents') =>
      areas.reduce((total, area) => total + area[key], 0);
    expect(sum(towns, 'residents')).toBe(own?.residents);
    expect(sum(towns, 'households')).toBe(own?.households);
    const [counted] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident where county = 330881',
    );
    expect(own?.residents).toBe(counted?.n);
  });

  it('pages by cursor through each child once', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await city.get(`/areas?level=village&limit=300${cursor}`)).json();
      seen.push(...page.items.map(({ code }: Area) => code));
      cursor = page.next ? `&cursor=${page.next}` : '';
    } while (cursor);
    expect(seen.length).toBe(1664);
    expect(new Set(seen).size).toBe(1664);
  });

  it('gives the crumbs from the province down', async () => {
    const answer = (await village.get('/areas/330881002205001')).json();
    expect(answer.path.map(({ code }: Area) => code)).toEqual([
      '33',
      '3308',
      '330881',
      '330881002',
      '330881002205',
      '330881002205001',
    ]);
    expect(answer).toMatchObject({ code: '330881002205001', level: 'grid', name: '第一网格' });
  });

  it('hides what lies outside the scope, as if it were not there', async () => {
    for (const code of ['330802013202', '330881001', '330881002206', '999999']) {
      const answer = await village.get(`/areas/${code}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().type).toBe('/problems/not-found');
    }
    expect(await list(village, '?parent=330802')).toEqual([]);
    // Those above are in sight for the crumbs, but not their other children.
    expect((await village.get('/areas/330881')).statusCode).toBe(200);
    expect(await list(village, '?parent=330881002')).toMatchObject([{ code: '330881002205' }]);
  });
});

describe('the area picker', () => {
  it.each([
    ['the beginning of a name', '彭里'],
    ['a part of a name', '里村'],
    ['initials', 'plc'],
    ['the beginning of initials', 'pl'],
    ['initials in capitals, with spaces around', '  PLC '],
    ['the code', '330881002205'],
  ])('finds 彭里村 by %s', async (_by, q) => {
    const found = await list(county, `?q=${encodeURIComponent(q)}&limit=500`);
    expect(found.map(({ code }) => code)).toContain('330881002205');
  });

  it('narrows to a level and to a part of the tree', async () => {
    const levels = await list(county, `?q=${encodeURIComponent('虎山')}`);
    expect(levels.some(({ level }) => level === 'township')).toBe(true);
    const villages = await list(county, '?level=village&parent=330881002&limit=500');
    expect(villages.length).toBeGreaterThan(3);
    expect(villages.every(({ code }) => code.startsWith('330881002'))).toBe(true);
    expect(await list(county, '?q=plc&parent=330881001')).toEqual([]);
  });

  it('takes signs of patterns and quotes as they are', async () => {
    for (const q of ['%', '_', "'", '"', '\\', "%' or '1'='1", '彭%', '彭_村'])
      expect(await list(county, `?q=${encodeURIComponent(q)}`)).toEqual([]);
  });

  it('shows no retired area', async () => {
    await t.sql(`update area set retired_at = now() where code = '330881002205003'`);
    expect((await list(village, '?parent=330881002205')).map(({ code }) => code)).toEqual([
      '330881002205001',
      '330881002205002',
    ]);
    expect((await list(village, ''))[0]?.children).toBe(2);
    await t.sql(`update area set retired_at = null where code = '330881002205003'`);
  });
});
