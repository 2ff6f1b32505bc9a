import { describe, expect, it } from 'vitest';
import { isWorkingDay, workingDaysAfter } from './working-days.ts';

describe('working days', () => {
  it.each([
    // 19 June 2026 is the Dragon Boat Festival.
    ['2026-06-15', 15, { day: '2026-07-07', provisional: false }],
    ['2026-06-18', 1, { day: '2026-06-22', provisional: false }],
    // A Saturday on which work goes on, in place of a day of the National Day holidays.
    ['2026-10-09', 1, { day: '2026-10-10', provisional: false }],
    // New Year's Day of a year that is not published yet.
    ['2026-12-31', 1, { day: '2027-01-04', provisional: true }],
  ])('%s and %i of them', (from, count, due) => {
    expect(workingDaysAfter(from, count)).toEqual(due);
  });

  it.each([
    '2027-02-05', // New Year's Eve
    '2027-02-08', // third day of the lunar year
    '2027-04-05', // Qingming
    '2027-05-03', // a Monday, and no holiday any more
    '2027-06-09', // Dragon Boat Festival
    '2027-09-15', // Mid-Autumn Festival
    '2027-10-01',
  ])('the statutory holidays of a year not yet published: %s', (day) => {
    expect(isWorkingDay(day)).toBe(day === '2027-05-03');
  });
});
