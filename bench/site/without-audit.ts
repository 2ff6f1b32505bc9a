import type { Database, Tx } from '../../server/database/actor.ts';

/**
 * A database whose transactions leave out what goes on record: to measure what the record costs. Of the bench
 * only; the product has no such switch.
 */
export function withoutAudit(database: Database): Database {
  return {
    ...database,
    withActor: (actor, work, options) =>
      database.withActor(actor, (tx) => work(silent(tx)), options),
    readTogether: (actor, work, options) =>
      database.readTogether(actor, (tx) => work(silent(tx)), options),
  };
}

function silent(tx: Tx): Tx {
  return {
    ...tx,
    count: async (statement) =>
      statement.text.startsWith('insert into audit_entry') ? 1 : tx.count(statement),
  };
}
