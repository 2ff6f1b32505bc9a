import { crc32, inflateRawSync } from 'node:zlib';
import { type Bounds, directoryIn, endingOf, headLength, type Packed } from './directory.ts';
import { UnreadableWorkbook } from './unreadable.ts';

/** What a workbook of a few thousand rows never reaches; a bomb does at once. */
export const limits: Bounds = {
  entries: 300,
  total: 120_000_000,
  one: 60_000_000,
  ratio: 150,
};

/**
 * The files of a ZIP archive by name; nothing is unpacked but what is asked for, and never more than the archive's
 * own directory says. Archives that lie about themselves, nest or grow out of bounds are refused.
 * @throws UnreadableWorkbook
 */
export function unzipped(archive: Buffer): (name: string) => Buffer | undefined {
  const { count, at } = endingOf(archive, archive);
  const entries = directoryIn(archive, at, count, limits);
  return (name) => {
    const entry = entries.get(name);
    return entry && contentOf(archive, entry);
  };
}

function contentOf(archive: Buffer, { packed, size, at, method, crc }: Packed): Buffer {
  const from = at + headLength(archive.subarray(at, at + 30));
  const part = archive.subarray(from, from + packed);
  if (part.length < packed) throw new UnreadableWorkbook('damaged');
  let content: Buffer;
  if (method === 0) content = part;
  else if (method === 8) {
    try {
      content = inflateRawSync(part, { maxOutputLength: Math.max(1, size) });
    } catch {
      throw new UnreadableWorkbook('damaged');
    }
  } else throw new UnreadableWorkbook('damaged');
  if (content.length !== size || crc32(content) !== crc) throw new UnreadableWorkbook('damaged');
  return content;
}
