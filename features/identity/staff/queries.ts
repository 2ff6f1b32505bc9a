import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { levelOf, type Range } from '../../area/queries.ts';
import { administrators } from '../roles.ts';
import type { Standing, StandingAccount, StandingPost } from './rules/plan.ts';
import type { TableRow } from './rules/table.ts';
import { type Areas, areaAsked, type KnownArea, type Wanted } from './rules/wanted.ts';

type AreaRow = Omit<KnownArea, 'level'> & { level: number };

/** The areas that the rows name: by code wherever they lie, by name within the administrator's area. */
export async function areasOf(tx: Tx, rows: readonly TableRow[], reach: Range): Promise<Areas> {
  const asked = rows.map(areaAsked);
  const codes = [...new Set(asked.flatMap(({ code }) => code ?? []))];
  const names = [...new Set(asked.flatMap((one) => one.names ?? []))];
  const found = await tx.rows(sql<AreaRow>`
    select code, name, level, lo, hi from area
     where retired_at is null and (code = any (${codes}::text[])
        or (name = any (${names}::text[]) and lo >= ${reach.lo} and hi <= ${reach.hi}))
     order by code`);
  const areas = found.map((row): KnownArea => ({ ...row, level: levelOf(row.level) }));
  const byCode = new Map(areas.map((area) => [area.code, area]));
  const inReach = areas.filter(({ lo, hi }) => lo >= reach.lo && hi <= reach.hi);
  const byName = Map.groupBy(inReach, ({ name }) => name);
  return {
    byCode: (code) => byCode.get(code),
    byNames: (wanted) => wanted.flatMap((name) => byName.get(name) ?? []),
  };
}

/**
 * What stands of the accounts that the rows name, and of the area whose leavers are asked for. Row security shows
 * the administrator the posts of the own area alone. A post that was ended before it began is none.
 */
export async function standingOf(
  tx: Tx,
  rows: readonly Wanted[],
  leavers: Range | null,
): Promise<Standing> {
  const { username: own, day } = tx.actor;
  const usernames = [...new Set(rows.map(({ username }) => username))];
  const accounts = await tx.rows(
    sql<StandingAccount>`select id, username, name, active from account where username = any (${usernames}::text[])`,
  );
  const posts = await tx.rows(sql<StandingPost>`
    select p.id, p.account, a.username, a.name, p.role, p.department, r.code, r.name as area, r.level, p.since, p.until
      from post p join account a on a.id = p.account join area r on r.code = p.area
     where (p.until is null or p.until >= p.since) and (a.username = any (${usernames}::text[])
        or (${leavers?.lo ?? null}::bigint is not null and p.lo >= ${leavers?.lo ?? null}::bigint
            and p.hi <= ${leavers?.hi ?? null}::bigint and (p.until is null or p.until >= ${day}::date)))
     order by a.username, p.since, p.id`);
  const known = new Map(accounts.map((account) => [account.username, account]));
  return { own, day, accounts: known, posts, mixing: await mixingRows(tx, rows, known) };
}

/** Rows that would make two of the three administrators one person, also by a post that this administrator does not see. */
async function mixingRows(
  tx: Tx,
  rows: readonly Wanted[],
  accounts: ReadonlyMap<string, StandingAccount>,
): Promise<Set<number>> {
  const asked = rows.flatMap(({ row, username, post }) => {
    const account = accounts.get(username);
    if (!account || !post || !administrators.includes(post.role)) return [];
    return [{ row, account: account.id, ...post, until: post.until ?? null }];
  });
  if (asked.length === 0) return new Set();
  const mixing = await tx.rows(sql<{ row: number }>`
    select q.row from json_to_recordset(${JSON.stringify(asked)}::json)
      as q("row" int, account uuid, role text, "from" date, until date)
     where mixes_administrators(q.account, q.role, q."from", q.until)`);
  return new Set(mixing.map(({ row }) => row));
}
