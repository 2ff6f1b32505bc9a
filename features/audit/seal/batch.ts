import { createHash, createHmac, hash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Keys } from '../../../server/keys.ts';

/** A seal as it stands in `audit_seal`. */
export interface Seal {
  number: number;
  sealedAt: string;
  /** All that was complete at this instant is under this seal or an earlier one; null before the first such seal. */
  completeAt: string | null;
  /** The transactions whose entries it binds: from this one … */
  from: number;
  /** … up to, but not with, this one. */
  upto: number;
  entries: number;
  /** Entries bound by all seals up to this one. */
  total: number;
  /** Entries that claim to be older than `completeAt` of the seal before, by more than `lateAfter`. */
  late: number;
  previous: Buffer;
  hash: Buffer;
  mac: Buffer;
  /** Id (16 bytes) and short hash (8 bytes) of each entry, in order. */
  marks: Buffer;
}

/**
 * What is sealed of an entry: every column, in the order of the table. PostgreSQL writes a row as one line of
 * its COPY text format, in which tabs, line ends and missing values cannot be confused with text: two different
 * rows never give the same line. The first three columns are read again (`entryOf`).
 */
export const sealedColumns =
  'xid, id, at, county, account, post, role, kind, action, category, subject, item, area, purpose, operation, detail, times';

/** Settings under which the same row always gives the same line. */
export const plainSession =
  "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set client_encoding = 'UTF8'";

/** The order within a batch: by transaction, then by id. */
export const sealedOrder = 'xid, id, at, county';

/** Bytes of an entry's mark. */
export const markLength = 24;

/** An entry that claims to be older than what was sealed before without a gap, by more than this, was written after the fact. */
export const lateAfter = 5 * 60_000;

/** The hash that the first seal rests on. */
export const beginning = Buffer.alloc(32);

/** The key of the seals: not in the database, so that access to the database alone cannot seal anew. */
export function sealKey(keys: Pick<Keys, 'data'>): Buffer {
  return Buffer.from(hkdfSync('sha256', keys.data, '', 'minqing audit seal', 32));
}

/** What a line tells of its entry. */
export interface SealedEntry {
  id: string;
  /** The instant as PostgreSQL writes it in UTC: sorts as text. */
  at: string;
}

/** Id and instant of a line. */
export function entryOf(line: Buffer): SealedEntry {
  const first = line.indexOf(tab) + 1;
  const second = line.indexOf(tab, first) + 1;
  return {
    id: line.toString('latin1', first, second - 1),
    at: line.toString('latin1', second, line.indexOf(tab, second)),
  };
}

/** The mark of a line: the id and eight bytes of the hash of the whole line. */
export function markOf(line: Buffer): Buffer {
  const first = line.indexOf(tab) + 1;
  const id = line.toString('latin1', first, first + 36).replaceAll('-', '');
  return Buffer.concat([Buffer.from(id, 'hex'), hash('sha256', line, 'buffer').subarray(0, 8)]);
}

/** The id in a mark. */
export function idOf(mark: Buffer): string {
  return mark.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Whether an entry claims to be older than the seal before it allows; `completeAt` of that one. */
export function isLate(entry: SealedEntry, completeAt: string | null): boolean {
  return completeAt !== null && entry.at < lateBound(completeAt);
}

/** An instant, `lateAfter` before another, as PostgreSQL writes instants in UTC. */
export function lateBound(completeAt: string): string {
  return new Date(Date.parse(completeAt) - lateAfter).toISOString().slice(0, 19).replace('T', ' ');
}

/** The hash of a seal: over its own figures, the seal before, the marks and the lines of its entries. */
export function sealHash(seal: Omit<Seal, 'hash' | 'mac'>, lines: Buffer): Buffer {
  const { number, sealedAt, completeAt, from, upto, entries, total, late } = seal;
  const figures = [number, sealedAt, from, upto, entries, total, late];
  if (completeAt !== null) figures.push(completeAt);
  return createHash('sha256')
    .update(`minqing audit seal 1\n${figures.join('\t')}\n`)
    .update(seal.previous)
    .update(lines)
    .update(seal.marks)
    .digest();
}

/** The keyed hash of a seal's hash. */
export function sealMac(key: Buffer, hashed: Buffer): Buffer {
  return createHmac('sha256', key).update('seal').update(hashed).digest();
}

/** Whether the seal was made with the key of this installation. */
export function isGenuine(key: Buffer, seal: Pick<Seal, 'hash' | 'mac'>): boolean {
  const right = sealMac(key, seal.hash);
  return seal.mac.length === right.length && timingSafeEqual(seal.mac, right);
}

const tab = 9;
