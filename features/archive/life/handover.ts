import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import type { Arrival, Departure } from './contract.ts';

/** Files that wait to be taken over by the acting post: enough of each to recognise the person. */
export async function arrivals(tx: Tx, after: string, limit: number): Promise<Arrival[]> {
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const rows = await tx.rows(sql<
    Omit<Arrival, 'birthYear' | 'from'> & { birth_year: number | null; from_name: string }
  >`
    select id, name, sex, birth_year, from_name, day, state from handover
     where to_lo >= ${lo}::bigint and to_lo < ${hi}::bigint and state = 'pending' and id > ${after}::uuid order by id limit ${limit}`);
  return rows.map(({ birth_year: birthYear, from_name: from, ...row }) => ({
    ...row,
    birthYear,
    from,
  }));
}

/** Files that left the area of the acting post for another village, newest first. */
export async function departures(tx: Tx, before: string, limit: number): Promise<Departure[]> {
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const rows = await tx.rows(sql<
    Omit<Departure, 'to' | 'decidedAt'> & { to_name: string; decided_at: string | null }
  >`
    select id, resident, name, to_name, day, state, reason, decided_at from handover
     where area >= ${lo}::bigint and area < ${hi}::bigint and id < ${before}::uuid order by id desc limit ${limit}`);
  return rows.map(({ to_name: to, decided_at: at, ...row }) => ({
    ...row,
    to,
    decidedAt: at === null ? null : instantOf(at),
  }));
}

/** The new village does not know this person: the file stays with the old one. @throws Problem not-found, conflict */
export async function refuseArrival(tx: Tx, id: string, reason: string): Promise<void> {
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const found = await tx.first(sql<{
    resident: string;
    to_lo: number;
  }>`
    select resident, to_lo from handover where id = ${id} and to_lo >= ${lo} and to_lo < ${hi}`);
  if (!found) throw new Problem('not-found');
  const answered =
    await tx.count(sql`update handover set state = 'refused', reason = ${reason}, decided_by = ${tx.actor.account}, decided_at = ${tx.actor.now}
    where id = ${id} and state = 'pending'`);
  if (answered === 0)
    throw new Problem('conflict', {
      detail: {
        zh: '这份档案已被处理，请刷新列表',
        en: 'This arrival has been answered; reload the list',
      },
    });
  await record(tx, {
    action: 'refuse_arrival',
    category: 'resident',
    subject: found.resident,
    area: found.to_lo,
  });
}

/** Villages of the whole installation by name, initials or code: names of places are public. */
export function findVillages(
  tx: Tx,
  words: string,
  limit: number,
): Promise<{ code: string; name: string; path: string }[]> {
  return tx.rows(
    sql<{
      code: string;
      name: string;
      path: string;
    }>`select code, name, path from area_directory(${words.trim()}, ${limit})`,
  );
}
