import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { HouseholdPoint } from './points.ts';

const village = '330881002205';
let t: TestApp;
let cadre: Caller;
beforeAll(async () => {
  t = await startApp();
  cadre = await t.signIn('village');
});
afterAll(() => t.close());

const points = async (caller: Caller, area = village): Promise<HouseholdPoint[]> =>
  (await caller.get(`/households/points?area=${area}`)).json().items;

async function place(path: string, value: string) {
  const { version } = (await cadre.get(path)).json();
  return cadre.send(
    'PATCH',
    path,
    { items: { place: value }, reason: '定位' },
    { 'if-match': `"${version}"` },
  );
}

it('shows a household where it says, or else where its dwelling stands', async () => {
  expect(await points(cadre)).toEqual([]);
  const [first, second] = await t.sql<{ household: string; housing: string }>(
    `select household, housing from household_housing
      where area between ${village}001 and ${village}001 and kind = 'lives' and until is null order by household limit 2`,
  );
  expect((await place(`/housing/${first?.housing}`, '118.6012,28.7034')).statusCode).toBe(200);
  expect((await place(`/households/${second?.household}`, '118.6055,28.7077')).statusCode).toBe(
    200,
  );
  expect((await points(cadre)).map(({ id, at }) => ({ id, at }))).toEqual(
    expect.arrayContaining([
      { id: first?.household, at: [118.6012, 28.7034] },
      { id: second?.household, at: [118.6055, 28.7077] },
    ]),
  );
  expect((await place(`/households/${first?.household}`, '118.6100,28.7100')).statusCode).toBe(200);
  expect((await points(cadre)).find(({ id }) => id === first?.household)?.at).toEqual([
    118.61, 28.71,
  ]);
  expect((await place(`/households/${first?.household}`, '28.71,118.61')).statusCode).toBe(400);
});

it('shows nothing beyond the post, nor to whoever reads no file', async () => {
  const grid = await t.signIn('grid');
  expect((await points(grid, `${village}001`)).length).toBe(2);
  expect((await grid.get(`/households/points?area=${village}002`)).statusCode).toBe(403);
  const supervisor = await t.signIn('county');
  expect(await points(supervisor)).toEqual([]);
  expect((await supervisor.get('/households/points?area=330881')).statusCode).toBe(400);
  const system = await t.signIn('sysadmin');
  expect((await system.get(`/households/points?area=${village}`)).statusCode).toBe(403);
});
