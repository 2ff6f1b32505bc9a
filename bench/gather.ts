// npm run bench -- gather --households N [--dirt 1|2|3] [--years N] [--json FILE]
// npm run bench -- gather --accuracy [--extracts FOLDER | --households N --dirt 1|2|3] [--json FILE]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Figures } from './figures/figures.ts';
import { accuracyOf, judge, readTruth, tellAccuracy } from './gather/accuracy.ts';
import { dirtLevels } from './gather/dirt.ts';
import { extractFiles, writeExtracts } from './gather/extracts.ts';
import { openGatherSite } from './gather/site.ts';

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

async function measureAccuracy(): Promise<void> {
  const folder = await extracts();
  const site = await openGatherSite(join(data, 'gather'), options.areas);
  for (const [source, file] of Object.entries(extractFiles)) {
    const path = join(folder, file);
    if (!existsSync(path)) continue;
    const { batch, seconds } = await site.gather(path, source);
    const { staged, linked, asked, unmatched, aside, made } = batch;
    console.log(
      `${source}: ${staged} rows, ${linked} linked, ${asked} asked, ${unmatched} of nobody, ${aside} aside, ${made} made, ${seconds.toFixed(1)} s`,
    );
  }
  const found = accuracyOf(await judge(site, await readTruth(join(folder, 'truth.csv'))));
  if (options.faults)
    console.log(
      JSON.stringify({ wrong: found.wrong.slice(0, 200), split: found.split.slice(0, 200) }),
    );
  tellAccuracy(figures, found);
  console.table(
    Object.fromEntries(
      [...site.phases].map(([phase, seconds]) => [phase, { seconds: Number(seconds.toFixed(2)) }]),
    ),
  );
  await site.close();
}

await measureAccuracy();
figures.tell(options.json);
