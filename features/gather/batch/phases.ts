import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { carryPhones, forgetUnits, noteUnits, unitsNoted } from '../match/carry.ts';
import { nameById, nameTheRest } from '../match/newcomers.ts';
import { type AfterPerson, dropPersons, freshenPersons } from '../match/persons.ts';
import {
  askAboutDoubles,
  learn,
  linkById,
  type Stretch,
  score,
  type Within,
} from '../match/run.ts';
import { partOutside, type TargetCategory } from '../merge/targets.ts';
import {
  type Counts,
  type Prepared,
  prepareUnits,
  type UnitDesk,
  writeUnits,
} from '../merge/units.ts';
import { applyDecisions } from '../review/remembered.ts';
import type { Profile } from '../rows.ts';
import { analyze, type Batch, batchOf, countUp, keepWeights, setState } from './store.ts';

/** Where the work stands. */
export interface Place {
  phase: string;
  /** Of the files that are gathered together, the one at work. */
  at: number;
  /** Within the phase: a row, a record, a person; null at its beginning. */
  after: unknown;
  /** How much of the phase is done, and of how much. */
  done: number;
  total: number | null;
  counts: Counts;
}

/** One piece of the work; called until it returns null. */
export interface Phase {
  key: string;
  stage: 'matching' | 'merging';
  /** Whether it is done for each file; else once for all of them. */
  each: boolean;
  /**
   * Gets the next piece ready, from `after` on, while the piece before it is written; what others do meanwhile is for
   * `run` to find out.
   */
  prepare?(tx: Queries, work: Work, after: unknown): Promise<Ready>;
  /** @param ready what `prepare` made */
  run(tx: Queries, work: Work, place: Place, ready?: Ready): Promise<unknown>;
}

/** A piece made ready. */
export type Ready = Prepared;

export interface Work {
  /** The file at work; of what is done once for all, the first. */
  batch: Batch;
  profile: Profile;
  /** All that are gathered together, in their order. */
  all: readonly { batch: Batch; profile: Profile }[];
  desk: UnitDesk;
}

/** Rows and records a step: a second or so. */
export const atOnce = {
  persons: 2000,
  rows: 50_000,
  newcomers: 20_000,
  scored: 400,
  units: 200,
  undone: 1000,
};

/** A register of residents makes those it names; other files only speak of people who are known. */
const isRegister = ({ subject, columns }: Profile): boolean =>
  subject === 'resident' &&
  columns.some(({ key }) => key === 'household_number') &&
  columns.some(({ key }) => key === 'area');

/** What the rows of a file speak of beside a person. */
export const targetOf = ({ subject }: Profile): TargetCategory | undefined =>
  subject === 'housing' || subject === 'premises' ? subject : undefined;

/** Whether the phone that the rows are matched by is the resident's own. */
const tellsPhone = ({ columns }: Profile): boolean =>
  columns.some(({ key, items }) => key === 'phone' && items.includes('resident.phone'));

const within = ({ number, lo, hi }: Batch): Within => ({ batch: number, lo, hi });

/** Goes through the rows of a file by their numbers, so many at a time. */
const byStretch =
  (size: number, work: (tx: Queries, stretch: Stretch, all: Work, place: Place) => Promise<void>) =>
  async (tx: Queries, all: Work, place: Place): Promise<number | null> => {
    const { batch } = all;
    const from = Number(place.after ?? 0) + 1;
    const to = from + size - 1;
    await work(tx, { ...within(batch), from, to }, all, place);
    place.done = Math.min(to, batch.staged);
    place.total = batch.staged;
    return to < batch.staged ? to : null;
  };

const linkIds: Phase['run'] = byStretch(atOnce.rows, async (tx, stretch) => {
  await linkById(tx, stretch);
});

const nameNewcomers = byStretch(atOnce.newcomers, async (tx, stretch) => {
  await nameById(tx, stretch);
});

const noteLinked = byStretch(atOnce.rows, async (tx, stretch, { profile, desk }) => {
  if (tellsPhone(profile)) await carryPhones(tx, stretch);
  await noteUnits(tx, desk.batch, stretch);
});

/** Only of a register; other files bring nobody. */
const ofRegister =
  (run: Phase['run']): Phase['run'] =>
  async (tx, work, place) =>
    isRegister(work.profile) ? run(tx, work, place) : null;

/** The phases after staging, in their order. */
export const phases: readonly Phase[] = [
  { key: 'drop', stage: 'matching', each: false, run: dropPhase },
  { key: 'persons', stage: 'matching', each: false, run: personsPhase },
  { key: 'ids', stage: 'matching', each: true, run: linkIds },
  { key: 'decided', stage: 'matching', each: true, run: decidedPhase },
  { key: 'newcomers', stage: 'matching', each: true, run: ofRegister(nameNewcomers) },
  // Further rows of those whom a register brought.
  { key: 'ids-made', stage: 'matching', each: true, run: ofRegister(linkIds) },
  { key: 'analyze', stage: 'matching', each: true, run: analyzePhase },
  { key: 'learn', stage: 'matching', each: true, run: learnPhase },
  { key: 'score', stage: 'matching', each: true, run: scorePhase },
  { key: 'doubles', stage: 'matching', each: true, run: doublesPhase },
  { key: 'newcomers-rest', stage: 'matching', each: true, run: ofRegister(restPhase) },
  { key: 'outside', stage: 'matching', each: true, run: outsidePhase },
  { key: 'note', stage: 'matching', each: true, run: noteLinked },
  { key: 'merge', stage: 'merging', each: false, prepare: prepareMerge, run: mergePhase },
  { key: 'count', stage: 'merging', each: false, run: countPhase },
];

