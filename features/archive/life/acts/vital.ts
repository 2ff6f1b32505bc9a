import { shapes } from '../../categories.ts';
import { createRecord } from '../../create.ts';
import { readFacts } from '../../facts-store.ts';
import { openMembers, openStretch } from '../membership.ts';
import { checkDay } from '../rules/day.ts';
import { beginStay } from '../stays.ts';
import { type Act, clash, lockHousehold, lockResidents, type Outcome, wrong } from './act.ts';
import { depart, join, leave, placeOfHousehold, requireHere, retag, state } from './do.ts';
import { settle } from './head.ts';

/** A child is born into a household: a new file, and a member. */
export async function birth(act: Act): Promise<Outcome> {
  const { tx, desk, event } = act;
  const child = event.people?.[0];
  if (!event.household) throw wrong('household', '请选择孩子所在的户', 'Choose the household');
  if (!child?.items) throw wrong('people', '请填写孩子的姓名等', 'Fill in the child’s items');
  if (!child.relation) throw wrong('people.relation', '与户主关系：必填', 'relation: is required');
  const told = child.items.birth;
  if (told !== undefined && told !== event.day)
    throw wrong(
      'people.items.birth',
      '出生日期：应与登记的日期一致',
      'birth: must be the day of the act',
    );
  const household = await lockHousehold(tx, event.household);
  const { id } = await createRecord(
    tx,
    desk,
    shapes.resident,
    {
      ...(child.id === undefined ? {} : { id: child.id }),
      area: codeOf(household.area),
      items: {
        residence_kind: 'local',
        ...(household.address ? { residence_address: household.address } : {}),
        ...child.items,
        birth: event.day,
      },
      ...(event.reason === undefined ? {} : { reason: event.reason }),
    },
    event.day,
  );
  act.steps.push({ do: 'made', category: 'resident', id });
  await beginStay(tx, 'resident', id, household.area, event.day);
  await join(act, placeOfHousehold(household), { id }, child.relation, child.registered);
  await retag(act, [household.id]);
  return {
    area: household.area,
    household: household.id,
    residents: [id],
    details: { relation: child.relation },
  };
}

/** The code of an area that a record carries: a village's own has twelve digits. */
export function codeOf(area: number): string {
  return area % 1000 === 0 ? String(area / 1000) : String(area);
}

/** Somebody has died: the membership ends, the file stays as long as its items are kept. */
export async function death(act: Act): Promise<Outcome> {
  const { tx, desk, event } = act;
  const who = event.people?.[0]?.resident;
  if (!who) throw wrong('people', '请选择死亡的人', 'Choose who has died');
  const [resident] = await lockResidents(tx, [who]);
  if (!resident) throw wrong('people', '请选择死亡的人', 'Choose who has died');
  requireHere(resident);
  checkDay(event.day, tx.actor.day, { birth: resident.birth });
  const facts = await readFacts(tx, shapes.resident, ['welfare'], resident.id, desk.vault);
  if (facts.death && facts.death.v !== event.day)
    throw clash(
      `档案中的死亡日期是 ${facts.death.v}，请先核对`,
      `The file says that the death was on ${facts.death.v}; look into that first`,
    );
  const stretch = await openStretch(tx, resident.county, resident.id);
  const household = stretch ? await lockHousehold(tx, stretch.household) : undefined;
  const before = household ? await openMembers(tx, household.county, household.id) : [];
  await state(act, 'resident', resident, { death: event.day });
  if (stretch) await leave(act, resident.county, stretch);
  // The statement has taken the tags: nobody plans a visit by one who is dead.
  const [stated] = await lockResidents(tx, [who]);
  await depart(act, 'resident', stated ?? resident, 'death', resident.tags);
  if (household) {
    await settle(act, household, before, [resident.id]);
    await retag(act, [household.id]);
  }
  return {
    area: resident.area,
    household: household?.id ?? null,
    residents: [resident.id],
    details: event.head ? { head: event.head } : {},
  };
}

/** Two people, of whom one may be from elsewhere, marry. Whether they may is not ours to say. */
export async function marriage(act: Act): Promise<Outcome> {
  return couple(act, (before) => {
    if (before !== undefined && ['20', '21', '22', '23'].includes(before))
      throw clash(
        '档案中此人为已婚，请先登记离婚或更正婚姻状况',
        'The file says that this person is married; register the divorce or correct it first',
      );
    if (before === undefined || before === '90') return '20';
    return before === '10' ? '21' : '22';
  });
}

/** A marriage has ended by divorce. */
export async function divorce(act: Act): Promise<Outcome> {
  return couple(act, (before) => {
    if (before === '10' || before === '30' || before === '40')
      throw clash(
        '档案中此人不是已婚，请先更正婚姻状况',
        'The file does not say that this person is married; correct it first',
      );
    return '40';
  });
}

async function couple(act: Act, next: (before: string | undefined) => string): Promise<Outcome> {
  const { tx, desk, event } = act;
  const ids = event.people?.flatMap(({ resident }) => resident ?? []) ?? [];
  if (ids.length < 1 || ids.length > 2 || new Set(ids).size !== ids.length)
    throw wrong('people', '请选择一人或两人', 'Choose one or two people');
  const people = await lockResidents(tx, ids);
  for (const person of people) {
    requireHere(person);
    checkDay(event.day, tx.actor.day, { birth: person.birth });
    const facts = await readFacts(tx, shapes.resident, ['welfare'], person.id, desk.vault);
    const before = facts.marital_status?.v;
    await state(act, 'resident', person, {
      marital_status: next(typeof before === 'string' ? before : undefined),
    });
  }
  const [first] = people;
  if (!first) throw wrong('people', '请选择一人或两人', 'Choose one or two people');
  return { area: first.area, household: first.household, residents: ids, details: {} };
}
