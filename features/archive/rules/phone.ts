import { bareNumber } from './text.ts';

const mobile = /^1[3-9]\d{9}$/;
// Area codes: 010 and 02x have three digits, all others four.
const landline = /^(010|02\d|0[3-9]\d{2})(\d{7,8})$/;

/**
 * A Chinese phone number in one form: a mobile number as its 11 digits, a landline as area
 * code, hyphen, number. Spaces, hyphens, brackets, +86 and full-width digits are put right.
 * @returns null when it is neither
 */
export function normalisePhone(text: string): string | null {
  const bare = bareNumber(text).replace(/[-－—–()]/g, '');
  // +86 replaces the 0 of an area code: +86 570 … is 0570 …
  const abroad = /^(?:\+|00)86(.*)$/.exec(bare)?.[1];
  const local = abroad === undefined ? bare.replace(/^86(?=1\d{10}$)/, '') : abroad;
  if (mobile.test(local)) return local;
  const fixed = landline.exec(abroad === undefined || local.startsWith('0') ? local : `0${local}`);
  return fixed ? `${fixed[1]}-${fixed[2]}` : null;
}

/** A phone with its middle hidden: `199****1234`; of a landline, area code and last two digits. */
export function maskPhone(phone: string): string {
  const [area, number] = phone.split('-');
  if (area && number)
    return `${area}-${'*'.repeat(Math.max(0, number.length - 2))}${number.slice(-2)}`;
  if (phone.length !== 11) return '*'.repeat(phone.length);
  return `${phone.slice(0, 3)}****${phone.slice(-4)}`;
}
