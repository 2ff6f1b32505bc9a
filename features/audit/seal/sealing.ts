import { createHash } from 'node:crypto';
import type pg from 'pg';
import { entryOf, isLate, markOf, plainSession, type Seal, sealHash, sealMac } from './batch.ts';
import { eachLine, readLines } from './lines.ts';
import { lastEnd, type SealEnd } from './seals.ts';

/** Entries that one seal binds at most, unless a single transaction wrote more. */
export const batchSize = 5000;

const lock = 726_007;

/**
 * Seals the next batch of entries that are complete, in one transaction. Run as the owner: the server's role
 * can neither seal nor unseal.
 *
 * No entry is missed and none is sealed twice, although transactions commit in another order than they begin:
 * every entry carries the number of its transaction, and a batch is all entries of the numbers [from, upto),
 * where `from` is where the seal before ended and `upto` is at most the oldest transaction still running
 * (`audit_horizon`). All below it have ended, so nothing can be added to the range any more; whatever commits
 * later has a number of the next one. A transaction that runs long delays the seal of those that began after it.
 *
 * @param key of `sealKey`
 * @returns how many entries were sealed; 0 when there is none to seal, or another process is sealing
 */
export async function sealBatch(
  client: pg.ClientBase,
  key: Buffer,
  now: Date,
  limit: number = batchSize,
): Promise<number> {
  await client.query(`begin; ${plainSession}`);
  try {
    const sealed = await sealNext(client, key, now, limit);
    await client.query('commit');
    return sealed;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** Seals batch after batch until nothing complete is left. @returns how many entries */
export async function sealAll(
  client: pg.ClientBase,
  key: Buffer,
  clock: () => Date,
  limit: number = batchSize,
): Promise<number> {
  let sealed = 0;
  for (;;) {
    const more = await sealBatch(client, key, clock(), limit);
    if (more === 0) return sealed;
    sealed += more;
  }
}

async function sealNext(
  client: pg.ClientBase,
  key: Buffer,
  now: Date,
  limit: number,
): Promise<number> {
  const free = await client.query('select pg_try_advisory_xact_lock($1) as free', [lock]);
  if (!free.rows[0]?.free) return 0;
  const last = await lastEnd(client);
  const end = await endOfBatch(client, last.upto, limit, now);
  if (!end) return 0;
  const seal = await bind(client, last, end, now);
  await keep(client, key, seal);
  return seal.entries;
}

/** Where a batch ends. */
interface BatchEnd {
  /** The first transaction after it. */
  upto: number;
  /** The instant up to which no entry is left over for a next batch; null when that must not be said. */
  completeAt: string | null;
}

/** The end of the batch that begins at `from`; undefined when nothing complete is there. */
async function endOfBatch(
  client: pg.ClientBase,
  from: number,
  limit: number,
  now: Date,
): Promise<BatchEnd | undefined> {
  const { rows } = await client.query<{
    first: number | null;
    beyond: number | null;
    horizon: number;
    waiting: string | null;
  }>(
    `with edge as materialized (select audit_horizon() as horizon)
     select (select xid from audit_entry where xid >= $1 and xid < horizon order by xid limit 1) as first,
            (select xid from audit_entry where xid >= $1 and xid < horizon order by xid offset $2 limit 1) as beyond,
            horizon,
            -- Committed already, but begun after a transaction that still runs: found by their numbers, not by the
            -- index on the time, along which the least one may be far.
            (select min(late.at) from (select at from audit_entry where xid >= horizon offset 0) late) as waiting
     from edge`,
    [from, limit],
  );
  const found = rows[0];
  if (!found || found.first === null) return undefined;
  if (found.beyond === null) {
    const waiting = found.waiting === null ? now : new Date(found.waiting);
    const complete = waiting < now ? waiting : now;
    return { upto: found.horizon, completeAt: complete.toISOString() };
  }
  // A batch ends between two transactions; one that wrote more than a batch holds is a batch by itself.
  return { upto: Math.max(found.beyond, found.first + 1), completeAt: null };
}

type Bound = Omit<Seal, 'hash' | 'mac'> & { hash: Buffer };

async function bind(
  client: pg.ClientBase,
  last: SealEnd,
  { upto, completeAt }: BatchEnd,
  now: Date,
): Promise<Bound> {
  const lines = createHash('sha256');
  const marks: Buffer[] = [];
  let late = 0;
  await eachLine(readLines(client, last.upto, upto), (line) => {
    lines.update(line);
    marks.push(markOf(line));
    if (isLate(entryOf(line), last.completeAt)) late++;
  });
  const seal = {
    number: last.number + 1,
    sealedAt: now.toISOString(),
    completeAt: later(last.completeAt, completeAt),
    from: last.upto,
    upto,
    entries: marks.length,
    total: last.total + marks.length,
    late,
    previous: last.hash,
    marks: Buffer.concat(marks),
  };
  return { ...seal, hash: sealHash(seal, lines.digest()) };
}

/** The later of two instants: what was complete once is so for good. */
function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return new Date(one) > new Date(other) ? one : other;
}

async function keep(client: pg.ClientBase, key: Buffer, seal: Bound): Promise<void> {
  await client.query(
    `insert into audit_seal (number, sealed_at, complete_at, from_xid, upto_xid, entries, total, late, previous, hash, mac, marks)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      seal.number,
      seal.sealedAt,
      seal.completeAt,
      seal.from,
      seal.upto,
      seal.entries,
      seal.total,
      seal.late,
      seal.previous,
      seal.hash,
      sealMac(key, seal.hash),
      seal.marks,
    ],
  );
}
