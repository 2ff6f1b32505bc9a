import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { CategoryShape } from './categories.ts';
import type { Current } from './marks.ts';

/**
 * A record as it stands, held until the transaction ends: what `moveRecord` goes on from.
 * @param counties first and last county to look in, both the same where it is known
 */
export function lockedRecord(
  tx: Tx,
  shape: CategoryShape,
  id: string,
  [first, last]: readonly [number, number],
): Promise<Current | undefined> {
  return tx.first(sql<Current>`
    select county, area, version, tags, missing, completeness, fresh_until ${further(shape)} from ${sql.table(shape.key)}
     where county between ${first} and ${last} and id = ${id} for update`);
}

/** What only people and their households have. */
function further({ key }: CategoryShape) {
  if (key === 'resident') return sql`, household, left_on`;
  return key === 'household' ? sql`, left_on` : sql``;
}
