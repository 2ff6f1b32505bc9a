import type { Chance } from './random.ts';

/** A member before it has a name: relation by GB/T 4761, age in years. */
export interface Seat {
  relation: string;
  sex: '1' | '2';
  age: number;
}

/** Shares of households by size, and of old people among those who live alone (DOMAIN.md, section 7). */
export interface Habit {
  sizes: readonly (readonly [size: number, weight: number])[];
  aloneOld: number;
}

/** Towns: mean size about 2.7. */
export const town: Habit = {
  sizes: [
    [1, 22],
    [2, 28],
    [3, 24],
    [4, 14],
    [5, 8],
    [6, 4],
  ],
  aloneOld: 0.37,
};

/** Villages: mean size about 3.6. */
export const village: Habit = {
  sizes: [
    [1, 11],
    [2, 16],
    [3, 20],
    [4, 25],
    [5, 17],
    [6, 11],
  ],
  aloneOld: 0.85,
};

/** The seats of one household of a size: people who could live together. */
export function family(chance: Chance, size: number, habit: Habit): Seat[] {
  if (size === 1) return [single(chance, habit.aloneOld)];
  if (size === 2) return chance.is(0.4) ? couple(chance, chance.between(60, 84)) : pair(chance);
  const withParents = size >= 5 || (size >= 4 ? chance.is(0.42) : chance.is(0.12));
  return withParents ? threeGenerations(chance, size) : twoGenerations(chance, size);
}

function single(chance: Chance, aloneOld: number): Seat {
  const age = chance.is(aloneOld) ? chance.between(60, 93) : chance.between(23, 58);
  return {
    relation: '02',
    sex: age > 72 ? chance.of(['1', '2', '2']) : chance.of(['1', '2']),
    age,
  };
}

function couple(chance: Chance, age: number): Seat[] {
  return [
    { relation: '02', sex: '1', age },
    { relation: '12', sex: '2', age: Math.max(20, age - chance.between(-1, 4)) },
  ];
}

/** A younger couple, or a mother or father with a child. */
function pair(chance: Chance): Seat[] {
  if (chance.is(0.7)) return couple(chance, chance.between(26, 59));
  const age = chance.between(32, 58);
  return [{ relation: '02', sex: chance.of(['1', '2']), age }, child(chance, age)];
}

function child(chance: Chance, parentAge: number): Seat {
  const sex = chance.of(['1', '2'] as const);
  const age = Math.max(0, parentAge - chance.between(23, 31));
  return { relation: sex === '1' ? '20' : '30', sex, age };
}

function twoGenerations(chance: Chance, size: number): Seat[] {
  const age = chance.between(28, 59);
  return [...couple(chance, age), ...Array.from({ length: size - 2 }, () => child(chance, age))];
}

function threeGenerations(chance: Chance, size: number): Seat[] {
  const age = chance.between(34, 52);
  const elder = age + chance.between(23, 28);
  const parents: Seat[] =
    size === 3 || chance.is(0.3)
      ? [{ relation: '52', sex: '2', age: elder - 1 }]
      : [
          { relation: '51', sex: '1', age: elder },
          { relation: '52', sex: '2', age: elder - 2 },
        ];
  const pairOf = couple(chance, age);
  const children = Array.from({ length: Math.max(0, size - 2 - parents.length) }, () =>
    child(chance, age),
  );
  return [...pairOf, ...children, ...parents].slice(0, size);
}
