import type { FastifyError } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { type Clock, dayOf } from '../clock.ts';
import type { Vault } from '../crypto.ts';
import type { Actor, Database } from '../database/actor.ts';
import { sql } from '../database/sql.ts';
import type { Queries, Steward } from '../database/steward.ts';
import { Problem, type Text } from '../errors.ts';
import { asProblem } from '../http/problems.ts';
import { openJson, sealJson } from './content.ts';
import { type Pace, paceAfter } from './estimate.ts';
import type { JobContext, JobKind, JobResult } from './kind.ts';
import { end, type Failure, fail, giveBack, type Taken } from './queue.ts';
import type { JobState } from './states.ts';

/** Whoever a job acts for, as the post stands today. */
export interface Holder {
  account: string;
  username: string;
  post: string;
  role: string;
  department: string | null;
  lo: number;
  hi: number;
}

/** What running a job needs. */
export interface RunParts {
  steward: Steward;
  database: Database;
  vault: Vault;
  clock: Clock;
  /** The actor with the rights of the holder's role: made by features/identity, which knows the roles. */
  actorOf(holder: Holder, now: Date): Actor;
}

/** A job in the hands of this worker: how far it is, for signs of life between steps. */
export interface Running {
  taken: Taken;
  kind: JobKind;
  done: number;
  total: number | null;
  stage: string | null;
  pace: Pace | null;
  /** Set when the worker is to end: the job stops before its next step. */
  stopping: boolean;
}

/** Thrown at the beginning of a step when the worker is to end. */
class Stopping extends Error {}

/** SQLSTATEs of the gate's functions for jobs (0005_jobs.sql). */
const postEnded = 'MQ403';
const notOurs = 'MQ409';
const askedToStop = 'MQ410';

/** Two writers waited for each other; this one was rolled back and nothing of it was done. */
const undone = ['40P01', '40001'];

/**
 * Runs a job from its checkpoint until its end, or until it is to stop; writes down which.
 * @returns its state afterwards, or undefined when it was not this worker's any more; and the error
 *   that made it fail
 * @throws Error when even that could not be written: the job's lease then lapses
 */
export async function runJob(
  parts: RunParts,
  running: Running,
): Promise<{ state: JobState | undefined; error?: Error }> {
  const { taken, kind } = running;
  const { steward, vault, clock } = parts;
  try {
    const result = await work(parts, running);
    return {
      state: await end(steward, taken.lease, 'done', clock(), sealJson(vault, result ?? null)),
    };
  } catch (thrown) {
    const error = thrown as Error & { code?: string };
    if (error.code === notOurs) return { state: undefined };
    if (error instanceof Stopping || error.code === askedToStop)
      return { state: await giveBack(steward, taken.lease, clock()) };
    if (error.code === postEnded) return { state: await refuse(parts, taken) };
    const attempts = kind.attempts ?? 5;
    const state = await fail(steward, taken.lease, attempts, failureOf(vault, error), clock());
    return { state, error };
  }
}

async function work(parts: RunParts, running: Running): Promise<JobResult | undefined> {
  const { taken, kind } = running;
  const input = openJson(parts.vault, taken.input);
  if (!Value.Check(kind.input, input))
    throw new Problem('invalid', {
      detail: {
        zh: '任务的参数与当前版本不符，请重新发起',
        en: 'The job’s input does not fit this version; start it anew',
      },
    });
  const actor = await actorOf(parts, taken);
  const kept = openJson(parts.vault, taken.checkpoint);
  const state = kept === undefined ? kind.start : kept;
  const context = contextOf(parts, running, actor, input, state);
  // The input was checked against the kind's schema, and the state is what the kind itself returned.
  return kind.run(context as JobContext<never, never, never>);
}

/** @throws an error with the code `postEnded` when the account or the post has ended */
async function actorOf(parts: RunParts, taken: Taken): Promise<Actor | null> {
  if (taken.account === null) return null;
  const now = parts.clock();
  const holder = await parts.steward.transaction((tx) =>
    tx.first(
      sql<Holder>`select * from gate_job_holder(${taken.id}, ${taken.lease}, ${dayOf(now)})`,
    ),
  );
  if (!holder) throw Object.assign(new Error('the post has ended'), { code: postEnded });
  return {
    ...parts.actorOf(holder, now),
    job: { id: taken.id, lease: taken.lease },
  };
}

