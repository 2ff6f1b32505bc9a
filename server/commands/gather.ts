import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { gatherKind } from '../../features/gather/batch/job.ts';
import { type Batch, batchesOf, newestBatches } from '../../features/gather/batch/store.ts';
import { ownProfiles } from '../../features/gather/desk/profiles.ts';
import { eachLink } from '../../features/gather/links.ts';
import { loadProfiles } from '../../features/gather/profile/load.ts';
import type { Profile } from '../../features/gather/rows.ts';
import { type HandedIn, takeIn } from '../../features/gather/start.ts';
import { readConfig } from '../config.ts';
import { createVault } from '../crypto.ts';
import { sql } from '../database/sql.ts';
import { openSteward, type Queries, type Steward } from '../database/steward.ts';
import { openFiles } from '../files/files.ts';
import { newId } from '../ids.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { sealJson } from '../jobs/content.ts';
import { addSystemJob, freeLost } from '../jobs/queue.ts';
import type { JobState } from '../jobs/states.ts';
import { lapse, type Worker } from '../jobs/worker.ts';
import { jobKinds } from '../kinds.ts';
import { gatherPack } from '../packs.ts';
import { deskOf } from './desk.ts';
import { systemCommands } from './gather-systems.ts';
import { openWorker } from './worker.ts';

interface Options {
  source?: string;
  profile?: string;
  day?: string;
}

/** `minqing gather FILE --source KEY`, `minqing gather links`, `minqing gather undo BATCH`, `minqing gather batches`, `minqing gather system …` */
export function gatherCommand(program: Command): void {
  const gather = program
    .command('gather')
    .argument(
      '[files...]',
      '部门数据文件 · departments’ files: CSV, JSON lines, XLSX, or gzip of these; several as SOURCE=FILE are merged together',
    )
    .description('数据归集 · gather a department’s file into the archive')
    .option('--source <key>', '数据来源 · source, a key of packs/archive/sources.yaml')
    .option(
      '--profile <key>',
      '方案 · profile, a file of packs/gather or a county’s own, as c330881_health_1.v2',
    )
    .option('--day <day>', '文件日期 · day of the file, YYYY-MM-DD')
    .action(async (files: string[], options: Options) => {
      if (files.length === 0) return gather.help({ error: true });
      await gatherFiles(files, options);
    });
  gather
    .command('batches')
    .description('批次 · the newest batches and what became of their rows')
    .action(() =>
      withSteward(async (steward) => console.table((await newest(steward)).map(lineOf))),
    );
  gather
    .command('links')
    .description('比对结果 · which resident each row means, as CSV')
    .option('--format <format>', 'csv', 'csv')
    .action(() => withSteward(printLinks));
  gather
    .command('undo')
    .argument('<batch>', '批次号 · number of the batch')
    .description('撤销一个批次 · take back all that a batch wrote')
    .action((batch: string) => undoBatch(Number(batch)));
  systemCommands(gather);
}

async function withSteward(work: (steward: Steward) => Promise<void>): Promise<void> {
  const installation = await openInstallation(readConfig(process.env));
  const steward = openSteward(installation.reach.steward, 1);
  try {
    await work(steward);
  } finally {
    await steward.close();
    await installation.leave();
  }
}

const asGather = { 'minqing.kind': gatherKind };

const newest = (steward: Steward): Promise<Batch[]> =>
  steward.transaction((tx) => newestBatches(tx, 20), asGather);

function lineOf(batch: Batch): object {
  return {
    批次: batch.number,
    来源: batch.source,
    文件: batch.file_name,
    状态: batch.state,
    行: batch.staged,
    入档: batch.linked,
    待核: batch.asked,
    未找到: batch.unmatched,
    未采用: batch.aside,
    新建: batch.made,
    写入: batch.changed,
  };
}

/** @throws Error that says what can be named, when no profile or more than one fits */
function profileFor(
  profiles: readonly Profile[],
  { source, profile: key }: Pick<Options, 'source' | 'profile'>,
): Profile {
  const fitting = profiles.filter((one) =>
    key === undefined ? one.source === source : one.key === key,
  );
  const [profile] = fitting;
  if (profile && fitting.length === 1) return profile;
  throw new Error(
    `请用 --source 或 --profile 指明方案 · name one with --source or --profile: ${profiles.map((one) => `${one.source} (${one.key})`).join(', ')}`,
  );
}

/** FILE, of the source that the option names, or SOURCE=FILE. */
function handedIn(
  given: string,
  profiles: readonly Profile[],
  { day, ...named }: Options,
): HandedIn {
  const [, source, path] = /^([a-z][a-z-]*)=(.+)$/.exec(given) ?? [];
  if (source === undefined || path === undefined)
    return { path: given, profile: profileFor(profiles, named), day };
  return { path, profile: profileFor(profiles, { source }), day };
}

