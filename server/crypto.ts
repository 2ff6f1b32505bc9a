import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  randomBytes,
  randomFillSync,
} from 'node:crypto';
import type { Keys } from './keys.ts';

/** Encrypts values at rest and makes their blind indexes (DESIGN.md, rule 9). */
export interface Vault {
  /** AES-256-GCM; answers `v1.` and base64 of nonce, tag and text. */
  seal(text: string): string;
  /** @throws Error when the sealed text was altered or is of another key */
  open(sealed: string): string;
  sealBytes(bytes: Buffer): Buffer;
  openBytes(sealed: Buffer): Buffer;
  /** Keyed one-way index of a value, apart for each kind: 16 characters. */
  blind(kind: string, text: string): string;
}

const nonces = Buffer.alloc(12 * 512);

/** The vault of an installation. */
export function createVault(keys: Pick<Keys, 'data' | 'blind'>): Vault {
  // As objects made once: a key given as bytes is made into one for every value, at several times the cost.
  const dataKey = createSecretKey(keys.data);
  const blindKey = createSecretKey(keys.blind);
  let nonceAt = nonces.length;
  const nextNonce = (): Buffer => {
    if (nonceAt >= nonces.length) {
      randomFillSync(nonces);
      nonceAt = 0;
    }
    nonceAt += 12;
    return nonces.subarray(nonceAt - 12, nonceAt);
  };
  const sealBytes = (bytes: Buffer): Buffer => {
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', dataKey, nonce);
    const body = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  };
  const openBytes = (sealed: Buffer): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, 12), {
      authTagLength: 16,
    });
    decipher.setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
  };
  return {
    sealBytes,
    openBytes,
    seal: (text) => `v1.${sealBytes(Buffer.from(text, 'utf8')).toString('base64')}`,
    open: (sealed) => {
      if (!sealed.startsWith('v1.')) throw new Error('not a sealed value');
      return openBytes(Buffer.from(sealed.slice(3), 'base64')).toString('utf8');
    },
    blind: (kind, text) =>
      createHmac('sha256', blindKey).update(`${kind}\0${text}`).digest('base64url').slice(0, 16),
  };
}

/** A new session token: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What the database keeps of a token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
