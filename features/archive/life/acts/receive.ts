import { sql } from '../../../../server/database/sql.ts';
import { Problem } from '../../../../server/errors.ts';
import { moveTally } from '../../tally.ts';
import { checkDay } from '../rules/day.ts';
import { beginStay } from '../stays.ts';
import {
  type Act,
  clash,
  type LodgedHousehold,
  type LodgedResident,
  lockResidents,
} from './act.ts';

interface Offered {
  county: number;
  day: string;
  state: string;
}

/**
 * Takes over the file of an arrival into the household's grid. The database lets it cross the scope of the post
 * only with a pending hand-over to it (archive_receive).
 * @throws Problem not-found without an entitlement, conflict when it was answered before
 */
export async function receive(
  act: Act,
  arrival: string,
  household: LodgedHousehold,
): Promise<LodgedResident> {
  const { tx, event } = act;
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const offered = await tx.first(sql<Offered>`
    select county, day, state from handover where id = ${arrival} and to_lo >= ${lo} and to_lo < ${hi}`);
  if (!offered) throw new Problem('not-found');
  if (offered.state !== 'pending') throw answered();
  checkDay(event.day, tx.actor.day, { since: offered.day });
  const id = await take(act, arrival, offered.county, household.area);
  const [resident] = await lockResidents(tx, [id]);
  if (!resident) throw new Problem('not-found');
  const { tags, missing } = resident;
  // Filter tokens and counts begin anew here; the old village let go of them when the person left.
  const tokens = [...tags.map((tag) => `t:r:${tag}`), ...missing.map((item) => `!:r:${item}`)];
  await tx.count(sql`insert into archive_token (token, area, id, county)
    select unnest(${tokens}::text[]), ${resident.area}, ${id}, ${resident.county}`);
  await moveTally(tx, resident.area, 'resident', undefined, resident);
  await beginStay(tx, 'resident', id, resident.area, event.day);
  act.steps.push({ do: 'receive', resident: id });
  return resident;
}

async function take(act: Act, arrival: string, county: number, into: number): Promise<string> {
  try {
    const [row] = await act.tx.rows(
      sql<{
        id: string;
      }>`select archive_receive(${arrival}, ${county}, ${into}, ${act.tx.actor.now}) as id`,
    );
    if (row) return row.id;
  } catch (error) {
    // Somebody else answered between the look and the lock.
    const { code } = error as { code?: string };
    if (code === '42501' || code === 'MQ409') throw answered();
    throw error;
  }
  throw answered();
}

function answered(): Problem {
  return clash('这份档案已被处理，请刷新列表', 'This arrival has been answered; reload the list');
}
