import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import {
  type Bounds,
  directoryIn,
  endingOf,
  headLength,
  longestEnd,
  type Packed,
} from './directory.ts';
import { UnreadableWorkbook } from './unreadable.ts';

/** What a sheet of a million rows does not reach: it is read as it is unpacked, and never stands in memory. */
export const streamedLimits: Bounds = {
  entries: 300,
  total: 3_000_000_000,
  one: 2_000_000_000,
  ratio: 150,
};

/** The directory names 300 files at most. */
const longestDirectory = 1_000_000;
const piece = 65_536;

/** Where an archive's bytes come from. */
export interface ArchiveBytes {
  size: number;
  read(from: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** An archive that is a file. */
export async function bytesOfFile(path: string): Promise<ArchiveBytes> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    async read(from, length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, size - from)));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
      return bytes.subarray(0, bytesRead);
    },
    close: () => file.close(),
  };
}

/** An archive in memory. */
export function bytesOfBuffer(buffer: Buffer): ArchiveBytes {
  return {
    size: buffer.length,
    read: async (from, length) => buffer.subarray(from, from + length),
    close: async () => {},
  };
}

/** The files of an archive, unpacked as they are read. */
export interface Archive {
  has(name: string): boolean;
  /** @throws UnreadableWorkbook in the midst, when the content is not what the directory says */
  unpack(name: string): AsyncGenerator<Buffer>;
}

/**
 * Opens an archive by its directory alone; the same archives are refused as by `unzipped`.
 * @throws UnreadableWorkbook
 */
export async function openArchive(bytes: ArchiveBytes, bounds = streamedLimits): Promise<Archive> {
  const tail = await bytes.read(Math.max(0, bytes.size - longestEnd), longestEnd);
  const ending = endingOf(tail, await bytes.read(0, 4));
  if (ending.length > longestDirectory) throw new UnreadableWorkbook('bomb');
  const entries = directoryIn(await bytes.read(ending.at, ending.length), 0, ending.count, bounds);
  return {
    has: (name) => entries.has(name),
    unpack(name) {
      const entry = entries.get(name);
      if (!entry) throw new UnreadableWorkbook('damaged');
      return unpacked(bytes, entry);
    },
  };
}

async function* unpacked(bytes: ArchiveBytes, entry: Packed): AsyncGenerator<Buffer> {
  const from = entry.at + headLength(await bytes.read(entry.at, 30));
  const content = packedContent(bytes, from, entry.packed);
  let crc = 0;
  let size = 0;
  for await (const part of entry.method === 8 ? inflated(content) : stored(content, entry)) {
    size += part.length;
    if (size > entry.size) throw new UnreadableWorkbook('damaged');
    crc = crc32(part, crc);
    yield part;
  }
  if (size !== entry.size || crc !== entry.crc) throw new UnreadableWorkbook('damaged');
}

async function* packedContent(bytes: ArchiveBytes, from: number, length: number) {
  for (let at = 0; at < length; at += piece) {
    const part = await bytes.read(from + at, Math.min(piece, length - at));
    if (part.length === 0) throw new UnreadableWorkbook('damaged');
    yield part;
  }
}

async function* stored(content: AsyncIterable<Buffer>, { method }: Packed): AsyncGenerator<Buffer> {
  if (method !== 0) throw new UnreadableWorkbook('damaged');
  yield* content;
}

async function* inflated(content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: piece });
  const feeding = pipeline(Readable.from(content), inflate);
  // Met below; until then nobody may call it unhandled.
  feeding.catch(() => {});
  try {
    for await (const part of inflate) yield part;
    await feeding;
  } catch {
    throw new UnreadableWorkbook('damaged');
  } finally {
    inflate.destroy();
  }
}
