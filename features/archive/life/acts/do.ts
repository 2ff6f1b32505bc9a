import type { Problem } from '../../../../server/errors.ts';
import type { ItemGroup } from '../../../identity/roles.ts';
import { shapes } from '../../categories.ts';
import { checkItems } from '../../checks.ts';
import { groupsWritten } from '../../edit.ts';
import { entered } from '../../entered.ts';
import { patchFacts, readFacts, sealed } from '../../facts-store.ts';
import { refreshHouseholdTags } from '../../household-tags.ts';
import { moveRecord } from '../../marks.ts';
import { noteChange } from '../../notes.ts';
import type { Fact, Facts, FactValue } from '../../rules/facts.ts';
import {
  beginStretch,
  changeRelation,
  endStretch,
  type HouseholdPlace,
  openStretch,
  type Stretch,
} from '../membership.ts';
import { checkDay } from '../rules/day.ts';
import {
  beginStay,
  endStay,
  type Lodged,
  leaveArea,
  moveArea,
  staysSince,
  unleaveArea,
} from '../stays.ts';
import { type Act, clash, type LodgedHousehold, type LodgedResident, wrong } from './act.ts';

/** Lets a resident of the same grid live in a household from the day of the act on. */
export async function join(
  act: Act,
  household: HouseholdPlace,
  resident: { id: string },
  relation: string,
  registered: boolean | undefined,
): Promise<void> {
  checkRelation(act, relation, 'people');
  await beginStretch(act.tx, household, resident.id, {
    relation,
    registered: registered ?? true,
    since: act.event.day,
  });
  act.steps.push({ do: 'join', household: household.id, resident: resident.id });
}

/** @throws Problem invalid when the code table has no such relation */
export function checkRelation({ desk }: Act, relation: string, field: string): void {
  const relations = desk.dictionary.codes.family_relation?.codes ?? [];
  if (relations.some(({ code }) => code === relation)) return;
  throw wrong(
    field,
    '与户主关系：请从代码表中选择',
    'relation: choose one of the code table (GB/T 4761)',
  );
}

/** Ends the stretch in which a resident lives in a household, on the day of the act. */
export async function leave(act: Act, county: number, stretch: Stretch): Promise<void> {
  const { household, resident, since } = stretch;
  checkDay(act.event.day, act.tx.actor.day, { since });
  await endStretch(act.tx, county, household, resident, act.event.day);
  act.steps.push({ do: 'leave', household, resident });
}

/** Sets a member's relation to the head from the day of the act on. */
export async function relate(
  act: Act,
  county: number,
  stretch: Stretch,
  relation: string,
): Promise<void> {
  if (stretch.relation === relation) return;
  checkRelation(act, relation, 'relations');
  checkDay(act.event.day, act.tx.actor.day, { since: stretch.relation_since ?? stretch.since });
  await changeRelation(act.tx, county, stretch, relation, act.event.day);
  act.steps.push({
    do: 'relate',
    household: stretch.household,
    resident: stretch.resident,
    relation,
  });
}

/** Somebody or a household is not here any more. @param tags those to be given back if the act is cancelled */
export async function depart(
  act: Act,
  category: 'resident' | 'household',
  record: Lodged,
  how: 'death' | 'moved_out' | 'empty',
  tags: string[] = record.tags,
): Promise<void> {
  await checkStay(act, record);
  await leaveArea(act.tx, category, record, act.event.day, how);
  act.steps.push({ do: 'gone', category, id: record.id, tags });
}

/** Somebody who had moved away is here again. */
export async function comeBack(act: Act, resident: LodgedResident): Promise<void> {
  const { id, area, left_on, left_how } = resident;
  if (left_on === null || left_how === null) return;
  checkDay(act.event.day, act.tx.actor.day, { since: left_on });
  await unleaveArea(act.tx, 'resident', resident);
  await beginStay(act.tx, 'resident', id, area, act.event.day);
  act.steps.push({ do: 'back', id, from: area, left: left_on, how: left_how });
}

/** @throws Problem invalid for a day before the record came where it is */
async function checkStay(act: Act, record: Lodged): Promise<void> {
  checkDay(act.event.day, act.tx.actor.day, { since: await staysSince(act.tx, record) });
}

