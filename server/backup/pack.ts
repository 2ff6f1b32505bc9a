import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { constants, createZstdDecompress, type ZstdOptions, zstdCompress } from 'node:zlib';
import { unpackTar } from 'modern-tar/fs';
import { FileDamaged } from '../files/store.ts';
import { type Identity, openAs, type Recipient, sealFor } from './recipient.ts';
import { ending, headerOf, paddingOf } from './tar.ts';

// A pack is a tar, compressed by Zstandard, sealed for the recipient: after opening, `tar --zstd` can read it too.

const pieceSize = 1_048_576;
/** Bytes that are compressed by themselves, as a frame of their own: as many of them at a time as there are cores. */
const frameSize = 4 * pieceSize;
const inFlight = Math.min(4, availableParallelism());
const compress = promisify<Uint8Array, ZstdOptions, Buffer>(zstdCompress);
const compression: ZstdOptions = {
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
  chunkSize: pieceSize,
};

/** Writes a stream as a sealed file, bound to a name: unready under another until it is whole and on disk. */
export async function writeSealed(
  file: string,
  recipient: Recipient,
  content: AsyncIterable<Uint8Array>,
  name: string = basename(file),
): Promise<void> {
  const unready = `${file}.part`;
  await pipeline(
    sealFor(recipient, name, compressed(content)),
    createWriteStream(unready, { highWaterMark: pieceSize, flush: true }),
  );
  await rename(unready, file);
  await settle(dirname(file));
}

/** Has a folder's entries written to disk: before that a name in it may be lost with the power. */
export async function settle(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Opens a sealed file as a stream of its content.
 * @param name the name it was sealed under
 */
export function openSealed(
  file: string,
  identity: Identity,
  name: string = basename(file),
): Readable {
  const sealed = createReadStream(file, { highWaterMark: pieceSize });
  const opened = Readable.from(openAs(identity, name, sealed), { objectMode: false });
  const content = createZstdDecompress();
  pipeline(opened, content).catch((error) => content.destroy(error));
  return content;
}

/** Writes a part of a backup: a pack of the entries, bound to that backup. */
export function writePack(
  { folder, name, recipient }: { folder: string; name: string; recipient: Recipient },
  part: string,
  entries: readonly PackEntry[],
): Promise<void> {
  return writeSealed(join(folder, part), recipient, tarOf(entries), `${name}/${part}`);
}

/** Unpacks a part of a backup into a folder. @throws Error naming it when it is damaged, or sealed for another key */
export async function readPack(
  { folder, name, identity }: { folder: string; name: string; identity: Identity },
  part: string,
  into: string,
): Promise<void> {
  const file = join(folder, part);
  try {
    await pipeline(openSealed(file, identity, `${name}/${part}`), unpackTar(into));
  } catch (error) {
    throw told(error, file);
  }
}

/** What is wrong with a sealed file, said by its name. */
export function told(error: unknown, file: string): Error {
  const damaged =
    error instanceof FileDamaged ||
    /^ERR_|^Z_|cut short|tar/i.test(`${(error as { code?: string }).code} ${error}`);
  if (!damaged) return error as Error;
  return new Error(
    `${basename(file)}：备份残缺、被改动，或不是用这把密钥加密的 · cut short, altered, or sealed for another key`,
    { cause: error },
  );
}

/** A file of a pack: as many bytes as it says. */
export interface PackEntry {
  target: string;
  size: number;
  /** All bytes, for what is small; begun ahead of its turn. */
  whole(): Promise<Uint8Array>;
  /** The bytes in pieces, for what is not; a piece is good until the next one is asked for. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Not to be read before everything ahead of it has been. */
  inTurn?: boolean;
}

/** An entry of a text. */
export function textEntry(target: string, text: string): PackEntry {
  const bytes = Buffer.from(text);
  return {
    target,
    size: bytes.length,
    whole: async () => bytes,
    pieces: () => Readable.from([bytes]),
  };
}

/**
 * An entry for a file that others may write to, shorten or remove meanwhile: it takes as many bytes as the file had when
 * the entry was made, and zeros for what has gone since. Of a database's file the log sets right what was torn.
 */
export function changingFile(source: string, target: string, size: number): PackEntry {
  return {
    target,
    size,
    whole: () => wholeOf(source, size),
    pieces: () => steady(source, size),
  };
}

async function wholeOf(source: string, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  const handle = await open(source).catch(gone);
  try {
    for (let at = 0; handle && at < size; ) {
      const { bytesRead } = await handle.read(bytes, at, size - at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
  } finally {
    await handle?.close();
  }
  return bytes;
}

/** Each piece is good until the next one is asked for. */
async function* steady(source: string, size: number): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(size, pieceSize));
  const handle = await open(source).catch(gone);
  let left = size;
  try {
    while (handle && left > 0) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(left, buffer.length));
      if (bytesRead === 0) break;
      left -= bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle?.close();
  }
  for (buffer.fill(0); left > 0; left -= buffer.length)
    yield buffer.subarray(0, Math.min(left, buffer.length));
}

function gone(error: { code?: string }): undefined {
  if (error.code !== 'ENOENT') throw error;
}

/** Small files read ahead of their turn: a database has thousands of them. */
const ahead = 16;

/** The bytes of a tar of the entries, in the pieces that they are read in. */
async function* tarOf(entries: readonly PackEntry[]): AsyncGenerator<Uint8Array> {
  const begun: (Promise<Uint8Array> | undefined)[] = [];
  for (const [at, entry] of entries.entries()) {
    for (let next = begun.length; next < Math.min(entries.length, at + ahead); next++) {
      const coming = entries[next] as PackEntry;
      if (coming.inTurn && next > at) break;
      begun[next] = coming.size <= pieceSize ? coming.whole() : undefined;
      // Met in its turn; until then nobody may call it unhandled.
      begun[next]?.catch(() => {});
    }
    yield headerOf(entry.target, entry.size, 0o600);
    const whole = begun[at];
    begun[at] = undefined;
    if (whole) yield await whole;
    else yield* entry.pieces();
    yield paddingOf(entry.size);
  }
  yield ending;
}

/**
 * Compresses a content by Zstandard, frame by frame: one after the other they read as one content. Frames are used again,
 * for what a backup reads would otherwise all pass through the garbage collector.
 */
async function* compressed(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const idle: Buffer[] = [];
  const begun: Promise<Buffer>[] = [];
  const begin = (frame: Buffer, length: number): void => {
    const one = compress(frame.subarray(0, length), compression).finally(() => idle.push(frame));
    // Met in its turn; until then nobody may call it unhandled.
    one.catch(() => {});
    begun.push(one);
  };
  let frame: Buffer = Buffer.allocUnsafeSlow(frameSize);
  let filled = 0;
  for await (const bytes of content) {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + frameSize - filled);
      frame.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < frameSize) continue;
      begin(frame, filled);
      if (begun.length > inFlight) yield (await begun.shift()) as Buffer;
      frame = idle.pop() ?? Buffer.allocUnsafeSlow(frameSize);
      filled = 0;
    }
  }
  begin(frame, filled);
  for (const one of begun) yield await one;
}
