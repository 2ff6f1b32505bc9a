import fc from 'fast-check';
import jsqrModule from 'jsqr';
import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { base32, codeAt, fromBase32, keyUri, matchingStep, stepOf } from './totp.ts';

// The test secret of RFC 6238, appendix B (SHA-1), and its codes cut to six digits.
const secret = base32(Buffer.from('12345678901234567890'));

describe('time-based codes', () => {
  it.each([
    ['1970-01-01T00:00:59Z', '287082'],
    ['2005-03-18T01:58:29Z', '081804'],
    ['2005-03-18T01:58:31Z', '050471'],
    ['2009-02-13T23:31:30Z', '005924'],
    ['2033-05-18T03:33:20Z', '279037'],
    ['2603-10-11T11:33:20Z', '353130'],
  ])('at %s are those of RFC 6238', (at, code) => {
    expect(codeAt(secret, stepOf(new Date(at)))).toBe(code);
  });

  const now = new Date('2026-06-15T02:00:10Z');
  const step = stepOf(now);

  it('are taken a step early or late, and not two', () => {
    for (const away of [-1, 0, 1])
      expect(matchingStep(secret, codeAt(secret, step + away), now, 0)).toBe(step + away);
    for (const away of [-2, 2])
      expect(matchingStep(secret, codeAt(secret, step + away), now, 0)).toBeNull();
  });

  it('are not taken at or before the last step used', () => {
    expect(matchingStep(secret, codeAt(secret, step), now, step)).toBeNull();
    expect(matchingStep(secret, codeAt(secret, step - 1), now, step)).toBeNull();
    expect(matchingStep(secret, codeAt(secret, step + 1), now, step)).toBe(step + 1);
  });

  it.each(['', '12345', '1234567', 'abcdef'])('%j is none', (code) => {
    expect(matchingStep(secret, code, now, 0)).toBeNull();
  });
});

describe('base 32', () => {
  it('is that of RFC 4648', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(secret).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(() => fromBase32('MZXW1')).toThrow(RangeError);
  });

  it('gives back what was put in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(fromBase32(base32(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

describe('the QR code', () => {
  it('reads as the address of the key, account and issuer in it', () => {
    const uri = keyUri(secret, 'mao.cungan');
    const read = readQr(encode(uri, { ecc: 'M', border: 4 }).data);
    expect(read).toBe(uri);
    const address = new URL(read ?? '');
    expect(decodeURIComponent(address.pathname)).toContain('民情 Minqing:mao.cungan');
    expect(Object.fromEntries(address.searchParams)).toEqual({
      secret,
      issuer: '民情 Minqing',
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    });
  });
});

/** What a camera would read: each module four pixels wide. */
function readQr(modules: boolean[][]): string | undefined {
  const scale = 4;
  const width = modules.length * scale;
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let y = 0; y < width; y++)
    for (let x = 0; x < width; x++)
      if (modules[Math.floor(y / scale)]?.[Math.floor(x / scale)])
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  // CommonJS default export seen through an ES module.
  const jsqr = jsqrModule as unknown as typeof jsqrModule.default;
  return jsqr(pixels, width, width)?.data;
}