async function dropPhase(tx: Queries) {
  await dropPersons(tx);
  return null;
}

async function personsPhase(tx: Queries, { desk }: Work, { after }: Place) {
  return freshenPersons(tx, desk.vault, after as AfterPerson, atOnce.persons);
}

/** Fewer rows change little of what the planner knows. */
const worthAnalyzing = 10_000;

async function analyzePhase(tx: Queries, { batch }: Work) {
  if (batch.staged >= worthAnalyzing) await analyze(tx);
  return null;
}

async function decidedPhase(tx: Queries, { batch }: Work) {
  await applyDecisions(tx, batch.number);
  return null;
}

async function restPhase(tx: Queries, { batch }: Work) {
  await nameTheRest(tx, within(batch));
  return null;
}

async function residentsKnown(tx: Queries): Promise<number> {
  const found = await tx.first(sql<{ n: number }>`select count(*)::int as n from gather_person`);
  return found?.n ?? 0;
}

async function learnPhase(tx: Queries, { batch }: Work) {
  await keepWeights(tx, batch.number, await learn(tx, within(batch), await residentsKnown(tx)));
  return null;
}

async function scorePhase(tx: Queries, { batch }: Work, place: Place) {
  const { weights } = (await batchOf(tx, batch.number)) ?? {};
  if (!weights) throw new Error('nothing was learnt');
  const residents = await residentsKnown(tx);
  const after = Number(place.after ?? 0);
  const last = await score(tx, within(batch), weights, residents, after, atOnce.scored);
  place.done = last ?? batch.staged;
  place.total = batch.staged;
  return last;
}

async function doublesPhase(tx: Queries, { batch }: Work) {
  const { weights } = (await batchOf(tx, batch.number)) ?? {};
  if (weights) await askAboutDoubles(tx, batch.number, weights);
  return null;
}

async function outsidePhase(tx: Queries, { batch, profile }: Work) {
  const category = targetOf(profile);
  if (category && !isEverywhere(batch)) await partOutside(tx, category, within(batch));
  return null;
}

const isEverywhere = ({ lo, hi }: Batch): boolean => lo === 0 && hi >= 1_000_000_000_000_000;

function prepareMerge(tx: Queries, { desk }: Work, after: unknown): Promise<Ready> {
  return prepareUnits(tx, desk, after as string | null, atOnce.units);
}

async function mergePhase(tx: Queries, { desk }: Work, place: Place, ready?: Ready) {
  if (place.after === null) {
    place.done = 0;
    place.total = await unitsNoted(tx, desk.batch);
  }
  const from = place.after as string | null;
  const prepared = ready ?? (await prepareUnits(tx, desk, from, atOnce.units));
  const { after, counts, units } = await writeUnits(tx, desk, prepared, atOnce.units);
  place.done += units;
  for (const [batch, { made, changed }] of Object.entries(counts)) {
    const sum = place.counts[Number(batch)] ?? { made: 0, changed: 0 };
    place.counts[Number(batch)] = { made: sum.made + made, changed: sum.changed + changed };
  }
  return after;
}

async function countPhase(tx: Queries, { all, desk }: Work, { counts }: Place) {
  for (const { batch } of all) {
    if (batch.state === 'refused') continue;
    const { made = 0, changed = 0 } = counts[batch.number] ?? {};
    await countUp(tx, batch.number, made, changed);
    await setState(tx, batch.number, 'done', desk.at);
  }
  await forgetUnits(tx, desk.batch, [...desk.batches.keys()]);
  return null;
}

/** The place after a phase; a file's last phase is followed by the next file's staging. */
export function placeAfter(
  key: string,
  at: number,
  files: number,
): Pick<Place, 'phase' | 'at' | 'after'> {
  const i = phases.findIndex((phase) => phase.key === key);
  const [last, next] = [phases[i], phases[i + 1]];
  if (last?.each && !next?.each && at + 1 < files)
    return { phase: 'staging', at: at + 1, after: null };
  return { phase: next?.key ?? 'end', at, after: null };
}

/** The place after a file was read: what is done once for all comes with the first. */
export function placeAfterStaging(
  at: number,
  files: number,
  refused: boolean,
): Pick<Place, 'phase' | 'at' | 'after'> {
  const each = phases.filter((phase) => phase.each).map(({ key }) => key);
  if (refused) return placeAfter(each.at(-1) ?? '', at, files);
  const isFirst = at === 0;
  return { phase: (isFirst ? phases[0]?.key : each[0]) ?? 'end', at, after: null };
}
