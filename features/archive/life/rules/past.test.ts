import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideEdit, type Fact } from '../../rules/facts.ts';
import { type Line, onDay } from './past.ts';

const item = { source: 'public-security' };
const day = (n: number): string => `2026-01-${String(n).padStart(2, '0')}`;
const told = fc.record({
  v: fc.constantFrom('甲', '乙', '丙', null),
  s: fc.constantFrom('village', 'public-security', 'resident'),
  d: fc.integer({ min: 1, max: 20 }).map(day),
});

/** What an archive would hold that was told only these facts, in this order. */
function hold(facts: readonly Fact[]): Fact | undefined {
  let held: Fact | undefined;
  for (const fact of facts)
    if (decideEdit(item, held, fact) === 'write') held = fact.v === null ? undefined : fact;
  return held;
}

/** The archive's own way: edits with their lines of history. */
function edit(facts: readonly Fact[]): { lines: Line[]; current: Fact | undefined } {
  const lines: Line[] = [];
  let current: Fact | undefined;
  let made = false;
  for (const fact of facts) {
    const decision = decideEdit(item, current, fact);
    if (decision === 'same') {
      if (made && (current ? fact.v !== null && fact.d < current.d : fact.v === null))
        lines.push({ kind: 'confirmed', before: null, after: fact, written: day(28) });
      continue;
    }
    // The first values of a record leave no line.
    if (!made && fact.v !== null) {
      made = true;
      current = fact;
      continue;
    }
    if (decision === 'conflict')
      lines.push({ kind: 'conflict', before: null, after: fact, written: day(28) });
    else {
      lines.push({ kind: 'changed', before: current ?? null, after: fact, written: day(28) });
      current = fact.v === null ? undefined : fact;
    }
  }
  return { lines, current };
}

describe('the value in force on a past day', () => {
  it('is what an archive would hold that had been told only what is of that day or before', () => {
    fc.assert(
      fc.property(
        fc.array(told, { maxLength: 12 }),
        fc.integer({ min: 1, max: 25 }),
        (facts, n) => {
          const { lines, current } = edit(facts);
          const found = onDay(item, lines, current, day(n));
          const sure = found && !found.later ? found.fact : undefined;
          const expected = hold(facts.filter(({ d }) => d <= day(n)));
          expect({ v: sure?.v, d: sure?.d, s: sure?.s }).toEqual({
            v: expected?.v,
            d: expected?.d,
            s: expected?.s,
          });
        },
      ),
      { numRuns: 5000, seed: 9 },
    );
  });

  it('is today what the file holds', () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 12 }), (facts) => {
        const { lines, current } = edit(facts);
        expect(onDay(item, lines, current, day(28))?.fact).toEqual(current);
      }),
      { numRuns: 3000, seed: 9 },
    );
  });

  it('is told to be later when nothing is known of the day', () => {
    const fact = { v: '甲', s: 'village', d: '2026-05-01' };
    expect(onDay(item, [], fact, '2026-04-30')).toEqual({ fact, later: true });
    expect(onDay(item, [], fact, '2026-05-01')).toEqual({ fact, later: false });
  });

  it('of a value cleared before clearings kept their day ends on the day of typing', () => {
    const before = { v: '甲', s: 'village', d: '2026-03-01' };
    const lines: Line[] = [{ kind: 'changed', before, after: null, written: '2026-05-02' }];
    expect(onDay(item, lines, undefined, '2026-05-01')?.fact).toEqual(before);
    expect(onDay(item, lines, undefined, '2026-05-02')).toBeUndefined();
  });
});
