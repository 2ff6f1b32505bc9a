import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pace, paceAfter, secondsLeft } from './estimate.ts';
import { acts, backOff, restOf, states } from './states.ts';

const start = Date.parse('2026-06-15T02:00:00Z');
const at = (seconds: number): Date => new Date(start + seconds * 1000);

describe('the pace', () => {
  it('is unknown after one look, and measured after two', () => {
    const first = paceAfter(null, 0, null, at(0));
    expect(first.rate).toBeNull();
    expect(paceAfter(first, 500, null, at(10)).rate).toBe(50);
  });

  it('stays as it was when looks follow each other within a second', () => {
    const first = paceAfter(null, 0, null, at(0));
    const second = paceAfter(first, 500, null, at(0.5));
    expect(second).toBe(first);
    // What was done meanwhile is not lost: it counts at the next look.
    expect(paceAfter(second, 1000, null, at(2)).rate).toBe(500);
  });

  it('starts anew with another stage or a count that went back', () => {
    const pace: Pace = { done: 10, stage: 'a', rate: 5, at: at(0) };
    expect(paceAfter(pace, 20, 'b', at(5)).rate).toBeNull();
    expect(paceAfter(pace, 3, 'a', at(5)).rate).toBeNull();
  });

  it('follows a change of speed within a minute or two, and stays between old and new', () => {
    let pace: Pace = { done: 0, stage: null, rate: 100, at: at(0) };
    for (let second = 5; second <= 120; second += 5)
      pace = paceAfter(pace, second * 10, null, at(second));
    expect(pace.rate).toBeGreaterThanOrEqual(10);
    expect(pace.rate).toBeLessThan(12);
  });

  it('is never below nothing, whatever is counted', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat({ max: 1000 }))), (looks) => {
        let pace: Pace | null = null;
        let time = 0;
        for (const [done, seconds] of looks) {
          time += seconds;
          pace = paceAfter(pace, done, null, at(time));
          expect(pace.rate ?? 0).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 20_260_615 },
    );
  });
});

describe('the time left', () => {
  it('counts down between looks and never below nothing', () => {
    expect(secondsLeft(100, 1100, 10, at(0), at(0))).toBe(100);
    expect(secondsLeft(100, 1100, 10, at(0), at(30))).toBe(70);
    expect(secondsLeft(100, 1100, 10, at(0), at(300))).toBe(0);
    // A clock that is behind the worker's does not add to it.
    expect(secondsLeft(100, 1100, 10, at(30), at(0))).toBe(100);
  });

  it('is not told without a total or a rate', () => {
    expect(secondsLeft(1, null, 10, at(0), at(0))).toBeNull();
    expect(secondsLeft(1, 10, null, at(0), at(0))).toBeNull();
    expect(secondsLeft(1, 10, 0, at(0), at(0))).toBeNull();
  });
});

describe('the states', () => {
  it('let nothing lead out of an end but resuming what failed', () => {
    for (const act of Object.values(acts)) {
      expect([act.done, act.cancelled, act.refused]).toEqual([undefined, undefined, undefined]);
    }
    expect(acts.resume.failed).toBe('queued');
  });

  it('leave no state that can be asked for without a way on', () => {
    const reached = new Set(Object.values(acts).flatMap((act) => Object.values(act)));
    const left = (state: (typeof states)[number]): boolean =>
      Object.values(acts).some((act) => act[state]) || state in restOf;
    for (const state of reached) if (state !== 'cancelled') expect(left(state)).toBe(true);
    expect(states.filter((state) => !left(state))).toEqual(['done', 'cancelled', 'refused']);
  });

  it('wait longer after each failure, up to an hour', () => {
    expect([1, 2, 3, 4].map(backOff)).toEqual([15_000, 30_000, 60_000, 120_000]);
    expect(backOff(20)).toBe(3_600_000);
  });
});
