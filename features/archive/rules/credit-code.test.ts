import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCreditCode, creditCodeCheckCharacter } from './credit-code.ts';

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';

describe('unified social credit code', () => {
  it('takes a right one', () => {
    // A published one.
    expect(checkCreditCode(' 914403001922038216 ')).toEqual({
      ok: true,
      code: '914403001922038216',
    });
  });

  it.each([
    ['91440300192203821', 'length'],
    ['91440300192203821I', 'characters'],
    ['9144030019220382１６S', 'length'],
    ['S14403001922038216', 'characters'],
  ])('refuses %s for its %s', (text, reason) => {
    expect(checkCreditCode(text)).toEqual({ ok: false, reason });
  });

  it('says which check character it should be', () => {
    expect(checkCreditCode('914403001922038217')).toMatchObject({ reason: 'check', expected: '6' });
  });

  it('takes what it completes, in small letters too, and nothing with one character changed', () => {
    const character = fc.constantFrom(...alphabet);
    fc.assert(
      fc.property(
        fc.string({ unit: character, minLength: 17, maxLength: 17 }),
        fc.nat(16),
        character,
        (first17, at, other) => {
          const code = first17 + creditCodeCheckCharacter(first17);
          expect(checkCreditCode(code.toLowerCase())).toEqual({ ok: true, code });
          const changed = code.slice(0, at) + other + code.slice(at + 1);
          expect(checkCreditCode(changed).ok).toBe(changed === code);
        },
      ),
    );
  });

  it('needs 17 characters of the alphabet', () => {
    expect(() => creditCodeCheckCharacter('I'.repeat(17))).toThrow(RangeError);
  });
});
