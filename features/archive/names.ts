import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';

const remembered = new Map<string, string>();

/**
 * The names of accounts, for "entered by". Remembered by the process: a name does not change who it
 * was that entered a value.
 */
export async function accountNames(
  tx: Tx,
  ids: Iterable<string | undefined>,
): Promise<ReadonlyMap<string, string>> {
  const unknown = [...new Set(ids)].filter(
    (id): id is string => id !== undefined && !remembered.has(id),
  );
  if (unknown.length > 0) {
    const rows = await tx.rows(
      sql<{
        id: string;
        name: string;
      }>`select id, name from account where id = any(${unknown}::uuid[])`,
    );
    if (remembered.size > 50_000) remembered.clear();
    for (const { id, name } of rows) remembered.set(id, name);
  }
  return remembered;
}
