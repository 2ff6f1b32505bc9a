import { once } from 'node:events';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { createVault } from '../../../server/crypto.ts';
import { withClient } from '../../../server/database/connect.ts';
import type { Keys } from '../../../server/keys.ts';
import { loadDictionary } from '../dictionary.ts';
import { fillVillage } from './village.ts';
import type { VillagePlan } from './work.ts';

/** One worker's share of the villages. */
export interface Share {
  owner: pg.ClientConfig;
  keys: Keys;
  pack: string;
  today: string;
  author: string | null;
  plans: VillagePlan[];
}

/** Fills villages one after the other, each in a transaction of its own. */
export async function copyVillages(
  share: Share,
  progress: (residents: number) => void,
): Promise<void> {
  const making = {
    dictionary: loadDictionary(share.pack),
    vault: createVault(share.keys),
    today: share.today,
    author: share.author,
  };
  await withClient(share.owner, async (client) => {
    await client.query('set synchronous_commit = off');
    for (const plan of share.plans) {
      await client.query('begin');
      for (const { table, columns, text } of fillVillage(plan, making).tables())
        await copy(client, table, columns, text);
      await client.query('commit');
      progress(plan.residents);
    }
  });
}

async function copy(
  client: pg.Client,
  table: string,
  columns: string[],
  text: string,
): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} (${columns.join(', ')}) from stdin`));
  stream.end(text);
  await once(stream, 'finish');
}
