import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { AreaThen } from './contract.ts';

interface ThenRow {
  code: string;
  name: string;
  parent: string | null;
  stands: boolean;
  now_code: string | null;
  now_name: string | null;
}

/**
 * Areas as they stood at the end of a day, found by code or by a name they had on it or before, and where
 * their records are today: what a search for an old name or code is answered with.
 */
export async function areasThen(tx: Tx, q: string, day: string): Promise<AreaThen[]> {
  const rows = await tx.rows(sql<ThenRow>`
    with recursive found as (
      select a.code from area a where a.code = ${q} or strpos(a.name, ${q}) > 0
      union select p.code from area_past p where strpos(p.name, ${q}) > 0
      limit 50),
    onward as (
      select f.code as was, a.code, a.name, a.successor, a.retired_at from found f join area a on a.code = f.code
      union all select o.was, a.code, a.name, a.successor, a.retired_at from onward o join area a on a.code = o.successor
       where o.retired_at is not null)
    select a.code, coalesce(p.name, a.name) as name, coalesce(p.parent, a.parent) as parent,
           (a.since is null or a.since < e.instant) and (a.retired_at is null or a.retired_at >= e.instant) as stands,
           o.code as now_code, o.name as now_name
      from found f join area a on a.code = f.code
      cross join (select (${day}::date + 1)::timestamp at time zone 'Asia/Shanghai' as instant) e
      left join lateral (
        select name, parent from area_past p where p.code = a.code and p.until >= e.instant
         order by p.until limit 1) p on true
      left join onward o on o.was = a.code and o.retired_at is null
     order by a.code`);
  return rows.map(({ now_code, now_name, ...row }) => ({
    ...row,
    now: now_code === null || now_name === null ? null : { code: now_code, name: now_name },
  }));
}
