import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { CategoryKey } from '../../archive/contract.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { opened } from '../../archive/facts-store.ts';
import type { Fact } from '../../archive/rules/facts.ts';
import type { Changed } from './contract.ts';

/** What reading values needs. */
export interface ChangesDesk {
  dictionary: Dictionary;
  vault: Vault;
}

/** Notes that are given their places in one statement. */
const sealedAtOnce = 5_000;

interface Row {
  number: number;
  told_at: string | null;
  of_category: CategoryKey;
  of_record: string;
  is_gone: boolean;
  of_items: string[];
  facts: Record<string, Fact> | null;
}

/** Gives what was committed its place in the order. @returns whether there may be more */
export async function sealChanges(tx: Queries, now: Date): Promise<boolean> {
  const sealed = await tx.first(
    sql<{ n: number }>`select gate_events_seal(${sealedAtOnce}, ${now}) as n`,
  );
  return (sealed?.n ?? 0) === sealedAtOnce;
}

/**
 * The next changes for the system that the transaction is for, with the values that hold now; what is handed out goes on
 * record by the same statement (db/migrations/0025).
 * @returns the changes, the number up to which was looked, and whether that was all there is by now
 */
export async function readChanges(
  tx: Queries,
  { dictionary, vault }: ChangesDesk,
  after: number,
  limit: number,
  now: Date,
): Promise<{ items: Changed[]; upto: number; isAll: boolean }> {
  const rows = await tx.rows(sql<Row>`select * from gate_changes(${after}, ${limit}, ${now})`);
  const last = rows.pop();
  const upto = last?.number ?? after;
  return {
    items: rows.map((row) => changedOf(row, dictionary, vault)),
    upto,
    isAll: upto >= (await newestChange(tx)),
  };
}

/** Number of the newest change that has its place; 0 when there is none. */
export async function newestChange(tx: Queries): Promise<number> {
  const newest = await tx.first(sql<{ n: number }>`select gate_changes_newest() as n`);
  return newest?.n ?? 0;
}

function changedOf(row: Row, dictionary: Dictionary, vault: Vault): Changed {
  return {
    id: String(row.number),
    type: row.is_gone ? 'archive.removed' : 'archive.changed',
    at: row.told_at ?? '',
    category: row.of_category,
    record: row.of_record,
    items: row.of_items,
    ...(row.facts === null ? {} : { values: valuesOf(row, row.facts, dictionary, vault) }),
  };
}

function valuesOf(
  { of_category: category, of_items: items }: Row,
  facts: Record<string, Fact>,
  dictionary: Dictionary,
  vault: Vault,
): NonNullable<Changed['values']> {
  return Object.fromEntries(
    items.map((key) => {
      const held = facts[key];
      if (held === undefined) return [key, { value: null, asOf: null, source: null }];
      const group = dictionary.item(category, key)?.group ?? 'file';
      const { v: value, d: asOf, s: source } = opened(vault, group, held);
      return [key, { value, asOf, source }];
    }),
  );
}
