import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { checkDay } from './rules/day.ts';

/** A household as a membership is written: its key and area. */
export interface HouseholdPlace {
  county: number;
  area: number;
  id: string;
}

/** The stretch in which somebody lives, or last lived, in a household. */
export interface Stretch {
  household: string;
  resident: string;
  relation: string | null;
  registered: boolean;
  since: string | null;
  until: string | null;
  relation_since: string | null;
}

/** The stretch of a resident that lasts; where there are several, that of the household lived in. */
export function openStretch(
  tx: Tx,
  county: number,
  resident: string,
): Promise<Stretch | undefined> {
  return tx.first(sql<Stretch>`
    select household, resident, relation, registered, since, until, relation_since from household_member
     where county = ${county} and resident = ${resident} and until is null order by lives desc, since desc nulls last limit 1`);
}

/** Those who live in a household now, in the order of its list. */
export function openMembers(
  tx: Tx,
  county: number,
  household: string,
): Promise<(Stretch & { sex: string | null; name: string; birth: string | null })[]> {
  return tx.rows(sql<Stretch & { sex: string | null; name: string; birth: string | null }>`
    select m.household, m.resident, m.relation, m.registered, m.since, m.until, m.relation_since, r.sex, r.name, r.birth
      from household_member m join resident r on r.county = m.county and r.id = m.resident
     where m.county = ${county} and m.household = ${household} and m.until is null order by r.sort_key, r.id`);
}

/**
 * Begins a stretch. An earlier one in the same household is kept in household_member_past.
 * @throws Problem invalid when the resident lived somewhere after that day
 */
export async function beginStretch(
  tx: Tx,
  { county, area, id: household }: HouseholdPlace,
  resident: string,
  { relation, registered, since }: { relation: string; registered: boolean; since: string },
): Promise<void> {
  checkDay(since, tx.actor.day, { since: await lastEnd(tx, county, resident) });
  await keepEnded(tx, county, household, resident);
  await tx.count(sql`insert into household_member (county, area, household, resident, relation, registered, lives, since)
    values (${county}, ${area}, ${household}, ${resident}, ${relation}, ${registered}, true, ${since})
    on conflict (county, household, resident) do update
      set relation = excluded.relation, registered = excluded.registered, since = excluded.since, until = null, relation_since = null`);
  await standWith(tx, county, resident);
  await recount(tx, county, household);
}

/** Ends the stretch that lasts. @throws Problem not-found when there is none */
export async function endStretch(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
  day: string,
): Promise<void> {
  const ended = await tx.count(sql`update household_member set until = ${day}
    where county = ${county} and household = ${household} and resident = ${resident} and until is null`);
  if (ended === 0) throw new Problem('not-found');
  await standWith(tx, county, resident);
  await recount(tx, county, household);
}

/** Changes the relation to the head from a day on; the one before is kept. */
export async function changeRelation(
  tx: Tx,
  county: number,
  stretch: Stretch,
  relation: string,
  day: string,
): Promise<void> {
  const { household, resident } = stretch;
  await tx.count(sql`insert into household_member_past (county, id, area, household, resident, relation, registered, lives, since, until, relation_since)
    select county, ${newId(tx.actor.now.getTime())}, area, household, resident, relation, registered, lives, since, ${day}, relation_since
      from household_member where county = ${county} and household = ${household} and resident = ${resident} and until is null`);
  await tx.count(sql`update household_member set relation = ${relation}, relation_since = ${day}
    where county = ${county} and household = ${household} and resident = ${resident} and until is null`);
  await standWith(tx, county, resident);
}

/** Takes back `beginStretch`. */
export async function unbeginStretch(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
): Promise<void> {
  await tx.count(sql`delete from household_member
    where county = ${county} and household = ${household} and resident = ${resident} and until is null`);
  await bringBack(tx, county, household, resident);
  await standWith(tx, county, resident);
  await recount(tx, county, household);
}

/** Takes back `endStretch`. */
export async function unendStretch(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
): Promise<void> {
  await tx.count(sql`update household_member set until = null
    where county = ${county} and household = ${household} and resident = ${resident}`);
  await standWith(tx, county, resident);
  await recount(tx, county, household);
}

/** Takes back `changeRelation` of that day. */
export async function unchangeRelation(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
  day: string,
): Promise<void> {
  await tx.count(sql`with last as (
      delete from household_member_past p where county = ${county} and id = (
        select id from household_member_past where county = ${county} and household = ${household} and resident = ${resident} and until = ${day}
         order by id desc limit 1)
      returning p.relation, p.relation_since)
    update household_member m set relation = last.relation, relation_since = last.relation_since from last
     where m.county = ${county} and m.household = ${household} and m.resident = ${resident}`);
  await standWith(tx, county, resident);
}

/** The last day of the latest stretch of a resident that has ended, in whatever household. */
async function lastEnd(tx: Tx, county: number, resident: string): Promise<string | null> {
  const found = await tx.first(sql<{ until: string | null }>`
    select max(until) as until from household_member where county = ${county} and resident = ${resident} and lives`);
  return found?.until ?? null;
}

async function keepEnded(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
): Promise<void> {
  await tx.count(sql`insert into household_member_past (county, id, area, household, resident, relation, registered, lives, since, until, relation_since)
    select county, ${newId(tx.actor.now.getTime())}, area, household, resident, relation, registered, lives, since, until, relation_since
      from household_member where county = ${county} and household = ${household} and resident = ${resident} and until is not null`);
}

/** Makes the newest earlier stretch the last one again. */
async function bringBack(
  tx: Tx,
  county: number,
  household: string,
  resident: string,
): Promise<void> {
  await tx.count(sql`with last as (
      delete from household_member_past where county = ${county} and id = (
        select p.id from household_member_past p
         where p.county = ${county} and p.household = ${household} and p.resident = ${resident}
         order by p.id desc limit 1)
      returning *)
    insert into household_member (county, area, household, resident, relation, registered, lives, since, until, relation_since)
    select county, area, household, resident, relation, registered, lives, since, until, relation_since from last`);
}

/** What a resident's listing row says of the household follows from the stretch that lasts. */
export async function standWith(tx: Tx, county: number, resident: string): Promise<void> {
  await tx.count(sql`update resident r set household = m.household, relation = m.relation,
      sort_key = case when m.household is null then r.name else h.sort_key || '-' || coalesce(m.relation, '') end,
      version = r.version + 1, updated_at = ${tx.actor.now}
    from (select 1) one
      left join lateral (select x.county, x.household, x.relation from household_member x
        where x.county = ${county} and x.resident = ${resident} and x.until is null order by x.lives desc, x.since desc nulls last limit 1) m on true
      left join household h on h.county = m.county and h.id = m.household
    where r.county = ${county} and r.id = ${resident}`);
}

/** The derived numbers of a household: who lives in it, who is registered in it. */
export async function recount(tx: Tx, county: number, household: string): Promise<void> {
  await tx.count(sql`update household h set members = n.members, registered = n.registered, version = version + 1, updated_at = ${tx.actor.now}
    from (select count(*) filter (where lives)::int as members, count(*) filter (where registered)::int as registered
            from household_member where county = ${county} and household = ${household} and until is null) n
    where h.county = ${county} and h.id = ${household}`);
}
