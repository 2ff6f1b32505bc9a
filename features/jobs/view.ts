import { type Language, type ProblemKey, problems } from '../../server/errors.ts';
import { secondsLeft } from '../../server/jobs/estimate.ts';
import type { Jobs } from '../../server/jobs/start.ts';
import { acts, type JobAct } from '../../server/jobs/states.ts';
import type { Job } from './contract.ts';
import type { JobRow } from './queries.ts';

/** A job as the API tells it, to an account, in a language, at an instant. */
export function viewOf(
  jobs: Jobs,
  row: JobRow,
  account: string,
  language: Language,
  now: Date,
): Job {
  const can = (act: JobAct): boolean => acts[act][row.state] !== undefined;
  const { done, total, rate, measured_at: at, state } = row;
  const runs = state === 'running' || state === 'pausing' || state === 'cancelling';
  const result = jobs.openResult(row.result);
  return {
    id: row.id,
    kind: row.kind,
    label: jobs.registry.label(row.kind, language),
    state,
    mine: row.account === account,
    startedBy: row.role && { name: row.name, role: row.role, area: row.area },
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    progress: {
      done,
      total,
      stage: jobs.registry.stage(row.kind, row.stage, language),
      perSecond: runs ? rate : null,
      secondsLeft: runs && at ? secondsLeft(done, total, rate, new Date(at), now) : null,
    },
    failures: row.failures,
    nextTryAt: state === 'queued' && row.failures > 0 ? row.due_at : null,
    problem: row.problem === null ? null : problemOf(jobs, row, row.problem, language),
    result: result && { words: result.words[language], link: result.link ?? null },
    can: { pause: can('pause'), resume: can('resume'), cancel: can('cancel') },
  };
}

function problemOf(
  jobs: Jobs,
  row: JobRow,
  key: string,
  language: Language,
): NonNullable<Job['problem']> {
  const known = key in problems ? problems[key as ProblemKey] : problems.internal;
  const detail = jobs.openWords(row.detail);
  return { key, title: known[language], detail: detail?.[language] ?? null };
}
