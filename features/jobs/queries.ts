import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { wake } from '../../server/jobs/start.ts';
import { acts, type JobAct, type JobState, liveStates } from '../../server/jobs/states.ts';
import type { RoleKey } from '../identity/contract.ts';

/** A job as it stands in the table, with its starter and area by name. */
export interface JobRow {
  id: string;
  kind: string;
  account: string | null;
  name: string | null;
  role: RoleKey | null;
  area: { code: string; name: string } | null;
  state: JobState;
  due_at: string;
  failures: number;
  problem: string | null;
  done: number;
  total: number | null;
  stage: string | null;
  rate: number | null;
  measured_at: string | null;
  created_at: string;
  started_at: string | null;
  ended_at: string | null;
  result: Buffer | null;
  detail: Buffer | null;
}

const columns = sql`
  j.id, j.kind, j.account, a.name, j.role, r.area, j.state, j.due_at, j.failures, j.problem, j.done, j.total, j.stage,
  j.rate, j.measured_at, j.created_at, j.started_at, j.ended_at, c.result, c.detail
  from job j
  left join job_content c on c.job = j.id
  left join account a on a.id = j.account
  left join lateral (
    select json_build_object('code', code, 'name', name) as area from area where lo = j.lo and hi = j.hi limit 1) r on true`;

/** Jobs in sight, the newest first. */
export function listJobs(
  tx: Tx,
  filter: {
    mine?: boolean | undefined;
    live?: boolean | undefined;
    before?: string | undefined;
    limit: number;
  },
): Promise<JobRow[]> {
  const conditions = [
    filter.mine ? sql`j.account = ${tx.actor.account}` : null,
    filter.live === undefined
      ? null
      : sql`(j.state = any(${[...liveStates]})) = ${filter.live}::boolean`,
    filter.before === undefined ? null : sql`j.id < ${filter.before}::uuid`,
  ].filter((condition) => condition !== null);
  const where = conditions.length > 0 ? sql`where ${sql.join(conditions, sql` and `)}` : sql``;
  return tx.rows(sql<JobRow>`select ${columns} ${where} order by j.id desc limit ${filter.limit}`);
}

/** One job. @throws Problem not-found */
export async function jobById(tx: Tx, id: string): Promise<JobRow> {
  const job = await tx.first(sql<JobRow>`select ${columns} where j.id = ${id}`);
  if (!job) throw new Problem('not-found');
  return job;
}

/**
 * Pauses, resumes or cancels a job.
 * @throws Problem not-found; conflict when the job's state does not allow it
 */
export async function act(tx: Tx, id: string, what: JobAct): Promise<void> {
  const job = await tx.first(
    sql<{ state: JobState }>`select state from job where id = ${id} for update`,
  );
  if (!job) throw new Problem('not-found');
  const next = acts[what][job.state];
  if (!next) throw new Problem('conflict', { detail: refusals[what] });
  const { now } = tx.actor;
  if (next === 'queued') {
    await tx.count(sql`update job set state = 'queued', due_at = ${now}, failures = 0, problem = null, ended_at = null
      where id = ${id}`);
    await wake(tx);
    return;
  }
  await tx.count(
    sql`update job set state = ${next}, ended_at = ${next === 'cancelled' ? now : null} where id = ${id}`,
  );
}

const refusals = {
  pause: {
    zh: '只有排队中或执行中的任务可以暂停',
    en: 'Only a queued or running job can be paused',
  },
  resume: {
    zh: '只有已暂停或失败的任务可以继续',
    en: 'Only a paused or failed job can be resumed',
  },
  cancel: { zh: '任务已经结束，不能取消', en: 'The job has ended and cannot be cancelled' },
} as const;
