import type { Vault } from '../../../server/crypto.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { CategoryShape } from '../categories.ts';
import type { FactValue } from '../rules/facts.ts';
import type { RowKey } from './key.ts';

/** Values that sheets have put beside those in force. */
export type Claimed = ReadonlySet<string>;

/** How a value of a row is known again: of its record and its export alone, and never as it reads. */
export function markOf(
  vault: Vault,
  row: Pick<RowKey, 'id' | 'export'>,
  item: string,
  value: FactValue,
): string {
  const plain = Array.isArray(value) ? value.toSorted() : value;
  return vault.blind('bulk-claim', JSON.stringify([row.export, row.id, item, plain]));
}

/** What the exports have said of the records already. */
export async function claimedBy(
  tx: Tx,
  exports: readonly string[],
  records: readonly string[],
): Promise<Claimed> {
  const rows = await tx.rows(sql<{ said: string }>`
    select said from bulk_claim
     where account = ${tx.actor.account} and export = any(${exports}::uuid[]) and subject = any(${records}::uuid[])`);
  return new Set(rows.map(({ said }) => said));
}

/** Remembers what a row has put beside the values in force, in the transaction that did it. */
export async function keepClaimed(
  tx: Tx,
  vault: Vault,
  shape: CategoryShape,
  row: Pick<RowKey, 'id' | 'export'>,
  values: readonly { item: string; value: FactValue }[],
): Promise<void> {
  for (const { item, value } of values)
    await tx.count(sql`insert into bulk_claim (county, export, area, subject, item, said, account, at)
      select county, ${row.export}, area, id, ${item}, ${markOf(vault, row, item, value)}, ${tx.actor.account}, ${tx.actor.now}
        from ${sql.table(shape.key)} where id = ${row.id}
      on conflict do nothing`);
}

/** Lets the sheets of one account be carried out one after another, so that none says what another is saying. */
export async function inTurn(tx: Tx): Promise<void> {
  await tx.first(
    sql`select pg_advisory_xact_lock(hashtextextended(${`bulk-edit ${tx.actor.account}`}, 0))`,
  );
}

/** Whether a sheet of one of the exports is being carried out, or waits to be. */
export async function isRunning(tx: Tx, exports: readonly string[]): Promise<boolean> {
  const found = await tx.first(sql`
    select 1 from bulk_run r join job j on j.id = r.job
     where r.account = ${tx.actor.account} and r.exports && ${exports}::uuid[] and j.ended_at is null limit 1`);
  return found !== undefined;
}

/** Notes which exports a job carries out, in the transaction that starts it. */
export async function keepRun(tx: Tx, job: string, exports: readonly string[]): Promise<void> {
  await tx.count(sql`insert into bulk_run (job, account, exports)
    values (${job}, ${tx.actor.account}, ${exports}::uuid[])`);
}
