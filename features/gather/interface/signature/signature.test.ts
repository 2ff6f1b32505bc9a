import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formFault, isSignedBy } from './judge.ts';
import { contentDigest, isDigestOf, messageOf, signatureBase } from './message.ts';
import { readSignature } from './read.ts';
import { hmacOf, signatureFields } from './sign.ts';

const fieldsOf = (fields: Record<string, string>) => (name: string) => fields[name];

describe('RFC 9421', () => {
  // Appendix B.2.5: a request signed by HMAC-SHA256 with the shared secret of B.1.5.
  const secret = Buffer.from(
    'uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==',
    'base64',
  );
  const message = messageOf(
    'POST',
    '/foo?param=Value&Pet=dog',
    'example.com',
    fieldsOf({ date: 'Tue, 20 Apr 2021 02:07:55 GMT', 'content-type': 'application/json' }),
  );
  const given = readSignature(
    'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
    'sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:',
  );

  it('is followed to the byte: its own example by HMAC-SHA256', () => {
    expect(given && signatureBase(message, given.input)).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@authority": example.com',
        '"content-type": application/json',
        '"@signature-params": ("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
      ].join('\n'),
    );
    const base = given && signatureBase(message, given.input);
    expect(hmacOf(secret, base ?? '')).toEqual(given?.signature);
  });

  it('reads the query of a request without one as a question mark', () => {
    const { query, path } = messageOf('get', '/api/v1/changes', 'a', () => undefined);
    expect([path, query]).toEqual(['/api/v1/changes', '?']);
  });
});

describe('RFC 9530', () => {
  it('tells the body of its own example', () => {
    expect(contentDigest('{"hello": "world"}\n')).toBe(
      'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    );
    const both = `sha-512=:AAAA:, ${contentDigest('a')}`;
    expect(isDigestOf(both, Buffer.from('a'))).toBe(true);
    expect(isDigestOf(both, Buffer.from('b'))).toBe(false);
  });
});

describe('a signature', () => {
  const now = new Date('2026-06-15T02:00:00Z');
  const created = now.getTime() / 1000;
  const body = Buffer.from('{"rows":[]}');
  const fields = { 'content-digest': contentDigest(body), 'idempotency-key': 'k1' };
  const covered = ['content-digest', 'idempotency-key'];
  const message = messageOf('POST', '/api/v1/gather/health', 'localhost', fieldsOf(fields));
  const signed = (more: Partial<Parameters<typeof signatureFields>[2]> = {}, over = covered) => {
    const signer = { keyid: 'x', secrets: ['s'], created, nonce: 'nonce-1-of-it', ...more };
    const made = signatureFields(message, over, signer);
    const given = readSignature(made['signature-input'], made.signature);
    if (!given) throw new Error('not read');
    return given;
  };

  it('is good with the secret it was made with, and with no other', () => {
    expect(formFault(message, body, signed(), now)).toBeUndefined();
    expect(isSignedBy(message, signed(), ['other', 's'])).toBe(true);
    expect(isSignedBy(message, signed(), ['other'])).toBe(false);
    expect(isSignedBy(message, signed(), [])).toBe(false);
  });

  it('breaks with every part that is changed', () => {
    const others = [
      messageOf('PUT', '/api/v1/gather/health', 'localhost', fieldsOf(fields)),
      messageOf('POST', '/api/v1/gather/education', 'localhost', fieldsOf(fields)),
      messageOf('POST', '/api/v1/gather/health?a=1', 'localhost', fieldsOf(fields)),
      messageOf(
        'POST',
        '/api/v1/gather/health',
        'localhost',
        fieldsOf({ ...fields, 'idempotency-key': 'k2' }),
      ),
      messageOf(
        'POST',
        '/api/v1/gather/health',
        'localhost',
        fieldsOf({ ...fields, 'content-digest': 'x' }),
      ),
    ];
    for (const other of others) expect(isSignedBy(other, signed(), ['s'])).toBe(false);
  });

  it('must cover what matters, and tell its time and a nonce', () => {
    expect(formFault(message, body, signed({}, ['idempotency-key']), now)?.en).toContain(
      '"content-digest"',
    );
    expect(formFault(message, body, signed({}, ['content-digest']), now)?.en).toContain(
      '"idempotency-key"',
    );
    expect(formFault(message, body, signed({ nonce: 'short' }), now)?.en).toContain('nonce');
    expect(formFault(message, Buffer.from('{}'), signed(), now)?.en).toContain('Content-Digest');
  });

  it('is good for five minutes in both directions', () => {
    const fault = (seconds: number) =>
      formFault(message, body, signed({ created: created + seconds }), now);
    expect([fault(-300), fault(300)]).toEqual([undefined, undefined]);
    expect([fault(-301)?.en, fault(301)?.en].every((one) => one?.includes('created'))).toBe(true);
  });

  it('is never read out of anything else, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 200 }), (a, b) => {
        const read = readSignature(a, b);
        expect(read === undefined || read.input.components.length >= 0).toBe(true);
      }),
    );
    expect(readSignature('a=("@method");created=1, b=("@path")', 'a=:AA==:')).toBeUndefined();
    expect(readSignature('a=("@method";req);created=1', 'a=:AA==:')).toBeUndefined();
    expect(readSignature('a=("@method")', 'b=:AA==:')).toBeUndefined();
  });
});
