import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import type { AreaShape, ShapeRow } from './contract.ts';
import { importShapes } from './load.ts';

const village = '330881002205';
const grids = [`${village}001`, `${village}002`, `${village}003`] as const;

let t: TestApp;
let cadre: Caller;
let system: Caller;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'shapes-'));
  t = await startApp({
    tiles: 'https://tiles.example.test/{z}/{x}/{y}.png',
    consoleFolder: folder,
  });
  cadre = await t.signIn('village');
  system = await t.signIn('sysadmin');
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A rectangle in thousandths of a degree from a corner near 彭里村. */
const box = (x: number, y: number, w = 10, h = 10) => ({
  type: 'Polygon',
  coordinates: [
    [
      [x, y],
      [x + w, y],
      [x + w, y + h],
      [x, y + h],
      [x, y],
    ].map(([a = 0, b = 0]) => [118.6 + a / 1000, 28.7 + b / 1000]),
  ],
});
const feature = (properties: object | null, geometry: unknown) => ({
  type: 'Feature',
  properties,
  geometry,
});
const file = (...features: object[]) => ({ type: 'FeatureCollection', features });

const check = async (caller: Caller, body: object): Promise<ShapeRow[]> => {
  const answer = await caller.send('POST', '/areas/shapes/check', body);
  expect(answer.statusCode).toBe(200);
  return answer.json().rows;
};
const put = (caller: Caller, body: object) => caller.send('PUT', '/areas/shapes', body);
const shapes = async (caller: Caller, area: string): Promise<AreaShape[]> =>
  (await caller.get(`/areas/shapes?area=${area}`)).json().items;
const codes = (rows: ShapeRow[]) => rows.map(({ faults }) => faults.map(({ code }) => code));

describe('shapes', () => {
  it('are checked row by row, against each other and with the place of each fault', async () => {
    const rows = await check(
      cadre,
      file(
        feature({ code: grids[0] }, box(0, 0)),
        feature({ name: '第二网格' }, box(5, 0)),
        feature({ code: '330881002206' }, box(0, 0)),
        feature({}, box(0, 0)),
        feature({ code: grids[2] }, { type: 'Point', coordinates: [118, 28] }),
      ),
    );
    expect(codes(rows)).toEqual([['covers'], ['covers'], ['area'], ['area'], ['geometry']]);
    expect(rows[0]?.faults[0]).toMatchObject({
      at: [expect.closeTo(118.6075, 4), expect.closeTo(28.705, 4)],
      message: expect.stringContaining('第二网格'),
    });
    expect(rows[1]).toMatchObject({ code: grids[1], hectares: expect.any(Number) });
  });

  it('are put in force all or none', async () => {
    const bad = await put(
      cadre,
      file(feature({ code: grids[0] }, box(0, 0)), feature({ code: grids[1] }, box(0, 0, 0, 0))),
    );
    expect(bad.statusCode).toBe(400);
    expect(bad.json().errors[0].field).toBe('features[1]');
    expect((await shapes(cadre, village)).filter(({ shape }) => shape)).toEqual([]);

    const good = await put(
      cadre,
      file(
        feature({ code: grids[0] }, box(0, 0)),
        feature({ code: grids[1] }, box(10, 0)),
        feature({ code: grids[2] }, box(20, 0)),
      ),
    );
    expect(good.statusCode).toBe(204);
    const drawn = await shapes(cadre, village);
    expect(drawn.filter(({ shape }) => shape).map(({ code }) => code)).toEqual([...grids]);
    expect(drawn.find(({ code }) => code === grids[0])?.residents).toBeGreaterThan(0);
  });

  it('replace the one before, which is kept', async () => {
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    const [row] = await check(cadre, file(feature({ code: grids[0] }, box(0, 0, 9, 10))));
    expect(row).toMatchObject({ replaces: true, faults: [] });
    expect((await put(cadre, file(feature({ code: grids[0] }, box(0, 0, 9, 10))))).statusCode).toBe(
      204,
    );
    const kept = await t.sql(
      `select until is null as now from area_shape where code = '${grids[0]}' order by since`,
    );
    expect(kept).toEqual([{ now: false }, { now: true }]);
  });

  it('of a village lie around its grids: the system administrator draws them', async () => {
    const outline = file(feature({ code: village }, box(0, 0, 30, 10)));
    expect((await put(cadre, outline)).statusCode).toBe(403);
    expect((await put(system, outline)).statusCode).toBe(204);
    const [row] = await check(cadre, file(feature({ code: grids[2] }, box(20, 0, 15, 10))));
    expect(row?.faults.map(({ code }) => code)).toEqual(['outside']);
  });

  it('are seen in the post and above it, never beside', async () => {
    const grid = await t.signIn('grid');
    const seen = await shapes(grid, village);
    expect(seen.map(({ code }) => code)).toEqual([village, grids[0]]);
    const other = await t.signIn('village2');
    expect(await shapes(other, village)).toEqual([]);
    expect(
      (await grid.send('POST', '/areas/shapes/check', file(feature({ code: grids[0] }, box(0, 0)))))
        .statusCode,
    ).toBe(403);
  });
});

describe('a file on the command line', () => {
  it('is taken in whole or refused with the feature and the place', async () => {
    const bow = {
      type: 'Polygon',
      coordinates: [
        [
          [118.6, 28.7],
          [118.61, 28.71],
          [118.61, 28.7],
          [118.6, 28.71],
          [118.6, 28.7],
        ],
      ],
    };
    const now = new Date(t.clock.now.getTime() + 5000);
    await expect(
      importShapes(t.owner, JSON.stringify(file(feature({ code: grids[1] }, bow))), now),
    ).rejects.toThrow(/第 1 个.*自己交叉（118\.60500, 28\.70500附近）/s);
    await expect(importShapes(t.owner, 'nonsense', now)).rejects.toThrow(/不是 JSON/);
    await expect(importShapes(t.owner, '{"type":"Feature"}', now)).rejects.toThrow(
      /FeatureCollection/,
    );
    expect(
      await importShapes(
        t.owner,
        `\ufeff${JSON.stringify(file(feature({ code: grids[1] }, box(10, 0, 9, 9))))}`,
        now,
      ),
    ).toEqual({ read: 1, replaced: 1 });
  });
});

describe('tiles of a county’s own', () => {
  it('are loaded from exactly that host', async () => {
    const { tiles } = (await cadre.get(`/areas/shapes?area=${village}`)).json();
    expect(tiles).toBe('https://tiles.example.test/{z}/{x}/{y}.png');
    const page = await t.app.inject({ url: '/health/live' });
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("img-src 'self' data: https://tiles.example.test;");
    expect(policy).toContain("connect-src 'self' https://tiles.example.test;");
    expect(policy).toContain("script-src 'self';");
  });
});
