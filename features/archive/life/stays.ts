import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { newId } from '../../../server/ids.ts';
import { countyOf } from '../../area/queries.ts';
import type { Counted } from '../tally.ts';
import { moveTally } from '../tally.ts';

/** The categories whose records are somewhere from when until when. */
export type Dweller = 'resident' | 'household';

/** A resident's or household's row as an act finds it, locked. */
export interface Lodged extends Counted {
  id: string;
  county: number;
  area: number;
  version: number;
  left_on: string | null;
  fresh_until: string | null;
  tags: string[];
  missing: string[];
}

/** Begins a stretch of being in an area. */
export async function beginStay(
  tx: Tx,
  category: Dweller,
  record: string,
  area: number,
  since: string,
): Promise<void> {
  await tx.count(sql`insert into stay (county, id, area, category, subject, since)
    values (${countyOf(area)}, ${newId(tx.actor.now.getTime())}, ${area}, ${category}, ${record}, ${since})`);
}

/**
 * Ends the stretch of being in an area. A record of which no act is known has been there always: a resident
 * since birth.
 */
export async function endStay(
  tx: Tx,
  category: Dweller,
  record: string,
  area: number,
  until: string,
): Promise<void> {
  const ended = await tx.count(
    sql`update stay set until = ${until} where county = ${countyOf(area)} and subject = ${record} and area = ${area} and until is null`,
  );
  if (ended > 0) return;
  const since =
    category === 'resident'
      ? sql`(select birth from resident where county = ${countyOf(area)} and id = ${record} and birth <= ${until}::date)`
      : sql`null`;
  await tx.count(sql`insert into stay (county, id, area, category, subject, since, until)
    values (${countyOf(area)}, ${newId(tx.actor.now.getTime())}, ${area}, ${category}, ${record}, ${since}, ${until})`);
}

/** Since when the stretch that lasts has lasted; null when it has always, or is not known. */
export async function staysSince(tx: Tx, { county, id }: Lodged): Promise<string | null> {
  const open = await tx.first(
    sql<{
      since: string | null;
    }>`select since from stay where county = ${county} and subject = ${id} and until is null`,
  );
  return open?.since ?? null;
}

/** Takes back `beginStay`. */
export async function unbeginStay(tx: Tx, record: string, area: number): Promise<void> {
  await tx.count(
    sql`delete from stay where county = ${countyOf(area)} and subject = ${record} and area = ${area} and until is null`,
  );
}

/** Takes back `endStay` of that day. */
export async function unendStay(
  tx: Tx,
  record: string,
  area: number,
  until: string,
): Promise<void> {
  await tx.count(sql`update stay set until = null where county = ${countyOf(area)} and id = (
    select id from stay where county = ${countyOf(area)} and subject = ${record} and area = ${area} and until = ${until} order by id desc limit 1)`);
}

const measured = { resident: 'resident', household: 'household' } as const;

/**
 * Somebody, or a household, is not here any more from that day on: kept counts let go of it, lists leave it out,
 * search still finds the file.
 */
export async function leaveArea(
  tx: Tx,
  category: Dweller,
  record: Lodged,
  day: string,
  how: string,
): Promise<void> {
  await tx.count(sql`update ${sql.table(category)} set left_on = ${day}, left_how = ${how}, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${record.county} and id = ${record.id}`);
  await dropMarks(tx, record);
  await moveTally(tx, record.area, measured[category], record, undefined);
  await endStay(tx, category, record.id, record.area, day);
}

/** Takes back `leaveArea`, or lets somebody be here again. @param record as it stands, still gone */
export async function unleaveArea(tx: Tx, category: Dweller, record: Lodged): Promise<void> {
  await tx.count(sql`update ${sql.table(category)} set left_on = null, left_how = null, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${record.county} and id = ${record.id}`);
  await putMarks(tx, category, record);
  await moveTally(tx, record.area, measured[category], undefined, record);
}

/** Moves a record, with all that belongs to it, to another area of the acting post. */
export async function moveArea(
  tx: Tx,
  category: Dweller,
  record: Lodged,
  to: number,
): Promise<void> {
  const { county, id, area, left_on } = record;
  await tx.rows(sql`select archive_move(${category}, ${id}, ${county}, ${to})`);
  await tx.count(sql`update ${sql.table(category)} set version = version + 1, updated_at = ${tx.actor.now}
    where county = ${county} and id = ${id}`);
  if (category === 'household') {
    for (const table of ['household_member', 'household_housing'])
      await tx.count(
        sql`update ${sql.table(table)} set area = ${to} where county = ${county} and household = ${id}`,
      );
  }
  if (left_on !== null) return;
  await moveTally(tx, area, measured[category], record, undefined);
  await moveTally(tx, to, measured[category], undefined, record);
}

/** Filter tokens are of those who are here: no list of tags or gaps asks for one who has left. */
async function dropMarks(tx: Tx, { county, area, id }: Lodged): Promise<void> {
  await tx.count(
    sql`delete from archive_token where county = ${county} and area = ${area} and id = ${id} and left(token, 2) in ('t:', '!:')`,
  );
}

async function putMarks(tx: Tx, category: Dweller, record: Lodged): Promise<void> {
  const letter = category[0] ?? '';
  const tokens = [
    ...record.tags.map((tag) => `t:${letter}:${tag}`),
    ...record.missing.map((item) => `!:${letter}:${item}`),
  ];
  await tx.count(sql`insert into archive_token (token, area, id, county)
    select unnest(${tokens}::text[]), ${record.area}, ${record.id}, ${record.county}`);
}