/** The gate found another post than the job began with: ended, or only given another range meanwhile. */
async function refuse(parts: RunParts, taken: Taken): Promise<JobState | undefined> {
  const { steward, clock } = parts;
  const holds = await actorOf(parts, taken).catch((error) => {
    if (error.code === postEnded) return undefined;
    throw error;
  });
  if (holds) return giveBack(steward, taken.lease, clock());
  return end(steward, taken.lease, 'refused', clock(), null);
}

function failureOf(vault: Vault, error: Error): Failure {
  const problem = asProblem(error as FastifyError | Problem);
  const words: Text | null = problem.detail ?? problem.errors?.[0]?.message ?? null;
  return {
    problem: problem.key,
    detail: words && sealJson(vault, words),
    final: error instanceof Problem && problem.key !== 'unavailable',
  };
}

function contextOf(
  parts: RunParts,
  running: Running,
  actor: Actor | null,
  input: Static<TSchema>,
  start: unknown,
): JobContext<unknown, unknown, Queries> {
  const { taken, kind } = running;
  const { clock, vault } = parts;
  let state = start;

  async function transaction<R>(
    inside: (tx: Queries, now: Date) => Promise<R>,
    { subjects = [], snapshot = false }: Opening = {},
  ): Promise<R> {
    if (running.stopping) throw new Stopping();
    const now = clock();
    if (kind.rights === 'post') return asStarter(parts, actor, now, inside, { subjects, snapshot });
    return asSteward(parts, taken, actor, now, inside);
  }

  return {
    id: taken.id,
    input,
    actor,
    now: clock,
    get state() {
      return state;
    },
    step: (inside, options) =>
      againWhenUndone(() =>
        transaction(async (tx, now) => {
          const next = await inside(tx, state);
          const { done, total, stage } = running;
          const pace = paceAfter(running.pace, done, stage, now);
          await tx.first(sql`select gate_job_keep(${taken.id}, ${taken.lease}, ${sealJson(vault, next)},
            ${done}, ${total}, ${stage}, ${pace.rate}, ${clock()})`);
          return { next, pace };
        }, options),
      ).then(({ next, pace }) => {
        running.pace = pace;
        state = next;
        return next;
      }),
    read: (inside, options) => transaction((tx) => inside(tx), options),
    check: () => transaction(async () => {}),
    progress(done, of, stage) {
      if (stage !== undefined && !kind.stages?.[stage])
        throw new Error(`${kind.kind} has no words for the stage ${stage}`);
      Object.assign(running, { done, total: of, stage: stage ?? null });
    },
  };
}

/** How a transaction is opened. */
interface Opening {
  subjects?: readonly string[];
  snapshot?: boolean;
}

/** A transaction with the rights of the starter's post, as in a request of that official's. */
function asStarter<R>(
  parts: RunParts,
  actor: Actor | null,
  now: Date,
  inside: (tx: Queries, now: Date) => Promise<R>,
  opening: Opening,
): Promise<R> {
  if (!actor) throw new Problem('no-post');
  return parts.database.withActor(
    { ...actor, now, day: dayOf(now) },
    async (tx) => {
      // The gate's word first: what a step does outside the database must not begin without it.
      await tx.first(sql`select 1`);
      return inside(tx, now);
    },
    opening,
  );
}

/** A transaction of a system job: the steward, with what migrations grant the kind. */
function asSteward<R>(
  parts: RunParts,
  { id, lease, kind }: Taken,
  actor: Actor | null,
  now: Date,
  inside: (tx: Queries, now: Date) => Promise<R>,
): Promise<R> {
  const post = actor?.post;
  const settings: Record<string, string> = { 'minqing.kind': kind };
  if (actor && post) {
    settings['minqing.account'] = actor.account;
    settings['minqing.post'] = post.id;
  }
  return parts.steward.transaction(async (tx) => {
    await tx.first(sql`select gate_verify_job(${id}, ${lease}, ${post?.id ?? null}, ${post?.lo ?? null},
      ${post?.hi ?? null}, ${dayOf(now)})`);
    return inside(tx, now);
  }, settings);
}

async function againWhenUndone<R>(attempt: () => Promise<R>): Promise<R> {
  for (let again = 3; ; again--) {
    try {
      return await attempt();
    } catch (error) {
      if (again === 0 || !undone.includes((error as { code?: string }).code ?? '')) throw error;
    }
  }
}
