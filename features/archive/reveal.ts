import type { Static } from 'typebox';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { record } from '../audit/queries.ts';
import type { CategoryShape } from './categories.ts';
import type { Revealed } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Item } from './dictionary.ts';
import { opened, readFacts } from './facts-store.ts';
import { claimsQuery, conflictOf, viewOf } from './file.ts';
import { countiesOf } from './list.ts';
import { accountNames } from './names.ts';

/**
 * Shows one sealed item of one record, for a purpose of the catalogue, on record (DOMAIN.md, section 3).
 * The transaction must have been opened with the record as its subject.
 * @throws Problem not-found when the record is outside the scope
 */
export async function revealItem(
  tx: Tx,
  { vault }: Desk,
  shape: CategoryShape,
  id: string,
  item: Item,
  purpose: string,
): Promise<Static<typeof Revealed>> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<{ area: number }>`
    select area from ${sql.table(shape.key)} where county between ${first} and ${last} and id = ${id}`);
  if (!found) throw new Problem('not-found');
  const facts = await readFacts(tx, shape, [item.group], id, vault);
  const claims = (await tx.rows(claimsQuery(id))).filter((claim) => claim.item === item.key);
  await record(tx, {
    action: 'reveal',
    category: shape.key,
    subject: id,
    item: item.key,
    purpose,
    area: found.area,
  });
  const fact = facts[item.key];
  const names = await accountNames(tx, [
    fact?.a,
    ...claims.map((claim) => claim.account ?? undefined),
  ]);
  return {
    item: item.key,
    view: fact ? viewOf(fact, names) : null,
    conflicts: claims.map((claim) =>
      conflictOf({ ...claim, fact: opened(vault, item.group, claim.fact) }, names),
    ),
  };
}
