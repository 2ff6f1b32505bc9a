import type { Static, TSchema } from 'typebox';
import type { Actor, Tx } from '../database/actor.ts';
import type { Queries } from '../database/steward.ts';
import type { Language, Text } from '../errors.ts';

/** What a job's `run` is given. */
export interface JobContext<Input, State, Q> {
  readonly id: string;
  readonly input: Input;
  /** The checkpoint: what the last step that was committed returned, or the definition's `start`. */
  readonly state: State;
  /** Whoever started it, under the post of that time; null for a job of the house. */
  readonly actor: Actor | null;
  /** Now, by the worker's clock. */
  now(): Date;
  /**
   * One transaction with the checkpoint: what `work` does to the database and the state it returns commit
   * together or not at all, so that it is applied once, whatever dies. Keep steps to a few seconds: pause,
   * cancel and stop wait for the end of a step. `work` may be run anew (a deadlock), from the same state.
   * @returns the new state, also in `state` from now on
   * @throws what ends the run early (asked to pause, post ended, …): let it pass
   */
  step(
    work: (tx: Q, state: State) => Promise<State>,
    options?: { subjects?: readonly string[] },
  ): Promise<State>;
  /**
   * A transaction without a checkpoint, for reading. `snapshot` shows it one state of the database throughout; only
   * under a post's rights. @throws as `step` does
   */
  read<R>(work: (tx: Q) => Promise<R>, options?: { snapshot?: boolean }): Promise<R>;
  /** Tells how far it is, in units of the kind; written with the next step or sign of life. */
  progress(done: number, of: number | null, stage?: string): void;
  /** For long work between steps. @throws as `step` does when the job is to stop here */
  check(): Promise<void>;
}

interface Definition<I extends TSchema, State, Q> {
  /** Stable key: it stands in the table. */
  kind: string;
  label: Text;
  /** Checked when the job is started and again when it is taken up. */
  input: I;
  /** The state before the first step. States are kept as JSON and small (under 256 kB). */
  start: State;
  /** Words for the stages that `progress` names. */
  stages?: Readonly<Record<string, Text>>;
  /** How many failures or lost workers until it is `failed`; 5 unless said. */
  attempts?: number;
  /** Work of many minutes: a worker always keeps a place free for short jobs. */
  long?: boolean;
  /** When the house starts it by itself: five cron fields, in Asia/Shanghai. Input must be empty. */
  cron?: string;
  /** Of a schedule of every few minutes: the row of the last run that went well is used again, so that one stands in the list. */
  oneRow?: boolean;
  /**
   * Does the work, from `context.state` on. May be called again after any step, with the state of that
   * step, also after the last one: the result must follow from the state. A `Problem` that it throws ends
   * the job with these words; any other error is tried again.
   */
  run(context: JobContext<Static<I>, State, Q>): Promise<JobResult | undefined>;
}

/** What a job brings its starter. */
export interface JobResult {
  /** One line: how many, of what. */
  words: Text;
  /** A page of the console or a file of the API to open, as a path. */
  link?: string;
}

/** Under whose rights the steps run: the starter's post, or the steward's with what migrations grant the kind. */
export type Rights = 'post' | 'system';

/** A registered kind of job. What its input and state are, it alone knows. */
export interface JobKind extends Omit<Definition<TSchema, unknown, never>, 'run'> {
  rights: Rights;
  run(context: JobContext<never, never, never>): Promise<JobResult | undefined>;
}

/** A kind whose steps run under the post of whoever started it: row security as in that official's own requests. */
export function defineJob<I extends TSchema, State>(
  definition: Omit<Definition<I, State, Tx>, 'cron' | 'oneRow'>,
): JobKind & { input: I; rights: 'post' } {
  return { ...definition, rights: 'post' };
}

/** A kind whose steps run as the steward (0005_jobs.sql): housekeeping, sealing, retention. */
export function defineSystemJob<I extends TSchema, State>(
  definition: Definition<I, State, Queries>,
): JobKind & { input: I; rights: 'system' } {
  return { ...definition, rights: 'system' };
}

/** The kinds of this program. */
export interface Registry {
  readonly kinds: ReadonlyMap<string, JobKind>;
  /** The kind's name; its key when this program does not know it. */
  label(kind: string, language: Language): string;
  stage(kind: string, stage: string | null, language: Language): string | null;
}

/** @throws Error when two kinds have one key */
export function createRegistry(kinds: readonly JobKind[]): Registry {
  const byKey = new Map<string, JobKind>();
  for (const kind of kinds) {
    if (byKey.has(kind.kind)) throw new Error(`two kinds of job are called ${kind.kind}`);
    byKey.set(kind.kind, kind);
  }
  return {
    kinds: byKey,
    label: (kind, language) => byKey.get(kind)?.label[language] ?? kind,
    stage: (kind, stage, language) =>
      stage === null ? null : (byKey.get(kind)?.stages?.[stage]?.[language] ?? null),
  };
}
