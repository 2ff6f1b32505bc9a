import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOn } from './age.ts';
import { addMonths, dayExists } from './day.ts';

const days = fc
  .date({
    min: new Date('1850-01-01T00:00:00Z'),
    max: new Date('2150-12-31T00:00:00Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString().slice(0, 10));

describe('days', () => {
  it('exist as the calendar says', () => {
    expect(dayExists('2024-02-29')).toBe(true);
    expect(dayExists('2000-02-29')).toBe(true);
    fc.assert(fc.property(days, dayExists));
  });

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '0000-01-01',
    '2026-1-1',
    '',
  ])('%s does not exist', (day) => {
    expect(dayExists(day)).toBe(false);
  });

  it('move by months, and stop at the end of a short one', () => {
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2025-12-15', 24)).toBe('2027-12-15');
    expect(addMonths('2025-11-30', 3)).toBe('2026-02-28');
  });

  it('stay days when moved, and never go back', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 600 }), (day, months) => {
        const later = addMonths(day, months);
        expect(dayExists(later)).toBe(true);
        expect(later >= day).toBe(true);
      }),
    );
  });
});

describe('age', () => {
  it('is full on the birthday', () => {
    expect(ageOn('1966-06-21', '2026-06-20')).toBe(59);
    expect(ageOn('1966-06-21', '2026-06-21')).toBe(60);
  });

  it('of 29 February is full on 1 March of a common year', () => {
    expect(ageOn('2012-02-29', '2026-02-28')).toBe(13);
    expect(ageOn('2012-02-29', '2026-03-01')).toBe(14);
  });

  it('is never less than 0', () => {
    expect(ageOn('2026-06-21', '2026-01-01')).toBe(0);
  });
});
