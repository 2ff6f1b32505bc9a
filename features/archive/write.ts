import { sql } from 'kysely';
import type { Static } from 'typebox';
import type { Vault } from '../../server/crypto.ts';
import type { Actor, Tx } from '../../server/database/actor.ts';
import { Problem } from '../../server/errors.ts';
import { newId } from '../../server/ids.ts';
import { countyOf, placeOf } from '../area/queries.ts';
import { record } from '../audit/queries.ts';
import type { ItemGroup } from '../identity/roles.ts';
import type { CategoryShape } from './categories.ts';
import { type Checked, checkItems, requireTitle } from './checks.ts';
import type { EditRecord, NewRecord, Written } from './contract.ts';
import type { Desk } from './desk.ts';
import type { Dictionary, Group } from './dictionary.ts';
import { insertFacts, patchFacts, readFacts, sealed } from './facts-store.ts';
import { refreshHouseholdTags } from './household-tags.ts';
import { joinHousehold } from './links.ts';
import { countiesOf } from './list.ts';
import { listingOf, type Summary, sortKeyOf, summaryOf } from './listing.ts';
import { noteChange, noteClaim } from './notes.ts';
import {
  completeness,
  decideEdit,
  type Fact,
  type Facts,
  freshUntil,
  presentKeys,
} from './rules/facts.ts';
import { tagsOf } from './rules/tags.ts';
import { moveTally } from './tally.ts';
import { moveTokens, tokensOf } from './tokens.ts';

/** The source of what an official enters: the village speaks for itself, a department for its items. */
export function sourceOf(tx: Tx, ownSource: string | null): string {
  return tx.actor.post?.role === 'department_officer' && ownSource ? ownSource : 'village';
}

/**
 * Makes a record with its facts, search tokens, counts and the first line of its history.
 * @throws Problem invalid (fields), outside-scope, conflict when the citizen id is in the archive already
 */
