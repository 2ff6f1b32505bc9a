import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Keys } from '../keys.ts';
import { FileDamaged } from './store.ts';

// A sealed file: `MQF1`, the file's own key wrapped by the installation's (nonce, tag, key), then the content in
// chunks, each a tag and at most 64 KiB. A chunk's nonce holds its number and whether it is the last, so that
// chunks cannot be left out, repeated, put in another order or cut off at the end; the wrapped key is bound to
// the file's name, so that one file cannot be put in another's place.
const magic = Buffer.from('MQF1');
const chunkSize = 65_536;
const tagSize = 16;
const headSize = magic.length + 12 + tagSize + 32;

/** The key that wraps the keys of files: follows from the installation's, and seals nothing else. */
export function wrappingKey(keys: Pick<Keys, 'data'>): Buffer {
  return Buffer.from(hkdfSync('sha256', keys.data, '', 'minqing files v1', 32));
}

/** Seals a content as it comes. @param key the name it is stored under */
export async function* seal(
  content: AsyncIterable<Uint8Array>,
  wrapping: Buffer,
  key: string,
): AsyncGenerator<Buffer> {
  const own = randomBytes(32);
  yield wrapped(own, wrapping, key);
  let waiting: Buffer = Buffer.alloc(0);
  let at = 0;
  for await (const part of content) {
    waiting = waiting.length === 0 ? Buffer.from(part) : Buffer.concat([waiting, part]);
    // A full chunk is only written when more follows: the last one is marked.
    while (waiting.length > chunkSize) {
      yield sealChunk(own, at++, false, waiting.subarray(0, chunkSize));
      waiting = waiting.subarray(chunkSize);
    }
  }
  yield sealChunk(own, at, true, waiting);
}

/** Opens what `seal` made, chunk by chunk. @throws FileDamaged as soon as a chunk is not as it was sealed */
export async function* open(
  sealed: AsyncIterable<Uint8Array>,
  wrapping: Buffer,
  key: string,
): AsyncGenerator<Buffer> {
  let waiting: Buffer = Buffer.alloc(0);
  let own: Buffer | undefined;
  let at = 0;
  const whole = tagSize + chunkSize;
  for await (const part of sealed) {
    waiting = waiting.length === 0 ? Buffer.from(part) : Buffer.concat([waiting, part]);
    if (!own) {
      if (waiting.length < headSize) continue;
      own = unwrapped(waiting.subarray(0, headSize), wrapping, key);
      waiting = waiting.subarray(headSize);
    }
    while (waiting.length > whole) {
      yield openChunk(own, at++, false, waiting.subarray(0, whole), key);
      waiting = waiting.subarray(whole);
    }
  }
  if (!own) throw new FileDamaged(key);
  yield openChunk(own, at, true, waiting, key);
}

function wrapped(own: Buffer, wrapping: Buffer, key: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrapping, nonce);
  cipher.setAAD(Buffer.from(key));
  const body = Buffer.concat([cipher.update(own), cipher.final()]);
  return Buffer.concat([magic, nonce, cipher.getAuthTag(), body]);
}

function unwrapped(head: Buffer, wrapping: Buffer, key: string): Buffer {
  if (!head.subarray(0, 4).equals(magic)) throw new FileDamaged(key);
  const decipher = createDecipheriv('aes-256-gcm', wrapping, head.subarray(4, 16), {
    authTagLength: tagSize,
  });
  decipher.setAAD(Buffer.from(key));
  decipher.setAuthTag(head.subarray(16, 32));
  return finished(decipher, head.subarray(32), key);
}

function sealChunk(own: Buffer, at: number, last: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', own, nonceOf(at, last));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([cipher.getAuthTag(), body]);
}

function openChunk(own: Buffer, at: number, last: boolean, chunk: Buffer, key: string): Buffer {
  if (chunk.length < tagSize) throw new FileDamaged(key);
  const decipher = createDecipheriv('aes-256-gcm', own, nonceOf(at, last), {
    authTagLength: tagSize,
  });
  decipher.setAuthTag(chunk.subarray(0, tagSize));
  return finished(decipher, chunk.subarray(tagSize), key);
}

function finished(
  decipher: { update(bytes: Buffer): Buffer; final(): Buffer },
  bytes: Buffer,
  key: string,
): Buffer {
  try {
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    throw new FileDamaged(key);
  }
}

/** Never twice under one key: the key is the file's own, and a file's chunks are numbered. */
function nonceOf(at: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(at), 0);
  nonce[11] = last ? 1 : 0;
  return nonce;
}
