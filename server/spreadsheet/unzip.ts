import { crc32, inflateRawSync } from 'node:zlib';
import { UnreadableWorkbook } from './unreadable.ts';

/** What a workbook of a few thousand rows never reaches; a bomb does at once. */
export const limits = {
  entries: 300,
  /** Bytes of all files together, and of one, unpacked. */
  total: 120_000_000,
  one: 60_000_000,
  /** Unpacked to packed, of files that are more than a megabyte unpacked. */
  ratio: 150,
};

interface Entry {
  packed: number;
  size: number;
  at: number;
  method: number;
  crc: number;
}

/**
 * The files of a ZIP archive by name; nothing is unpacked but what is asked for, and never more than the archive's
 * own directory says. Archives that lie about themselves, nest or grow out of bounds are refused.
 * @throws UnreadableWorkbook
 */
export function unzipped(archive: Buffer): (name: string) => Buffer | undefined {
  const entries = directoryOf(archive);
  return (name) => {
    const entry = entries.get(name);
    return entry && contentOf(archive, entry);
  };
}

function directoryOf(archive: Buffer): ReadonlyMap<string, Entry> {
  const end = endOf(archive);
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  if (count > limits.entries) throw new UnreadableWorkbook('bomb');
  const entries = new Map<string, Entry>();
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > archive.length || archive.readUInt32LE(at) !== 0x02014b50)
      throw new UnreadableWorkbook('damaged');
    const flags = archive.readUInt16LE(at + 8);
    const packed = archive.readUInt32LE(at + 20);
    const size = archive.readUInt32LE(at + 24);
    const length = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + length);
    // Bit 0: encrypted. Sizes of all ones stand in ZIP64, which a workbook of this size has no use for.
    if (flags & 1) throw new UnreadableWorkbook('locked');
    if (packed === 0xffffffff || size === 0xffffffff) throw new UnreadableWorkbook('bomb');
    total += size;
    const isDense = size > 1_000_000 && size > packed * limits.ratio;
    if (size > limits.one || total > limits.total || isDense) throw new UnreadableWorkbook('bomb');
    if (/vbaProject|\.bin$/i.test(name) && !/printerSettings/i.test(name))
      throw new UnreadableWorkbook('macro');
    if (entries.has(name)) throw new UnreadableWorkbook('damaged');
    entries.set(name, {
      packed,
      size,
      at: archive.readUInt32LE(at + 42),
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
    });
    at += 46 + length + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** Where the end record begins: behind it stands a comment of 65,535 bytes at most. */
function endOf(archive: Buffer): number {
  if (archive.length < 22) throw new UnreadableWorkbook('damaged');
  const first = Math.max(0, archive.length - 22 - 65_535);
  for (let at = archive.length - 22; at >= first; at--)
    if (archive.readUInt32LE(at) === 0x06054b50) return at;
  throw new UnreadableWorkbook(archive.readUInt32BE(0) === 0xd0cf11e0 ? 'old' : 'damaged');
}

function contentOf(archive: Buffer, { packed, size, at, method, crc }: Entry): Buffer {
  if (at + 30 > archive.length || archive.readUInt32LE(at) !== 0x04034b50)
    throw new UnreadableWorkbook('damaged');
  const from = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
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
