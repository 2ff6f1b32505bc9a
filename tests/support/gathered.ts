import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { citizenIdCheckDigit } from '../../features/archive/rules/citizen-id.ts';
import { gatherKind } from '../../features/gather/batch/job.ts';
import { loadProfiles } from '../../features/gather/profile/load.ts';
import type { Profile } from '../../features/gather/rows.ts';
import { takeIn } from '../../features/gather/start.ts';
import { deskOf } from '../../server/commands/desk.ts';
import { createVault } from '../../server/crypto.ts';
import { openSteward, type Queries } from '../../server/database/steward.ts';
import type { Files } from '../../server/files/files.ts';
import { newId } from '../../server/ids.ts';
import { sealJson } from '../../server/jobs/content.ts';
import { addSystemJob } from '../../server/jobs/queue.ts';
import type { Worker } from '../../server/jobs/worker.ts';
import type { Keys } from '../../server/keys.ts';
import { gatherPack } from '../../server/packs.ts';
import { villageDigest } from './digest.ts';

/** As much of an application as gathering needs: of a test's, or of a browser test's site. */
export interface Ground {
  keys: Keys;
  files: Files;
  steward: pg.ClientConfig;
  clock: { now: Date };
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  worker(): Pick<Worker, 'runOne' | 'drain'>;
}

/** A row of a batch with what became of it. */
export interface LinkedRow {
  n: number;
  decision: string;
  resident: string | null;
  target: string | null;
  version: number;
}

/** Departments' files gathered into the database of a test. */
export interface Gathering {
  /** Gathers a file of a source. @returns the number of its batch */
  gather(source: string, lines: readonly string[]): Promise<number>;
  /** Takes a file in and leaves it there. @returns the number of its batch, and its profile */
  takeIn(source: string, lines: readonly string[]): Promise<{ number: number; profile: Profile }>;
  undo(batch: number): Promise<void>;
  /** What became of a row. */
  row(batch: number, n: number): Promise<LinkedRow>;
  /** As a step of the gather job. */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** What the archive holds of the village, but for versions and the history, which only grow. */
  archive(): Promise<unknown>;
  close(): Promise<void>;
}

/** A valid citizen id from its first 17 digits. */
export const idOf = (first17: string): string => first17 + citizenIdCheckDigit(first17);

/** Where all of it happens. */
const village = '330881002205';

export function gatheringIn(t: Ground): Gathering {
  const steward = openSteward(t.steward, 1);
  const folder = mkdtempSync(join(tmpdir(), 'minqing-gathered-'));
  const transaction = <T>(work: (tx: Queries) => Promise<T>): Promise<T> =>
    steward.transaction(work, { 'minqing.kind': gatherKind });
  const profiles = loadProfiles(gatherPack, deskOf(t.keys).dictionary);
  const take: Gathering['takeIn'] = async (source, lines) => {
    const profile = profiles.find((one) => one.source === source);
    if (!profile) throw new Error(`no profile of ${source}`);
    const path = join(folder, `${newId()}.csv`);
    writeFileSync(path, `${lines.join('\n')}\n`);
    const { number } = await takeIn(transaction, t.files, { path, profile }, t.clock.now);
    return { number, profile };
  };
  const act = async (batch: number, what: 'gather' | 'undo'): Promise<void> => {
    const input = sealJson(createVault(t.keys), { batch, act: what });
    const id = newId(t.clock.now.getTime());
    await steward.transaction((tx) => addSystemJob(tx, id, gatherKind, input, t.clock.now));
    const ended = await t.worker().runOne(id);
    if (ended !== 'done') throw new Error(`the job of batch ${batch} ended as ${ended}`);
  };
  return {
    takeIn: take,
    async gather(source, lines) {
      const { number } = await take(source, lines);
      await act(number, 'gather');
      return number;
    },
    undo: (batch) => act(batch, 'undo'),
    async row(batch, n) {
      const [row] = await t.sql<LinkedRow>(
        'select n, decision, resident, target, version from gather_link where batch = $1 and n = $2',
        [batch, n],
      );
      if (!row) throw new Error(`batch ${batch} has no row ${n}`);
      return row;
    },
    transaction,
    archive: () => villageDigest(t, village),
    async close() {
      await steward.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
