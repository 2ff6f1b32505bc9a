import { UnreadableWorkbook } from './unreadable.ts';

/** What an archive may unpack to. */
export interface Bounds {
  entries: number;
  /** Bytes of all files together, and of one, unpacked. */
  total: number;
  one: number;
  /** Unpacked to packed, of files that are more than a megabyte unpacked. */
  ratio: number;
}

/** Where a file lies within the archive, and what the archive says of it. */
export interface Packed {
  packed: number;
  size: number;
  at: number;
  method: number;
  crc: number;
}

/** The end record with the longest comment that may stand behind it. */
export const longestEnd = 22 + 65_535;

/** What the end record tells of the directory. */
export interface Ending {
  count: number;
  length: number;
  at: number;
}

/**
 * The end record in the last bytes of an archive.
 * @param first the first bytes of the archive, by which an old .xls is told
 * @throws UnreadableWorkbook
 */
export function endingOf(tail: Buffer, first: Buffer): Ending {
  for (let at = tail.length - 22; at >= Math.max(0, tail.length - longestEnd); at--) {
    if (tail.readUInt32LE(at) !== 0x06054b50) continue;
    return {
      count: tail.readUInt16LE(at + 10),
      length: tail.readUInt32LE(at + 12),
      at: tail.readUInt32LE(at + 16),
    };
  }
  const isOld = first.length >= 4 && first.readUInt32BE(0) === 0xd0cf11e0;
  throw new UnreadableWorkbook(isOld ? 'old' : 'damaged');
}

/**
 * The files that a directory names. Archives that lie about themselves, nest or grow out of bounds are refused.
 * @param start where the directory begins within `bytes`
 * @throws UnreadableWorkbook
 */
export function directoryIn(
  bytes: Buffer,
  start: number,
  count: number,
  bounds: Bounds,
): ReadonlyMap<string, Packed> {
  if (count > bounds.entries) throw new UnreadableWorkbook('bomb');
  const entries = new Map<string, Packed>();
  let at = start;
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50)
      throw new UnreadableWorkbook('damaged');
    const flags = bytes.readUInt16LE(at + 8);
    const packed = bytes.readUInt32LE(at + 20);
    const size = bytes.readUInt32LE(at + 24);
    const length = bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, at + 46 + length);
    // Bit 0: encrypted. Sizes of all ones stand in ZIP64, which a workbook of this size has no use for.
    if (flags & 1) throw new UnreadableWorkbook('locked');
    if (packed === 0xffffffff || size === 0xffffffff) throw new UnreadableWorkbook('bomb');
    total += size;
    const isDense = size > 1_000_000 && size > packed * bounds.ratio;
    if (size > bounds.one || total > bounds.total || isDense) throw new UnreadableWorkbook('bomb');
    if (/vbaProject|\.bin$/i.test(name) && !/printerSettings/i.test(name))
      throw new UnreadableWorkbook('macro');
    if (entries.has(name)) throw new UnreadableWorkbook('damaged');
    entries.set(name, {
      packed,
      size,
      at: bytes.readUInt32LE(at + 42),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
    });
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * How far behind its local header a file's content begins.
 * @param head the first 30 bytes at `Packed.at`
 * @throws UnreadableWorkbook when there is no header
 */
export function headLength(head: Buffer): number {
  if (head.length < 30 || head.readUInt32LE(0) !== 0x04034b50)
    throw new UnreadableWorkbook('damaged');
  return 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
}
