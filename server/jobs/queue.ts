import { sql } from '../database/sql.ts';
import type { Queries, Steward } from '../database/steward.ts';
import type { ProblemKey } from '../errors.ts';
import { backOff, type JobState, restOf } from './states.ts';

/** A job that a worker has taken up. */
export interface Taken {
  id: string;
  kind: string;
  lease: string;
  account: string | null;
  post: string | null;
  failures: number;
  done: number;
  total: number | null;
  stage: string | null;
  rate: number | null;
  input: Buffer;
  checkpoint: Buffer | null;
}

/** The channel on which workers are woken. */
export const channel = 'minqing_job';

/**
 * Takes up the next job that is due, of the given kinds, or the one named. No two workers get one job; an
 * official with no job running goes before one who has some.
 */
export function takeNext(
  steward: Steward,
  kinds: readonly string[],
  lease: string,
  now: Date,
  only: string | null = null,
): Promise<Taken | undefined> {
  return steward.transaction((tx) =>
    tx.first(sql<Taken>`
    update job set state = 'running', lease = ${lease}, seen_at = ${now}, measured_at = ${now},
           started_at = coalesce(started_at, ${now})
      from job_content c
     where c.job = job.id and job.id = (
      select id from job j
       where state = 'queued' and due_at <= ${now} and kind = any(${kinds}) and (${only}::uuid is null or id = ${only}::uuid)
       order by (select count(*) from job r where r.lease is not null and r.account = j.account), due_at, id
       limit 1 for update skip locked)
    returning id, kind, lease, job.account, job.post, failures, done, total, stage, rate, input, checkpoint`),
  );
}

/** Signs of life of a worker's jobs, with their progress. */
export async function stillAlive(
  steward: Steward,
  jobs: readonly { lease: string; done: number; total: number | null; stage: string | null }[],
  now: Date,
): Promise<void> {
  await steward.transaction((tx) =>
    tx.count(sql`
    update job set seen_at = ${now}, done = n.done, total = n.total, stage = n.stage
      from json_to_recordset(${JSON.stringify(jobs)}) as n(lease uuid, done bigint, total bigint, stage text)
     where job.lease = n.lease`),
  );
}

/** A job as its worker holds it. */
interface Held {
  id: string;
  kind: string;
  state: keyof typeof restOf;
  failures: number;
}

const held = (tx: Queries, lease: string): Promise<Held | undefined> =>
  tx.first(sql<Held>`select id, kind, state, failures from job where lease = ${lease} for update`);

/** Lets a job go without an end: back to the queue, or to what it was asked for meanwhile. */
export function giveBack(
  steward: Steward,
  lease: string,
  now: Date,
): Promise<JobState | undefined> {
  return steward.transaction(async (tx) => {
    const job = await held(tx, lease);
    if (!job) return undefined;
    const state = restOf[job.state];
    await tx.count(sql`
      update job set state = ${state}, lease = null, seen_at = null, ended_at = ${state === 'cancelled' ? now : null}
       where id = ${job.id}`);
    return state;
  });
}

/** Ends a job: done with its result, or refused because its starter's post has ended. */
export function end(
  steward: Steward,
  lease: string,
  state: 'done' | 'refused',
  now: Date,
  result: Buffer | null,
): Promise<JobState | undefined> {
  return steward.transaction(async (tx) => {
    const ended = await tx.first(sql<{ id: string }>`
      update job set state = ${state}, lease = null, seen_at = null, ended_at = ${now}, problem = null
       where lease = ${lease} returning id`);
    if (!ended) return undefined;
    await tx.count(
      sql`update job_content set result = ${result}, detail = null where job = ${ended.id}`,
    );
    return state;
  });
}

/** What is known of a failure. */
export interface Failure {
  problem: ProblemKey;
  /** Words in both languages, sealed. */
  detail: Buffer | null;
  /** Not worth another try. */
  final: boolean;
}

/** Puts a failed job back for another try after a wait, or ends it when it has failed too often. */
export function fail(
  steward: Steward,
  lease: string,
  attempts: number,
  failure: Failure,
  now: Date,
): Promise<JobState | undefined> {
  return steward.transaction(async (tx) => {
    const job = await held(tx, lease);
    return job && (await stumble(tx, job, attempts, failure, now, backOff));
  });
}

async function stumble(
  tx: Queries,
  job: Held,
  attempts: number,
  { problem, detail, final }: Failure,
  now: Date,
  wait: (failures: number) => number,
): Promise<JobState> {
  const failures = job.failures + 1;
  const given = job.state !== 'cancelling' && (final || failures >= attempts);
  const state = given ? 'failed' : restOf[job.state];
  const ended = state === 'failed' || state === 'cancelled';
  await tx.count(sql`
    update job set state = ${state}, lease = null, seen_at = null, failures = ${failures}, problem = ${problem},
           due_at = ${new Date(now.getTime() + wait(failures))}, ended_at = ${ended ? now : null}
     where id = ${job.id}`);
  await tx.count(sql`update job_content set detail = ${detail} where job = ${job.id}`);
  return state;
}

/**
 * Frees the jobs of workers that have not been heard of since `before`: due at once for another worker,
 * from their checkpoints. A job that keeps losing its worker counts as failing.
 * @param attemptsOf how many failures a kind allows
 */
export function freeLost(
  steward: Steward,
  before: Date,
  now: Date,
  attemptsOf: (kind: string) => number,
): Promise<{ id: string; kind: string; state: JobState }[]> {
  return steward.transaction(async (tx) => {
    const lost = await tx.rows(sql<Held>`
      select id, kind, state, failures from job where lease is not null and seen_at < ${before}
      order by id for update skip locked`);
    const freed = [];
    for (const job of lost) {
      const failure = { problem: 'worker-lost', detail: null, final: false } as const;
      const state = await stumble(tx, job, attemptsOf(job.kind), failure, now, () => 0);
      freed.push({ id: job.id, kind: job.kind, state });
    }
    return freed;
  });
}

/** Queues a job of the house: one that nobody in particular started. */
export async function addSystemJob(
  tx: Queries,
  id: string,
  kind: string,
  input: Buffer,
  now: Date,
): Promise<void> {
  await tx.count(
    sql`insert into job (id, kind, due_at, created_at) values (${id}, ${kind}, ${now}, ${now})`,
  );
  await tx.count(sql`insert into job_content (job, input) values (${id}, ${input})`);
}
