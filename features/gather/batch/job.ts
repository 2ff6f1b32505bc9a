import Type from 'typebox';
import { dayOf } from '../../../server/clock.ts';
import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem, type Text } from '../../../server/errors.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { type AfterPerson, dropPersons, freshenPersons } from '../match/persons.ts';
import { askAboutDoubles, learn, linkById, score } from '../match/run.ts';
import { type MergedCategory, mergeRecords } from '../merge/merging.ts';
import { makePeople, type Newcomer } from '../merge/people.ts';
import type { MergeDesk } from '../merge/records.ts';
import { findTargets, makeTargets } from '../merge/targets.ts';
import { undoRecords } from '../merge/undo.ts';
import type { Cleaned, Profile } from '../rows.ts';
import { stage, stager } from './stage.ts';
import { type Batch, batchOf, countUp, keepWeights, setState } from './store.ts';

export const gatherKind = 'gather';

/** A file that does not fit its profile, or cannot be read: the batch is refused, with words that say why. */
export class Refused extends Error {
  readonly words: Text;
  constructor(words: Text) {
    super(words.en);
    this.words = words;
  }
}

/** What the job needs of the installation. */
export interface GatherParts {
  desk(): { dictionary: Dictionary; vault: Vault };
  /** A profile by its key. */
  profileOf(key: string): Profile | undefined;
  /** The rows of a batch's file made clean, some at a time. @throws Refused */
  rowsOf(batch: Batch, profile: Profile, now: Date): AsyncIterable<Cleaned[]>;
  /** Told of each step of the work: its phase and how many milliseconds it took; for benchmarks. */
  timed?(phase: string, milliseconds: number): void;
}

/** Where the work on a batch stands. */
interface Place {
  phase: string;
  /** Within the phase: a row, a record, a person; null at its beginning. */
  after: unknown;
  made: number;
  changed: number;
}

/** One piece of the work; called until it returns null. */
interface Phase {
  key: string;
  stage: 'matching' | 'merging';
  run(tx: Queries, work: Work, place: Place): Promise<unknown>;
}

interface Work {
  batch: Batch;
  profile: Profile;
  desk: MergeDesk;
}

/** Rows and records a step: a second or so. */
const atOnce = { persons: 2000, ids: 50_000, rows: 400, people: 1000, records: 1000 };

/** A register of residents makes those it names; other files only speak of people who are known. */
const isRegister = ({ subject, columns }: Profile): boolean =>
  subject === 'resident' &&
  columns.some(({ key }) => key === 'household_number') &&
  columns.some(({ key }) => key === 'area');

const targetOf = ({ subject }: Profile): 'housing' | 'premises' | undefined =>
  subject === 'housing' || subject === 'premises' ? subject : undefined;

const persons: Phase['run'] = async (tx, { desk }, { after }) =>
  freshenPersons(tx, desk.vault, after as AfterPerson, atOnce.persons);

const dropPhase: Phase['run'] = async (tx) => {
  await dropPersons(tx);
  return null;
};

const ids: Phase['run'] = async (tx, { batch }, { after }) => {
  const from = Number(after ?? 0) + 1;
  const to = from + atOnce.ids - 1;
  await linkById(tx, { batch: batch.number, from, to });
  return to < batch.staged ? to : null;
};

/** Further rows of those whom a register brought; other files bring nobody. */
const idsMade: Phase['run'] = async (tx, work, place) =>
  isRegister(work.profile) ? ids(tx, work, place) : null;

const merging = (category: MergedCategory): Phase['run'] =>
  async function merge(tx, { desk, batch }, place) {
    const done = await mergeRecords(
      tx,
      desk,
      category,
      batch.day,
      place.after as string | null,
      atOnce.records,
    );
    place.changed += done.values;
    return done.after;
  };

/** The phases after staging, in their order. */
const phases: readonly Phase[] = [
  { key: 'drop', stage: 'matching', run: dropPhase },
  { key: 'persons', stage: 'matching', run: persons },
  { key: 'ids', stage: 'matching', run: ids },
  { key: 'register', stage: 'matching', run: makeOfIds },
  { key: 'ids-made', stage: 'matching', run: idsMade },
  { key: 'learn', stage: 'matching', run: learnPhase },
  { key: 'score', stage: 'matching', run: scorePhase },
  { key: 'doubles', stage: 'matching', run: doublesPhase },
  { key: 'register-rest', stage: 'matching', run: makeOfRest },
  { key: 'find', stage: 'merging', run: findPhase },
  { key: 'make', stage: 'merging', run: makePhase },
  { key: 'resident', stage: 'merging', run: merging('resident') },
  { key: 'household', stage: 'merging', run: merging('household') },
  { key: 'housing', stage: 'merging', run: ofTarget('housing') },
  { key: 'premises', stage: 'merging', run: ofTarget('premises') },
  { key: 'count', stage: 'merging', run: countPhase },
];

