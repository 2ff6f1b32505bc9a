import { createHmac } from 'node:crypto';
import { type Message, signatureBase, writtenInput } from './message.ts';

/** With what a request is signed. */
export interface Signer {
  /** Id of the system. */
  keyid: string;
  /** Secrets in force, the newest first: the receiver may know the one before only. */
  secrets: readonly string[];
  /** Seconds since 1970. */
  created: number;
  /** Not used before. */
  nonce: string;
}

/** HMAC-SHA256 of a signature base. A secret is the text that was shown, taken as it is. */
export function hmacOf(secret: string | Buffer, base: string): Buffer {
  return createHmac('sha256', secret).update(base).digest();
}

/**
 * The fields Signature-Input and Signature of a request, one signature for each secret (`s1`, `s2`).
 * @param covered fields that are signed beside method, path and query
 */
export function signatureFields(
  message: Message,
  covered: readonly string[],
  { keyid, secrets, created, nonce }: Signer,
): { 'signature-input': string; signature: string } {
  const input = {
    components: ['@method', '@path', '@query', ...covered],
    parameters: [
      ['created', created],
      ['nonce', nonce],
      ['keyid', keyid],
      ['alg', 'hmac-sha256'],
    ] as const,
  };
  const base = signatureBase(message, input);
  if (base === undefined) throw new Error('a field that is to be signed is not there');
  const labelled = secrets.map((secret, at) => ({
    label: `s${at + 1}`,
    value: hmacOf(secret, base).toString('base64'),
  }));
  return {
    'signature-input': labelled.map(({ label }) => `${label}=${writtenInput(input)}`).join(', '),
    signature: labelled.map(({ label, value }) => `${label}=:${value}:`).join(', '),
  };
}
