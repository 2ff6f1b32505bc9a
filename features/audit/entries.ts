import type { Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { rangeOf } from '../area/queries.ts';
import type { AuditEntry, AuditQuery } from './contract.ts';
import { type PostColumns, postColumns, postOf } from './posts.ts';

interface EntryRow extends PostColumns {
  id: string;
  at: string;
  account: string | null;
  username: string | null;
  name: string | null;
  kind: AuditEntry['kind'];
  action: string;
  category: string | null;
  subject: string | null;
  item: string | null;
  purpose: string | null;
  operation: string | null;
  detail: string | null;
  times: number;
  area_code: string | null;
  area_name: string | null;
}

/** Filters of the auditor's list, and where the page before ended: instant and id. */
export interface EntryFilter extends Omit<AuditQuery, 'cursor' | 'limit'> {
  before?: readonly [string, string] | undefined;
  /** Not older than this. */
  since?: string | undefined;
  limit: number;
}

/** A page of entries, and where the next one begins; null at the end of the record. */
export interface EntryList {
  items: AuditEntry[];
  next: readonly [at: string, id: string] | null;
}

const day = 86_400_000;
/** How far back is looked at first, and how far at most. */
const firstStep = 31 * day;
const farthest = 20 * 366 * day;
const lowestId = '00000000-0000-0000-0000-000000000000';

/**
 * A page of the auditor's list, newest first. Whose entries they are, or of which record, an index knows; whatever
 * else is asked for is looked for backwards in ever longer steps. What is rare may take long in a large record:
 * when patience ends, the page holds what was found, and the next one goes on from there.
 * @param patience in milliseconds; at least one step is made
 */
export async function listEntries(
  tx: Tx,
  filter: EntryFilter,
  patience = 1000,
): Promise<EntryList> {
  const { account, who, subject, limit } = filter;
  if (account ?? who ?? subject) return fullOrLast(await entries(tx, filter), limit);
  const started = performance.now();
  const begin = Date.parse(filter.from ?? '') || tx.actor.now.getTime() - farthest;
  const items: AuditEntry[] = [];
  let { before } = filter;
  let start = Date.parse(before?.[0] ?? tx.actor.now.toISOString());
  for (let step = firstStep; ; step *= 2) {
    start -= step;
    const since = new Date(start).toISOString();
    items.push(...(await entries(tx, { ...filter, before, since, limit: limit - items.length })));
    if (items.length === limit || start < begin - day) return fullOrLast(items, limit);
    before = [since, lowestId];
    if (performance.now() - started > patience) return { items, next: before };
  }
}

function fullOrLast(items: AuditEntry[], limit: number): EntryList {
  const last = items.at(-1);
  return { items, next: last && items.length === limit ? [last.at, last.id] : null };
}

/** Entries, newest first, as far as the auditor's area reaches. */
async function entries(tx: Tx, filter: EntryFilter): Promise<AuditEntry[]> {
  const rows = await tx.rows(sql<EntryRow>`
    with page as (
      select e.* from audit_entry e ${conditions(filter)} order by e.at desc, e.id desc limit ${filter.limit})
    select e.id, e.at, e.account, a.username, a.name, e.role, e.kind, e.action, e.category, e.subject, e.item, e.purpose,
           e.operation, e.detail, e.times, r.code as area_code, r.name as area_name, ${postColumns}
      from page e
      left join account a on a.id = e.account
      left join gate_post_names((select array_agg(distinct post) from page)) p on p.id = e.post
      left join lateral (select code, name from area where area.lo = e.area order by level desc limit 1) r on true
     order by e.at desc, e.id desc`);
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    account: row.account
      ? { id: row.account, username: row.username ?? '', name: row.name ?? '' }
      : null,
    role: row.role,
    post: postOf(row),
    kind: row.kind,
    action: row.action,
    category: row.category,
    subject: row.subject,
    item: row.item,
    purpose: row.purpose,
    area: row.area_code ? { code: row.area_code, name: row.area_name ?? '' } : null,
    operation: row.operation,
    detail: row.detail,
    times: row.times,
  }));
}

function conditions(filter: EntryFilter): Sql {
  const area = filter.area === undefined ? undefined : rangeOf(filter.area);
  const all = [
    filter.kind !== undefined && sql`e.kind = ${filter.kind}`,
    filter.action !== undefined && sql`e.action = ${filter.action}`,
    filter.account !== undefined && sql`e.account = ${filter.account}::uuid`,
    filter.who !== undefined &&
      sql`e.account = any (array(select id from account where username = ${filter.who} or name = ${filter.who}))`,
    filter.role !== undefined && sql`e.role = ${filter.role}`,
    filter.post !== undefined && sql`e.post = ${filter.post}::uuid`,
    filter.subject !== undefined && sql`e.subject = ${filter.subject}::uuid`,
    area && sql`e.area >= ${area.lo} and e.area < ${area.hi}`,
    filter.purpose !== undefined && sql`e.purpose = ${filter.purpose}`,
    filter.from !== undefined && sql`e.at >= ${beginningOfDay(filter.from)}::timestamptz`,
    filter.until !== undefined &&
      sql`e.at < ${beginningOfDay(filter.until)}::timestamptz + interval '1 day'`,
    filter.since !== undefined && sql`e.at >= ${filter.since}::timestamptz`,
    filter.before &&
      sql`(e.at, e.id) < (${filter.before[0]}::timestamptz, ${filter.before[1]}::uuid)`,
  ].filter((one) => one !== false && one !== undefined);
  return all.length > 0 ? sql`where ${sql.join(all, sql` and `)}` : sql``;
}

/** The first instant of a day in Asia/Shanghai. */
export const beginningOfDay = (day: string): string => `${day} 00:00:00+08`;
