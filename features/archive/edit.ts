import type { Static } from 'typebox';
import type { Actor, Tx } from '../../server/database/actor.ts';
import { Problem } from '../../server/errors.ts';
import { record } from '../audit/queries.ts';
import type { ItemGroup } from '../identity/roles.ts';
import type { CategoryShape } from './categories.ts';
import { type Checked, checkItems, refuseByAct, requireTitle } from './checks.ts';
import type { EditRecord, Written } from './contract.ts';
import type { Desk } from './desk.ts';
import { entered, householdOf, refuseKnownPerson, sourceOf } from './entered.ts';
import { patchFacts, readFacts, sealed } from './facts-store.ts';
import { refreshHouseholdTags } from './household-tags.ts';
import { countiesOf } from './list.ts';
import { lockedRecord } from './locked.ts';
import { moveRecord } from './marks.ts';
import { noteChange, noteClaim } from './notes.ts';
import { decideEdit, type Fact, type Facts, sameValue } from './rules/facts.ts';

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
  const current = await lockedRecord(tx, shape, id, countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 }));
  if (!current) throw new Problem('not-found');
  if (current.version !== version) throw new Problem('lost-update');
  await refuseKnownPerson(tx, vault, checked, id);
  const groups = groupsWritten(shape, tx.actor);
  const before = await readFacts(tx, shape, groups, id, vault);
  refuseByAct(shape, checked.filter(byPlainEdit(current, before)));
  const after: Facts = { ...before };
  const conflicts: string[] = [];
  const patches = new Map<ItemGroup, Record<string, Fact | null>>();
  for (const { item, value } of checked) {
    const proposed = entered(tx, value, asOf, sourceOf(tx, item.source));
    const decision = decideEdit(item, before[item.key], proposed);
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
    if (decision === 'same') {
      // That it held on an earlier day already is no other value, and yet knowledge of the past (life/rules/past.ts).
      if (saysEarlier(before[item.key], proposed))
        await noteChange(tx, { ...note, kind: 'confirmed' });
      continue;
    }
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

/**
 * What of an edit would state by hand what an act states: another day of death, or none for somebody who has left. A
 * day that stands there without an act, from before there were any, may be cleared.
 */
const byPlainEdit =
  ({ left_on: left = null }: { left_on?: string | null }, before: Facts) =>
  ({ item, value }: Checked): boolean =>
    !sameValue(before[item.key]?.v ?? null, value) && (value !== null || left !== null);

function saysEarlier(held: Fact | undefined, proposed: Fact): boolean {
  if (held === undefined) return proposed.v === null;
  return proposed.v !== null && proposed.d < held.d;
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