/** Moves a record to another grid of the acting post's area. */
export async function move(
  act: Act,
  category: 'resident' | 'household',
  record: Lodged,
  to: number,
): Promise<void> {
  if (record.area === to) return;
  await checkStay(act, record);
  await moveArea(act.tx, category, record, to);
  await endStay(act.tx, category, record.id, record.area, act.event.day);
  await beginStay(act.tx, category, record.id, to, act.event.day);
  act.steps.push({ do: 'move', category, id: record.id, from: record.area, to });
}

/**
 * States items as they are from the day of the act on. An act with its proof is a change and no second opinion: it
 * writes over an authority's value of an earlier day, and refuses to contradict one of that day or later.
 * @param overtaken a value that the act itself ends, whatever day it is of: the name of the head who leaves
 * @throws Problem invalid (values, rights), conflict
 */
export async function state(
  act: Act,
  category: 'resident' | 'household',
  current: Lodged & { household?: string | null },
  values: Record<string, FactValue>,
  overtaken?: FactValue,
): Promise<void> {
  const { tx, desk, event } = act;
  const shape = shapes[category];
  const checked = checkItems(desk.dictionary, shape, tx.actor, values);
  const before = await readFacts(tx, shape, groupsWritten(shape, tx.actor), current.id, desk.vault);
  const after: Facts = { ...before };
  const patches = new Map<ItemGroup, Record<string, Fact>>();
  for (const { item, value } of checked) {
    const old = before[item.key];
    if (old && old.v === value && old.d >= event.day) continue;
    const ended = old !== undefined && old.v === overtaken;
    if (old && !ended && contradicts(item.source, old, value, event.day))
      throw known(item.label, old);
    const fact = entered(tx, value, ended && old.d > event.day ? old.d : event.day);
    after[item.key] = fact;
    const kept = sealed(desk.vault, item.group, fact);
    patches.set(item.group, { ...patches.get(item.group), [item.key]: kept });
    await noteChange(tx, {
      area: current.area,
      category,
      subject: current.id,
      household: category === 'household' ? current.id : (current.household ?? undefined),
      kind: 'changed',
      item: item.key,
      group: item.group,
      before: old && sealed(desk.vault, item.group, old),
      after: kept,
      reason: event.reason,
    });
    act.steps.push({ do: 'fact', category, id: current.id, item: item.key });
  }
  if (patches.size === 0) return;
  for (const [group, patch] of patches)
    await patchFacts(tx, shape, group, current.id, current.area, patch);
  await moveRecord(tx, desk, shape, current.id, current, before, after);
}

/** Whether a value of that day or later says otherwise: of the authority on the same day, of anybody later. */
function contradicts(authority: string, old: Fact, value: FactValue, day: string): boolean {
  if (old.v === value) return false;
  if (old.d > day) return true;
  return old.d === day && old.s === authority && authority !== 'village';
}

function known(label: { zh: string; en: string }, fact: Fact): Problem {
  return clash(
    `${label.zh}：档案中有截至 ${fact.d} 的另一个值，请先核对`,
    `${label.en}: the file holds another value as of ${fact.d}; look into that first`,
  );
}

/** Tags of households whose members changed. */
export async function retag({ tx, desk }: Act, households: readonly string[]): Promise<void> {
  for (const household of [...new Set(households)].sort())
    await refreshHouseholdTags(tx, desk, household);
}

/** @throws Problem conflict for somebody who has died or is away */
export function requireHere(resident: LodgedResident): void {
  if (resident.left_on === null) return;
  const died = resident.left_how === 'death';
  throw clash(
    `${resident.name}：已于 ${resident.left_on} ${died ? '死亡' : '迁出'}`,
    `${resident.name} ${died ? 'died' : 'moved away'} on ${resident.left_on}`,
  );
}

/** The household somebody lives in. @throws Problem conflict when there is none */
export async function stretchOf(act: Act, resident: LodgedResident): Promise<Stretch> {
  const stretch = await openStretch(act.tx, resident.county, resident.id);
  if (stretch) return stretch;
  throw clash(`${resident.name}：目前不在任何户中`, `${resident.name} lives in no household now`);
}

/** A household's key and area. */
export const placeOfHousehold = ({ county, area, id }: LodgedHousehold): HouseholdPlace => ({
  county,
  area,
  id,
});
