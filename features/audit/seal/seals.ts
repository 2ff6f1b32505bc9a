import { createHmac, timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import { beginning, type Seal } from './batch.ts';

/** Where a seal ends, and so where the next one begins. */
export interface SealEnd {
  number: number;
  upto: number;
  total: number;
  hash: Buffer;
  /** Null at the beginning of the record. */
  sealedAt: string | null;
  /** All that was complete at this instant is sealed up to here; null when nothing says so. */
  completeAt: string | null;
}

const columns = `number, sealed_at as "sealedAt", complete_at as "completeAt", from_xid as "from", upto_xid as upto, entries, total, late,
  previous, hash, mac, marks`;

/** Seals from a number on, in order, at most so many. */
export async function sealsFrom(
  client: pg.ClientBase,
  number: number,
  limit: number,
): Promise<Seal[]> {
  const { rows } = await client.query<Seal>(
    `select ${columns} from audit_seal where number >= $1 order by number limit $2`,
    [number, limit],
  );
  return rows;
}

/** Where seals end and how many entries each binds, from a number on, at most so many: without their marks. */
export async function endsFrom(
  client: pg.ClientBase,
  number: number,
  limit: number,
): Promise<(SealEnd & { entries: number })[]> {
  const { rows } = await client.query<SealEnd & { entries: number }>(
    `select number, upto_xid as upto, total, hash, sealed_at as "sealedAt", complete_at as "completeAt", entries
       from audit_seal where number >= $1 order by number limit $2`,
    [number, limit],
  );
  return rows;
}

/** Where the record ends now: the newest seal, or the beginning. */
export async function lastEnd(client: pg.ClientBase): Promise<SealEnd> {
  const { rows } = await client.query<SealEnd>(
    `select number, upto_xid as upto, total, hash, sealed_at as "sealedAt", complete_at as "completeAt" from audit_seal order by number desc limit 1`,
  );
  return rows[0] ?? beginningOf(await lastRetired(client));
}

/** A removal of old months at the end of their retention. */
export interface Retired {
  through: number;
  upto: number;
  total: number;
  hash: Buffer;
  before: string;
  at: string;
  mac: Buffer;
}

/** The last removal; undefined when nothing was ever removed. */
export async function lastRetired(client: pg.ClientBase): Promise<Retired | undefined> {
  const { rows } = await client.query<Retired>(
    `select through, upto_xid as upto, total, hash, before, at, mac from audit_retired order by through desc limit 1`,
  );
  return rows[0];
}

const unknown = { sealedAt: null, completeAt: null } as const;

/** What the first seal that is still there rests on. */
export function beginningOf(retired: Retired | undefined): SealEnd {
  if (!retired) return { number: 0, upto: 0, total: 0, hash: beginning, ...unknown };
  const { through, upto, total, hash } = retired;
  return { number: through, upto, total, hash, ...unknown };
}

/** The keyed hash of a removal. */
export function retiredMac(key: Buffer, retired: Omit<Retired, 'mac'>): Buffer {
  const { through, upto, total, hash, before, at } = retired;
  return createHmac('sha256', key)
    .update(`retired\n${[through, upto, total, before, at].join('\t')}\n`)
    .update(hash)
    .digest();
}

/** Whether a removal was made with the key of this installation. */
export function isRetiredGenuine(key: Buffer, retired: Retired): boolean {
  const right = retiredMac(key, retired);
  return retired.mac.length === right.length && timingSafeEqual(retired.mac, right);
}
