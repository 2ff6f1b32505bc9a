import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { listen } from '../database/listen.ts';
import type { JobKind, Registry } from './kind.ts';
import { channel, freeLost, stillAlive, takeNext } from './queue.ts';
import { type Running, type RunParts, runJob } from './run.ts';
import { enrol, queueDue } from './schedule.ts';
import type { JobState } from './states.ts';

/** What a worker tells: a job that left its hands, or a fault of its own. */
export interface Told {
  job?: { id: string; kind: string };
  /** Undefined when another worker had taken the job over. */
  state?: JobState | undefined;
  error?: Error | undefined;
}

export interface WorkerParts extends RunParts {
  registry: Registry;
  /** How many jobs at once; one place is kept for short jobs. */
  places: number;
  /** Where to listen for queued jobs. */
  reach: pg.ClientConfig;
  tell?(told: Told): void;
}

/** Runs jobs in this process. */
export interface Worker {
  /** Takes up jobs from now on: at once when one is queued, and looks by itself every few seconds. */
  start(): Promise<void>;
  /** Runs what is due, and what that queues, until nothing is left: for tests and the command line. */
  drain(): Promise<void>;
  /** Runs this one job if it is queued and due. @returns its state afterwards; undefined if it was not run here */
  runOne(id: string): Promise<JobState | undefined>;
  /** Queues the jobs of the house that are due. */
  schedule(): Promise<void>;
  /** Takes up nothing more, waits for the running steps, and leaves the rest for the next start. */
  stop(): Promise<void>;
}

/** A worker that was not heard of for this long is taken for dead, and its jobs go to others. */
export const lapse = 60_000;
const beatEvery = 10_000;
const lookEvery = 5_000;

/** Makes a worker; it does nothing until it is told to. */
export function createWorker(parts: WorkerParts): Worker {
  const { steward, registry, clock, tell = () => {} } = parts;
  const running = new Map<Running, Promise<JobState | undefined>>();
  let stopping = false;
  let filling: Promise<void> | undefined;
  let fillAgain = false;
  let close: () => Promise<void> = async () => {};

  const attemptsOf = (kind: string): number => registry.kinds.get(kind)?.attempts ?? 5;

  /** All kinds; only the short ones when the places for long jobs are taken. */
  function kindsToTake(): string[] {
    const long = [...running.keys()].filter(({ kind }) => kind.long).length;
    const room = long < Math.max(1, parts.places - 1);
    return [...registry.kinds.values()]
      .filter((kind) => room || !kind.long)
      .map(({ kind }) => kind);
  }

  async function take(only?: string): Promise<Running | undefined> {
    const lease = randomUUID();
    const taken = await takeNext(steward, kindsToTake(), lease, clock(), only);
    const kind = taken && registry.kinds.get(taken.kind);
    if (!taken || !kind) return undefined;
    const { done, total, stage, rate } = taken;
    const pace = { done, stage, rate, at: clock() };
    return { taken, kind, done, total, stage, pace, stopping };
  }

  function launch(job: Running): Promise<JobState | undefined> {
    const { id, kind } = job.taken;
    const run = (async () => {
      try {
        const { state, error } = await runJob(parts, job);
        tell({ job: { id, kind }, state, error });
        return state;
      } catch (error) {
        // Its end could not be written: the lease lapses, and it goes on from its checkpoint.
        tell({ job: { id, kind }, error: error as Error });
        return undefined;
      } finally {
        running.delete(job);
      }
    })();
    running.set(job, run);
    return run;
  }

  /** Takes up jobs as long as there are places and jobs. @returns how many */
  async function fill(then: () => void): Promise<number> {
    let launched = 0;
    while (!stopping && running.size < parts.places) {
      const job = await take();
      if (!job) break;
      void launch(job).then(then);
      launched++;
    }
    return launched;
  }

  /** Fills the free places; asked again meanwhile, it looks again. */
  function look(): Promise<void> {
    fillAgain = true;
    filling ??= (async () => {
      try {
        while (fillAgain) {
          fillAgain = false;
          await fill(() => void look());
        }
      } catch (error) {
        tell({ error: error as Error });
      } finally {
        filling = undefined;
      }
    })();
    return filling;
  }

  const freeDead = (): Promise<unknown> => {
    const now = clock();
    return freeLost(steward, new Date(now.getTime() - lapse), now, attemptsOf);
  };

  async function beat(): Promise<void> {
    const jobs = [...running.keys()].map(({ taken, done, total, stage }) => ({
      lease: taken.lease,
      done,
      total,
      stage,
    }));
    if (jobs.length > 0) await stillAlive(steward, jobs, clock());
  }

  const schedule = (): Promise<void> => queueDue(steward, parts.vault, registry.kinds, clock());

  const kindsOf = (): JobKind[] => [...registry.kinds.values()];

  return {
    async start() {
      await enrol(steward, kindsOf(), clock());
      const ear = listen(parts.reach, 'minqing jobs', channel, { heard: () => void look() });
      await ear.ready;
      const stopBeating = every(beatEvery, beat, tell);
      const stopLooking = every(
        lookEvery,
        async () => {
          await freeDead();
          await schedule();
          await look();
        },
        tell,
      );
      close = async () => {
        await Promise.all([ear.close(), stopLooking()]);
        await Promise.all(running.values());
        await stopBeating();
      };
    },

    async drain() {
      await freeDead();
      for (;;) {
        // Jobs that end while the queue is asked free places it was not asked for: nothing is left
        // only when it was asked with all places free.
        const allFree = running.size === 0;
        const launched = await fill(() => {});
        if (allFree && launched === 0) return;
        if (running.size > 0) await Promise.race(running.values());
      }
    },

    async runOne(id) {
      const job = await take(id);
      return job && (await launch(job));
    },

    async schedule() {
      await enrol(steward, kindsOf(), clock());
      await schedule();
    },

    async stop() {
      stopping = true;
      for (const job of running.keys()) job.stopping = true;
      await filling;
      await close();
      await Promise.all(running.values());
    },
  };
}

/** Does something again and again, never twice at once. @returns the way to end it, after the turn under way */
function every(
  milliseconds: number,
  act: () => Promise<void>,
  tell: (told: Told) => void,
): () => Promise<void> {
  let turn: Promise<void> | undefined;
  const timer = setInterval(() => {
    turn ??= act()
      .catch((error: Error) => tell({ error }))
      .finally(() => {
        turn = undefined;
      });
  }, milliseconds);
  return async () => {
    clearInterval(timer);
    await turn;
  };
}
