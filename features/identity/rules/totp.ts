import { createHmac, timingSafeEqual } from 'node:crypto';

/** Time-based one-time codes, RFC 6238, as every authenticator app makes them: SHA-1, six digits, thirty seconds. */
const seconds = 30;
const digits = 6;

/** Codes of the step before and after are taken too: clocks of phones go wrong, and fingers are slow. */
const tolerance = 1;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes in base 32 (RFC 4648) without padding. */
export function base32(bytes: Uint8Array): string {
  let text = '';
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31];
  }
  if (bits > 0) text += alphabet[(value << (5 - bits)) & 31];
  return text;
}

/** The bytes of a text in base 32. @throws RangeError at a character that is none of its digits */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let value = 0;
  let bits = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) throw new RangeError('not base 32');
    value = ((value << 5) | digit) & 0xffff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 255);
  }
  return Buffer.from(bytes);
}

/** The time step an instant falls into. */
export function stepOf(instant: Date): number {
  return Math.floor(instant.getTime() / 1000 / seconds);
}

/** The code of a secret (base 32) in a time step (RFC 4226, section 5.3). */
export function codeAt(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/**
 * The step whose code was typed, within the tolerance.
 * @param lastStep the step of the last code used: none at or before it counts (RFC 6238, section 5.2)
 * @returns null when the code is wrong or was used
 */
export function matchingStep(
  secret: string,
  code: string,
  now: Date,
  lastStep: number,
): number | null {
  const typed = Buffer.from(code);
  const current = stepOf(now);
  for (let step = current - tolerance; step <= current + tolerance; step++) {
    const right = Buffer.from(codeAt(secret, step));
    if (step > lastStep && typed.length === right.length && timingSafeEqual(typed, right))
      return step;
  }
  return null;
}

/** What an authenticator app reads from the QR code. @param account the name under which the app lists it */
export function keyUri(secret: string, account: string): string {
  const issuer = '民情 Minqing';
  const label = encodeURIComponent(`${issuer}:${account}`);
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${seconds}`;
}
