import type { Command } from 'commander';
import { Value } from 'typebox/value';
import { readConfig } from '../config.ts';
import { createVault } from '../crypto.ts';
import { withClient } from '../database/connect.ts';
import { openSteward } from '../database/steward.ts';
import { noFiles, openFiles } from '../files/files.ts';
import { newId } from '../ids.ts';
import { openInstallation } from '../installation.ts';
import { sealJson } from '../jobs/content.ts';
import { addSystemJob } from '../jobs/queue.ts';
import { jobKinds } from '../kinds.ts';
import { deskOf } from './desk.ts';
import { openWorker } from './worker.ts';

/** `minqing jobs`, `minqing jobs run KIND` */
export function jobsCommands(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('任务 · long work: the newest jobs, how far they are')
    .option('--limit <n>', '条数 · how many', '20')
    .action(({ limit }: { limit: string }) => list(Number(limit)));
  jobs
    .command('run')
    .argument('<kind>', systemKinds().join(', '))
    .description('立即执行系统任务 · run a job of the house now, and wait for its end')
    .action(runKind);
}

/** Jobs of the house: their steps run as the steward, and they need no input. */
function systemKinds(): string[] {
  return [...jobKinds(noFiles).kinds.values()]
    .filter(({ rights, input }) => rights === 'system' && Value.Check(input, {}))
    .map(({ kind }) => kind);
}

async function list(limit: number): Promise<void> {
  if (!Number.isInteger(limit) || limit < 1) throw new Error('--limit must be a whole number');
  const installation = await openInstallation(readConfig(process.env));
  try {
    await withClient(installation.reach.owner, async (client) => {
      const { rows } = await client.query(
        `select j.id, j.kind, coalesce(a.username, '-') as by, j.state,
                j.done || coalesce('/' || j.total, '') as progress, j.failures, j.problem,
                to_char(j.created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as created
           from job j left join account a on a.id = j.account order by j.id desc limit $1`,
        [limit],
      );
      console.table(rows);
    });
  } finally {
    await installation.leave();
  }
}

/** Runs a job of the house now, and waits for its end. */
export async function runKind(kind: string): Promise<void> {
  if (!systemKinds().includes(kind))
    throw new Error(
      `"${kind}" 不是系统任务 · not a job of the house; there is: ${systemKinds().join(', ')}`,
    );
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  const files = openFiles(config, installation.keys);
  const { worker, close } = openWorker(
    installation,
    jobKinds(files, deskOf(installation.keys), {
      keys: installation.keys,
      networks: config.webhookNetworks,
    }),
    1,
  );
  try {
    const id = await queueQuietly(installation, kind);
    const state = await worker.runOne(id);
    if (state === 'done') return console.log(`完成 done: ${id}`);
    if (state === undefined)
      return console.log(`已由运行中的服务接手 · taken up by the running server: ${id}`);
    throw new Error(`${id}: ${state}`);
  } finally {
    await close();
    await installation.leave();
  }
}

/** Queues without waking the workers, so that it is most likely run here. */
async function queueQuietly(
  { keys, reach }: Awaited<ReturnType<typeof openInstallation>>,
  kind: string,
): Promise<string> {
  const steward = openSteward(reach.steward, 1);
  const now = new Date();
  const id = newId(now.getTime());
  try {
    await steward.transaction((tx) =>
      addSystemJob(tx, id, kind, sealJson(createVault(keys), {}), now),
    );
  } finally {
    await steward.close();
  }
  return id;
}
