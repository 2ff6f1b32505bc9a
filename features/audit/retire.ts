import type pg from 'pg';
import { dayOf } from '../../server/clock.ts';
import { withClient } from '../../server/database/connect.ts';
import { beginningOf, monthAfter, tableOf } from './months.ts';
import type { Finding } from './seal/finding.ts';
import { lastRetired, type Retired, retiredMac } from './seal/seals.ts';
import { verify } from './seal/verify.ts';

/** The shortest retention of the record in years (DOMAIN.md, section 2). */
export const leastYears = 3;

/** What a removal came to. */
export interface Removal {
  /** The first month that is kept, as YYYY-MM. */
  kept: string;
  /** Entries removed now. */
  entries: number;
  /** Why nothing was removed: what is to go is not as it was sealed. */
  finding: Finding | null;
}

/**
 * Removes the months that are past their retention, with their seals, after having verified them. What is left
 * rests on a removal that is signed with the key, so that `verify` tells it from a theft. Entries of those months
 * that were sealed together with later ones stay until these go.
 * @throws Error for fewer years than `leastYears`
 */
export async function retireMonths(
  owner: pg.ClientConfig,
  key: Buffer,
  now: Date,
  years: number,
): Promise<Removal> {
  if (!(years >= leastYears))
    throw new Error(
      `记录至少保存 ${leastYears} 年 · the record is kept for ${leastYears} years at least`,
    );
  const kept = monthAfter(dayOf(now).slice(0, 7), -12 * years);
  return withClient(owner, async (client) => {
    const end = await endBefore(client, kept);
    if (!end) return { kept, entries: 0, finding: null };
    const { finding } = await verify({ owner, key, to: end.through });
    if (finding) return { kept, entries: 0, finding };
    return { kept, entries: await remove(client, key, now, kept, end), finding: null };
  });
}

type End = Pick<Retired, 'through' | 'upto' | 'total' | 'hash'>;

/** The last seal all of whose entries, and all of those before it, are older than a month. */
async function endBefore(client: pg.ClientBase, month: string): Promise<End | undefined> {
  const { rows } = await client.query<End>(
    `select number as through, upto_xid as upto, total, hash from audit_seal
      where upto_xid <= coalesce((select min(xid) from audit_entry where at >= $1), 9223372036854775807)
      order by number desc limit 1`,
    [beginningOf(month)],
  );
  return rows[0];
}

async function remove(
  client: pg.ClientBase,
  key: Buffer,
  now: Date,
  kept: string,
  end: End,
): Promise<number> {
  await client.query("begin; set local lock_timeout = '10s'");
  try {
    const before = await lastRetired(client);
    for (const month of await monthsBefore(client, kept)) await dropMonth(client, month, end.upto);
    await client.query('delete from audit_entry where xid < $1', [end.upto]);
    await client.query('delete from audit_seal where number <= $1', [end.through]);
    const retired = {
      ...end,
      before: new Date(beginningOf(kept)).toISOString(),
      at: now.toISOString(),
    };
    await client.query(
      `insert into audit_retired (through, upto_xid, total, hash, before, at, mac) values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        retired.through,
        retired.upto,
        retired.total,
        retired.hash,
        retired.before,
        retired.at,
        retiredMac(key, retired),
      ],
    );
    await client.query('commit');
    return end.total - (before?.total ?? 0);
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

async function monthsBefore(client: pg.ClientBase, kept: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit_entry'::regclass order by 1`);
  return rows
    .flatMap(({ name }) => /^audit_entry_(\d{4})_(\d{2})$/.exec(name)?.slice(1).join('-') ?? [])
    .filter((month) => month < kept);
}

/** Drops a month's partition; what of it was sealed later moves to `audit_entry_other`. */
async function dropMonth(client: pg.ClientBase, month: string, upto: number): Promise<void> {
  const table = tableOf(month);
  await client.query(`alter table audit_entry detach partition ${table}`);
  await client.query(`insert into audit_entry select * from ${table} where xid >= $1`, [upto]);
  await client.query(`drop table ${table}`);
}