export async function createRecord(
  tx: Tx,
  { dictionary, vault }: Desk,
  shape: CategoryShape,
  wanted: Static<typeof NewRecord>,
): Promise<Static<typeof Written>> {
  const checked = withDerived(
    dictionary,
    shape,
    checkItems(dictionary, shape, tx.actor, wanted.items).filter(({ value }) => value !== null),
  );
  requireTitle(dictionary, shape, (key) => checked.some(({ item }) => item.key === key));
  const area = await placeOf(tx, wanted.area);
  const { scope, now, day } = tx.actor;
  if (!scope || area < scope.lo || area >= scope.hi) throw new Problem('outside-scope');
  await refuseKnownPerson(tx, vault, checked);
  const id = wanted.id ?? newId(now.getTime());
  const facts: Facts = {};
  for (const { item, value } of checked) facts[item.key] = entered(tx, value, day);
  const summary = summaryOf(dictionary, shape, facts);
  await insertRow(tx, shape, id, area, listingOf(shape, facts), summary);
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

async function refuseKnownPerson(
  tx: Tx,
  vault: Vault,
  checked: Checked[],
  except?: string,
): Promise<void> {
  const id = checked.find(({ item }) => item.key === 'citizen_id')?.value;
  if (typeof id !== 'string') return;
  const token = `i:${vault.blind('citizen_id', id)}`;
  const { lo, hi } = tx.actor.scope ?? { lo: 0, hi: 0 };
  const known = await tx.first(sql<{ id: string }>`
    select id from archive_token where token = ${token} and area >= ${lo} and area < ${hi} and id <> ${except ?? '00000000-0000-0000-0000-000000000000'}::uuid limit 1`);
  if (!known) return;
  throw new Problem('conflict', {
    errors: [
      {
        field: 'items.citizen_id',
        code: 'known',
        message: {
          zh: '公民身份号码：辖区内已有此人的档案，请先搜索',
          en: 'Citizen id: this person is in the archive already; search first',
        },
      },
    ],
  });
}

function entered(tx: Tx, value: Fact['v'], asOf: string, source = sourceOf(tx, null)): Fact {
  return { v: value, s: source, d: asOf, a: tx.actor.account, t: tx.actor.now.toISOString() };
}

function householdOf(
  shape: CategoryShape,
  id: string,
  household: string | null | undefined,
): string | undefined {
  return shape.key === 'household' ? id : (household ?? undefined);
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

interface Current {
  county: number;
  area: number;
  version: number;
  tags: string[];
  missing: string[];
  completeness: number;
  fresh_until: string | null;
  household?: string | null;
}

/** Groups that an edit reads and writes: those the role may both see (at least for this subject) and write. */
export function groupsWritten(shape: CategoryShape, { open, reveal, write }: Actor): ItemGroup[] {
  return shape.groups.filter(
    (group) => write.includes(group) && (open.includes(group) || reveal.includes(group)),
  );
}

/**
 * Edits items of a record. A value against that of an authoritative source is kept beside it as a
 * conflict; all others are written, the old value into the history with the reason (rule 5).
 * @throws Problem not-found, lost-update when the version moved on, invalid
 */
export async function editRecord(
  tx: Tx,
  { dictionary, vault }: Desk,
  shape: CategoryShape,
  id: string,
  version: number,
  edit: Static<typeof EditRecord>,
): Promise<Static<typeof Written>> {
  const checked = checkItems(dictionary, shape, tx.actor, edit.items);
  const cleared = checked.filter(({ value }) => value === null).map(({ item }) => item.key);
  requireTitle(dictionary, shape, (key) => !cleared.includes(key));
  const asOf = checkAsOf(edit.asOf ?? tx.actor.day, tx.actor.day);
  const current = await lockRecord(tx, shape, id);
  if (!current) throw new Problem('not-found');
  if (current.version !== version) throw new Problem('lost-update');
  await refuseKnownPerson(tx, vault, checked, id);
  const groups = groupsWritten(shape, tx.actor);
  const before = await readFacts(tx, shape, groups, id, vault);
  const after: Facts = { ...before };
  const conflicts: string[] = [];
  const patches = new Map<ItemGroup, Record<string, Fact | null>>();
  for (const { item, value } of checked) {
    const proposed = entered(tx, value, asOf, sourceOf(tx, item.source));
    const decision = decideEdit(item, before[item.key], proposed);
    if (decision === 'same') continue;
    const note = {
      area: current.area,
      category: shape.key,
      subject: id,
      household: householdOf(shape, id, current.household),
      item: item.key,
      group: item.group,
      reason: edit.reason,
      after: sealed(vault, item.group, proposed),
    };
    if (decision === 'conflict') {
      conflicts.push(item.key);
      await noteClaim(tx, note);
      await noteChange(tx, { ...note, kind: 'conflict' });
      continue;
    }
    const old = before[item.key];
    await noteChange(tx, {
      ...note,
      kind: 'changed',
      before: old && sealed(vault, item.group, old),
      after: value === null ? undefined : note.after,
    });
    const patch = patches.get(item.group) ?? {};
    patch[item.key] = value === null ? null : note.after;
    patches.set(item.group, patch);
    if (value === null) delete after[item.key];
    else after[item.key] = proposed;
  }
  for (const [group, patch] of patches) await patchFacts(tx, shape, group, id, current.area, patch);
  const next =
    patches.size > 0
      ? await moveRecord(tx, { dictionary, vault }, shape, id, current, before, after)
      : version;
  const household = shape.key === 'household' ? id : current.household;
  if (household && patches.size > 0)
    await refreshHouseholdTags(tx, { dictionary, vault }, household);
  await record(tx, { action: 'edit', category: shape.key, subject: id, area: current.area });
  return { id, version: next, conflicts };
}

function checkAsOf(asOf: string, today: string): string {
  if (asOf <= today) return asOf;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'asOf',
        code: 'future',
        message: { zh: '截至日期：不能晚于今天', en: 'As-of date: not after today' },
      },
    ],
  });
}

