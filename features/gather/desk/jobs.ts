import Type from 'typebox';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Files } from '../../../server/files/files.ts';
import { defineSystemJob, type JobContext, type JobKind } from '../../../server/jobs/kind.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { type GatherParts, gatherJob } from '../batch/job.ts';
import { type Batch, batchesOf } from '../batch/store.ts';
import { fileHours } from '../contract.ts';
import type { Profile } from '../rows.ts';
import { ownProfile } from './profiles.ts';
import { countable, countiesIn, countQuality } from './quality-count.ts';

/** What the jobs need of the installation. */
export interface DeskParts extends Omit<GatherParts, 'profileOf'> {
  /** The profiles that are shipped. */
  shipped(): readonly Profile[];
}

type Context = JobContext<
  { batch: number; further?: number[]; act: 'gather' | 'undo' },
  unknown,
  Queries
>;

/** All batches of a job. */
const batchesIn = ({ input, read }: Pick<Context, 'input' | 'read'>): Promise<Batch[]> =>
  read((tx) => batchesOf(tx, [input.batch, ...(input.further ?? [])]));

/**
 * The gathering, with the counties' own profiles beside the shipped ones, and with the source's figures counted anew
 * when a batch has come to its end. The last counting commits like any step; done twice it counts the same.
 */
export function deskGatherJob(parts: DeskParts): JobKind {
  // A version of a profile never changes, so that what was read once may be kept.
  const own = new Map<string, Profile>();
  const kind = gatherJob({
    ...parts,
    profileOf: (key) => parts.shipped().find((one) => one.key === key) ?? own.get(key),
  });
  return {
    ...kind,
    async run(context: never) {
      const { read } = context as Context;
      const { dictionary } = parts.desk();
      for (const batch of await batchesIn(context)) {
        const profile = await read((tx) => ownProfile(tx, batch.profile, dictionary));
        if (profile) own.set(batch.profile, profile);
      }
      const result = await kind.run(context);
      await countAfter(context as Context, parts.desk().dictionary);
      return result;
    },
  };
}

async function countAfter(context: Context, dictionary: Dictionary): Promise<void> {
  const { read, step, now } = context;
  for (const batch of await batchesIn(context)) {
    if (!['done', 'undone'].includes(batch.state)) continue;
    for (const county of await read((tx) => countiesIn(tx, batch)))
      await step(async (tx, state) => {
        await countQuality(tx, dictionary, { county, source: batch.source }, now());
        return state;
      });
  }
}

/** Counts the figures of all sources anew: villages have edited since, and days have passed. */
export function qualityJob(dictionary: () => Dictionary) {
  return defineSystemJob({
    kind: 'gather.quality',
    label: { zh: '统计部门数据质量', en: 'Counting of the departments’ data' },
    input: Type.Object({}),
    cron: '20 4 * * *',
    long: true,
    start: { done: 0 },
    async run({ state, read, step, progress, now }) {
      const due = await read(async (tx) => {
        const all: { county: number; source: string }[] = [];
        for (const { source, ...range } of await countable(tx))
          for (const county of await countiesIn(tx, range)) all.push({ county, source });
        return [...new Map(all.map((one) => [`${one.county} ${one.source}`, one])).values()];
      });
      for (const [at, counting] of due.entries()) {
        if (at < state.done) continue;
        await step(async (tx) => {
          await countQuality(tx, dictionary(), counting, now());
          progress(at + 1, due.length);
          return { done: at + 1 };
        });
      }
      return {
        words: { zh: `统计 ${due.length} 项来源`, en: `Counted ${due.length} sources` },
      };
    },
  });
}

/** Takes files away that were handed in and not gathered within a day. */
export function gatherSweep(files: Files) {
  return defineSystemJob({
    kind: 'gather.sweep',
    label: { zh: '清理未归集的文件', en: 'Sweep of files that were not gathered' },
    input: Type.Object({}),
    cron: '55 3 * * *',
    start: { removed: 0 },
    async run({ read, step, check, now }) {
      const before = new Date(now().getTime() - fileHours * 3_600_000);
      await step(async (tx, state) => {
        await tx.count(sql`delete from gather_file where created_at < ${before}`);
        return state;
      });
      const old: string[] = [];
      for await (const { key, at } of files.list('gather')) if (at < before) old.push(key);
      let removed = 0;
      for (let from = 0; from < old.length; from += atOnce) {
        await check();
        const keys = old.slice(from, from + atOnce);
        const named = await read((tx) =>
          tx.rows(sql<{ key: string }>`
            select file_key as key from gather_batch where file_key = any (${keys})
            union all select file_key from gather_file where file_key = any (${keys})`),
        );
        const kept = new Set(named.map(({ key }) => key));
        const gone = keys.filter((key) => !kept.has(key));
        await files.remove(gone);
        removed += gone.length;
      }
      return {
        words: { zh: `清理 ${removed} 份未归集的文件`, en: `Removed ${removed} files` },
      };
    },
  });
}

const atOnce = 500;
