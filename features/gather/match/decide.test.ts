import { describe, expect, it } from 'vitest';
import { beliefBeside, decide, explain, usualThresholds } from './decide.ts';
import { fields, levels, type Pattern } from './fields.ts';
import { type Compared, factor, learnChance, learnWeights } from './learn.ts';

function pattern(words: Partial<Record<(typeof fields)[number], string>>): Pattern {
  return fields.map((field) => Math.max(0, levels[field].indexOf(words[field] ?? 'missing')));
}

const residents = 10_000;
const usual = pattern({
  id: 'equal',
  name: 'equal',
  birth: 'equal',
  sex: 'equal',
  phone: 'equal',
  home: 'household',
  file: 'free',
});
const strange = pattern({
  id: 'different',
  name: 'different',
  birth: 'different',
  sex: 'different',
  phone: 'different',
  home: 'different',
  file: 'taken',
});
const halfStrange = pattern({
  id: 'unlike',
  name: 'different',
  birth: 'different',
  sex: 'equal',
  phone: 'different',
  home: 'village',
  file: 'free',
});

const row = (patterns: Pattern[], more: Partial<Compared> = {}): Compared => ({
  patterns,
  shares: patterns.map((one) => (one[1] === 1 ? 0.5 / residents : null)),
  told: null,
  hasId: false,
  ...more,
});

/** Weights of a file in which so many of a hundred rows mean somebody in the archive. */
function weightsOf(percent: number) {
  return learnWeights(
    Array.from({ length: 1000 }, () => row([usual], { told: 0, hasId: true })),
    learnChance(Array.from({ length: 6000 }, (_, i) => (i % 3 === 0 ? halfStrange : strange))),
    residents,
    { known: percent * 100, brought: 10_000 - percent * 100, open: 0 },
  );
}
const everybody = weightsOf(100);
const most = weightsOf(95);

describe('a row without an id', () => {
  it('is linked to the one who agrees in name and birth', () => {
    const verdict = decide(
      most,
      row([pattern({ name: 'equal', birth: 'equal', sex: 'equal', file: 'free' })]),
      residents,
    );
    expect(verdict).toMatchObject({ decision: 'link', best: 0 });
  });

  it('is nobody’s without candidates, and where they are unlike', () => {
    expect(decide(most, row([]), residents)).toEqual({
      decision: 'none',
      best: null,
      score: 0,
      shown: [],
    });
    expect(decide(most, row([strange, halfStrange]), residents).decision).toBe('none');
  });

  it('is asked about where two agree alike', () => {
    const one = pattern({ name: 'equal', birth: 'equal', file: 'free' });
    const verdict = decide(most, row([one, one]), residents);
    expect(verdict.decision).toBe('ask');
    expect(verdict.shown).toHaveLength(2);
  });

  it('is asked about with nothing but a name, where its person may be in no register', () => {
    const named = row([pattern({ name: 'equal' })], { shares: [1.5 / residents] });
    expect(decide(everybody, named, residents).decision).toBe('link');
    expect(decide(most, named, residents).decision).toBe('ask');
  });

  it('is asked about where the file has a row of the namesake already', () => {
    const shares = [0.3 / residents];
    expect(
      decide(most, row([pattern({ name: 'equal', file: 'free' })], { shares }), residents).decision,
    ).toBe('link');
    expect(
      decide(most, row([pattern({ name: 'equal', file: 'taken' })], { shares }), residents)
        .decision,
    ).not.toBe('link');
  });

  it('is never linked to a twin or a sibling, who agree in all but the name', () => {
    for (const name of ['near', 'different', 'missing']) {
      const twin = pattern({
        name,
        birth: 'equal',
        sex: 'equal',
        home: 'household',
        phone: 'equal',
        guardian: 'both',
      });
      expect(decide(everybody, row([twin]), residents).decision).not.toBe('link');
    }
  });

  it('is linked by a repaired id though a character of the name is wrong, and asked about with another name', () => {
    const near = pattern({ id: 'repaired', name: 'near', sex: 'equal', birth: 'equal' });
    const other = pattern({ id: 'repaired', name: 'different', sex: 'equal', birth: 'equal' });
    expect(decide(everybody, row([near]), residents).decision).toBe('link');
    expect(decide(everybody, row([other]), residents).decision).not.toBe('link');
  });
});

describe('a row with the valid id of somebody of another name', () => {
  const owner = pattern({ id: 'equal', name: 'different', birth: 'equal', sex: 'equal' });
  const own = pattern({ id: 'different', name: 'equal', birth: 'different', phone: 'equal' });

  it('is asked about: both are shown, the owner first', () => {
    const verdict = decide(
      everybody,
      row([own, owner], { hasId: true, owner: { at: 1, isDisputed: false } }),
      residents,
    );
    expect(verdict).toMatchObject({ decision: 'ask', best: 1 });
    expect(verdict.shown.map(({ at }) => at)).toEqual([1, 0]);
  });

  it('is linked where one character is wrong and nobody of the household bears the name', () => {
    const slip = pattern({ id: 'equal', name: 'near', birth: 'equal', sex: 'equal' });
    const some = row([slip], { hasId: true, owner: { at: 0, isDisputed: false } });
    expect(decide(everybody, some, residents)).toMatchObject({ decision: 'link', best: 0 });
    const disputed = row([slip, own], { hasId: true, owner: { at: 0, isDisputed: true } });
    expect(decide(everybody, disputed, residents).decision).toBe('ask');
  });
});

it('a second row of the file of one resident needs as much more belief as it is unlikely', () => {
  const needed = beliefBeside(most);
  expect(needed).toBeGreaterThan(usualThresholds.link);
  expect(needed).toBeLessThan(1);
});

it('the steps of an explanation sum to the weight', () => {
  for (const one of [usual, strange, halfStrange, pattern({ name: 'homophone', birth: 'near' })]) {
    const steps = explain(everybody, one, null);
    const sum = steps.reduce((bits, step) => bits + step.bits, 0);
    expect(sum).toBeCloseTo(Math.log2(factor(everybody, one, null)), 9);
    expect(steps.map(({ field }) => field)).toEqual(fields.filter((_, i) => one[i] !== 0));
  }
});
