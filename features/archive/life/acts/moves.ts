import { sql } from '../../../../server/database/sql.ts';
import { newId } from '../../../../server/ids.ts';
import { countyOf, rangeOf } from '../../../area/queries.ts';
import { shapes } from '../../categories.ts';
import { createRecord } from '../../create.ts';
import type { Person } from '../contract.ts';
import { openMembers } from '../membership.ts';
import { checkDay } from '../rules/day.ts';
import { isHead } from '../rules/relations.ts';
import { beginStay } from '../stays.ts';
import {
  type Act,
  clash,
  type LodgedHousehold,
  type LodgedResident,
  lockHousehold,
  lockResidents,
  type Outcome,
  wrong,
} from './act.ts';
import {
  comeBack,
  depart,
  join,
  leave,
  move,
  placeOfHousehold,
  requireHere,
  retag,
  state,
  stretchOf,
} from './do.ts';
import { settle } from './head.ts';
import { makeHousehold } from './households.ts';
import { receive } from './receive.ts';
import { codeOf } from './vital.ts';

/** People move away: their memberships end; to a village of this installation their files are offered. */
export async function moveOut(act: Act): Promise<Outcome> {
  const { tx, event } = act;
  const ids = (event.people ?? []).flatMap(({ resident }) => resident ?? []);
  if (ids.length === 0) throw wrong('people', '请选择迁出的人', 'Choose who moves away');
  const people = await lockResidents(tx, ids);
  for (const person of people) {
    requireHere(person);
    checkDay(event.day, tx.actor.day, { birth: person.birth });
  }
  const stretches = [];
  for (const person of people) stretches.push(await stretchOf(act, person));
  if (new Set(stretches.map(({ household }) => household)).size !== 1)
    throw clash('所选的人须同在一户', 'Those chosen must live in one household');
  const target = event.to === undefined ? undefined : await targetOf(act, event.to);
  const household = await lockHousehold(tx, stretches[0]?.household ?? '');
  const before = await openMembers(tx, household.county, household.id);
  for (const stretch of stretches) await leave(act, household.county, stretch);
  for (const person of people) await depart(act, 'resident', person, 'moved_out');
  await settle(act, household, before, ids);
  await retag(act, [household.id]);
  return {
    area: household.area,
    household: household.id,
    residents: ids,
    details: {
      ...(target ? { to: target.code, toName: target.name } : {}),
      ...(event.place ? { place: event.place } : {}),
    },
  };
}

interface Village {
  code: string;
  name: string;
}

/** The village moved to. @throws Problem invalid for one's own, or when there is none */
async function targetOf({ tx }: Act, code: string): Promise<Village> {
  const village = code.slice(0, 12);
  const [found] = await tx.rows(
    sql<Village>`select code, name from area_directory(${village}, 1) where code = ${village}`,
  );
  if (!found || code.length < 12)
    throw wrong('to', '迁往：请选择一个存在的村（社区）', 'to: choose an existing village');
  const { lo, hi } = rangeOf(village);
  const { scope } = tx.actor;
  // Within one village a move is one between grids or households.
  if (scope && scope.lo >= lo && scope.hi <= hi)
    throw wrong(
      'to',
      '迁往：本村内请办理并户或网格调整',
      'to: within the village join a household or change the grid',
    );
  return found;
}

/** Offers the files of those who moved to the village they moved to. @param event the move_out, registered already */
export async function offer(act: Act, event: string, outcome: Outcome): Promise<void> {
  const { tx } = act;
  const { to, toName } = outcome.details as { to?: string; toName?: string };
  if (to === undefined || toName === undefined) return;
  const { lo } = rangeOf(to);
  for (const person of await lockResidents(tx, outcome.residents)) {
    const id = newId(tx.actor.now.getTime());
    await tx.count(sql`insert into handover (county, id, area, to_lo, event, resident, name, sex, birth_year, from_name, to_name, day, asked_by, asked_at)
      values (${person.county}, ${id}, ${person.area}, ${lo}, ${event}, ${person.id}, ${person.name}, ${person.sex},
        ${person.birth === null ? null : Number(person.birth.slice(0, 4))},
        coalesce((select name from area where code = ${codeOf(person.area).slice(0, 12)}), ''), ${toName}, ${act.event.day},
        ${tx.actor.account}, ${tx.actor.now})`);
    act.steps.push({ do: 'send', handover: id });
  }
}

