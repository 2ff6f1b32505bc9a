import { expect, it } from 'vitest';
import { Problem } from '../../../server/errors.ts';
import { checkBuilding, type Fields, type Neighbour, sortKeyOf } from './rules.ts';

const fields = (more: Partial<Fields> = {}): Fields => ({
  name: '3幢',
  parent: null,
  floors: null,
  units: null,
  at: null,
  outline: null,
  ...more,
});
const yard: Neighbour = {
  id: 'yard',
  kind: 'compound',
  name: '东苑',
  parent: null,
  retired: false,
};

function fieldOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.errors?.[0]?.field;
    throw error;
  }
}

it.each<[string, () => void, string | undefined]>([
  [
    'a building in a compound of its grid',
    () => checkBuilding('building', fields({ parent: 'yard', floors: 6 }), [yard]),
    undefined,
  ],
  [
    'a compound within a compound',
    () => checkBuilding('compound', fields({ parent: 'yard' }), [yard]),
    'parent',
  ],
  ['a compound with floors', () => checkBuilding('compound', fields({ floors: 6 }), []), 'floors'],
  ['a compound with units', () => checkBuilding('compound', fields({ units: 2 }), []), 'units'],
  [
    'a compound of elsewhere',
    () => checkBuilding('building', fields({ parent: 'other' }), [yard]),
    'parent',
  ],
  [
    'a compound that stands no more',
    () => checkBuilding('building', fields({ parent: 'yard' }), [{ ...yard, retired: true }]),
    'parent',
  ],
  [
    'one that it was in before the compound went to another grid',
    () => checkBuilding('building', fields({ parent: 'gone' }), [yard], fields({ parent: 'gone' })),
    undefined,
  ],
  [
    'the name of another beside it',
    () =>
      checkBuilding('building', fields(), [{ ...yard, id: 'x', kind: 'building', name: '3幢' }]),
    'name',
  ],
  [
    'the same name in another compound',
    () =>
      checkBuilding('building', fields({ parent: 'yard' }), [
        yard,
        { ...yard, id: 'x', kind: 'building', name: '3幢' },
      ]),
    undefined,
  ],
  [
    'an outline that crosses itself',
    () =>
      checkBuilding(
        'building',
        fields({
          outline: {
            type: 'Polygon',
            coordinates: [
              [
                [118.86, 28.97],
                [118.861, 28.971],
                [118.861, 28.97],
                [118.86, 28.971],
                [118.86, 28.97],
              ],
            ],
          },
        }),
        [],
      ),
    'outline',
  ],
])('%s', (_name, work, field) => {
  expect(fieldOf(work)).toBe(field);
});

it('9幢 stands before 10幢', () => {
  expect(['10幢', '9幢'].sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1))).toEqual([
    '9幢',
    '10幢',
  ]);
});
