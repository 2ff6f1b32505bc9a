import type { Actor, Tx } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { newId } from '../../server/ids.ts';
import { countyOf } from '../area/queries.ts';
import { type Action, actions } from './actions.ts';

/** What is put on record; who, when and under which post follow from the transaction. */
export interface Look {
  action: Action;
  /** Made by the caller where a paper names it; a new one otherwise. */
  id?: string | undefined;
  category?: string | undefined;
  subject?: string | undefined;
  item?: string | undefined;
  area?: number | undefined;
  purpose?: string | undefined;
  /** Further words; never a resident's data. */
  detail?: string | undefined;
}

/** Puts an act on record, in the transaction of the act (DESIGN.md, rule 6). */
export function record(tx: Tx, look: Look): Promise<number> {
  const { actor } = tx;
  const area = look.area ?? actor.post?.lo ?? null;
  return tx.count(sql`insert into audit_entry
      (county, id, at, account, post, role, kind, action, category, subject, item, area, purpose, detail)
    values (${countyOf(area ?? 0)}, ${look.id ?? newId(actor.now.getTime())}, ${actor.now}, ${actor.account}, ${actor.post?.id ?? null}, ${actor.post?.role ?? null},
      ${actions[look.action]}, ${look.action}, ${look.category ?? null}, ${look.subject ?? null}, ${look.item ?? null},
      ${area}, ${look.purpose ?? null}, ${look.detail ?? null})`);
}

/**
 * Puts the opening of a record's file on record, with the record's own area, in the same round trip
 * as the opening; a record that row security hides leaves no entry (its refusal does).
 * @returns how many entries: 1, or 0 for a hidden record
 */
export function recordOpening(
  tx: Tx,
  category: string,
  subject: string,
  purpose: string | undefined,
  action: Action = 'open_file',
  id: string = newId(tx.actor.now.getTime()),
): Promise<number> {
  return tx.count(sql`insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, area, purpose)
    select r.county, ${id}::uuid, ${acting(tx.actor, action)}, ${category}::text, ${subject}::uuid, r.area, ${purpose ?? null}::text
    from ${sql.table(category)} r
    where ${counties(tx.actor)} and r.id = ${subject}::uuid`);
}

/**
 * Puts on record that a file is shown, in the page's one statement (`readTogether`): for each row that the page reads
 * under the name `shown`, with its county, id and area. What is shown and what is on record are the same rows.
 * @returns how many entries
 */
export function recordShown(
  tx: Tx,
  category: string,
  shown: string,
  purpose: string | undefined,
  action: Action = 'open_file',
  id: string = newId(tx.actor.now.getTime()),
): Promise<number> {
  return tx.count(sql`insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, area, purpose)
    select r.county, ${id}::uuid, ${acting(tx.actor, action)}, ${category}::text, r.id, r.area, ${purpose ?? null}::text
    from ${sql.ref(shown)} r`);
}

/** What leaves the system: which records of one category, in what form and why. */
export interface Handing {
  action: 'export' | 'print';
  category: string;
  subjects: readonly string[];
  purpose: string;
  /** The list or sheet it stands in. */
  detail?: string;
}

/**
 * Puts on record that records were exported or printed: an entry for each, so that each one's page tells of it.
 * Call it in the transaction that reads them. Records that row security hides leave none.
 * @returns how many entries
 */
export function recordHanding(tx: Tx, handing: Handing): Promise<number> {
  const { category, subjects, purpose, detail } = handing;
  return tx.count(sql`insert into audit_entry (county, id, at, account, post, role, kind, action, category, subject, area, purpose, detail)
    select r.county, uuidv7(), ${acting(tx.actor, handing.action)}, ${category}::text, r.id, r.area, ${purpose}::text, ${detail ?? null}::text
    from ${sql.table(category)} r
    where ${counties(tx.actor)} and r.id = any (${subjects}::uuid[])`);
}

/** at, account, post, role, kind, action */
function acting({ now, account, post }: Actor, action: Action): Sql {
  return sql`${now.toISOString()}::timestamptz, ${account}::uuid, ${post?.id ?? null}::uuid, ${post?.role ?? null}::text, ${actions[action]}::text, ${action}::text`;
}

function counties({ scope }: Actor): Sql {
  return sql`r.county between ${countyOf(scope?.lo ?? 0)}::int and ${countyOf((scope?.hi ?? 1) - 1)}::int`;
}
