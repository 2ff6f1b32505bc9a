import type { Vault } from '../../server/crypto.ts';
import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';

/** A form not yet handed in. */
export interface StoredDraft {
  key: string;
  body: Record<string, unknown>;
  updatedAt: string;
}

/** One's own draft under a key. */
export async function readDraft(
  tx: Tx,
  vault: Vault,
  key: string,
): Promise<StoredDraft | undefined> {
  const row = await tx.first(sql<{ body: Buffer; updated_at: string }>`
    select body, updated_at from draft where account = ${tx.actor.account} and key = ${key}`);
  if (!row) return undefined;
  return {
    key,
    body: JSON.parse(vault.openBytes(row.body).toString('utf8')),
    updatedAt: row.updated_at,
  };
}

/** Saves a draft; what was typed may be anything, so it is encrypted. */
export async function saveDraft(
  tx: Tx,
  vault: Vault,
  key: string,
  body: Record<string, unknown>,
): Promise<void> {
  const sealed = vault.sealBytes(Buffer.from(JSON.stringify(body)));
  await tx.count(sql`insert into draft (account, key, body, updated_at) values (${tx.actor.account}, ${key}, ${sealed}, ${tx.actor.now})
    on conflict (account, key) do update set body = excluded.body, updated_at = excluded.updated_at`);
}

/** Throws a draft away. */
export async function dropDraft(tx: Tx, key: string): Promise<void> {
  await tx.count(sql`delete from draft where account = ${tx.actor.account} and key = ${key}`);
}
