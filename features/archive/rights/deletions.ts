import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { newId } from '../../../server/ids.ts';
import { record } from '../../audit/queries.ts';
import { shapes } from '../categories.ts';
import type { Desk } from '../desk.ts';
import { placeOf } from '../documents/queries.ts';
import { countiesOf } from '../list.ts';
import type { Asked, Decided, Decision, NewDeletion, RightsRules } from './contract.ts';
import { decidedAlready, needAnswer } from './decisions.ts';
import { eraseResident } from './erase.ts';
import { answerBy } from './rules.ts';

/**
 * Puts on record that a resident's file is to be deleted, on a ground of PIPL art. 47: the village's step. Nothing is
 * deleted yet.
 * @throws Problem not-found, conflict when one is open already
 */
export async function askDeletion(
  tx: Tx,
  rules: RightsRules,
  resident: string,
  { asker, ground }: NewDeletion,
): Promise<Asked> {
  const { county, area } = await placeOf(tx, shapes.resident, resident);
  const { now, account, post, day } = tx.actor;
  const id = newId(now.getTime());
  const due = answerBy(day, rules);
  const added = await tx.count(sql`insert into deletion
      (county, id, area, category, subject, ground, asker, asked_at, asked_by, asked_post, due_on, provisional)
    values (${county}, ${id}, ${area}, 'resident', ${resident}, ${ground}, ${asker}, ${now}, ${account}, ${post?.id ?? null},
      ${due.day}, ${due.provisional})
    on conflict (county, subject) where state = 'open' do nothing`);
  if (added === 0)
    throw new Problem('conflict', {
      detail: {
        zh: '此人的删除申请正在办理',
        en: 'An application to delete this file is open already',
      },
    });
  await record(tx, { action: 'ask_deletion', category: 'resident', subject: resident, area });
  return { id, dueOn: due.day, provisional: due.provisional };
}

/** A deletion within the scope. */
export interface DeletionRow {
  county: number;
  area: number;
  subject: string;
  state: string;
  asked_by: string;
}

/** @throws Problem not-found */
export async function deletionOf(tx: Tx, id: string): Promise<DeletionRow> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  const found = await tx.first(sql<DeletionRow>`
    select county, area, subject, state, asked_by from deletion where county between ${first} and ${last} and id = ${id}`);
  if (!found) throw new Problem('not-found');
  return found;
}

/**
 * Decides a deletion: the township's step, by somebody else than who asked. Accepted, the file is gone when the
 * transaction commits. It must have been opened with the subjects of `subjectsOf`.
 * @returns the answer, and the files of its documents, to be taken away after the commit
 * @throws Problem not-found, forbidden for who asked, conflict when it is decided already, invalid when it is refused
 *   without a reason
 */
export async function decideDeletion(
  tx: Tx,
  desk: Desk,
  id: string,
  decision: Decision,
): Promise<{ decided: Decided; files: { id: string; pages: number }[] }> {
  needAnswer(decision);
  const row = await deletionOf(tx, id);
  const { now, account, post } = tx.actor;
  if (row.asked_by === account)
    throw new Problem('forbidden', {
      detail: {
        zh: '删除须由另一人审定：申请人不能审定自己登记的申请',
        en: 'A deletion is decided by a second person, not by who put it on record',
      },
    });
  const state = decision.accept ? 'done' : 'refused';
  const touched =
    await tx.count(sql`update deletion set state = ${state}, decided_at = ${now}, decided_by = ${account},
      decided_post = ${post?.id ?? null}, answer = ${decision.accept ? null : (decision.answer?.trim() ?? null)}
    where county = ${row.county} and id = ${id} and state = 'open'`);
  if (touched === 0) throw decidedAlready();
  const files = decision.accept
    ? await eraseResident(
        tx,
        desk,
        row,
        sql`select gate_erase_resident(${row.county}, ${id}, ${now}) as files`,
      )
    : [];
  await record(tx, {
    action: decision.accept ? 'delete_file' : 'refuse_deletion',
    category: 'resident',
    subject: row.subject,
    area: row.area,
  });
  return { decided: { id, state, outcome: null }, files };
}
