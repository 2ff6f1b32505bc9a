import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type Language, Problem, type Text } from '../../../server/errors.ts';
import { secondsLeft } from '../../../server/jobs/estimate.ts';
import { acts, type JobAct, type JobState } from '../../../server/jobs/states.ts';
import type { BatchLine, BatchState, BatchStep, BatchView } from '../contract.ts';
import type { Profile } from '../rows.ts';

/** A batch as it is listed, with how far its job is. */
export interface BatchRow {
  number: number;
  source: string;
  profile: string;
  own_zh: string | null;
  own_en: string | null;
  file_name: string;
  bytes: number;
  lo: number;
  day: string;
  state: 'queued' | 'staging' | 'matching' | 'merging' | 'done' | 'undoing' | 'undone' | 'refused';
  problem: Text | null;
  staged: number;
  aside: number;
  linked: number;
  asked: number;
  unmatched: number;
  made: number;
  changed: number;
  expected: number | null;
  by: string | null;
  house: boolean;
  created_at: string;
  ended_at: string | null;
  job: string | null;
  own_job: boolean;
  job_state: JobState | null;
  job_done: number | null;
  job_total: number | null;
  job_rate: number | null;
  job_at: string | null;
}

const columns = sql`
  b.number, b.source, b.profile, g.zh as own_zh, g.en as own_en, b.file_name, b.bytes, b.lo, b.day::text as day, b.state, b.problem, b.staged, b.aside, b.linked,
  b.asked, b.unmatched, b.made, b.changed, b.expected, a.name as by, b.account is null as house, b.created_at, b.ended_at,
  b.job, exists (select from job j where j.id = b.job) as own_job, w.state as job_state, w.done as job_done, w.total as job_total,
  w.rate as job_rate, w.measured_at as job_at
  from gather_batch b
  left join account a on a.id = b.account
  left join gather_profile g on b.profile = g.key || '.v' || g.version
  left join lateral (select * from gate_gather_work(b.job)) w on b.job is not null`;

const states = {
  live: ['queued', 'staging', 'matching', 'merging', 'undoing'],
  done: ['done'],
  undone: ['undone'],
  refused: ['refused'],
} as const;

/** Which batches are listed. */
export interface BatchFilter {
  source?: string | undefined;
  state?: keyof typeof states | undefined;
  before?: number | undefined;
  limit: number;
}

/** Batches in sight, the newest first. */
export function listBatches(tx: Tx, filter: BatchFilter): Promise<BatchRow[]> {
  const conditions = [
    sql`true`,
    filter.source === undefined ? null : sql`b.source = ${filter.source}`,
    filter.state === undefined ? null : sql`b.state = any (${[...states[filter.state]]})`,
    filter.before === undefined ? null : sql`b.number < ${filter.before}`,
  ].filter((condition) => condition !== null);
  return tx.rows(
    sql<BatchRow>`select ${columns} where ${sql.join(conditions, sql` and `)} order by b.number desc limit ${filter.limit}`,
  );
}

/** One batch in sight. @throws Problem not-found */
export async function batchInSight(tx: Tx, number: number): Promise<BatchRow> {
  const found = await tx.first(sql<BatchRow>`select ${columns} where b.number = ${number}`);
  if (!found) throw new Problem('not-found');
  return found;
}

/** Rows of a batch that are matched by now. */
export async function linkedBy(tx: Tx, number: number): Promise<number> {
  const found = await tx.first(
    sql<{ linked: number }>`select gate_gather_linked(${number}) as linked`,
  );
  return found?.linked ?? 0;
}

/** Where a batch stands: as its job, where that does not go on by itself. */
export function stateOf({
  state,
  job_state: job,
}: Pick<BatchRow, 'state' | 'job_state'>): BatchState {
  if (state === 'done' || state === 'undone' || state === 'refused') return state;
  if (job === 'paused' || job === 'pausing') return 'paused';
  if (job === 'failed' || job === 'cancelled' || job === 'refused') return 'stopped';
  return state;
}

