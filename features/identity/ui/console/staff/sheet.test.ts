import { describe, expect, it } from 'vitest';
import type { Outcome, StaffPlan } from '../../../staff/contract.ts';
import { changes, firstSight, rowsIn } from './sheet.ts';

const planOf = (...outcomes: Outcome[]): StaffPlan => ({
  rows: outcomes.map((outcome, at) => ({
    row: at + 2,
    name: '某',
    username: 'x',
    phone: '',
    outcome,
    post: null,
    remark: null,
    faults: [],
  })),
  leavers: [],
  unused: [],
  plan: '',
});

describe('what is looked at first', () => {
  it.each([
    [['unchanged', 'post', 'fault'], 'fault', 1],
    [['unchanged', 'post', 'end', 'account'], 'change', 3],
    [['unchanged', 'unchanged'], 'all', 2],
  ] as const)('of %j: %s', (outcomes, sight, count) => {
    const plan = planOf(...outcomes);
    expect(firstSight(plan)).toBe(sight);
    expect(rowsIn(plan, sight)).toHaveLength(count);
  });

  it('says whether there is anything to do', () => {
    expect(changes(planOf('unchanged'))).toBe(false);
    expect(changes(planOf('unchanged', 'end'))).toBe(true);
  });
});
