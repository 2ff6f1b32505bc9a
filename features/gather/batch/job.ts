import Type from 'typebox';
import { dayOf } from '../../../server/clock.ts';
import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem, type Text } from '../../../server/errors.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { type AfterUndone, undoRecords } from '../merge/undo.ts';
import type { MergedBatch } from '../merge/units.ts';
import type { Profile } from '../rows.ts';
import {
  atOnce,
  type Phase,
  type Place,
  phases,
  placeAfter,
  placeAfterStaging,
  type Ready,
  targetOf,
  type Work,
} from './phases.ts';
import { Refused } from './refused.ts';
import type { Chunk } from './rows-of.ts';
import { stage } from './stage.ts';
import { type Batch, batchesOf, setState } from './store.ts';

export const gatherKind = 'gather';

/** What the job needs of the installation. */
export interface GatherParts {
  desk(): { dictionary: Dictionary; vault: Vault };
  /** A profile by its key. */
  profileOf(key: string): Profile | undefined;
  /** The rows of a batch's file made clean and ready to be staged, some at a time. @throws Refused */
  rowsOf(batch: Batch, profile: Profile, today: string): AsyncIterable<Chunk>;
  /** Told of each step of the work: its phase and how many milliseconds it took; for benchmarks. */
  timed?(phase: string, milliseconds: number): void;
}

const start: Place = { phase: 'staging', at: 0, after: null, done: 0, total: null, counts: {} };

/** Gathers files, those that came together at once, or undoes one. */
export function gatherJob(parts: GatherParts) {
  return defineSystemJob({
    kind: gatherKind,
    label: { zh: '数据归集', en: 'Gathering' },
    input: Type.Object({
      batch: Type.Integer(),
      /** Further files that are merged together with it. */
      further: Type.Optional(Type.Array(Type.Integer())),
      act: Type.Union([Type.Literal('gather'), Type.Literal('undo')]),
    }),
    stages: {
      staging: { zh: '读取与清洗', en: 'Reading and cleaning' },
      matching: { zh: '比对', en: 'Matching' },
      merging: { zh: '归并入档', en: 'Merging' },
      undoing: { zh: '撤销', en: 'Undoing' },
    },
    long: true,
    start,
    async run({ input, state, step, read, progress, now }) {
      const numbers = [input.batch, ...(input.further ?? [])];
      if (input.act === 'undo') {
        if (state.phase !== 'end') await undo(await workOn(0));
        return undone(input.batch);
      }
      const told = lap(parts.timed);
      let at = state;
      while (at.phase !== 'end') {
        const phase = phases.find(({ key }) => key === at.phase);
        const work = await workOn(phase?.each === false ? 0 : at.at);
        if (!phase) {
          at = await staging(work, at);
          told('staging');
          continue;
        }
        at = await through(phase, work, at);
      }
      return gathered(await read((tx) => batchesOf(tx, numbers)));

      /** Goes through a phase piece by piece; one is made ready while the one before it is written. */
      async function through(phase: Phase, work: Work, from: Place): Promise<Place> {
        const prepare = async (after: unknown): Promise<Ready | undefined> =>
          phase.prepare &&
          read((tx) => phase.prepare?.(tx, work, after) ?? Promise.resolve(undefined));
        let place = from;
        let next = prepare(place.after);
        while (place.phase === phase.key && place.at === from.at) {
          const ready = await next;
          next = ready?.last ? prepare(ready.last) : Promise.resolve(undefined);
          // Whether it could be made ready is asked when its turn comes.
          next.catch(() => {});
          place = await step(async (tx, before) => {
            const now = { ...before, counts: { ...before.counts } };
            if (now.after === null) await enter(tx, phase, work);
            const after = (await phase.run(tx, work, now, ready)) ?? null;
            progress(now.done, now.total, phase.stage);
            if (after !== null) return { ...now, after };
            return { ...now, ...placeAfter(phase.key, now.at, numbers.length) };
          });
          told(phase.key);
        }
        await next.catch(() => {});
        return place;
      }

      /** @param at the file at work @throws Problem not-found when a batch or its profile is not there */
      async function workOn(at: number): Promise<Work> {
        const batches = await read((tx) => batchesOf(tx, numbers));
        const all = batches.flatMap((batch) => {
          const profile = parts.profileOf(batch.profile);
          return profile ? [{ batch, profile }] : [];
        });
        if (all.length < numbers.length) throw new Problem('not-found');
        const [own, lead] = [all[at], all[0]];
        if (!own || !lead) throw new Problem('not-found');
        const { number, source } = lead.batch;
        const merged = all
          .filter(({ batch }) => batch.state !== 'refused')
          .map(({ batch, profile }): [number, MergedBatch] => [
            batch.number,
            { source: batch.source, day: batch.day, target: targetOf(profile) },
          ]);
        const desk = {
          ...parts.desk(),
          batch: number,
          source,
          at: now(),
          batches: new Map(merged),
        };
        return { ...own, all, desk };
      }

      /** Reads the file into gather_row, from the row after the last one there. */
      async function staging({ batch, profile }: Work, place: Place): Promise<Place> {
        const { number } = batch;
        let staged = Number(place.after ?? 0);
        try {
          for await (const { json, last } of parts.rowsOf(batch, profile, dayOf(now()))) {
            if (last <= staged) continue;
            await step(async (tx, before) => {
              await setState(tx, number, 'staging');
              await stage(tx, number, json);
              progress(last, null, 'staging');
              return { ...before, after: last };
            });
            staged = last;
          }
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          return step(async (tx, before) => {
            await tx.count(sql`delete from gather_row where batch = ${number}`);
            await setState(tx, number, 'refused', now(), error.words);
            return { ...before, ...placeAfterStaging(before.at, numbers.length, true) };
          });
        }
        return step(async (tx, before) => {
          await tx.count(sql`update gather_batch set staged = ${staged} where number = ${number}`);
          return { ...before, ...placeAfterStaging(before.at, numbers.length, false) };
        });
      }

      async function undo({ batch, desk }: Work): Promise<void> {
        if (batch.state !== 'done' && batch.state !== 'undoing')
          throw new Problem('conflict', {
            detail: {
              zh: `第 ${batch.number} 批尚未完成或已撤销，无需撤销`,
              en: `Batch ${batch.number} is not done, or was undone: there is nothing to undo`,
            },
          });
        let place = state;
        while (place.phase !== 'end') {
          place = await step(async (tx, before) => {
            await setState(tx, batch.number, 'undoing');
            const from = before.after as AfterUndone | null;
            const after = await undoRecords(tx, desk, from, atOnce.undone);
            if (after === null) await setState(tx, batch.number, 'undone', now());
            progress(0, null, 'undoing');
            return { ...before, phase: after === null ? 'end' : 'undo', after };
          });
        }
      }
    },
  });
}

