import type { openMembers } from '../membership.ts';
import { isHead, relationToHead } from '../rules/relations.ts';
import { type Act, clash, type LodgedHousehold, wrong } from './act.ts';
import { depart, relate, state } from './do.ts';

type Member = Awaited<ReturnType<typeof openMembers>>[number];

/**
 * After people have left: a household without anybody ends, one without a head gets the head that the act names.
 * @param before those who lived in it before the act
 * @throws Problem invalid when a head or a relation must be named
 */
export async function settle(
  act: Act,
  household: LodgedHousehold,
  before: readonly Member[],
  left: readonly string[],
): Promise<void> {
  const staying = before.filter(({ resident }) => !left.includes(resident));
  if (staying.length === 0) return depart(act, 'household', household, 'empty');
  const headLeft = before.some(
    ({ resident, relation }) => left.includes(resident) && isHead(relation),
  );
  if (!headLeft && act.event.head === undefined) return;
  if (act.event.head === undefined)
    throw wrong(
      'head',
      '户主离开，其他人还在：请指定新户主',
      'The head leaves and others stay: name the new head',
    );
  await setHead(act, household, staying, act.event.head, headOf(before));
}

/**
 * Makes a member the head. Relations follow from the old ones (GB/T 4761) or are named by the act.
 * @throws Problem invalid, naming each relation that must be given
 */
export async function setHead(
  act: Act,
  household: LodgedHousehold,
  members: readonly Member[],
  head: string,
  old = headOf(members),
): Promise<void> {
  const chosen = members.find(({ resident }) => resident === head);
  if (!chosen)
    throw wrong('head', '新户主：须是本户成员', 'head: somebody who lives in the household');
  if (isHead(chosen.relation) && act.event.kind === 'change_head')
    throw clash('此人已是户主', 'This person is the head already');
  const named = new Map(act.event.relations?.map(({ resident, relation }) => [resident, relation]));
  const lacking: string[] = [];
  for (const member of members) {
    const relation =
      member.resident === head
        ? '02'
        : (named.get(member.resident) ??
          (chosen.relation && member.relation
            ? relationToHead(chosen.relation, member.relation, member.sex)
            : null));
    if (relation === null) lacking.push(member.name);
    else await relate(act, household.county, member, relation);
  }
  if (lacking.length > 0)
    throw wrong(
      'relations',
      `请填写与新户主的关系：${lacking.join('、')}`,
      `Say the relation to the new head of: ${lacking.join(', ')}`,
    );
  await state(act, 'household', household, { head: chosen.name }, old?.name);
}

const headOf = (members: readonly Member[]): Member | undefined =>
  members.find(({ relation }) => isHead(relation));
