import type { Static } from 'typebox';
import type { Vault } from '../../server/crypto.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { newId } from '../../server/ids.ts';
import { countyOf, placeOf } from '../area/queries.ts';
import { record } from '../audit/queries.ts';
import type { CategoryShape } from './categories.ts';
import { type Checked, checkItems, refuseByAct, requireTitle } from './checks.ts';
import type { NewRecord, Written } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Dictionary, Group } from './dictionary.ts';
import { entered, householdOf, refuseKnownPerson } from './entered.ts';
import { insertFacts, sealed } from './facts-store.ts';
import { buildingFor } from './in-building.ts';
import { joinHousehold } from './links.ts';
import { listingOf, type Summary, summaryOf } from './listing.ts';
import { noteChange } from './notes.ts';
import type { Facts } from './rules/facts.ts';
import { moveTally } from './tally.ts';
import { moveTokens, tokensOf } from './tokens.ts';

/**
 * Makes a record with its facts, search tokens, counts and the first line of its history.
 * @param asOf the day of which the facts are true; today unless an act of life says otherwise
 * @throws Problem invalid (fields), outside-scope, conflict when the citizen id is in the archive already
 */
export async function createRecord(
  tx: Tx,
  { dictionary, vault }: Desk,
  shape: CategoryShape,
  wanted: Static<typeof NewRecord>,
  asOf: string = tx.actor.day,
): Promise<Static<typeof Written>> {
  const checked = withDerived(
    dictionary,
    shape,
    checkItems(dictionary, shape, tx.actor, wanted.items).filter(({ value }) => value !== null),
  );
  refuseByAct(shape, checked);
  requireTitle(dictionary, shape, (key) => checked.some(({ item }) => item.key === key));
  const area = await placeOf(tx, wanted.area);
  const { scope, now } = tx.actor;
  if (!scope || area < scope.lo || area >= scope.hi) throw new Problem('outside-scope');
  await refuseKnownPerson(tx, vault, checked);
  const id = wanted.id ?? newId(now.getTime());
  const facts: Facts = {};
  for (const { item, value } of checked) facts[item.key] = entered(tx, value, asOf);
  const summary = summaryOf(dictionary, shape, facts);
  const building = shape.key === 'housing' ? wanted.building : undefined;
  if (building !== undefined) await buildingFor(tx, area, building);
  await insertRow(
    tx,
    shape,
    id,
    area,
    { ...listingOf(shape, facts), ...(building === undefined ? {} : { building }) },
    summary,
  );
  for (const group of new Set(checked.map(({ item }) => item.group))) {
    await insertFacts(
      tx,
      shape,
      group,
      id,
      area,
      groupFacts(dictionary, shape, group, facts, vault),
    );
  }
  await moveTokens(tx, area, id, [], tokensOf(shape.key, facts, summary, vault));
  await moveTally(tx, area, shape.key, undefined, summary);
  await noteChange(tx, {
    area,
    category: shape.key,
    subject: id,
    household: householdOf(shape, id, wanted.household?.id),
    kind: 'created',
    group: 'file',
    reason: wanted.reason,
  });
  await record(tx, { action: 'create', category: shape.key, subject: id, area });
  if (!wanted.household || shape.key !== 'resident') return { id, version: 1, conflicts: [] };
  // To join is an edit of its own, and counts the version up.
  await joinHousehold(tx, { dictionary, vault }, { ...wanted.household, resident: id });
  return { id, version: 2, conflicts: [] };
}

/** A citizen id tells birth and sex: they are filled in when the form left them out. */
function withDerived(dictionary: Dictionary, shape: CategoryShape, checked: Checked[]): Checked[] {
  const id = checked.find(({ item }) => item.key === 'citizen_id')?.value;
  if (shape.key !== 'resident' || typeof id !== 'string') return checked;
  const told: Record<string, string> = {
    birth: `${id.slice(6, 10)}-${id.slice(10, 12)}-${id.slice(12, 14)}`,
    sex: Number(id[16]) % 2 === 1 ? '1' : '2',
  };
  const added = Object.entries(told).flatMap(([key, value]) => {
    const item = dictionary.item('resident', key);
    return item && !checked.some((one) => one.item.key === key) ? [{ item, value }] : [];
  });
  return [...checked, ...added];
}

async function insertRow(
  tx: Tx,
  shape: CategoryShape,
  id: string,
  area: number,
  listing: Record<string, unknown>,
  summary: Summary,
): Promise<void> {
  const columns = Object.keys(listing).map((column) => sql.ref(column));
  const values = Object.values(listing).map((value) => sql`${value}`);
  await tx.count(sql`insert into ${sql.table(shape.key)}
      (county, id, area, ${sql.join(columns)}, tags, missing, completeness, fresh_until, sort_key, updated_at)
    values (${countyOf(area)}, ${id}, ${area}, ${sql.join(values)}, ${summary.tags}, ${summary.missing}, ${summary.completeness},
      ${summary.freshUntil}, ${summary.sortKey}, ${tx.actor.now})`);
}

function groupFacts(
  dictionary: Dictionary,
  shape: CategoryShape,
  group: Group,
  facts: Facts,
  vault: Vault,
): Facts {
  const own = Object.entries(facts).filter(
    ([key]) => dictionary.item(shape.key, key)?.group === group,
  );
  return Object.fromEntries(own.map(([key, fact]) => [key, sealed(vault, group, fact)]));
}