async function gatherFiles(given: readonly string[], options: Options): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  const { dictionary } = deskOf(installation.keys);
  const steward = openSteward(installation.reach.steward, 1);
  const transaction = <T>(work: (tx: Queries) => Promise<T>) => steward.transaction(work, asGather);
  try {
    const own = await transaction((tx) => ownProfiles(tx, dictionary));
    // Where a source has profiles of counties' own, its shipped one is meant unless one is named.
    const shipped = loadProfiles(gatherPack, dictionary);
    const profiles = options.profile === undefined ? shipped : [...shipped, ...own];
    const all = given.map((one) => handedIn(one, profiles, options));
    const files = openFiles(config, installation.keys);
    const fresh: number[] = [];
    for (const file of all) {
      const { number, before } = await takeIn(transaction, files, file, new Date());
      if (before?.state !== 'done') {
        fresh.push(number);
        continue;
      }
      console.log(`此文件已归集过，没有变化 · gathered before, nothing changed: 第 ${number} 批`);
      console.table([lineOf(before)]);
    }
    const [first, ...further] = fresh;
    if (first !== undefined) await runBatches(installation, config, [first, ...further], 'gather');
  } finally {
    await steward.close();
    await installation.leave();
  }
}

async function undoBatch(number: number): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  try {
    await runBatches(installation, config, [number], 'undo');
  } finally {
    await installation.leave();
  }
}

/** Runs the job of batches that are merged together here, and waits for its end; one that a dead process left goes on from where it stood. */
async function runBatches(
  installation: Installation,
  config: ReturnType<typeof readConfig>,
  [batch, ...further]: readonly [number, ...number[]],
  act: 'gather' | 'undo',
): Promise<void> {
  const files = openFiles(config, installation.keys);
  const { worker, close } = openWorker(
    installation,
    jobKinds(files, deskOf(installation.keys), { keys: installation.keys }),
    1,
  );
  const steward = openSteward(installation.reach.steward, 1);
  try {
    const id =
      (await jobAtWork(steward, batch)) ??
      (await addJob(steward, installation, [batch, ...further], act));
    const state = await runToEnd(steward, worker, id);
    if (state === undefined)
      return console.log(`已由运行中的服务接手 · taken up by the running server: ${id}`);
    const done = await steward.transaction((tx) => batchesOf(tx, [batch, ...further]), asGather);
    if (state !== 'done') throw new Error(`${id}: ${state}`);
    console.table(done.map(lineOf));
    const refused = done.flatMap(({ file_name, problem }) =>
      problem ? [`${file_name}: ${problem.zh} · ${problem.en}`] : [],
    );
    if (refused.length > 0) throw new Error(refused.join('\n'));
  } finally {
    await steward.close();
    await close();
  }
}

/** The job that works on a batch, or would if whoever had it had not died. */
async function jobAtWork(steward: Steward, batch: number): Promise<string | undefined> {
  const found = await steward.transaction(
    (tx) =>
      tx.first(sql<{ id: string }>`
      select j.id from gather_batch b join job j on j.id = b.job
       where b.number = ${batch} and j.state in ('queued', 'running')`),
    asGather,
  );
  return found?.id;
}

async function addJob(
  steward: Steward,
  { keys }: Installation,
  [batch, ...further]: readonly [number, ...number[]],
  act: 'gather' | 'undo',
): Promise<string> {
  const now = new Date();
  const id = newId(now.getTime());
  const input = sealJson(createVault(keys), { batch, further, act });
  await steward.transaction(async (tx) => {
    await addSystemJob(tx, id, gatherKind, input, now);
    await tx.count(
      sql`update gather_batch set job = ${id} where number = any (${[batch, ...further]}::int[])`,
    );
  }, asGather);
  return id;
}

const lookAgain = 1000;

/** Runs a job here; one that a dead process had is taken over when it has not been heard of for long enough. */
async function runToEnd(
  steward: Steward,
  worker: Worker,
  id: string,
): Promise<JobState | undefined> {
  let isTold = false;
  for (;;) {
    const state = await worker.runOne(id);
    if (state !== undefined) return state;
    const alive = await steward.transaction((tx) =>
      tx.first(sql<{ seen_at: Date | null }>`
        select seen_at from job where id = ${id} and state = 'running'`),
    );
    if (!alive) return undefined;
    if (!isTold)
      console.log(
        '另一个进程在做这项任务；若它已中断，一分钟后由此处接着做 · another process has this job; should it be dead, this one goes on with it in a minute',
      );
    isTold = true;
    await wait(lookAgain);
    const now = new Date();
    await freeLost(steward, new Date(now.getTime() - lapse), now, () => attempts);
  }
}

/** How often a job may be lost with its worker. */
const attempts = 5;

/** Values of the links file are keys, numbers and ids: nothing to be quoted. */
async function printLinks(steward: Steward): Promise<void> {
  process.stdout.write('source,row,resident,household,decision,score\n');
  await steward.transaction(
    (tx) =>
      eachLink(tx, (links) => {
        const lines = links.map(({ source, n, resident, household, decision, score }) =>
          [source, n, resident ?? '', household ?? '', decision, score ?? ''].join(','),
        );
        process.stdout.write(`${lines.join('\n')}\n`);
      }),
    asGather,
  );
}