/** A batch as a line of the list. */
export function lineOf(
  row: BatchRow,
  { language, shipped }: { language: Language; shipped: readonly Profile[] },
): BatchLine {
  const label = shipped.find(({ key }) => key === row.profile)?.label[language];
  return {
    number: row.number,
    source: row.source,
    profile: row.profile,
    profileLabel: label ?? { zh: row.own_zh, en: row.own_en }[language],
    fileName: row.file_name,
    bytes: row.bytes,
    day: row.day,
    state: stateOf(row),
    problem: row.problem?.[language] ?? null,
    staged: row.staged,
    linked: row.linked,
    asked: row.asked,
    unmatched: row.unmatched,
    aside: row.aside,
    made: row.made,
    changed: row.changed,
    by: row.by,
    house: row.house,
    at: new Date(row.created_at).toISOString(),
    endedAt: row.ended_at && new Date(row.ended_at).toISOString(),
  };
}

/** A batch with its steps, and what may be asked of it by whoever looks. */
export function viewOf(
  row: BatchRow,
  looking: {
    language: Language;
    shipped: readonly Profile[];
    now: Date;
    linked: number;
    takes: boolean;
  },
): BatchView {
  const { now, linked, takes } = looking;
  const state = stateOf(row);
  const can = (act: JobAct): boolean =>
    row.own_job && row.job_state !== null && acts[act][row.job_state] !== undefined;
  const isOver = ['done', 'undone', 'refused'].includes(row.state);
  const isStill = state === 'stopped';
  const left =
    row.job_state === 'running' && row.job_at && row.job_done !== null
      ? secondsLeft(row.job_done, row.job_total, row.job_rate, new Date(row.job_at), now)
      : null;
  return {
    ...lineOf(row, looking),
    steps: stepsOf(row, linked),
    job: row.own_job ? row.job : null,
    secondsLeft: left,
    can: {
      pause: !isOver && can('pause'),
      resume: !isOver && can('resume'),
      cancel: !isOver && can('cancel'),
      continue: takes && isStill && row.state !== 'undoing',
      undo: row.state === 'done' || isStill,
      takeRejected:
        takes && ['done', 'undone', 'matching', 'merging', 'undoing'].includes(row.state),
    },
  };
}

/** The steps of a batch, each with how much of it is done. */
export function stepsOf(
  row: Pick<
    BatchRow,
    'state' | 'staged' | 'aside' | 'expected' | 'job_done' | 'job_total' | 'job_state'
  >,
  linked: number,
): BatchStep[] {
  if (row.state === 'undoing' || row.state === 'undone')
    return [
      {
        key: 'undoing',
        state: row.state === 'undone' ? 'done' : 'running',
        done: row.state === 'undone' ? 1 : 0,
        total: row.state === 'undone' ? 1 : null,
        unit: 'parts',
      },
    ];
  const order = ['staging', 'matching', 'merging'] as const;
  const at =
    row.state === 'queued'
      ? -1
      : row.state === 'done'
        ? order.length
        : order.indexOf(row.state as 'staging');
  const isStaging = row.state === 'staging';
  const read = isStaging ? (row.job_done ?? 0) : row.staged;
  const usable = Math.max(0, row.staged - row.aside);
  const parts = Math.round(100 * partOfMerging(row));
  const amounts = {
    staging: {
      done: read,
      total: isStaging ? atLeast(row.expected, read) : row.staged,
      unit: 'rows',
    },
    matching: { done: Math.min(linked, usable), total: usable, unit: 'rows' },
    merging: { done: row.state === 'done' ? 100 : parts, total: 100, unit: 'parts' },
  } as const;
  return order.map((key, place) => {
    const state = place < at ? 'done' : place === at ? 'running' : 'waiting';
    const { done, total, unit } = amounts[key];
    if (state === 'waiting') return { key, state, done: 0, total: null, unit };
    if (state === 'done') return { key, state, done: total ?? done, total: total ?? done, unit };
    return { key, state, done, total, unit };
  });
}

const atLeast = (expected: number | null, read: number): number | null =>
  expected === null ? null : Math.max(expected, read);

/** While a batch is merged, its job counts the households that are (batch/phases.ts). */
function partOfMerging({
  job_done: done,
  job_total: total,
}: Pick<BatchRow, 'job_done' | 'job_total'>): number {
  if (done === null || !total) return 0;
  return Math.min(1, done / total);
}
