import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { importAreas } from '../../features/area/import.ts';
import { gatherJob, gatherKind } from '../../features/gather/batch/job.ts';
import { openBatch } from '../../features/gather/batch/open.ts';
import { type Batch, batchOf } from '../../features/gather/batch/store.ts';
import { eachLink, type Link } from '../../features/gather/links.ts';
import { loadProfiles } from '../../features/gather/profile/load.ts';
import type { Profile } from '../../features/gather/rows.ts';
import { takeIn } from '../../features/gather/start.ts';
import { deskOf } from '../../server/commands/desk.ts';
import { openWorker } from '../../server/commands/worker.ts';
import { readConfig } from '../../server/config.ts';
import { createVault } from '../../server/crypto.ts';
import { openSteward } from '../../server/database/steward.ts';
import { openFiles } from '../../server/files/files.ts';
import { newId } from '../../server/ids.ts';
import { type Installation, openInstallation } from '../../server/installation.ts';
import { sealJson } from '../../server/jobs/content.ts';
import { createRegistry } from '../../server/jobs/kind.ts';
import { addSystemJob } from '../../server/jobs/queue.ts';
import { gatherPack } from '../../server/packs.ts';

/** What became of files. */
export interface Gathered {
  batches: Batch[];
  seconds: number;
}

/** An installation of its own with the areas in it and nothing else, whose jobs of gathering run in this process. */
export interface GatherSite {
  env: NodeJS.ProcessEnv;
  installation: Installation;
  /** Seconds of each phase, of all files so far. */
  phases: Map<string, number>;
  profileOf(source: string): Profile;
  /** Gathers files that came together. */
  gather(files: readonly (readonly [source: string, path: string])[]): Promise<Gathered>;
  /** From now on phases are measured and links are looked at: what was gathered before does not count. */
  begin(): void;
  eachLink(take: (links: Link[]) => void): Promise<void>;
  close(): Promise<void>;
}

const asGather = { 'minqing.kind': gatherKind };

/** Opens it anew: what lay in the folder is gone. */
export async function openGatherSite(folder: string, areas: string): Promise<GatherSite> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, MINQING_DATA: join(folder), MINQING_DEMO: '0' };
  const config = readConfig(env);
  const installation = await openInstallation(config);
  await importAreas(installation.reach.owner, createReadStream(areas));
  const files = openFiles(config, installation.keys);
  const desk = deskOf(installation.keys);
  const profiles = loadProfiles(gatherPack, desk.dictionary);
  const phases = new Map<string, number>();
  let [before, gatheredYet] = [0, 0];
  const kinds = createRegistry([
    gatherJob({
      desk: () => desk,
      profileOf: (key) => profiles.find((profile) => profile.key === key),
      rowsOf: (batch, profile, today) =>
        openBatch(files, { ...desk, keys: installation.keys }, batch, profile, today),
      timed: (phase, milliseconds) =>
        phases.set(phase, (phases.get(phase) ?? 0) + milliseconds / 1000),
    }),
  ]);
  const { worker, close } = openWorker(installation, kinds, 1);
  const steward = openSteward(installation.reach.steward, 1);
  const profileOf = (source: string): Profile => {
    const profile = profiles.find((one) => one.source === source);
    if (!profile) throw new Error(`no profile for ${source}`);
    return profile;
  };
  return {
    env,
    profileOf,
    installation,
    phases,
    async gather(given) {
      const started = performance.now();
      const now = new Date();
      const transaction = <T>(
        work: (tx: Parameters<Parameters<typeof steward.transaction>[0]>[0]) => Promise<T>,
      ) => steward.transaction(work, asGather);
      const numbers: number[] = [];
      for (const [source, path] of given) {
        const profile = profileOf(source);
        numbers.push((await takeIn(transaction, files, { path, profile }, now)).number);
      }
      const [first = 0, ...further] = numbers;
      const id = newId(now.getTime());
      const input = { batch: first, further, act: 'gather' };
      const sealed = sealJson(createVault(installation.keys), input);
      await steward.transaction((tx) => addSystemJob(tx, id, gatherKind, sealed, now));
      const state = await worker.runOne(id);
      const seconds = (performance.now() - started) / 1000;
      const batches: Batch[] = [];
      for (const number of numbers) {
        const batch = await steward.transaction((tx) => batchOf(tx, number), asGather);
        if (state !== 'done' || !batch || batch.problem)
          throw new Error(`${batch?.source}: ${state} ${batch?.problem?.en ?? ''}`);
        batches.push(batch);
        gatheredYet = Math.max(gatheredYet, number);
      }
      return { batches, seconds };
    },
    begin() {
      phases.clear();
      before = gatheredYet;
    },
    eachLink: (take) =>
      steward.transaction(
        (tx) => eachLink(tx, (links) => take(links.filter(({ batch }) => batch > before))),
        asGather,
      ),
    async close() {
      await close();
      await steward.close();
      await installation.leave();
    },
  };
}
