import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { ReadLimits } from './limits.ts';
import { UnreadableFile } from './unreadable.ts';

const piece = 262_144;

/** The bytes of a file, unpacked where it is packed, with how much of it has been read. */
export interface FileBytes {
  /** Bytes of the file as it lies on the disk. */
  size: number;
  packed: boolean;
  /** Bytes of the file that have been read by now. */
  read(): number;
  /** Counts bytes that were read by another way than `content`. */
  count(more: number): void;
  content: AsyncGenerator<Buffer>;
}

/**
 * Opens a file; gzip is seen in its first bytes.
 * @throws UnreadableFile at once when it cannot be opened, in the midst when it is cut short
 */
export async function openBytes(path: string, limits: ReadLimits): Promise<FileBytes> {
  const { size, head } = await beginning(path);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  let read = 0;
  async function* fromDisk(): AsyncGenerator<Buffer> {
    for await (const part of createReadStream(path, { highWaterMark: piece })) {
      read += part.length;
      yield part;
    }
  }
  return {
    size,
    packed,
    read: () => read,
    count: (more) => {
      read = Math.min(size, read + more);
    },
    content: packed ? unpacked(fromDisk, () => read, limits) : fromDisk(),
  };
}

async function beginning(path: string): Promise<{ size: number; head: Buffer }> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const head = Buffer.alloc(4);
      await file.read(head, 0, 4, 0);
      return { size, head };
    } finally {
      await file.close();
    }
  } catch {
    throw new UnreadableFile('absent');
  }
}

async function* unpacked(
  source: () => AsyncGenerator<Buffer>,
  read: () => number,
  limits: ReadLimits,
): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: piece });
  const feeding = pipeline(source, gunzip);
  // Met below; until then nobody may call it unhandled.
  feeding.catch(() => {});
  let size = 0;
  try {
    for await (const part of gunzip) {
      size += part.length;
      const isDense = size > 100_000_000 && size > read() * limits.ratio;
      if (size > limits.unpacked || isDense) throw new UnreadableFile('bomb');
      yield part;
    }
    await feeding;
  } catch (error) {
    if (error instanceof UnreadableFile) throw error;
    throw new UnreadableFile('gzip');
  } finally {
    gunzip.destroy();
  }
}
