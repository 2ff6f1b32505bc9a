import { instantOf } from '../../../server/clock.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import type { Category, Item } from '../dictionary/types.ts';
import type { PackItem } from './definition.ts';
import type { InForce } from './overlay.ts';

/** A county that the acting administrator serves. */
export interface ServedCounty {
  /** The first six digits of its areas. */
  county: number;
  code: string;
  name: string;
}

/** @throws Problem not-found for what is no county of the administrator's */
export async function servedCounty(tx: Tx, code: string): Promise<ServedCounty> {
  const { post } = tx.actor;
  const found = await tx.first(
    sql<{
      name: string;
      lo: number;
      hi: number;
    }>`select name, lo, hi from area where code = ${code} and level = 3`,
  );
  if (!found || !post || found.lo < post.lo || found.hi > post.hi) throw new Problem('not-found');
  return { county: Number(code), code, name: found.name };
}

/**
 * Holds back all other changes of the county's dictionary and the writing of its records until the transaction
 * ends; every server process hears of it then.
 * @throws Problem lost-update when the version is not the one that was read
 */
export async function beginChange(tx: Tx, county: number, version: number): Promise<void> {
  const row = await tx.first(
    sql<{ version: number }>`select gate_items_change(${county}) as version`,
  );
  if (row?.version !== version) throw new Problem('lost-update');
}

/** A change to write down. */
export interface Change {
  kind: 'item' | 'codes';
  category: Category | null;
  key: string;
  definition: PackItem | null;
}

/** Writes changes down, each a version of its own. @returns the last version */
export async function noteChanges(
  tx: Tx,
  county: number,
  version: number,
  changes: readonly Change[],
  by: { name: string; reason: string },
): Promise<number> {
  const { account, post, now } = tx.actor;
  for (const [at, { kind, category, key, definition }] of changes.entries()) {
    await tx.count(sql`insert into item_change
      (county, version, kind, category, key, definition, reason, account, account_name, post, at)
      values (${county}, ${version + at + 1}, ${kind}, ${category}, ${key},
        ${definition === null ? null : JSON.stringify(definition)}::jsonb, ${by.reason}, ${account}, ${by.name},
        ${post?.id ?? null}, ${now})`);
    await record(tx, { action: 'change_items', detail: `${kind} ${category} ${key}` });
  }
  return version + changes.length;
}

/** What is in force of one county, those changes included that this transaction made. */
export function inForceOf(tx: Tx, county: number): Promise<InForce[]> {
  return tx.rows(sql<InForce>`select county, version, kind, category, key, definition
    from gate_items() where county = ${county}`);
}

/** The changes of one item or code table, the latest first. */
export async function historyOf(
  tx: Tx,
  county: number,
  category: Category | undefined,
  key: string,
) {
  const rows = await tx.rows(sql<{
    version: number;
    definition: PackItem | null;
    reason: string;
    by: string;
    at: string;
  }>`select version, definition, reason, account_name as by, at from item_change
      where county = ${county} and kind = ${category ? 'item' : 'codes'} and category is not distinct from ${category ?? null} and key = ${key}
      order by version desc limit 200`);
  return rows.map((row) => ({ ...row, at: instantOf(row.at) }));
}

/** Figures of an item in the county, for the check before a change. */
export interface Figures {
  records: number;
  filled: number;
  complete_without: number;
  stale: number;
  codes: Record<string, number> | null;
}

/** Counts in the database itself: nothing of a record comes out. */
export async function figuresOf(
  tx: Tx,
  county: number,
  category: Category,
  item: Item,
  withCodes: boolean,
): Promise<Figures> {
  const row = await tx.first(sql<Figures>`select records, filled, complete_without, stale, codes
    from gate_item_figures(${county}, ${category}, ${item.group}, ${item.key}, ${item.freshMonths ?? null}, ${tx.actor.day}::date, ${withCodes})`);
  if (!row) throw new Error('the figures have no row');
  return row;
}
