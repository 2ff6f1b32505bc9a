import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { countyOf } from '../area/queries.ts';
import type { CategoryKey } from './contract.ts';

/** What of a record is counted. */
export interface Counted {
  tags: readonly string[];
  missing: readonly string[];
  completeness: number;
}

/**
 * The measures one record adds to its area's kept counts: the record itself, its tags and gaps, its
 * completeness (a sum of per cents), and whether it is incomplete.
 */
export function measuresOf(category: CategoryKey, record: Counted): Map<string, number> {
  const measures = new Map<string, number>([
    [category, 1],
    [`completeness:${category}`, record.completeness],
  ]);
  if (record.completeness < 100) measures.set(`incomplete:${category}`, 1);
  for (const tag of record.tags) measures.set(`tag:${category}:${tag}`, 1);
  for (const item of record.missing) measures.set(`missing:${category}:${item}`, 1);
  return measures;
}

/** Moves the kept counts of an area by the difference that a record makes; either side may be absent. */
export async function moveTally(
  tx: Tx,
  area: number,
  category: CategoryKey,
  before: Counted | undefined,
  after: Counted | undefined,
): Promise<void> {
  const moves = new Map(after ? measuresOf(category, after) : []);
  for (const [measure, n] of before ? measuresOf(category, before) : []) {
    moves.set(measure, (moves.get(measure) ?? 0) - n);
  }
  // Always in the same order, so that two writers in one grid wait for each other and don't deadlock.
  const changed = [...moves].filter(([, n]) => n !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  if (changed.length === 0) return;
  await tx.count(sql`insert into area_tally (county, area, measure, n)
    select ${countyOf(area)}, ${area}, m.measure, m.n
      from unnest(${changed.map(([measure]) => measure)}::text[], ${changed.map(([, n]) => n)}::int[]) as m(measure, n)
    on conflict (county, area, measure) do update set n = area_tally.n + excluded.n`);
}
