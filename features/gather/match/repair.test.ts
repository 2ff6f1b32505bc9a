import { describe, expect, it } from 'vitest';
import { checkCitizenId, citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import { repairsOf } from './repair.ts';

const today = '2026-11-25';

/** Valid ids, spread over regions, births and orders. */
const ids = Array.from({ length: 60 }, (_, i) => {
  const day = new Date(Date.UTC(1930 + i, i % 12, 1 + ((i * 7) % 28))).toISOString().slice(0, 10);
  const first = `9908${String(1 + (i % 20)).padStart(2, '0')}${day.replaceAll('-', '')}${String((i * 37) % 1000).padStart(3, '0')}`;
  return first + citizenIdCheckDigit(first);
});

describe('what a spoiled id may have been', () => {
  it('is found again when two neighbours were swapped, whichever', () => {
    for (const id of ids)
      for (let at = 0; at < 16; at++) {
        const swapped = `${id.slice(0, at)}${id[at + 1]}${id[at]}${id.slice(at + 2)}`;
        if (swapped === id || checkCitizenId(swapped, today).ok) continue;
        expect(repairsOf(swapped, today)).toContain(id);
      }
  });

  it('is found again when any one digit is wrong, which never gives another valid id', () => {
    for (const id of ids)
      for (let at = 0; at < 17; at++) {
        const wrong = `${id.slice(0, at)}${(Number(id[at]) + 3) % 10}${id.slice(at + 1)}`;
        expect(checkCitizenId(wrong, today).ok).toBe(false);
        expect(repairsOf(wrong, today)).toContain(id);
      }
  });

  it('is always valid, never itself, and each once', () => {
    for (const id of ids) {
      const spoiled = `${id.slice(0, 9)}${(Number(id[9]) + 1) % 10}${id.slice(10)}`;
      const repairs = repairsOf(spoiled, today);
      expect(new Set(repairs).size).toBe(repairs.length);
      expect(repairs).not.toContain(spoiled);
      for (const one of repairs) expect(checkCitizenId(one, today).ok).toBe(true);
    }
  });

  it('is nobody yet to be born', () => {
    const first = '99080120261201123';
    const id = first + citizenIdCheckDigit(first);
    const spoiled = `${id.slice(0, 15)}${(Number(id[15]) + 1) % 10}${id.slice(16)}`;
    expect(repairsOf(spoiled, '2026-11-25')).not.toContain(id);
    expect(repairsOf(spoiled, '2026-12-25')).toContain(id);
  });

  it.each(['', '9908', '99080119800101123', 'X90801198001011234', '9908011980010112345'])(
    'is nothing for %s',
    (text) => expect(repairsOf(text, today)).toEqual([]),
  );
});
