import type { Command } from 'commander';
import { gatherKind } from '../../features/gather/batch/job.ts';
import { type Batch, batchOf, newestBatches } from '../../features/gather/batch/store.ts';
import { ownProfiles } from '../../features/gather/desk/profiles.ts';
import { eachLink } from '../../features/gather/links.ts';
import { loadProfiles } from '../../features/gather/profile/load.ts';
import { takeIn } from '../../features/gather/start.ts';
import { readConfig } from '../config.ts';
import { createVault } from '../crypto.ts';
import { openSteward, type Steward } from '../database/steward.ts';
import { openFiles } from '../files/files.ts';
import { newId } from '../ids.ts';
import { type Installation, openInstallation } from '../installation.ts';
import { sealJson } from '../jobs/content.ts';
import { addSystemJob } from '../jobs/queue.ts';
import { jobKinds } from '../kinds.ts';
import { gatherPack } from '../packs.ts';
import { deskOf } from './desk.ts';
import { openWorker } from './worker.ts';

interface Options {
  source?: string;
  profile?: string;
  day?: string;
}

/** `minqing gather FILE --source KEY`, `minqing gather links`, `minqing gather undo BATCH`, `minqing gather batches` */
export function gatherCommand(program: Command): void {
  const gather = program
    .command('gather')
    .argument(
      '[file]',
      '部门数据文件 · a department’s file: CSV, JSON lines, XLSX, or gzip of these',
    )
    .description('数据归集 · gather a department’s file into the archive')
    .option('--source <key>', '数据来源 · source, a key of packs/archive/sources.yaml')
    .option(
      '--profile <key>',
      '方案 · profile, a file of packs/gather or a county’s own, as c330881_health_1.v2',
    )
    .option('--day <day>', '文件日期 · day of the file, YYYY-MM-DD')
    .action(async (file: string | undefined, options: Options) => {
      if (file === undefined) return gather.help({ error: true });
      await gatherFile(file, options);
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

async function gatherFile(path: string, { source, profile: key, day }: Options): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  const desk = deskOf(installation.keys);
  const steward = openSteward(installation.reach.steward, 1);
  try {
    const own = await steward.transaction((tx) => ownProfiles(tx, desk.dictionary), asGather);
    // Where a source has profiles of counties' own, its shipped one is meant unless one is named.
    const shipped = loadProfiles(gatherPack, desk.dictionary);
    const profiles = key === undefined ? shipped : [...shipped, ...own];
    const fitting = profiles.filter((one) =>
      key === undefined ? one.source === source : one.key === key,
    );
    const [profile] = fitting;
    if (!profile || fitting.length > 1)
      throw new Error(
        `请用 --source 或 --profile 指明方案 · name one with --source or --profile: ${[...shipped, ...own].map((one) => `${one.source} (${one.key})`).join(', ')}`,
      );
    const files = openFiles(config, installation.keys);
    const { number, before } = await takeIn(
      (work) => steward.transaction(work, asGather),
      files,
      { path, profile, day },
      new Date(),
    );
    if (before?.state === 'done') {
      console.log(`此文件已归集过，没有变化 · gathered before, nothing changed: 第 ${number} 批`);
      return console.table([lineOf(before)]);
    }
    await runBatch(installation, config, number, 'gather');
  } finally {
    await steward.close();
    await installation.leave();
  }
}

async function undoBatch(number: number): Promise<void> {
  const config = readConfig(process.env);
  const installation = await openInstallation(config);
  try {
    await runBatch(installation, config, number, 'undo');
  } finally {
    await installation.leave();
  }
}

/** Runs a batch's job here, and waits for its end; one that a dead process left goes on from where it stood. */
async function runBatch(
  installation: Installation,
  config: ReturnType<typeof readConfig>,
  batch: number,
  act: 'gather' | 'undo',
): Promise<void> {
  const files = openFiles(config, installation.keys);
  const { worker, close } = openWorker(installation, jobKinds(files, deskOf(installation.keys)), 1);
  const steward = openSteward(installation.reach.steward, 1);
  try {
    const now = new Date();
    const id = newId(now.getTime());
    const input = sealJson(createVault(installation.keys), { batch, act });
    await steward.transaction((tx) => addSystemJob(tx, id, gatherKind, input, now));
    const state = await worker.runOne(id);
    if (state === undefined)
      return console.log(`已由运行中的服务接手 · taken up by the running server: ${id}`);
    const done = await steward.transaction((tx) => batchOf(tx, batch), asGather);
    if (state !== 'done' || !done) throw new Error(`${id}: ${state}`);
    if (done.problem) throw new Error(`${done.problem.zh} · ${done.problem.en}`);
    console.table([lineOf(done)]);
  } finally {
    await steward.close();
    await close();
  }
}

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
