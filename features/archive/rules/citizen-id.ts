import { dayExists } from './day.ts';
import { bareNumber } from './text.ts';

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const checkDigits = '10X98765432';
/** Nobody alive, and nobody in a file, was born before. */
const firstBirth = '1850-01-01';

export type CitizenIdCheck =
  | { ok: true; id: string; birth: string; sex: '1' | '2' }
  /** `expected` is the check digit that the first 17 digits ask for. */
  | { ok: false; reason: 'length' | 'characters' | 'birth' }
  | { ok: false; reason: 'check'; expected: string };

/**
 * The check digit of the first 17 digits (GB 11643; ISO 7064 MOD 11-2).
 * @throws RangeError when it is not 17 digits
 */
export function citizenIdCheckDigit(first17: string): string {
  if (!/^\d{17}$/.test(first17)) throw new RangeError('17 digits are needed');
  const sum = weights.reduce((total, weight, at) => total + weight * Number(first17[at]), 0);
  return checkDigits.charAt(sum % 11);
}

/**
 * Checks a citizen id (公民身份号码, GB 11643-1999) and brings it to 18 characters. Full-width
 * digits, spaces, a leading apostrophe and a lower-case x are put right; the old form of 15
 * digits is completed with the century 19 and its check digit, which of course checks nothing.
 * The region is not looked at: merged counties live on in ids, and 99 is that of examples.
 * @param today with it, a birth after that day is impossible
 */
export function checkCitizenId(text: string, today = '9999-12-31'): CitizenIdCheck {
  const bare = bareNumber(text);
  if (bare.length !== 15 && bare.length !== 18) return { ok: false, reason: 'length' };
  if (!/^(\d{15}|\d{17}[\dX])$/.test(bare)) return { ok: false, reason: 'characters' };

  const first17 = bare.length === 15 ? `${bare.slice(0, 6)}19${bare.slice(6)}` : bare.slice(0, 17);
  const birth = `${first17.slice(6, 10)}-${first17.slice(10, 12)}-${first17.slice(12, 14)}`;
  if (!dayExists(birth) || birth < firstBirth || birth > today) {
    return { ok: false, reason: 'birth' };
  }
  const expected = citizenIdCheckDigit(first17);
  if (bare.length === 18 && bare[17] !== expected) return { ok: false, reason: 'check', expected };
  const sex = Number(first17[16]) % 2 === 1 ? '1' : '2';
  return { ok: true, id: first17 + expected, birth, sex };
}

/** A citizen id with its middle hidden: first four and last four, `9908**********362X`. */
export function maskCitizenId(id: string): string {
  if (id.length < 12) return '*'.repeat(id.length);
  return id.slice(0, 4) + '*'.repeat(id.length - 8) + id.slice(-4);
}
