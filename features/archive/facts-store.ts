import type { Vault } from '../../server/crypto.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { countyOf } from '../area/queries.ts';
import type { ItemGroup } from '../identity/roles.ts';
import { type CategoryShape, sealedGroups } from './categories.ts';
import { countiesOf } from './list.ts';
import type { Fact, Facts } from './rules/facts.ts';

/** A fact of an encrypted group with its value readable. */
export function opened(vault: Vault, group: ItemGroup, fact: Fact): Fact {
  if (!sealedGroups.includes(group) || typeof fact.v !== 'string') return fact;
  return { ...fact, v: vault.open(fact.v) };
}

/** A fact as an encrypted group stores it. */
export function sealed(vault: Vault, group: ItemGroup, fact: Fact): Fact {
  if (!sealedGroups.includes(group) || typeof fact.v !== 'string') return fact;
  return { ...fact, v: vault.seal(fact.v) };
}

/** The facts of the groups that row security shows, values readable. */
export async function readFacts(
  tx: Tx,
  shape: CategoryShape,
  groups: readonly ItemGroup[],
  id: string,
  vault: Vault,
): Promise<Facts> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await Promise.all(
    groups.map((group) =>
      tx.first(
        sql<{
          facts: Facts;
        }>`select facts from ${sql.table(`${shape.key}_${group}`)} where county between ${first} and ${last} and id = ${id}`,
      ),
    ),
  );
  const facts: Facts = {};
  for (const [i, group] of groups.entries()) {
    for (const [key, fact] of Object.entries(found[i]?.facts ?? {}))
      facts[key] = opened(vault, group, fact);
  }
  return facts;
}

/** Stores the first facts of a group; values are sealed already. */
export async function insertFacts(
  tx: Tx,
  shape: CategoryShape,
  group: ItemGroup,
  id: string,
  area: number,
  facts: Facts,
): Promise<void> {
  await tx.count(sql`insert into ${sql.table(`${shape.key}_${group}`)} (county, id, area, facts)
    values (${countyOf(area)}, ${id}, ${area}, ${JSON.stringify(facts)})`);
}

/** Sets facts of a group and, where null, takes them out; values are sealed already. */
export async function patchFacts(
  tx: Tx,
  shape: CategoryShape,
  group: ItemGroup,
  id: string,
  area: number,
  patch: Record<string, Fact | null>,
): Promise<void> {
  const set = Object.fromEntries(
    Object.entries(patch).filter(([, fact]) => fact !== null),
  ) as Facts;
  const removed = Object.keys(patch).filter((key) => patch[key] === null);
  const touched = await tx.count(sql`update ${sql.table(`${shape.key}_${group}`)}
    set facts = (facts - ${removed}::text[]) || ${JSON.stringify(set)}::jsonb where county = ${countyOf(area)} and id = ${id}`);
  if (touched === 0) await insertFacts(tx, shape, group, id, area, set);
}
