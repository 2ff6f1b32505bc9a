import { describe, expect, it } from 'vitest';
import { fields, levels, type Pattern } from './fields.ts';
import {
  beliefs,
  type Compared,
  expectedBearers,
  factor,
  factorOf,
  learnChance,
  learnWeights,
} from './learn.ts';

/** A pattern by the words of its levels; what is not named is missing. */
function pattern(words: Partial<Record<(typeof fields)[number], string>>): Pattern {
  return fields.map((field) => Math.max(0, levels[field].indexOf(words[field] ?? 'missing')));
}

const same = pattern({ name: 'equal', birth: 'equal', sex: 'equal', file: 'free' });
const stranger = pattern({ name: 'different', birth: 'different', sex: 'different', file: 'free' });
const namesake = pattern({ name: 'equal', birth: 'different', sex: 'equal', file: 'free' });
const residents = 10_000;
const chance = learnChance(
  Array.from({ length: 3000 }, (_, i) =>
    i % 2
      ? stranger
      : pattern({ name: 'different', birth: 'different', sex: 'equal', file: 'free' }),
  ),
);

const row = (patterns: Pattern[], more: Partial<Compared> = {}): Compared => ({
  patterns,
  shares: patterns.map((one) => (one[1] === 1 ? 1.5 / residents : null)),
  told: null,
  hasId: false,
  ...more,
});
const told = Array.from({ length: 500 }, () => row([same], { told: 0, hasId: true }));

describe('weights learnt from rows', () => {
  const weights = learnWeights(
    [...told, ...Array.from({ length: 50 }, () => row([same, namesake]))],
    chance,
    residents,
  );

  it('are shares: the levels of each set add up to 1', () => {
    fields.forEach((field, i) => {
      const sums = (
        field === 'id'
          ? [
              [1, 4],
              [2, 3],
            ]
          : [levels[field].map((_, level) => level).slice(1)]
      ).map((set) => set.reduce((sum, level) => sum + (weights.m[i]?.[level] ?? 0), 0));
      for (const sum of sums) expect(sum).toBeCloseTo(1, 4);
    });
  });

  it('believe in agreement, the more of it the more', () => {
    const some = factor(weights, pattern({ birth: 'equal' }), null);
    const more = factor(weights, pattern({ birth: 'equal', sex: 'equal' }), null);
    expect(some).toBeGreaterThan(100);
    expect(more).toBeGreaterThan(some);
    expect(factor(weights, pattern({ birth: 'different' }), null)).toBeLessThan(0.1);
    expect(factor(weights, pattern({}), null)).toBe(1);
  });

  it('believe the more the rarer the name is', () => {
    const rare = factor(weights, same, 1 / residents);
    const common = factor(weights, same, 100 / residents);
    expect(rare / common).toBeCloseTo(100, 5);
  });

  it('share one belief among candidates and nobody', () => {
    for (const some of [row([]), row([same]), row([same, namesake, stranger]), row([same, same])]) {
      const believed = beliefs(weights, some, residents);
      expect(believed).toHaveLength(some.patterns.length + 1);
      expect(believed.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      for (const one of believed) expect(one).toBeGreaterThanOrEqual(0);
    }
    const [first, second] = beliefs(weights, row([same, same]), residents);
    expect(first).toBeCloseTo(second ?? 0, 9);
  });

  it('say that a valid id of somebody else speaks against, and an equal one for', () => {
    const id = fields.indexOf('id');
    const equals = learnWeights(
      Array.from({ length: 500 }, () =>
        row([pattern({ id: 'equal', name: 'equal' })], { told: 0, hasId: true }),
      ),
      learnChance(
        Array.from({ length: 3000 }, () => pattern({ id: 'different', name: 'different' })),
      ),
      residents,
    );
    expect(factorOf(equals, id, levels.id.indexOf('different'), null)).toBeLessThan(0.02);
    expect(factorOf(equals, id, levels.id.indexOf('equal'), null)).toBeGreaterThan(1000);
    // Of spoiled ids the source showed none: what is usual holds, whatever the valid ones were.
    expect(equals.m[id]?.[levels.id.indexOf('repaired')]).toBeCloseTo(0.9, 5);
  });
});

describe('how many rows mean somebody in the archive', () => {
  const open = Array.from({ length: 60 }, () => row([stranger], { hasId: true }));
  const nameless = Array.from({ length: 400 }, () => row([pattern({ name: 'equal' })]));

  it('follows from the rows with an id, in the proportions of the whole batch', () => {
    const census = { known: 9500, brought: 0, open: 500 };
    const { coverage } = learnWeights([...told, ...open, ...nameless], chance, residents, census);
    expect(coverage).toBeGreaterThan(0.94);
    expect(coverage).toBeLessThan(0.96);
  });

  it('is small for a register that brings its people itself', () => {
    const census = { known: 100, brought: 9900, open: 0 };
    const { coverage } = learnWeights([...told, ...nameless], chance, residents, census);
    expect(coverage).toBeLessThan(0.02);
  });

  it('follows from all rows where next to none has an id', () => {
    const census = { known: 3, brought: 0, open: 0 };
    const { coverage } = learnWeights(told, chance, residents, census);
    expect(coverage).toBeGreaterThan(0.99);
  });
});

describe('how rare a name is that is known once', () => {
  it('follows from how many are known twice', () => {
    expect(expectedBearers(1000, 49)).toBeCloseTo(100 / 1001, 9);
    expect(expectedBearers(1000, 400)).toBeGreaterThan(expectedBearers(1000, 40));
  });

  it('is never more than once, and never nothing', () => {
    expect(expectedBearers(0, 0)).toBe(1);
    expect(expectedBearers(10, 1000)).toBe(1);
    expect(expectedBearers(1_000_000, 0)).toBeGreaterThan(0);
  });
});
