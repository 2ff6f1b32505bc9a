import type { Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { pathTo, type Range, rangeOf } from '../../area/queries.ts';
import { hidesSmallCells } from '../book.ts';
import type { PastBook, PastList } from './contract.ts';
import type { Dweller } from './stays.ts';

/** Above this level a past day would read the moves of too many people. */
const townshipDigits = 9;

/**
 * How many lived in an area on a past day. Not counted from all records and not kept by day: today's kept count,
 * less those who came or were born after the day, and with those who were there and have left. It reads what has
 * changed since the day and no more.
 * @throws Problem not-found, outside-scope
 */
export async function pastBook(
  tx: Tx,
  code: string,
  day: string,
): Promise<Static<typeof PastBook>> {
  const area = (await pathTo(tx, code)).at(-1);
  if (!area) throw new Problem('not-found');
  const range = rangeInScope(tx, code);
  const [residents, households, since] = await Promise.all([
    countOn(tx, 'resident', range, day),
    countOn(tx, 'household', range, day),
    eventsSince(tx, range, day),
  ]);
  return {
    area,
    on: day,
    counts: { households: households.past, residents: residents.past },
    today: { households: households.now, residents: residents.now },
    since,
  };
}

function rangeInScope(tx: Tx, code: string): Range {
  const range = rangeOf(code);
  const { scope } = tx.actor;
  if (!scope || range.lo < scope.lo || range.hi > scope.hi || code.length < townshipDigits)
    throw new Problem('outside-scope');
  return range;
}

/** Records of today that were not there on the day: came later, or were born later. */
function cameLater(category: Dweller, { lo, hi }: Range, day: string): Sql {
  const born =
    category === 'resident'
      ? sql`union select id from resident where area >= ${lo}::bigint and area < ${hi}::bigint and birth > ${day}::date and left_on is null`
      : sql``;
  return sql`select subject as id from stay
    where area >= ${lo}::bigint and area < ${hi}::bigint and until is null and since > ${day}::date and category = ${category} ${born}`;
}

/** Stretches that held on the day and have ended since. */
function wasThere(category: Dweller, { lo, hi }: Range, day: string): Sql {
  return sql`select subject as id, area from stay
    where area >= ${lo}::bigint and area < ${hi}::bigint and until > ${day}::date and (since is null or since <= ${day}::date) and category = ${category}`;
}

async function countOn(
  tx: Tx,
  category: Dweller,
  range: Range,
  day: string,
): Promise<{ now: number; past: number }> {
  const row = await tx.first(sql<{ now: number; came: number; were: number }>`
    select (select coalesce(sum(n), 0)::int from area_tally
             where measure = ${category} and area >= ${range.lo}::bigint and area < ${range.hi}::bigint) as now,
           (select count(*)::int from (${cameLater(category, range, day)}) x) as came,
           (select count(*)::int from (${wasThere(category, range, day)}) x) as were`);
  const { now = 0, came = 0, were = 0 } = row ?? {};
  return { now, past: now - came + were };
}

type Since = Static<typeof PastBook>['since'];

async function eventsSince(tx: Tx, { lo, hi }: Range, day: string): Promise<Since> {
  const unseen = { births: null, deaths: null, movedIn: null, movedOut: null };
  // Acts are read by those who read the common items; for others there would be none.
  if (!tx.actor.open.includes('file')) return unseen;
  const row = await tx.first(sql<Since>`
    select coalesce(sum(n) filter (where kind = 'birth'), 0)::int as births, coalesce(sum(n) filter (where kind = 'death'), 0)::int as deaths,
           coalesce(sum(n) filter (where kind = 'move_in'), 0)::int as "movedIn", coalesce(sum(n) filter (where kind = 'move_out'), 0)::int as "movedOut"
      from (select e.kind, greatest(cardinality(e.residents), 1) as n from life_event e
             where e.area >= ${lo}::bigint and e.area < ${hi}::bigint and e.day > ${day}::date
               and not exists (select from life_event c where c.county = e.county and c.cancels = e.id)) k`);
  const hides = hidesSmallCells(tx.actor.post?.role);
  return Object.fromEntries(
    Object.entries(row ?? unseen).map(([key, n]) => [key, hides && n && n < 5 ? null : n]),
  ) as Since;
}

/** Those who were in a village on a past day, in the order of their ids. @param after last id of the page before */
export async function pastList(
  tx: Tx,
  category: Dweller,
  code: string,
  day: string,
  after: string,
  limit: number,
): Promise<Static<typeof PastList>['items']> {
  const range = rangeInScope(tx, code);
  const { lo, hi } = range;
  const title =
    category === 'resident'
      ? sql`coalesce(r.name, (select nullif(o.name, '') from handover o where o.resident = t.id order by o.id desc limit 1)) as name,
          (select h.address from household h where h.county = r.county and h.id = r.household) as address`
      : sql`r.head as name, r.address`;
  return tx.rows(sql<Static<typeof PastList>['items'][number]>`
    with there as (
      select id from (
        select id from ${sql.table(category)} where area >= ${lo}::bigint and area < ${hi}::bigint and left_on is null and id > ${after}::uuid
          and id not in (${cameLater(category, range, day)})
        union select id from (${wasThere(category, range, day)}) w where id > ${after}::uuid) x
      order by id limit ${limit})
    select t.id, ${title}, coalesce(r.left_on is null and r.area >= ${lo}::bigint and r.area < ${hi}::bigint, false) as now
      from there t left join ${sql.table(category)} r on r.id = t.id and r.county between ${Math.floor(lo / 1e9)} and ${Math.floor((hi - 1) / 1e9)}
     order by t.id`);
}