/** Notes which files are at work now; one that was refused is not. */
async function enter(tx: Queries, phase: Phase, { batch, all }: Work): Promise<void> {
  const these = phase.each ? [batch] : all.map((one) => one.batch);
  for (const { number, state } of these)
    if (state !== 'refused') await setState(tx, number, phase.stage);
}

/** Tells how long it was since it last told. */
function lap(timed: GatherParts['timed']): (phase: string) => void {
  let from = performance.now();
  return (phase) => {
    const now = performance.now();
    timed?.(phase, now - from);
    from = now;
  };
}

const undone = (number: number) => ({
  words: { zh: `已撤销第 ${number} 批`, en: `Batch ${number} was undone` },
});

function gathered(batches: readonly Batch[]) {
  const lines = batches.map(lineOf);
  return {
    words: {
      zh: lines.map(({ zh }) => zh).join('；'),
      en: lines.map(({ en }) => en).join('; '),
    },
  };
}

function lineOf(batch: Batch): Text {
  if (batch.problem) return batch.problem;
  return {
    zh: `第 ${batch.number} 批：${batch.staged} 行，入档 ${batch.linked} 行，待核 ${batch.asked} 行，未找到 ${batch.unmatched} 行，未采用 ${batch.aside} 行；新建 ${batch.made} 份，写入 ${batch.changed} 项`,
    en: `Batch ${batch.number}: ${batch.staged} rows, ${batch.linked} linked, ${batch.asked} to be asked about, ${batch.unmatched} of nobody, ${batch.aside} set aside; ${batch.made} records made, ${batch.changed} values written`,
  };
}
