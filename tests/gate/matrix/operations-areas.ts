import { randomUUID } from 'node:crypto';
import { type Cell, type Operations, same } from './operation.ts';
import type { World } from './world.ts';

/** A new grid of 彭里村, which every post of the matrix that may change areas holds or lies above. */
const newGrid = () => ({
  change: { kind: 'add', parent: '330881002205', name: `网格${randomUUID().slice(0, 8)}` },
});

/** A file with a square of a kilometre for one area. */
const oneShape = (code: string) => ({
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { code },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [118.6, 28.7],
            [118.61, 28.7],
            [118.61, 28.71],
            [118.6, 28.71],
            [118.6, 28.7],
          ],
        ],
      },
    },
  ],
});

/** What lies outside is refused by name where it is in sight, and not there where it is not. */
const elsewhere = ({ who, position }: Cell): string =>
  who.level === 'village' && position === 'parent' ? '403 outside-scope' : '400 invalid';

const renamed = ({ area }: Cell) => ({ kind: 'rename', code: area, name: '新名' });

/** Puts a building back to how it was made. */
const renew = (world: World, id: string) =>
  world.owner('update building set version = 1, retired_on = null, floors = null where id = $1', [
    id,
  ]);

async function clear(world: World, name: string): Promise<void> {
  await world.owner(
    'delete from building_change where building in (select id from building where name = $1)',
    [name],
  );
  await world.owner('delete from building where name = $1', [name]);
}

/** The tree of areas: changes, their history, the past. */
export const areaOperations = {
  previewAreaChange: [
    { need: 'areas', call: () => ({ body: newGrid() }) },
    {
      as: 'elsewhere',
      need: 'areas',
      target: 'area',
      only: 'outside',
      call: (cell) => ({ body: { change: renamed(cell) } }),
      outside: elsewhere,
    },
  ],
  changeAreas: [
    {
      need: 'areas',
      call: () => ({ body: { ...newGrid(), reason: '批复' } }),
      after: async ({ world }) => {
        await world.owner(`delete from area where name like '网格%' and since is not null`);
        await world.owner(`delete from area_change where kind = 'add'`);
      },
    },
    {
      as: 'elsewhere',
      need: 'areas',
      target: 'area',
      only: 'outside',
      call: (cell) => ({ body: { change: renamed(cell), reason: '批复' } }),
      outside: elsewhere,
    },
  ],
  resumeAreaChange: {
    need: 'areas',
    call: () => ({ params: { id: randomUUID() } }),
    inside: '404 not-found',
  },
  listAreaShapes: {
    need: 'signed-in',
    call: ({ area }) => ({ query: { area } }),
    check: ({ items }: { items: unknown[] }, { state }) =>
      items.length > 0 === (state === 'in force') ? undefined : `${items.length} areas`,
  },
  checkAreaShapes: [
    {
      need: 'areas',
      call: () => ({ body: oneShape('330881002205003') }),
      check: ({ rows }: { rows: { faults: unknown[] }[] }) =>
        rows[0]?.faults.length === 0 ? undefined : JSON.stringify(rows),
    },
    {
      as: 'elsewhere',
      need: 'areas',
      target: 'area',
      only: 'outside',
      call: ({ area }) => ({ body: oneShape(area) }),
      echoes: true,
      outside: same,
      check: ({ rows }: { rows: { faults: { code: string }[] }[] }) =>
        rows[0]?.faults[0]?.code === 'area' ? undefined : 'an area outside was checked',
    },
  ],
  putAreaShapes: [
    {
      need: 'areas',
      call: () => ({ body: oneShape('330881002205003') }),
      after: ({ world }) => world.owner('delete from area_shape'),
    },
    {
      as: 'elsewhere',
      need: 'areas',
      target: 'area',
      only: 'outside',
      call: ({ area }) => ({ body: oneShape(area) }),
      outside: '400 invalid',
    },
  ],
  listHouseholdPoints: {
    need: 'archive',
    call: ({ home }) => ({ query: { area: home.code } }),
    // Whoever reads no file sees no place.
    check: ({ items }: { items: unknown[] }, { who }) =>
      items.length > 0 && !who.reads.includes('file') ? 'a place without a file' : undefined,
  },
  listPlacedHouseholds: {
    need: 'archive',
    call: ({ home }) => ({ query: { area: home.code } }),
    // Whoever reads no file sees no place.
    check: ({ items }: { items: { at: unknown }[] }, { who }) => {
      if (items.length === 0) return 'no household';
      return items.some(({ at }) => at) && !who.reads.includes('file')
        ? 'a place without a file'
        : undefined;
    },
  },
  listBuildings: {
    need: 'archive',
    target: 'other',
    call: ({ there }) => ({ params: { code: there.code } }),
    // Of its village a grid sees its own part.
    outside: ({ who, position }) =>
      who.level === 'grid' && position === 'parent' ? same : '403 outside-scope',
    check: ({ items }: { items: { id: string }[] }, { home }) =>
      items.some(({ id }) => id === home.building) ? undefined : 'the building is not there',
  },
  getBuilding: {
    need: 'archive',
    target: 'other',
    call: ({ there }) => ({ params: { id: there.building } }),
  },
  addBuilding: {
    need: 'makes',
    target: 'other',
    call: ({ there }) => ({ body: { area: there.code, kind: 'building', name: '矩阵楼' } }),
    outside: ({ who, position }) =>
      who.level === 'grid' && position === 'parent' ? '403 outside-scope' : '400 invalid',
    after: ({ world }) => clear(world, '矩阵楼'),
  },
  editBuilding: {
    need: 'makes',
    target: 'other',
    before: ({ world, there }) => renew(world, there.building),
    call: ({ there }) => ({
      params: { id: there.building },
      version: 1,
      body: { floors: 3, reason: '复核' },
    }),
  },
  retireBuilding: {
    need: 'makes',
    target: 'other',
    before: ({ world, there }) => renew(world, there.building),
    call: ({ there }) => ({
      params: { id: there.building },
      version: 1,
      body: { reason: '拆除' },
    }),
    after: ({ world, there }) => renew(world, there.building),
  },
  putInBuilding: {
    need: 'makes',
    target: 'housing',
    recorded: true,
    call: ({ there }) => ({
      ifMatch: { category: 'housing', id: there.records.housing },
      body: { building: there.building, reason: '核实' },
    }),
    after: ({ world, there }) =>
      world.owner('update housing set building = null where id = $1', [there.records.housing]),
  },
  listAreaChanges: { need: 'signed-in', withoutPost: '403 no-post' },
  findAreasThen: {
    need: 'signed-in',
    call: ({ area }) => ({ query: { q: area, on: '2026-06-01' } }),
    check: ({ items }: { items: unknown[] }, { state }) =>
      items.length > 0 === (state === 'in force') ? undefined : `${items.length} areas`,
  },
} as const satisfies Operations;
