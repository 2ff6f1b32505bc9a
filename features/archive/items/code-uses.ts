import type { Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { type Category, categories, type Dictionary } from '../dictionary/types.ts';
import type { CodeUses } from './contract.ts';
import { codesCounted } from './touches.ts';

/** Below this a count tells of people. */
const few = 5;

/** A count as it is told: null for one to four. */
export const toldOf = (records: number): number | null =>
  records > 0 && records < few ? null : records;

/**
 * In how many records of the county each code of a table stands, retired items included: their values are still
 * read. Counted by the database, a record once however many of its items hold the code.
 * @throws Problem not-found for no such table
 */
export async function codeUses(
  tx: Tx,
  county: number,
  defined: Dictionary,
  name: string,
): Promise<Static<typeof CodeUses>> {
  const table = defined.codes[name];
  if (!table) throw new Problem('not-found');
  const counts = new Map<string, number>();
  const uncounted = [];
  for (const category of categories) {
    const users = defined.categories[category].items.filter(({ codes }) => codes === name);
    uncounted.push(...users.filter((item) => !codesCounted(item)).map(({ label }) => label));
    const groups = Map.groupBy(users.filter(codesCounted), ({ group }) => group);
    const keys = [...groups].map(([group, items]) => [group, items.map(({ key }) => key)]);
    for (const { code, records } of await usesIn(tx, county, category, Object.fromEntries(keys)))
      counts.set(code, (counts.get(code) ?? 0) + records);
  }
  return {
    codes: table.codes.map(({ code }) => ({ code, records: toldOf(counts.get(code) ?? 0) })),
    uncounted,
  };
}

function usesIn(
  tx: Tx,
  county: number,
  category: Category,
  items: Record<string, string[]>,
): Promise<{ code: string; records: number }[]> {
  if (Object.keys(items).length === 0) return Promise.resolve([]);
  return tx.rows(sql<{ code: string; records: number }>`
    select code, records from gate_code_uses(${county}, ${category}, ${JSON.stringify(items)}::jsonb)`);
}
