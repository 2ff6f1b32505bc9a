import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { gatherKind } from '../../features/gather/batch/job.ts';
import { type Batch, batchesOf } from '../../features/gather/batch/store.ts';
import { loadProfiles } from '../../features/gather/profile/load.ts';
import { takeIn } from '../../features/gather/start.ts';
import { archivePack } from '../../server/commands/demo.ts';
import { createVault } from '../../server/crypto.ts';
import { openSteward, type Queries } from '../../server/database/steward.ts';
import { sealJson } from '../../server/jobs/content.ts';
import { addSystemJob } from '../../server/jobs/queue.ts';
import { gatherPack } from '../../server/packs.ts';
import type { TestApp } from './app.ts';

/** Gathers texts as if they were departments' files. */
export interface Gatherer {
  asGather<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** Hands a text in as the file of a source. */
  handIn(source: string, text: string): ReturnType<typeof takeIn>;
  /** Runs the job of batches. @returns its state afterwards */
  run(batches: readonly number[], act: 'gather' | 'undo'): Promise<string | undefined>;
  /** Gathers files that came together. @returns what became of each */
  gather(...files: readonly (readonly [source: string, text: string])[]): Promise<Batch[]>;
  close(): Promise<void>;
}

export function openGatherer(t: TestApp): Gatherer {
  const vault = createVault(t.keys);
  const steward = openSteward(t.steward, 2);
  const folder = mkdtempSync(join(tmpdir(), 'minqing-gather-test-'));
  const profiles = loadProfiles(gatherPack, loadDictionary(archivePack));
  const asGather: Gatherer['asGather'] = (work) =>
    steward.transaction(work, { 'minqing.kind': gatherKind });
  const handIn: Gatherer['handIn'] = async (source, text) => {
    const path = join(folder, `${randomUUID()}.csv`);
    writeFileSync(path, text);
    const profile = profiles.find((one) => one.source === source);
    if (!profile) throw new Error(`no profile of ${source}`);
    return takeIn(asGather, t.files, { path, profile }, t.clock.now);
  };
  const run: Gatherer['run'] = async ([batch, ...further], act) => {
    const id = randomUUID();
    const input = sealJson(vault, { batch, further, act });
    await steward.transaction((tx) => addSystemJob(tx, id, gatherKind, input, t.clock.now));
    return t.worker().runOne(id);
  };
  return {
    asGather,
    handIn,
    run,
    async gather(...files) {
      const numbers: number[] = [];
      for (const [source, text] of files) numbers.push((await handIn(source, text)).number);
      await run(numbers, 'gather');
      return asGather((tx) => batchesOf(tx, numbers));
    },
    async close() {
      await steward.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