async function lockRecord(tx: Tx, shape: CategoryShape, id: string): Promise<Current | undefined> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const household = shape.key === 'resident' ? sql`, household` : sql``;
  return tx.first(sql<Current>`
    select county, area, version, tags, missing, completeness, fresh_until ${household} from ${sql.table(shape.key)}
     where county between ${first} and ${last} and id = ${id} for update`);
}

/**
 * Brings listing, tags, gaps, counts and tokens from the facts before to those after. Items of groups
 * that the role doesn't see stay as they were: only differences are applied.
 */
async function moveRecord(
  tx: Tx,
  { dictionary, vault }: Desk,
  shape: CategoryShape,
  id: string,
  current: Current,
  before: Facts,
  after: Facts,
): Promise<number> {
  const marks = movedMarks(dictionary, shape, current, before, after);
  const listing = listingOf(shape, after, before);
  const sortKey = sortKeyOf(shape, after);
  const moved = sortKey !== sortKeyOf(shape, before);
  // Who lives in a household stands with it in lists, whatever the name.
  if (moved && !current.household) listing.sort_key = sortKey;
  const columns = Object.entries(listing).map(
    ([column, value]) => sql`${sql.ref(column)} = ${value}`,
  );
  const set = columns.length > 0 ? sql`${sql.join(columns)},` : sql``;
  await tx.count(sql`update ${sql.table(shape.key)} set ${set} tags = ${marks.tags}, missing = ${marks.missing},
      completeness = ${marks.completeness}, fresh_until = ${marks.freshUntil}, version = version + 1, updated_at = ${tx.actor.now}
    where county = ${current.county} and id = ${id}`);
  if (moved && shape.key === 'household')
    await tx.count(sql`update resident set sort_key = ${sortKey} || '-' || coalesce(relation, '')
      where county = ${current.county} and household = ${id} and area = ${current.area}`);
  await moveTokens(
    tx,
    current.area,
    id,
    tokensOf(shape.key, before, current, vault),
    tokensOf(shape.key, after, marks, vault),
  );
  await moveTally(tx, current.area, shape.key, current, marks);
  return current.version + 1;
}

function movedMarks(
  dictionary: Dictionary,
  shape: CategoryShape,
  current: Current,
  before: Facts,
  after: Facts,
) {
  const had = tagsOf(shape.key, before, dictionary);
  const has = tagsOf(shape.key, after, dictionary);
  // Tags that a household has from its members are none of its own items'.
  const kept = current.tags.filter((tag) => !had.includes(tag) || has.includes(tag));
  // A tag that its items ask for and the record lacks is held down by what the role does not see: a death.
  const heldDown = had.some((tag) => !current.tags.includes(tag));
  const died = shape.key === 'resident' && after.death !== undefined;
  const tags = died ? [] : [...new Set([...kept, ...(heldDown ? [] : has)])];
  const filled = new Set(presentKeys(after));
  const emptied = presentKeys(before).filter((key) => !filled.has(key));
  const missing = new Set([...current.missing.filter((key) => !filled.has(key)), ...emptied]);
  const required = dictionary.categories[shape.key].items
    .filter((item) => item.required)
    .map(({ key }) => key);
  const present = required.filter((key) => !missing.has(key));
  const whole = completeness(shape.key, present, dictionary);
  const hidden =
    current.fresh_until !== null &&
    current.fresh_until < (freshUntil(shape.key, before, dictionary) ?? '9999-12-31');
  const limits = [freshUntil(shape.key, after, dictionary), hidden ? current.fresh_until : null]
    .filter((day) => day !== null)
    .sort();
  return {
    tags,
    missing: whole.missing,
    completeness: whole.percent,
    freshUntil: limits[0] ?? null,
  };
}
