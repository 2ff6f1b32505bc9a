import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { open, seal } from '../files/sealing.ts';

// Backups are sealed to a public key. The server holds no more than that: whoever breaks into it can neither read
// the backups made before nor make a restore necessary that nobody can do. X25519 (RFC 7748), HKDF-SHA-256 (RFC 5869)
// from a fresh key for each file; the content as `files/sealing.ts` seals it.

/** The half that seals, kept with the installation. */
export type Recipient = KeyObject;
/** The half that opens, kept away from it. */
export type Identity = KeyObject;

const word = 'MINQING-BACKUP-KEY-1';
const keySize = 32;
// The fixed beginnings of PKCS#8 and SubjectPublicKeyInfo for X25519 (RFC 8410).
const pkcs8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const spki = Buffer.from('302a300506032b656e032100', 'hex');

/** Where the public half of an installation is. */
export function recipientFile(dataFolder: string): string {
  return join(dataFolder, 'backup-recipient');
}

/**
 * Makes a pair: the private half into `file` (mode 600, never over another), the public half into the data folder.
 * @throws Error when the file is there already
 */
export function makeKeyPair(file: string, dataFolder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const secret = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-keySize);
  writeFileSync(file, `${word} ${secret.toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  mkdirSync(dataFolder, { recursive: true });
  writeFileSync(recipientFile(dataFolder), `${rawOf(publicKey).toString('hex')}\n`);
}

/** The public half of an installation. @throws Error when there is none, or it is damaged */
export function readRecipient(dataFolder: string): Recipient {
  const file = recipientFile(dataFolder);
  if (!existsSync(file))
    throw new Error(
      '还没有备份密钥，先执行 minqing backup key 文件 · there is no key for backups yet; make one: minqing backup key FILE',
    );
  return publicKeyOf(hexIn(readFileSync(file, 'utf8').trim(), file));
}

/** The private half. @throws Error when the file holds none */
export function readIdentity(file: string): Identity {
  const [head, text = ''] = readFileSync(file, 'utf8').trim().split(/\s+/);
  if (head !== word)
    throw new Error(
      `${file}：不是备份密钥文件 · not the file of a backup key, which begins with ${word}`,
    );
  return createPrivateKey({
    key: Buffer.concat([pkcs8, hexIn(text, file)]),
    format: 'der',
    type: 'pkcs8',
  });
}

/** Seals a content for the recipient. @param name the name it is stored under, bound to it */
export async function* sealFor(
  recipient: Recipient,
  name: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const fresh = generateKeyPairSync('x25519');
  const mine = rawOf(fresh.publicKey);
  yield mine;
  yield* seal(content, wrapping(fresh.privateKey, recipient, mine, rawOf(recipient)), name);
}

/** Opens what `sealFor` made. @throws FileDamaged when it was altered, cut, renamed or sealed for another */
export async function* openAs(
  identity: Identity,
  name: string,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
  const parts = sealed[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < keySize) {
    const part = await parts.next();
    if (part.done) break;
    head = Buffer.concat([head, part.value]);
  }
  const theirs = head.subarray(0, keySize);
  if (theirs.length < keySize) throw new Error(`${name}: cut short before it began`);
  const rest = head.subarray(keySize);
  const mine = rawOf(createPublicKey(identity));
  const content = (async function* () {
    if (rest.length > 0) yield rest;
    for (let part = await parts.next(); !part.done; part = await parts.next()) yield part.value;
  })();
  yield* open(content, wrapping(identity, publicKeyOf(theirs), theirs, mine), name);
}

function wrapping(own: KeyObject, other: KeyObject, fresh: Buffer, recipient: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  const salt = Buffer.concat([fresh, recipient]);
  return Buffer.from(hkdfSync('sha256', shared, salt, 'minqing backup v1', 32));
}

function publicKeyOf(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([spki, raw]), format: 'der', type: 'spki' });
}

function rawOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-keySize);
}

function hexIn(text: string, file: string): Buffer {
  if (/^[0-9a-f]{64}$/.test(text)) return Buffer.from(text, 'hex');
  throw new Error(`${file}：密钥损坏 · the key in it is damaged`);
}
