import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { record } from '../../audit/queries.ts';
import { clash } from './acts/act.ts';
import { entered } from './correct.ts';
import { holdDocument } from './register.ts';

/**
 * Gives an act the document that proves it, where it was registered without one: the paper came later, or the
 * household that keeps it was made by the act itself.
 * @throws Problem not-found; invalid for a document of others; conflict when the act has one, or was cancelled
 */
export async function proveEvent(tx: Tx, id: string, document: string): Promise<void> {
  const event = await entered(tx, id);
  if (event.cancelled) throw clash('这项登记已撤销', 'This act has been cancelled');
  await holdDocument(tx, document, event);
  const proven = await tx.count(sql`update life_event set document = ${document}
    where county = ${event.county} and id = ${id} and document is null`);
  if (proven === 0)
    throw clash('这项登记已有凭证材料', 'This act has a document that proves it already');
  const { area, residents, household } = event;
  const told = { action: 'prove_event', area, detail: event.kind } as const;
  for (const subject of residents) await record(tx, { ...told, category: 'resident', subject });
  if (household && residents.length === 0)
    await record(tx, { ...told, category: 'household', subject: household });
}
