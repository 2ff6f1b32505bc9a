import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { newId } from '../../server/ids.ts';
import type { AuditEntry } from './contract.ts';

/** What is put on record; who, when and under which post follow from the transaction. */
export interface Look {
  action: string;
  category?: string;
  subject?: string;
  item?: string;
  area?: number;
  purpose?: string;
  detail?: string;
}

/** Puts an act on record, in the transaction of the act (DESIGN.md, rule 6). */
export function record(tx: Tx, look: Look): Promise<number> {
  const { actor } = tx;
  return tx.count(sql`insert into audit_entry
      (id, at, account, post, role, action, category, subject, item, area, purpose, detail)
    values (${newId(actor.now.getTime())}, ${actor.now}, ${actor.account}, ${actor.post?.id ?? null}, ${actor.post?.role ?? null},
      ${look.action}, ${look.category ?? null}, ${look.subject ?? null}, ${look.item ?? null},
      ${look.area ?? actor.post?.lo ?? null}, ${look.purpose ?? null}, ${look.detail ?? null})`);
}

/**
 * Puts the opening of a record's file on record, with the record's own area, in the same round trip
 * as the opening; a record that row security hides leaves no entry (the refusal does).
 */
export function recordOpening(
  tx: Tx,
  category: string,
  subject: string,
  purpose: string | undefined,
): Promise<number> {
  const { actor } = tx;
  return tx.count(sql`insert into audit_entry (id, at, account, post, role, action, category, subject, area, purpose)
    select ${newId(actor.now.getTime())}::uuid, ${actor.now}::timestamptz, ${actor.account}::uuid, ${actor.post?.id ?? null}::uuid,
      ${actor.post?.role ?? null}::text, 'open_file', ${category}::text, ${subject}::uuid, r.area, ${purpose ?? null}::text
    from ${sql.table(category)} r
    where r.county between ${countyOf(actor.scope?.lo)}::int and ${countyOf((actor.scope?.hi ?? 1) - 1)}::int and r.id = ${subject}::uuid`);
}

const countyOf = (code: number | undefined): number => Math.floor((code ?? 0) / 1e9);

interface EntryRow {
  id: string;
  at: string;
  account: string | null;
  username: string | null;
  name: string | null;
  role: string | null;
  action: string;
  category: string | null;
  subject: string | null;
  item: string | null;
  purpose: string | null;
  area_code: string | null;
  area_name: string | null;
}

/** Filters of the auditor's list. */
export interface AuditFilter {
  action?: string | undefined;
  account?: string | undefined;
  subject?: string | undefined;
  /** Entries before this one: instant and id. */
  before?: readonly [string, string] | undefined;
  limit: number;
}

/** Entries, newest first, as far as the auditor's area reaches. */
export async function entries(tx: Tx, filter: AuditFilter): Promise<AuditEntry[]> {
  const conditions = [
    filter.action !== undefined ? sql`e.action = ${filter.action}` : null,
    filter.account !== undefined ? sql`e.account = ${filter.account}::uuid` : null,
    filter.subject !== undefined ? sql`e.subject = ${filter.subject}::uuid` : null,
    filter.before
      ? sql`(e.at, e.id) < (${filter.before[0]}::timestamptz, ${filter.before[1]}::uuid)`
      : null,
  ].filter((condition) => condition !== null);
  const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
  const rows = await tx.rows(sql<EntryRow>`
    select e.id, e.at, e.account, a.username, a.name, e.role, e.action, e.category, e.subject, e.item, e.purpose,
           r.code as area_code, r.name as area_name
      from audit_entry e
      left join account a on a.id = e.account
      left join lateral (select code, name from area where area.lo = e.area order by level desc limit 1) r on true
      ${where} order by e.at desc, e.id desc limit ${filter.limit}`);
  return rows.map((row) => ({
    id: row.id,
    at: row.at,
    account: row.account
      ? { id: row.account, username: row.username ?? '', name: row.name ?? '' }
      : null,
    role: row.role,
    action: row.action,
    category: row.category,
    subject: row.subject,
    item: row.item,
    purpose: row.purpose,
    area: row.area_code ? { code: row.area_code, name: row.area_name ?? '' } : null,
  }));
}
