import { randomInt } from 'node:crypto';

/** Characters that are not taken for one another on a printed slip: no 0 O 1 I L, no U V. */
const letters = '23456789ABCDEFGHJKMNPQRSTWXYZ';

/** How many recovery codes an account is given at a time. */
export const recoveryCodes = 10;

function groups(count: number, length: number): string {
  const group = (): string =>
    Array.from({ length }, () => letters[randomInt(letters.length)]).join('');
  return Array.from({ length: count }, group).join('-');
}

/** A password for one use, to be changed at the first sign-in: 16 random characters, about 77 bits. */
export function newOneTimePassword(): string {
  return groups(4, 4);
}

/** A fresh set of recovery codes of 12 random characters each, about 58 bits. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodes }, () => groups(3, 4));
}

/** A recovery code as it is compared: however it was typed, with or without dashes. Null when it can be none. */
export function plainRecoveryCode(typed: string): string | null {
  const plain = typed.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '');
  return plain.length === 12 && [...plain].every((one) => letters.includes(one)) ? plain : null;
}

/** A code of six digits as typed, with full-width digits and spaces mended. Null when it can be none. */
export function plainCode(typed: string): string | null {
  const plain = typed.normalize('NFKC').replace(/\s/g, '');
  return /^\d{6}$/.test(plain) ? plain : null;
}
