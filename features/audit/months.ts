import type pg from 'pg';
import { dayOf } from '../../server/clock.ts';

/** Months for which room is made ahead of time, besides the present one. */
const ahead = 2;

/**
 * Makes the partitions of the present month and the next ones. What stood in `audit_entry_other` for one of
 * them (a clock that was wrong, a server that stood still for months) moves into it. Run as the owner, before
 * the server takes requests and now and then afterwards.
 * @returns the months made, as YYYY-MM
 */
export async function prepareMonths(client: pg.ClientBase, now: Date): Promise<string[]> {
  const made: string[] = [];
  for (let step = 0; step <= ahead; step++) {
    const month = monthAfter(dayOf(now).slice(0, 7), step);
    if (await makeMonth(client, month)) made.push(month);
  }
  return made;
}

/** The month so many months after another, as YYYY-MM. */
export function monthAfter(month: string, step: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + step, 1)).toISOString().slice(0, 7);
}

/** The instant at which a month begins in Asia/Shanghai. */
export const beginningOf = (month: string): string => `${month}-01 00:00:00+08`;

/** The partition of a month. */
export const tableOf = (month: string): string => `audit_entry_${month.replace('-', '_')}`;

async function makeMonth(client: pg.ClientBase, month: string): Promise<boolean> {
  const table = tableOf(month);
  const { rows } = await client.query('select to_regclass($1) is not null as there', [table]);
  if (rows[0]?.there) return false;
  const [from, to] = [beginningOf(month), beginningOf(monthAfter(month, 1))];
  await client.query('begin');
  try {
    await client.query("set local lock_timeout = '10s'");
    await client.query('lock table audit_entry in access exclusive mode');
    await client.query(`create table ${table} (like audit_entry including all)`);
    await client.query(`alter table ${table} enable row level security`);
    await client.query(`with moved as (
        delete from audit_entry_other where at >= '${from}' and at < '${to}' returning *)
      insert into ${table} select * from moved`);
    await client.query(
      `alter table audit_entry attach partition ${table} for values from ('${from}') to ('${to}')`,
    );
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    // Another server made it in the meantime.
    if ((error as { code?: string }).code === '42P07') return false;
    throw error;
  }
}
