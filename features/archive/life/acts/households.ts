import { placeOf } from '../../../area/queries.ts';
import { shapes } from '../../categories.ts';
import { createRecord } from '../../create.ts';
import { openMembers } from '../membership.ts';
import { checkDay } from '../rules/day.ts';
import { isHead } from '../rules/relations.ts';
import { beginStay } from '../stays.ts';
import {
  type Act,
  clash,
  type LodgedHousehold,
  lockHousehold,
  lockResidents,
  type Outcome,
  wrong,
} from './act.ts';
import { join, leave, move, placeOfHousehold, requireHere, retag, stretchOf } from './do.ts';
import { setHead, settle } from './head.ts';
import { codeOf } from './vital.ts';

/** Makes the household that an act names. @param fallback area when the act names none */
export async function makeHousehold(
  act: Act,
  head: string | undefined,
  fallback?: number,
): Promise<LodgedHousehold> {
  const { tx, desk, event } = act;
  const wanted = event.newHousehold;
  if (!wanted) throw wrong('newHousehold', '请填写新户的住址', 'Fill in the new household');
  const code = wanted.area ?? (fallback === undefined ? undefined : codeOf(fallback));
  if (code === undefined)
    throw wrong(
      'newHousehold.area',
      '请选择新户所在的村或网格',
      'Choose the grid of the household',
    );
  const area = await placeOf(tx, code);
  const { id } = await createRecord(
    tx,
    desk,
    shapes.household,
    {
      ...(wanted.id === undefined ? {} : { id: wanted.id }),
      area: code,
      items: { ...(head === undefined ? {} : { head }), ...wanted.items },
      ...(event.reason === undefined ? {} : { reason: event.reason }),
    },
    event.day,
  );
  await beginStay(tx, 'household', id, area, event.day);
  act.steps.push({ do: 'made', category: 'household', id });
  return lockHousehold(tx, id);
}

interface Mover {
  id: string;
  relation: string;
  registered: boolean | undefined;
}

/** The people of an act, each with a relation. @throws Problem invalid */
function moversOf({ event }: Act): Mover[] {
  const people = event.people ?? [];
  if (people.length === 0) throw wrong('people', '请选择至少一人', 'Choose at least one person');
  return people.map(({ resident, relation, registered }) => {
    if (!resident) throw wrong('people', '请从档案中选择', 'Choose somebody of the archive');
    if (!relation) throw wrong('people.relation', '与户主关系：必填', 'relation: is required');
    return { id: resident, relation, registered };
  });
}

/** Takes people out of their household and lets them live in another, moving between grids where need be. */
async function transfer(act: Act, movers: readonly Mover[], into: LodgedHousehold | undefined) {
  const { tx, event } = act;
  const people = await lockResidents(
    tx,
    movers.map(({ id }) => id),
  );
  for (const person of people) {
    requireHere(person);
    checkDay(event.day, tx.actor.day, { birth: person.birth });
  }
  const stretches = [];
  for (const person of people) stretches.push(await stretchOf(act, person));
  const from = new Set(stretches.map(({ household }) => household));
  if (from.size !== 1) throw clash('所选的人须同在一户', 'Those chosen must live in one household');
  const [old] = [...from];
  if (old === undefined || old === into?.id)
    throw clash('此人已在该户', 'The resident lives in this household already');
  const household = await lockHousehold(tx, old);
  const before = await openMembers(tx, household.county, household.id);
  if (!into && movers.length === before.length)
    throw clash('全户迁出请办理迁移，分户须有人留下', 'To split, somebody must stay');
  const target =
    into ??
    (await makeHousehold(
      act,
      people[movers.findIndex(({ relation }) => isHead(relation))]?.name,
      household.area,
    ));
  for (const stretch of stretches) await leave(act, household.county, stretch);
  for (const person of people) await move(act, 'resident', person, target.area);
  for (const [i, { relation, registered }] of movers.entries()) {
    const person = people[i];
    if (person)
      await join(
        act,
        placeOfHousehold(target),
        person,
        relation,
        registered ?? stretches[i]?.registered,
      );
  }
  await settle(
    act,
    household,
    before,
    movers.map(({ id }) => id),
  );
  await retag(act, [household.id, target.id]);
  return { household, target };
}

/** Somebody joins another household of the acting post's area. */
export async function joinHouseholdAct(act: Act): Promise<Outcome> {
  const { event, tx } = act;
  if (!event.household) throw wrong('household', '请选择加入哪一户', 'Choose the household joined');
  const movers = moversOf(act);
  if (movers.some(({ relation }) => isHead(relation)))
    throw wrong(
      'people.relation',
      '与户主关系：加入的户已有户主',
      'relation: the household has a head',
    );
  // Residents before households, as an edit locks them.
  await lockResidents(tx, movers.map(({ id }) => id).sort());
  const into = await lockHousehold(tx, event.household);
  const { household, target } = await transfer(act, movers, into);
  return {
    area: target.area,
    household: target.id,
    residents: movers.map(({ id }) => id),
    also: [household.id],
    details: { from: household.id },
  };
}

/** Part of a household becomes one of its own. */
export async function splitHousehold(act: Act): Promise<Outcome> {
  const movers = moversOf(act);
  if (movers.filter(({ relation }) => isHead(relation)).length !== 1)
    throw wrong(
      'people.relation',
      '新户须有且只有一位户主',
      'The new household has exactly one head',
    );
  const { household, target } = await transfer(act, movers, undefined);
  return {
    area: target.area,
    household: target.id,
    residents: movers.map(({ id }) => id),
    also: [household.id],
    details: { from: household.id },
  };
}

/** Another member becomes head. */
export async function changeHead(act: Act): Promise<Outcome> {
  const { tx, event } = act;
  if (!event.household) throw wrong('household', '请选择户', 'Choose the household');
  if (!event.head) throw wrong('head', '请选择新户主', 'Choose the new head');
  const [head] = await lockResidents(tx, [event.head]);
  checkDay(event.day, tx.actor.day, { birth: head?.birth ?? null });
  const household = await lockHousehold(tx, event.household);
  const members = await openMembers(tx, household.county, household.id);
  await setHead(act, household, members, event.head);
  return {
    area: household.area,
    household: household.id,
    residents: [event.head],
    details: { head: event.head },
  };
}

/** A household with all who live in it belongs to another grid. */
export async function changeGrid(act: Act): Promise<Outcome> {
  const { tx, event } = act;
  if (!event.household) throw wrong('household', '请选择户', 'Choose the household');
  if (!event.to) throw wrong('to', '请选择新网格', 'Choose the new grid');
  const to = await placeOf(tx, event.to);
  const { scope, day } = tx.actor;
  if (!scope || to < scope.lo || to >= scope.hi)
    throw wrong('to', '新网格：不在当前岗位的范围内', 'to: outside the acting post');
  const open = await openMembers(tx, Math.floor(scope.lo / 1e9), event.household);
  const people = await lockResidents(tx, open.map(({ resident }) => resident).sort());
  const household = await lockHousehold(tx, event.household);
  if (household.area === to) throw clash('该户已在此网格', 'The household is in this grid already');
  checkDay(event.day, day, { since: null });
  const from = household.area;
  await move(act, 'household', household, to);
  for (const person of people) await move(act, 'resident', person, to);
  return {
    area: to,
    household: household.id,
    residents: people.map(({ id }) => id),
    details: { fromArea: codeOf(from), toArea: codeOf(to) },
  };
}
