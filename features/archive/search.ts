import type { Static } from 'typebox';
import type { Actor, Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { levelOf, type Range } from '../area/queries.ts';
import { seesMask } from '../identity/roles.ts';
import type { CategoryKey, SearchHit } from './contract.ts';
import { ageOn } from './rules/age.ts';
import type { Probe } from './search/query.ts';

const houseNumber = 1000;

/** Records looked at for further words before a common first word is given up. */
const candidates = 4000;

interface HitRow {
  rank: number;
  category: CategoryKey;
  id: string;
  title: string;
  detail: string | null;
  sex: string | null;
  birth: string | null;
  phone_mask: string | null;
  area_code: string;
  area_name: string;
  area_level: number;
}

/** A hit with its rank, for merging the hits of several posts. */
export type RankedHit = Static<typeof SearchHit> & { rank: number };

/** Where to look, for what, and for how many. */
export interface Within {
  range: Range;
  /** Records of this category only. */
  category?: CategoryKey;
  limit: number;
}

/**
 * Records within the range that all words of a query name, best first. Every probe is an equality on
 * the token index, so that row security and the index work together whatever the scope (STACK.md).
 */
export async function searchArchive(
  tx: Tx,
  words: readonly Probe[][],
  { range, category, limit }: Within,
): Promise<RankedHit[]> {
  const [driver, ...others] = [...words].sort((a, b) => breadth(a) - breadth(b));
  if (!driver || driver.length === 0) return [];
  const tokens = driver.map(({ token }) => token);
  const ranks = driver.map(({ rank }) => rank);
  const rows = await tx.rows(sql<HitRow>`
    with hit as (
      select distinct on (f.id) p.rank, f.id, f.area, f.county
        from unnest(${tokens}::text[], ${ranks}::int[]) as p(token, rank)
        cross join lateral (${found(others, { range, category, limit })}) f
       order by f.id, p.rank)
    select t.rank, coalesce(r.category, h.category, o.category, s.category, d.category) as category, t.id,
           coalesce(r.title, h.title, o.title, s.title, d.title) as title,
           coalesce(r.detail, h.detail, s.detail, d.detail) as detail, r.sex, r.birth, r.phone_mask,
           a.code as area_code, a.name as area_name, a.level as area_level
      from (select * from hit order by rank, area, id limit ${sql.whole(limit)}) t
      left join lateral (select 'resident' as category, x.name as title, y.address as detail, x.sex, x.birth, x.phone_mask
        from resident x left join household y on y.county = x.county and y.id = x.household
       where x.county = t.county and x.id = t.id) r on true
      left join lateral (select 'household' as category, coalesce(x.address, x.number) as title, x.head as detail
        from household x where x.county = t.county and x.id = t.id) h on true
      left join lateral (select 'premises' as category, x.name as title, x.address as detail
        from premises x where x.county = t.county and x.id = t.id) s on true
      left join lateral (select 'housing' as category, coalesce(x.address, x.code) as title, x.code as detail
        from housing x where x.county = t.county and x.id = t.id) d on true
      left join lateral (select 'organisation' as category, x.name as title
        from organisation x where x.county = t.county and x.id = t.id) o on true
      join area a on a.lo = t.area and a.level >= 5
     order by t.rank, t.area, t.id`);
  return rows.filter((row) => row.category !== null).map((row) => toHit(row, tx.actor));
}

/**
 * A word of few and long tokens names fewer records: it drives, the others only check. A house number
 * drives only where nothing else is said, for it names the household, not those who live there.
 */
function breadth(word: readonly Probe[]): number {
  if (word.some(({ token }) => /^[ad]:\d/.test(token))) return houseNumber;
  const longest = Math.max(0, ...word.map(({ token }) => token.length));
  return word.length - longest;
}

function found(others: readonly Probe[][], { range, category, limit }: Within) {
  if (others.length === 0 && !category) {
    return sql`select t.id, t.area, t.county from archive_token t
      where t.token = p.token and t.area >= ${range.lo}::bigint and t.area < ${range.hi}::bigint
      order by t.area, t.id limit ${sql.whole(limit)}`;
  }
  // A further word may be the address of the household that the resident lives in.
  const also = others.map(
    (word) => sql`exists (select from archive_token x
      where x.token = any(${word.map(({ token }) => token)}::text[]) and x.area = c.area and x.id in (c.id, m.household))`,
  );
  // Tokens do not tell the category: its table does.
  if (category)
    also.push(
      sql`exists (select from ${sql.table(category)} x where x.county = c.county and x.id = c.id)`,
    );
  return sql`select c.id, c.area, c.county
      from (select t.id, t.area, t.county from archive_token t
             where t.token = p.token and t.area >= ${range.lo}::bigint and t.area < ${range.hi}::bigint
             order by t.area, t.id limit ${sql.whole(candidates)}) c
      left join resident m on m.county = c.county and m.id = c.id
     where ${sql.join(also, sql` and `)} limit ${sql.whole(limit)}`;
}

function toHit(row: HitRow, actor: Actor): RankedHit {
  return {
    rank: row.rank,
    category: row.category,
    id: row.id,
    title: row.title,
    detail: row.detail,
    sex: row.sex,
    age: row.birth === null ? null : ageOn(row.birth, actor.day),
    phoneMask: seesMask(actor, 'contact') ? row.phone_mask : null,
    area: { code: row.area_code, name: row.area_name, level: levelOf(row.area_level) },
    post: actor.post?.id ?? '',
  };
}

/** Areas within the scope that a word of a query names, so that 彭里 张 looks in 彭里 only. */
export async function areaNamed(tx: Tx, word: string): Promise<Range | undefined> {
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  return tx.first(sql<Range>`
    select lo, hi from area where lo >= ${lo} and hi <= ${hi} and level >= 4 and retired_at is null and starts_with(name, ${word})
     order by level, code limit 1`);
}
