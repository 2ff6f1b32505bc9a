import { Worker } from 'node:worker_threads';
import type pg from 'pg';
import { dayOf } from '../../../server/clock.ts';
import { withClient } from '../../../server/database/connect.ts';
import type { Keys } from '../../../server/keys.ts';
import { copyVillages, type Share } from './copy.ts';
import { planVillages } from './plan.ts';
import { bareTables } from './tables.ts';
import type { VillagePlan } from './work.ts';

/** What a load is told. */
export interface DemoLoad {
  owner: pg.ClientConfig;
  keys: Keys;
  /** Folder of the item dictionary. */
  pack: string;
  /** How many residents; the demo district of about 12,000 without. */
  residents?: number;
  now: Date;
  progress?: (done: number, of: number, what: string) => void;
  /** Called when the grids stand: makes the demo's accounts and tells in whose name its edits stand. */
  accounts: (client: pg.Client) => Promise<string | null>;
}

/** From here on generating is shared by two workers and indexes are built afterwards. */
const large = 100_000;

/**
 * Fills an empty archive with synthetic people by COPY, as the owning role; the same people for the
 * same number and day.
 * @throws Error when the archive holds records already
 */
export async function loadDemo(load: DemoLoad): Promise<void> {
  await withClient(load.owner, async (client) => {
    const found = await client.query('select 1 from household limit 1');
    if (found.rowCount)
      throw new Error(
        '档案中已有数据，演示数据只能载入空库 · the archive holds records already; the demo goes into an empty one only',
      );
    const plans = await planVillages(client, load.residents);
    await addGrids(client, plans);
    const residents = plans.reduce((sum, plan) => sum + plan.residents, 0);
    const author = await load.accounts(client);
    const share = (part: VillagePlan[]): Share => ({
      owner: load.owner,
      keys: load.keys,
      pack: load.pack,
      today: dayOf(load.now),
      author,
      plans: part,
    });
    let done = 0;
    const progress = (n: number): void => {
      done += n;
      load.progress?.(done, residents, '居民 residents');
    };
    if (residents < large) {
      await copyVillages(share(plans), progress);
    } else {
      const restore = await bareTables(client);
      try {
        await Promise.all(
          [0, 1].map((part) => inWorker(share(plans.filter((_, i) => i % 2 === part)), progress)),
        );
      } finally {
        load.progress?.(0, 1, '索引 indexes');
        await restore();
      }
    }
    await client.query('analyze');
  });
}

async function addGrids(client: pg.Client, plans: readonly VillagePlan[]): Promise<void> {
  const numerals = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];
  const initials = ['y', 'e', 's', 's', 'w', 'l', 'q', 'b', 'j'];
  const grids = plans.flatMap(({ code, grids: n }) =>
    Array.from({ length: n }, (_, i) => ({ village: code, i })),
  );
  await client.query(
    `insert into area (code, parent, level, name, lo, hi, search)
     select g.code, g.parent, 6, g.name, g.code::bigint, g.code::bigint + 1, g.search
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as g(code, parent, name, search)
     on conflict (code) do nothing`,
    [
      grids.map(({ village, i }) => `${village}${String(i + 1).padStart(3, '0')}`),
      grids.map(({ village }) => village),
      grids.map(({ i }) => `第${numerals[i]}网格`),
      grids.map(({ i }) => `d${initials[i]}wg`),
    ],
  );
  await client.query('analyze area');
}

function inWorker(share: Share, progress: (n: number) => void): Promise<void> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
    worker.on('message', (n: number) => progress(n));
    worker.once('error', fail);
    worker.once('exit', (code) =>
      code === 0 ? done() : fail(new Error(`a worker ended with ${code}`)),
    );
  });
}
