import { describe, expect, it } from 'vitest';
import type { Building } from '../../../buildings/contract.ts';
import {
  byNumbers,
  byShape,
  byWords,
  liesIn,
  type PlacedHousehold,
  partsOf,
  sent,
  shapeIn,
  weightOf,
} from './choose.ts';

const home = (
  id: string,
  address: string,
  more: Partial<PlacedHousehold> = {},
): PlacedHousehold => ({
  id,
  address,
  members: 2,
  building: null,
  at: null,
  ...more,
});
const homes = [
  home('a', '彭里村3组7号', { at: [118.601, 28.701], building: 'one' }),
  home('b', '彭里村3组17号', { at: [118.609, 28.709], building: 'one' }),
  home('c', '彭里村13组170号', { building: 'two' }),
  home('d', '溪边路'),
];
const ids = (list: PlacedHousehold[]): string => list.map(({ id }) => id).join('');
const ring = (corners: [number, number][]) => [...corners, corners[0] as [number, number]];

describe('households are chosen', () => {
  it.each([
    ['3组', 'abc'],
    ['村 17', 'bc'],
    ['溪边路', 'd'],
    ['  ', ''],
  ])('by the words %s', (words, found) => expect(ids(byWords(homes, words))).toBe(found));

  it.each([
    ['号', 1, 20, 'ab'],
    ['号', 17, null, 'bc'],
    ['号', null, 17, 'ab'],
    ['组', 3, 3, 'ab'],
    ['号', null, null, ''],
  ] as const)('by numbers before %s from %s to %s', (unit, from, to, found) =>
    expect(ids(byNumbers(homes, unit, from, to))).toBe(found),
  );

  it('by a shape with a hole; those without a place stay', () => {
    const shape = {
      type: 'Polygon' as const,
      coordinates: [
        ring([
          [118.6, 28.7],
          [118.61, 28.7],
          [118.61, 28.71],
          [118.6, 28.71],
        ]),
      ],
    };
    expect(ids(byShape(homes, shape))).toBe('ab');
    const hole = ring([
      [118.608, 28.708],
      [118.6095, 28.708],
      [118.6095, 28.7095],
      [118.608, 28.7095],
    ]);
    expect(ids(byShape(homes, { ...shape, coordinates: [...shape.coordinates, hole] }))).toBe('a');
    expect(liesIn([118.62, 28.705], shape)).toBe(false);
    const file = { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: shape }] };
    expect(shapeIn(file)).toEqual(shape);
    expect(shapeIn({ type: 'Point', coordinates: [1, 2] })).toBeNull();
  });
});

it('a building goes where all of it goes, and stays where it is divided', () => {
  const building = (id: string) => ({ id, kind: 'building', parent: null }) as Building;
  const buildings = [building('one'), building('two'), building('empty')];
  const targets = [{ key: 'x', name: ' 北网格 ', to: undefined }];
  const all = sent(new Map(), homes.slice(0, 3), 'x');
  expect(partsOf(homes, buildings, all, targets)).toEqual([
    { name: '北网格', households: ['a', 'b', 'c'], buildings: ['one', 'two'] },
  ]);
  const divided = sent(all, homes.slice(0, 1), null);
  expect(partsOf(homes, buildings, divided, targets)[0]).toEqual({
    name: '北网格',
    households: ['b', 'c'],
    buildings: ['two'],
  });
  expect(weightOf(homes, divided, 'x')).toEqual({ households: 2, residents: 4 });
  expect(weightOf(homes, divided, null)).toEqual({ households: 2, residents: 4 });
});
