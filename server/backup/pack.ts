import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { packTar, type TarSource, unpackTar } from 'modern-tar/fs';
import { FileDamaged } from '../files/store.ts';
import { type Identity, openAs, type Recipient, sealFor } from './recipient.ts';

// A pack is a tar, compressed by Zstandard, sealed for the recipient: after opening, `tar --zstd` can read it too.

const pieceSize = 1_048_576;
const compression = {
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
  chunkSize: pieceSize,
};

/** Writes a stream as a sealed file, bound to a name: unready under another until it is whole and on disk. */
export async function writeSealed(
  file: string,
  recipient: Recipient,
  content: Readable,
  name: string = basename(file),
): Promise<void> {
  const unready = `${file}.part`;
  await pipeline(
    content,
    createZstdCompress(compression),
    (parts: AsyncIterable<Uint8Array>) => sealFor(recipient, name, parts),
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
  entries: readonly TarSource[],
): Promise<void> {
  return writeSealed(join(folder, part), recipient, packTar(entries), `${name}/${part}`);
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

/**
 * An entry for a file that others may write to, shorten or remove meanwhile: it takes as many bytes as the file had when
 * the entry was made, and zeros for what has gone since. Of a database's file the log sets right what was torn.
 */
export function changingFile(source: string, target: string, size: number): TarSource {
  if (size === 0) return { type: 'content', target, content: '', mode: 0o600 };
  return {
    type: 'stream',
    target,
    size,
    mode: 0o600,
    content: Readable.from(steady(source, size)),
  };
}

async function* steady(source: string, size: number): AsyncGenerator<Buffer> {
  const handle = await open(source).catch(gone);
  let left = size;
  try {
    while (handle && left > 0) {
      const piece = await pieceOf(handle, left);
      if (piece.length === 0) break;
      left -= piece.length;
      yield piece;
    }
  } finally {
    await handle?.close();
  }
  for (; left > 0; left -= pieceSize) yield Buffer.alloc(Math.min(left, pieceSize));
}

async function pieceOf(handle: FileHandle, most: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(most, pieceSize));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length);
  return buffer.subarray(0, bytesRead);
}

function gone(error: { code?: string }): undefined {
  if (error.code !== 'ENOENT') throw error;
}
