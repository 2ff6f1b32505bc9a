import { bareNumber } from './text.ts';

/** The 31 characters of GB 32100: no I, O, S, V, Z. Their place is their value. */
const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';

export type CreditCodeCheck =
  | { ok: true; code: string }
  | { ok: false; reason: 'length' | 'characters' }
  | { ok: false; reason: 'check'; expected: string };

/**
 * The check character of the first 17 (GB 32100-2015): weights 3^i mod 31, (31 − sum mod 31) mod 31.
 * @throws RangeError when it is not 17 characters of the alphabet
 */
export function creditCodeCheckCharacter(first17: string): string {
  const values = [...first17].map((character) => alphabet.indexOf(character));
  if (values.length !== 17 || values.includes(-1)) {
    throw new RangeError('17 characters of GB 32100 are needed');
  }
  let sum = 0;
  let weight = 1;
  for (const value of values) {
    sum += value * weight;
    weight = (weight * 3) % 31;
  }
  return alphabet.charAt((31 - (sum % 31)) % 31);
}

/** Checks a unified social credit code (统一社会信用代码), in capitals and half-width. */
export function checkCreditCode(text: string): CreditCodeCheck {
  const code = bareNumber(text);
  if (code.length !== 18) return { ok: false, reason: 'length' };
  if ([...code].some((c) => !alphabet.includes(c))) return { ok: false, reason: 'characters' };
  const expected = creditCodeCheckCharacter(code.slice(0, 17));
  if (code[17] !== expected) return { ok: false, reason: 'check', expected };
  return { ok: true, code };
}
