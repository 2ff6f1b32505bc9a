import { timingSafeEqual } from 'node:crypto';
import type { Text } from '../../../../server/errors.ts';
import { isDigestOf, type Message, signatureBase } from './message.ts';
import { type GivenSignature, numberParameter, textParameter } from './read.ts';
import { hmacOf } from './sign.ts';

/** How far the time of a signature may be from now, in seconds. */
export const window = 300;

const words = {
  covers: (names: string): Text => ({
    zh: `签名须覆盖：${names}`,
    en: `The signature must cover ${names}`,
  }),
  parameters: {
    zh: 'Signature-Input 须有 created（秒）、nonce（8 至 100 个字符）和 keyid（系统编号）',
    en: 'Signature-Input needs created (seconds), nonce (8 to 100 characters) and keyid (the id of the system)',
  },
  algorithm: {
    zh: 'alg 只能是 hmac-sha256',
    en: 'alg can only be hmac-sha256',
  },
  time: {
    zh: `签名时间（created）与服务器相差超过 ${window / 60} 分钟，请校准时钟后重新签名`,
    en: `The time of the signature (created) is more than ${window / 60} minutes from the server’s; set the clock and sign anew`,
  },
  digest: {
    zh: '正文与 Content-Digest 不符，请对实际发送的字节计算 SHA-256',
    en: 'The body does not have the Content-Digest; take the SHA-256 of the very bytes that are sent',
  },
  wrong: {
    zh: '签名不符：请核对密钥、方法、路径、查询和签名的各个字段',
    en: 'The signature does not fit: look at the secret, method, path, query and the fields that are signed',
  },
} as const;

/**
 * What must be covered: who changes any of it on the way breaks the signature.
 * @param body the bytes of the body; undefined for a request without one
 */
function neededFor(message: Message, body: Buffer | undefined): string[] {
  return [
    '@method',
    '@path',
    '@query',
    ...(body === undefined ? [] : ['content-digest']),
    ...(message.field('idempotency-key') === undefined ? [] : ['idempotency-key']),
  ];
}

/** What is wrong with a signature before any secret is looked at; undefined when nothing is. */
export function formFault(
  message: Message,
  body: Buffer | undefined,
  { input }: GivenSignature,
  now: Date,
): Text | undefined {
  const missing = neededFor(message, body).filter((one) => !input.components.includes(one));
  if (missing.length > 0) return words.covers(missing.map((one) => `"${one}"`).join(' '));
  const created = numberParameter(input, 'created');
  const nonce = textParameter(input, 'nonce');
  if (created === undefined || !nonce || nonce.length < 8 || nonce.length > 100)
    return words.parameters;
  const algorithm = textParameter(input, 'alg');
  if (algorithm !== undefined && algorithm !== 'hmac-sha256') return words.algorithm;
  if (Math.abs(now.getTime() / 1000 - created) > window) return words.time;
  const expires = numberParameter(input, 'expires');
  if (expires !== undefined && expires < now.getTime() / 1000) return words.time;
  if (body !== undefined && !isDigestOf(message.field('content-digest') ?? '', body))
    return words.digest;
  return undefined;
}

/** Whether the signature is one by any of the secrets. */
export function isSignedBy(
  message: Message,
  { input, signature }: GivenSignature,
  secrets: readonly string[],
): boolean {
  const base = signatureBase(message, input);
  if (base === undefined) return false;
  return secrets.some((secret) => {
    const own = hmacOf(secret, base);
    return own.length === signature.length && timingSafeEqual(own, signature);
  });
}

/** What is told when no secret fits. */
export const wrongSignature: Text = words.wrong;