/** People move in: into a household or one that is made; new, back again, or with a file from their old village. */
export async function moveIn(act: Act): Promise<Outcome> {
  const { tx, event } = act;
  const people = event.people ?? [];
  if (people.length === 0) throw wrong('people', '请填写迁入的人', 'Say who moves in');
  const known = await lockResidents(
    tx,
    people.flatMap(({ resident }) => resident ?? []),
  );
  for (const person of known) requireAway(person);
  const household = event.household
    ? await lockHousehold(tx, event.household)
    : await makeHousehold(act, await headOf(act, people, known));
  const heads = people.filter(({ relation = null }) => isHead(relation)).length;
  if (event.household ? heads > 0 : heads !== 1)
    throw wrong(
      'people.relation',
      event.household ? '与户主关系：该户已有户主' : '新户须有且只有一位户主',
      event.household
        ? 'relation: the household has a head'
        : 'A new household has exactly one head',
    );
  const ids: string[] = [];
  for (const person of people) ids.push(await settleIn(act, person, household, known));
  await retag(act, [household.id]);
  return {
    area: household.area,
    household: household.id,
    residents: ids,
    details: event.place ? { place: event.place } : {},
  };
}

function requireAway(person: LodgedResident): void {
  if (person.left_how === 'moved_out') return;
  throw person.left_how === 'death'
    ? clash(
        `${person.name}：已于 ${person.left_on} 死亡`,
        `${person.name} died on ${person.left_on}`,
      )
    : clash(`${person.name}：已在本辖区，请办理并户`, `${person.name} is here; join the household`);
}

async function headOf(
  act: Act,
  people: readonly Person[],
  known: readonly LodgedResident[],
): Promise<string | undefined> {
  const head = people.find(({ relation = null }) => isHead(relation));
  if (typeof head?.items?.name === 'string') return head.items.name;
  if (head?.arrival) {
    const found = await act.tx.first(
      sql<{ name: string }>`select name from handover where id = ${head.arrival}`,
    );
    return found?.name;
  }
  return known.find(({ id }) => id === head?.resident)?.name;
}

async function settleIn(
  act: Act,
  person: Person,
  household: LodgedHousehold,
  known: readonly LodgedResident[],
): Promise<string> {
  const { tx, desk, event } = act;
  const { relation } = person;
  if (!relation) throw wrong('people.relation', '与户主关系：必填', 'relation: is required');
  const address: Record<string, string> = household.address
    ? { residence_address: household.address }
    : {};
  const place = placeOfHousehold(household);
  const back = known.find(({ id }) => id === person.resident);
  if (back) {
    await requireNotOffered(act, back);
    await comeBack(act, back);
    await move(act, 'resident', { ...back, left_on: null }, household.area);
    await join(act, place, back, relation, person.registered);
    return back.id;
  }
  if (person.arrival) {
    const arrived = await receive(act, person.arrival, household);
    await join(act, place, arrived, relation, person.registered);
    const [settled] = await lockResidents(tx, [arrived.id]);
    if (settled) await state(act, 'resident', settled, address);
    return arrived.id;
  }
  if (!person.items) throw wrong('people.items', '请填写迁入人的姓名等', 'Fill in the items');
  checkDay(event.day, tx.actor.day, {
    birth: typeof person.items.birth === 'string' ? person.items.birth : null,
  });
  const { id } = await createRecord(
    tx,
    desk,
    shapes.resident,
    {
      ...(person.id === undefined ? {} : { id: person.id }),
      area: codeOf(household.area),
      items: {
        residence_kind: person.registered === false ? 'moved_in' : 'local',
        ...address,
        ...person.items,
      },
      ...(event.reason === undefined ? {} : { reason: event.reason }),
    },
    event.day,
  );
  act.steps.push({ do: 'made', category: 'resident', id });
  await beginStay(tx, 'resident', id, household.area, event.day);
  await join(act, place, { id }, relation, person.registered);
  return id;
}

/** A file on its way to another village is asked back by cancelling the move. */
async function requireNotOffered({ tx }: Act, { id, area }: LodgedResident): Promise<void> {
  const offered = await tx.first(
    sql`select 1 from handover where county = ${countyOf(area)} and resident = ${id} and state = 'pending'`,
  );
  if (offered)
    throw clash(
      '此人的档案正在移交，请先撤销迁出登记',
      'The file is on its way; cancel the moving out first',
    );
}