function ofTarget(category: 'housing' | 'premises'): Phase['run'] {
  const merge = merging(category);
  return async (tx, work, place) =>
    targetOf(work.profile) === category ? merge(tx, work, place) : null;
}

const newcomerColumns = sql`r.n, r.as_of, r.items, r.sealed, r.citizen, r.name, r.pinyin,
  r.birth, r.sex, r.address, r.place as area, r.household_number, r.relation`;

async function makeOfIds(tx: Queries, { batch, profile, desk }: Work, place: Place) {
  if (!isRegister(profile)) return null;
  // Asked row by row along the indexes: as a join over tables just filled, without statistics, it took minutes.
  const rows = await tx.rows(sql<Newcomer>`
    select ${newcomerColumns} from gather_row r
     where r.batch = ${batch.number} and r.n > ${Number(place.after ?? 0)} and r.aside is null and r.citizen is not null
       and (select l.n from gather_link l where l.batch = r.batch and l.n = r.n) is null
       and (select p.id from gather_person p where p.citizen = r.citizen limit 1) is null
     order by r.n limit ${atOnce.people}`);
  place.made += await makePeople(tx, desk, rows, batch.day);
  return rows.length === atOnce.people ? rows.at(-1)?.n : null;
}

async function makeOfRest(tx: Queries, { batch, profile, desk }: Work, place: Place) {
  if (!isRegister(profile)) return null;
  // Rows of one person name one household: whole households at a time.
  const rows = await tx.rows(sql<Newcomer>`
    with open as (
      select r.* from gather_link l join gather_row r on r.batch = l.batch and r.n = l.n
       where l.batch = ${batch.number} and l.decision = 'none'),
    chosen as (select distinct coalesce(household_number, '') as number from open order by 1 limit ${atOnce.people})
    select ${newcomerColumns} from open r join chosen on chosen.number = coalesce(r.household_number, '') order by r.n`);
  place.made += await makePeople(tx, desk, rows, batch.day);
  return rows.length > 0 ? 0 : null;
}

async function residentsKnown(tx: Queries): Promise<number> {
  const found = await tx.first(sql<{ n: number }>`select count(*)::int as n from gather_person`);
  return found?.n ?? 0;
}

async function learnPhase(tx: Queries, { batch }: Work) {
  await keepWeights(tx, batch.number, await learn(tx, batch.number, await residentsKnown(tx)));
  return null;
}

async function scorePhase(tx: Queries, { batch }: Work, place: Place) {
  const { weights } = (await batchOf(tx, batch.number)) ?? {};
  if (!weights) throw new Error('nothing was learnt');
  const residents = await residentsKnown(tx);
  return score(tx, batch.number, weights, residents, Number(place.after ?? 0), atOnce.rows);
}

async function doublesPhase(tx: Queries, { batch }: Work) {
  const { weights } = (await batchOf(tx, batch.number)) ?? {};
  if (weights) await askAboutDoubles(tx, batch.number, weights);
  return null;
}

async function findPhase(tx: Queries, { batch, profile }: Work) {
  const category = targetOf(profile);
  if (category) await findTargets(tx, batch.number, category);
  return null;
}

async function makePhase(tx: Queries, { batch, profile, desk }: Work, place: Place) {
  const category = targetOf(profile);
  if (!category) return null;
  const after = Number(place.after ?? 0);
  const done = await makeTargets(tx, desk, category, batch.day, after, atOnce.records);
  place.made += done.made;
  return done.after;
}

async function countPhase(tx: Queries, { batch, desk }: Work, { made, changed }: Place) {
  await countUp(tx, batch.number, made, changed);
  await setState(tx, batch.number, 'done', desk.at);
  return null;
}

