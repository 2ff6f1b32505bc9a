import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import { correctionOf } from './corrections.ts';
import { decidedAlready } from './decisions.ts';
import { deletionOf } from './deletions.ts';

/**
 * Takes an application to correct back: by who put it on record, as long as it is open. Nothing is changed by it.
 * @throws Problem not-found, forbidden for anybody else, conflict when it is decided already
 */
export async function withdrawCorrection(tx: Tx, id: string): Promise<void> {
  const row = await correctionOf(tx, id);
  requireOwn(tx, row.asked_by);
  const { now, account, post } = tx.actor;
  const touched = await tx.count(sql`
    update correction set state = 'withdrawn', decided_at = ${now}, decided_by = ${account}, decided_post = ${post?.id ?? null}
     where county = ${row.county} and id = ${id} and state = 'open'`);
  if (touched === 0) throw decidedAlready();
  const { subject, item, area } = row;
  await record(tx, { action: 'withdraw_correction', category: 'resident', subject, item, area });
}

/** The same of an application to delete. @throws Problem as `withdrawCorrection` */
export async function withdrawDeletion(tx: Tx, id: string): Promise<void> {
  const { county, subject, area, asked_by } = await deletionOf(tx, id);
  requireOwn(tx, asked_by);
  const [found] = await tx.rows(
    sql<{
      done: boolean;
    }>`select gate_withdraw_deletion(${county}, ${id}, ${tx.actor.now}) as done`,
  );
  if (!found?.done) throw decidedAlready();
  await record(tx, { action: 'withdraw_deletion', category: 'resident', subject, area });
}

function requireOwn({ actor }: Tx, askedBy: string): void {
  if (askedBy === actor.account) return;
  throw new Problem('forbidden', {
    detail: {
      zh: '申请由登记人撤回：请联系登记人，或按程序办结',
      en: 'An application is withdrawn by who put it on record; ask them, or decide it',
    },
  });
}
