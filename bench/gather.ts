// npm run bench -- gather --households N [--dirt 1|2|3] [--years N] [--json FILE]
// npm run bench -- gather --accuracy [--extracts FOLDER | --households N --dirt 1|2|3] [--json FILE]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { cleanerOf } from '../features/gather/clean/cleaner.ts';
import { matchHeader } from '../features/gather/profile/header.ts';
import { openRows } from '../features/gather/read/open.ts';
import { archivePack } from '../server/commands/demo.ts';
import { Figures } from './figures/figures.ts';
import { accuracyOf, judge, readTruth, tellAccuracy } from './gather/accuracy.ts';
import { writeBeforehand } from './gather/beforehand.ts';
import { bareCopy } from './gather/copy.ts';
import { databaseSeconds } from './gather/cpu.ts';
import { dirtLevels } from './gather/dirt.ts';
import { extractFiles, writeExtracts } from './gather/extracts.ts';
import type { Looked } from './gather/looker.ts';
import { openLooking } from './gather/looking.ts';
import { given } from './gather/people.ts';
import { Random } from './gather/random.ts';
import { sheet } from './gather/sinks.ts';
import { type Gathered, type GatherSite, openGatherSite } from './gather/site.ts';

const { values: options } = parseArgs({
  options: {
    households: { type: 'string', default: '2000' },
    dirt: { type: 'string', default: '1' },
    years: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    areas: { type: 'string', default: 'packs/areas/quzhou.csv' },
    accuracy: { type: 'boolean', default: false },
    extracts: { type: 'string' },
    faults: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const data = process.env.MINQING_BENCH_DATA ?? join('data', 'bench');
const figures = new Figures();
const dictionary = loadDictionary(archivePack);

/** The folder of extracts: the one that was named, or one made for so many households. */
async function extracts(): Promise<string> {
  if (options.extracts) return options.extracts;
  const { households, dirt, years, seed, areas } = options;
  const level = dirtLevels[dirt];
  if (!level) throw new Error(`--dirt is one of ${Object.keys(dirtLevels).join(', ')}`);
  const folder = join(data, 'extracts');
  await writeExtracts(folder, {
    households: Number(households),
    areas,
    dirt: level,
    years: Number(years),
    seed: Number(seed),
  });
  return folder;
}

/** The files of a folder by their sources, in the order in which they are gathered. */
const filesIn = (folder: string): [source: string, path: string][] =>
  Object.entries(extractFiles)
    .map(([source, file]): [string, string] => [source, join(folder, file)])
    .filter(([, path]) => existsSync(path));

async function gather(
  site: GatherSite,
  files: readonly (readonly [source: string, path: string])[],
): Promise<Gathered> {
  const gathered = await site.gather(files);
  for (const { source, staged, linked, asked, unmatched, aside, made, changed } of gathered.batches)
    console.log(
      `${source}: ${staged} rows, ${linked} linked, ${asked} asked, ${unmatched} of nobody, ${aside} aside, ${made} made, ${changed} written`,
    );
  console.log(`${gathered.batches.length} files in ${gathered.seconds.toFixed(1)} s`);
  return gathered;
}

async function measureAccuracy(site: GatherSite, folder: string): Promise<void> {
  const found = accuracyOf(await judge(site, await readTruth(join(folder, 'truth.csv'))));
  if (options.faults)
    console.log(
      JSON.stringify({ wrong: found.wrong.slice(0, 200), split: found.split.slice(0, 200) }),
    );
  tellAccuracy(figures, found);
}

function tellPhases(site: GatherSite): void {
  const sum = [...site.phases.values()].reduce((a, b) => a + b, 0);
  const line = (seconds: number) => ({
    seconds: Number(seconds.toFixed(2)),
    '%': Number(((100 * seconds) / sum).toFixed(1)),
  });
  console.table(
    Object.fromEntries([...site.phases].map(([phase, seconds]) => [phase, line(seconds)])),
  );
}

/** The most memory that this process has while something is done, in MB. */
async function peakOf(work: () => Promise<void>): Promise<number> {
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  await work().finally(() => clearInterval(watch));
  return peak / 1_048_576;
}

const idleSeconds = 8;

/** Files on disk to an archive with lineage, beside COPY, with an official at work meanwhile. */
async function measureSpeed(site: GatherSite, folder: string): Promise<void> {
  const files = filesIn(folder);
  const copied = await bareCopy(site, join(data, 'copy'), files);
  const before = join(data, 'beforehand.csv');
  await writeBeforehand(before, options.areas);
  await site.gather([['public-security', before]]);
  site.begin();
  const database = (): number => databaseSeconds(join(data, 'gather', 'postgres')) ?? Number.NaN;
  let ofDatabase = 0;
  const used = process.cpuUsage();
  let [rows, seconds] = [0, 0];
  const looked: { idle?: Looked; busy?: Looked } = {};
  const peak = await peakOf(async () => {
    const looking = await openLooking(site);
    looking.start();
    await new Promise((done) => setTimeout(done, idleSeconds * 1000));
    looked.idle = await looking.stop();
    looking.start();
    const from = database();
    const gathered = await gather(site, files);
    ofDatabase = database() - from;
    looked.busy = await looking.stop();
    looking.close();
    rows = gathered.batches.reduce((sum, { staged }) => sum + staged, 0);
    seconds = gathered.seconds;
  });
  const { user, system } = process.cpuUsage(used);
  tellPhases(site);
  figures.atLeast('rows', rows, 0);
  figures.atLeast('copy_rows_per_second', copied.rows / copied.seconds, 0);
  figures.atLeast('gather_rows_per_second', rows / seconds, 0);
  figures.atLeast('gather_vs_copy', rows / seconds / (copied.rows / copied.seconds), 0.2);
  figures.atLeast('gather_seconds', seconds, 0);
  figures.atLeast('node_cpu_seconds', (user + system) / 1e6, 0);
  // What the official's looks cost is in it: some per cent.
  figures.atLeast('database_cpu_seconds', ofDatabase, 0);
  figures.atMost('node_peak_mb', peak, 1024);
  const { idle, busy } = looked;
  if (!idle || !busy) return;
  figures.atLeast('file_p95_ms.idle', idle.p95, 0);
  figures.atLeast('file_p95_ms.gathering', busy.p95, 0);
  figures.atMost('file_p95_gathering_vs_idle', busy.p95 / idle.p95, 3);
  for (const [phase, took] of site.phases) figures.atLeast(`seconds.${phase}`, took, 0);
}

const sheetRows = 100_000;

/** A long sheet of pupils, read and made clean. */
async function measureSheet(site: GatherSite): Promise<void> {
  const path = join(data, 'sheet.xlsx');
  const written = sheet(path, '教育_在校学生（2026年10月）', [
    '学生姓名',
    '身份证件号',
    '学校',
    '年级',
    '监护人',
    '监护人电话',
  ]);
  const random = new Random(7);
  for (let i = 0; i < sheetRows; i++)
    written.add([
      `张${random.one(given)}${random.one(given)}`,
      '',
      '第一中学',
      '初二',
      `张${random.one(given)}`,
      `199${String(i).padStart(8, '0')}`,
    ]);
  await written.close();
  globalThis.gc?.();
  const profile = site.profileOf('education');
  let count = 0;
  const started = performance.now();
  const peak = await peakOf(async () => {
    const rows = await openRows(path, profile.format);
    const places = matchHeader(profile, rows.header);
    const today = new Date().toISOString().slice(0, 10);
    const clean = cleanerOf(profile, { dictionary, fit: places, today, asOf: today });
    for await (const some of rows) count += some.map(clean).length;
    await rows.close();
  });
  const seconds = (performance.now() - started) / 1000;
  if (count !== sheetRows) throw new Error(`${count} of ${sheetRows} rows were read`);
  figures.atMost(`xlsx_seconds.${sheetRows}`, seconds, 20);
  figures.atMost(`xlsx_peak_mb.${sheetRows}`, peak, 500);
}

const folder = await extracts();
const site = await openGatherSite(join(data, 'gather'), options.areas);
try {
  if (options.accuracy) {
    await gather(site, filesIn(folder));
    tellPhases(site);
  } else {
    await measureSheet(site);
    await measureSpeed(site, folder);
  }
  // The truth of millions of rows does not fit into memory beside all else.
  if (options.accuracy || Number(options.households) <= 50_000) await measureAccuracy(site, folder);
} finally {
  await site.close();
}
figures.tell(options.json);