/** Gathers a batch, or undoes one. */
export function gatherJob(parts: GatherParts) {
  return defineSystemJob({
    kind: gatherKind,
    label: { zh: '数据归集', en: 'Gathering' },
    input: Type.Object({
      batch: Type.Integer(),
      act: Type.Union([Type.Literal('gather'), Type.Literal('undo')]),
    }),
    stages: {
      staging: { zh: '读取与清洗', en: 'Reading and cleaning' },
      matching: { zh: '比对', en: 'Matching' },
      merging: { zh: '归并入档', en: 'Merging' },
      undoing: { zh: '撤销', en: 'Undoing' },
    },
    long: true,
    start: { phase: 'staging', after: null, made: 0, changed: 0 } as Place,
    async run({ input, state, step, read, progress, now }) {
      const batch = await read((tx) => batchOf(tx, input.batch));
      if (!batch) throw new Problem('not-found');
      const profile = parts.profileOf(batch.profile);
      if (!profile) throw new Problem('not-found');
      const desk: MergeDesk = {
        ...parts.desk(),
        batch: batch.number,
        source: batch.source,
        at: now(),
      };
      const work: Work = { batch, profile, desk };
      if (input.act === 'undo') {
        await undo(work);
        return resultOf(await read((tx) => batchOf(tx, input.batch)), 'undo');
      }
      let at = state;
      const told = lap(parts.timed);
      if (at.phase === 'staging') {
        const done = await staging(work);
        told('staging');
        if (!done) return resultOf(await read((tx) => batchOf(tx, input.batch)), 'gather');
      }
      work.batch = (await read((tx) => batchOf(tx, input.batch))) ?? batch;
      for (const phase of phases.slice(phases.findIndex(({ key }) => key === at.phase))) {
        if (at.phase !== phase.key) continue;
        for (;;) {
          at = await step(async (tx, before) => {
            const place = { ...before };
            if (place.after === null && phase.key !== 'count')
              await setState(tx, batch.number, phase.stage);
            const after = (await phase.run(tx, work, place)) ?? null;
            progress(phases.indexOf(phase), phases.length, phase.stage);
            return after === null ? { ...place, ...nextPhase(phase) } : { ...place, after };
          });
          told(phase.key);
          if (at.phase !== phase.key) break;
        }
      }
      return resultOf(await read((tx) => batchOf(tx, input.batch)), 'gather');

      function nextPhase({ key }: Phase): Pick<Place, 'phase' | 'after'> {
        const next = phases[phases.findIndex((one) => one.key === key) + 1];
        return { phase: next?.key ?? 'end', after: null };
      }

      /** Reads the file into gather_row, from the row after the last one there. @returns whether it could be read */
      async function staging({ batch, profile, desk }: Work): Promise<boolean> {
        const made = stager(desk.dictionary, desk.vault, dayOf(now()));
        let staged = Number(state.after ?? 0);
        try {
          for await (const rows of parts.rowsOf(batch, profile, now())) {
            const fresh = rows.filter(({ n }) => n > staged);
            if (fresh.length === 0) continue;
            const last = fresh.at(-1)?.n ?? staged;
            await step(async (tx, before) => {
              await setState(tx, batch.number, 'staging');
              await stage(tx, batch.number, fresh.map(made));
              progress(last, null, 'staging');
              return { ...before, after: last };
            });
            staged = last;
          }
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          await step(async (tx, before) => {
            await tx.count(sql`delete from gather_row where batch = ${batch.number}`);
            await setState(tx, batch.number, 'refused', now(), error.words);
            return { ...before, phase: 'end' };
          });
          return false;
        }
        at = await step(async (tx, before) => {
          await tx.count(
            sql`update gather_batch set staged = ${staged} where number = ${batch.number}`,
          );
          return { ...before, phase: phases[0]?.key ?? 'end', after: null };
        });
        return true;
      }

      async function undo({ batch, desk }: Work): Promise<void> {
        if (batch.state !== 'done' && batch.state !== 'undoing')
          throw new Problem('conflict', {
            detail: {
              zh: `第 ${batch.number} 批尚未完成或已撤销，无需撤销`,
              en: `Batch ${batch.number} is not done, or was undone: there is nothing to undo`,
            },
          });
        for (;;) {
          let more = false;
          await step(async (tx, before) => {
            await setState(tx, batch.number, 'undoing');
            more = await undoRecords(tx, desk, atOnce.records);
            if (!more) await setState(tx, batch.number, 'undone', now());
            progress(0, null, 'undoing');
            return before;
          });
          if (!more) return;
        }
      }
    },
  });
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

function resultOf(batch: Batch | undefined, act: 'gather' | 'undo') {
  if (batch?.problem) return { words: batch.problem };
  if (!batch || act === 'undo')
    return {
      words: {
        zh: `已撤销第 ${batch?.number} 批`,
        en: `Batch ${batch?.number} was undone`,
      },
    };
  return {
    words: {
      zh: `第 ${batch.number} 批：${batch.staged} 行，入档 ${batch.linked} 行，待核 ${batch.asked} 行，未找到 ${batch.unmatched} 行，未采用 ${batch.aside} 行；新建 ${batch.made} 份，写入 ${batch.changed} 项`,
      en: `Batch ${batch.number}: ${batch.staged} rows, ${batch.linked} linked, ${batch.asked} to be asked about, ${batch.unmatched} of nobody, ${batch.aside} set aside; ${batch.made} records made, ${batch.changed} values written`,
    },
  };
}
