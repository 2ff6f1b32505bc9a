import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { newId } from '../../../server/ids.ts';
import { countyOf } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import type { Desk } from '../desk.ts';
import { noteChange } from '../notes.ts';
import { type Act, type Outcome, wrong } from './acts/act.ts';
import { changeGrid, changeHead, joinHouseholdAct, splitHousehold } from './acts/households.ts';
import { moveIn, moveOut, offer } from './acts/moves.ts';
import { birth, death, divorce, marriage } from './acts/vital.ts';
import type { EventKind, NewEvent } from './contract.ts';
import { checkDay } from './rules/day.ts';

const acts: Record<EventKind, (act: Act) => Promise<Outcome>> = {
  birth,
  death,
  move_in: moveIn,
  move_out: moveOut,
  marriage,
  divorce,
  join_household: joinHouseholdAct,
  split_household: splitHousehold,
  change_head: changeHead,
  change_grid: changeGrid,
};

/**
 * Registers an act of life: facts, memberships, grids, counts, search and history move in one transaction.
 * The transaction must have been opened with the residents of the act as its subjects.
 * @throws Problem invalid (a field, naming the fix), conflict (the archive says otherwise), not-found
 */
export async function registerEvent(
  tx: Tx,
  desk: Desk,
  event: NewEvent,
): Promise<{ id: string; household: string | null; residents: string[] }> {
  checkDay(event.day, tx.actor.day, {});
  checkProof(desk, event.proof.kind);
  const act: Act = { tx, desk, event, steps: [] };
  const outcome = await acts[event.kind](act);
  if (event.proof.document) await holdDocument(tx, event.proof.document, outcome);
  const id = event.id ?? newId(tx.actor.now.getTime());
  if (event.kind === 'move_out') await offer(act, id, outcome);
  const group = groupOf(desk, event.kind);
  await enter(tx, { ...event, id, group }, outcome, act.steps);
  return { id, household: outcome.household, residents: outcome.residents };
}

/** The group of the item that an act tells of: who may not see the marital status, sees no marriage. */
function groupOf({ dictionary }: Desk, kind: EventKind): ItemGroup {
  const marital = kind === 'marriage' || kind === 'divorce';
  return (marital && dictionary.item('resident', 'marital_status')?.group) || 'file';
}

/** @throws Problem invalid when the proof is none of the code table life_proof */
export function checkProof({ dictionary }: Desk, kind: string): void {
  if (dictionary.codes.life_proof?.codes.some(({ code }) => code === kind)) return;
  throw wrong(
    'proof.kind',
    '凭证：请从代码表中选择',
    'proof: choose one of the code table life_proof',
  );
}

/**
 * Holds the document that proves an act: one in use of those concerned, of their household, or of its dwelling.
 * @throws Problem invalid when it is none of these, or of a group that the role neither opens nor writes
 */
export async function holdDocument(
  tx: Tx,
  document: string,
  {
    area,
    residents,
    household,
    also = [],
  }: Pick<Outcome, 'area' | 'residents' | 'household' | 'also'>,
): Promise<void> {
  const county = countyOf(area);
  const households = [...(household ? [household] : []), ...also];
  const found = await tx.first(sql`
    select 1 from document_subject(${county}, ${document}) d
     where d.subject = any(${[...residents, ...households]}::uuid[]) or exists (
       select from household_housing h where h.county = ${county} and h.household = any(${households}::uuid[]) and h.housing = d.subject)`);
  const [held] = found
    ? await tx.rows(sql<{ held: boolean }>`select document_hold(${county}, ${document}) as held`)
    : [];
  if (!held?.held)
    throw wrong(
      'proof.document',
      '凭证材料：请从当事人、该户或其住房的证件资料中选择一份在用的',
      'proof.document: choose a document in use of those concerned, of the household or of its dwelling',
    );
}

/** An act as it goes into the register. */
export interface Entry extends Pick<NewEvent, 'day' | 'proof' | 'reason'> {
  id: string;
  kind: EventKind | 'correct_event';
  group: ItemGroup;
  cancels?: string | undefined;
}

/** Enters an act into the register, the timelines of those concerned, and the audit. */
export async function enter(
  tx: Tx,
  entry: Entry,
  { area, household, residents, also = [], details }: Outcome,
  steps: object[],
): Promise<void> {
  const { actor } = tx;
  const { id, kind, group, day, proof, reason, cancels } = entry;
  await tx.count(sql`insert into life_event (county, id, area, kind, day, household, residents, item_group, details, proof, proof_note, document, reason, cancels, steps, account, post, at)
    values (${countyOf(area)}, ${id}, ${area}, ${kind}, ${day}, ${household}, ${residents}::uuid[], ${group}, ${JSON.stringify(details)}, ${proof.kind},
      ${proof.note ?? null}, ${proof.document ?? null}, ${reason ?? null}, ${cancels ?? null}, ${JSON.stringify(steps)},
      ${actor.account}, ${actor.post?.id ?? null}, ${actor.now})`);
  const { toName, place, fromArea, toArea } = details;
  const told = {
    event: kind,
    id,
    day,
    proof: proof.kind,
    cancels,
    toName,
    place,
    fromArea,
    toArea,
  };
  const action = kind === 'correct_event' ? 'cancel_event' : 'life_event';
  const households = [...(household ? [household] : []), ...also];
  for (const subject of households)
    await noteChange(tx, {
      area,
      category: 'household',
      subject,
      household: subject,
      kind: 'event',
      group,
      after: { ...told, residents, household },
      reason,
    });
  for (const subject of residents) {
    await noteChange(tx, {
      area: await areaNow(tx, subject, area),
      category: 'resident',
      subject,
      kind: 'event',
      group,
      after: { ...told, residents, household },
      reason,
    });
    await record(tx, { action, category: 'resident', subject, area, detail: kind });
  }
  if (household && residents.length === 0)
    await record(tx, { action, category: 'household', subject: household, area, detail: kind });
}

/** A line of history lies where its record lies. */
async function areaNow(tx: Tx, resident: string, area: number): Promise<number> {
  const found = await tx.first(
    sql<{
      area: number;
    }>`select area from resident where county = ${countyOf(area)} and id = ${resident}`,
  );
  return found?.area ?? area;
}
