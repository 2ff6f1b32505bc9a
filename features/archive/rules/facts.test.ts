import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadDictionary } from '../dictionary.ts';
import {
  completeness,
  decideEdit,
  type Fact,
  type FactValue,
  freshUntil,
  presentKeys,
  sameValue,
  staleItems,
} from './facts.ts';

const dictionary = loadDictionary(path.join(import.meta.dirname, '../../../packs/archive'));
const fact = (v: FactValue, s: string, d = '2026-01-01'): Fact => ({ v, s, d });
const police = { source: 'public-security' };
const village = { source: 'village' };
const resident = { source: 'resident' };

describe('an edit', () => {
  it('writes where there was nothing, and is nothing where there still is nothing', () => {
    expect(decideEdit(police, undefined, fact('x', 'village'))).toBe('write');
    expect(decideEdit(police, fact(null, 'public-security'), fact('x', 'village'))).toBe('write');
    expect(decideEdit(police, undefined, fact(null, 'village'))).toBe('same');
    expect(decideEdit(police, undefined, fact([], 'village'))).toBe('same');
  });

  it.each(['village', 'resident'])('by %s against the authority is a conflict', (source) => {
    const current = fact('a', 'public-security', '2020-01-01');
    expect(decideEdit(police, current, fact('b', source, '2026-11-24'))).toBe('conflict');
    expect(decideEdit(police, current, fact(null, source, '2026-11-24'))).toBe('conflict');
    expect(decideEdit(police, current, fact('a', source, '2026-11-24'))).toBe('same');
  });

  it('by another department against the authority is a conflict', () => {
    const current = fact('a', 'public-security');
    expect(decideEdit(police, current, fact('b', 'health', '2026-11-24'))).toBe('conflict');
    expect(decideEdit(village, fact('1', 'village'), fact('2', 'health', '2026-11-24'))).toBe(
      'conflict',
    );
  });

  it('of the village’s own items writes, whether it or the resident said so before', () => {
    expect(decideEdit(village, fact('1', 'village'), fact('2', 'resident'))).toBe('write');
    expect(decideEdit(resident, fact('1', 'resident'), fact('2', 'village'))).toBe('write');
  });

  it('by the authority writes, unless it is older', () => {
    const current = fact('a', 'public-security', '2026-01-01');
    expect(decideEdit(police, current, fact('b', 'public-security', '2026-01-01'))).toBe('write');
    expect(decideEdit(police, current, fact('b', 'public-security', '2025-12-31'))).toBe(
      'conflict',
    );
    expect(decideEdit(police, fact('a', 'village'), fact('b', 'public-security'))).toBe('write');
  });

  it('that confirms a value renews its date', () => {
    expect(decideEdit(village, fact('1', 'village'), fact('1', 'village', '2026-11-24'))).toBe(
      'write',
    );
    expect(decideEdit(village, fact('1', 'village'), fact('1', 'village'))).toBe('same');
  });

  it('by an official never overwrites another value of the authority', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null));
    const day = fc.constantFrom('2001-01-01', '2026-01-01', '2026-11-24');
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        value,
        day,
        day,
        fc.constantFrom('village', 'resident'),
        (old, next, was, is, source) => {
          const decided = decideEdit(police, fact(old, police.source, was), fact(next, source, is));
          expect(decided).toBe(old === next ? 'same' : 'conflict');
        },
      ),
    );
  });
});

describe('values', () => {
  it('of several codes are sets', () => {
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameValue(['a'], ['a', 'b'])).toBe(false);
    expect(sameValue(['a'], 'a')).toBe(false);
  });

  it('that are empty are not present', () => {
    const facts = { a: fact(null, 'village'), b: fact(false, 'village'), c: fact([], 'village') };
    expect(presentKeys(facts)).toEqual(['b']);
  });
});

describe('completeness', () => {
  const required = dictionary.categories.resident.items.filter((i) => i.required).map((i) => i.key);

  it('is of the required items only', () => {
    expect(completeness('resident', required, dictionary)).toEqual({ percent: 100, missing: [] });
    expect(completeness('resident', ['skills'], dictionary)).toEqual({
      percent: 0,
      missing: required,
    });
  });

  it('says 100 only when nothing is missing', () => {
    fc.assert(
      fc.property(fc.subarray(required), (keys) => {
        const { percent, missing } = completeness('resident', keys, dictionary);
        expect(Number.isInteger(percent)).toBe(true);
        expect(percent === 100).toBe(missing.length === 0);
        expect(missing.length + keys.length).toBe(required.length);
      }),
    );
  });
});

describe('freshness', () => {
  const facts = {
    name: fact('罗', 'public-security', '1990-01-01'),
    phone: fact('19900000001', 'village', '2025-03-31'),
    lives_alone: fact(true, 'village', '2026-01-15'),
    employment: fact(null, 'village', '2000-01-01'),
  };

  it('ends on the first day an item is as old as its limit', () => {
    expect(freshUntil('resident', facts, dictionary)).toBe('2027-01-15');
    expect(freshUntil('resident', { name: facts.name }, dictionary)).toBeNull();
  });

  it('names what is stale on that day and not the day before', () => {
    expect(staleItems('resident', facts, '2027-01-14', dictionary)).toEqual([]);
    expect(staleItems('resident', facts, '2027-01-15', dictionary)).toEqual(['lives_alone']);
    expect(staleItems('resident', facts, '2027-03-31', dictionary)).toEqual([
      'phone',
      'lives_alone',
    ]);
  });
});
