import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import { type DocumentRow, documentOf } from './queries.ts';

/**
 * Takes a document out of use, with all its versions; they stay readable. The transaction must have been opened
 * with the document's record as its subject.
 * @throws Problem not-found, forbidden, conflict when it is out of use already or proves an act of life
 */
export async function retireDocument(tx: Tx, id: string, reason: string): Promise<void> {
  const document = await documentOf(tx, id);
  if (!tx.actor.write.includes(document.item_group)) throw new Problem('forbidden');
  const touched = await tx.count(sql`
    update document set retired_at = ${tx.actor.now}, retired_by = ${tx.actor.account}, retired_reason = ${reason}
     where county = ${document.county} and subject = ${document.subject} and series = ${document.series} and retired_at is null`);
  if (touched === 0)
    throw new Problem('conflict', {
      detail: { zh: '这份资料已经停用', en: 'This document is out of use already' },
    });
  await refuseProof(tx, document);
  await record(tx, {
    action: 'retire_document',
    category: document.category,
    subject: document.subject,
    item: document.kind,
    area: document.area,
  });
}

/** Asked under the lock of the rows: an act registered meanwhile has held them, and is seen. */
async function refuseProof(tx: Tx, { county, series }: DocumentRow): Promise<void> {
  const [found] = await tx.rows(
    sql<{ proves: boolean }>`select document_proves(${county}, ${series}) as proves`,
  );
  if (found?.proves)
    throw new Problem('conflict', {
      detail: {
        zh: '这份资料是人口与户变动登记的凭证，不能停用；登记有误的，请先撤销登记',
        en: 'This document proves an act of life and stays in use; if the act is mistaken, cancel it first',
      },
    });
}
