import Type from 'typebox';
import { sql } from '../database/sql.ts';
import { defineSystemJob } from './kind.ts';

const day = 86_400_000;

/** Receipts of writing calls are kept for a week (a replay after that is a new call), ended jobs for a quarter. */
const receiptsKept = 7 * day;
const jobsKept = 90 * day;

/** Clears what has had its time: receipts of writing calls, closed sessions, ended jobs. */
export const housekeeping = defineSystemJob({
  kind: 'housekeeping',
  label: { zh: '日常清理', en: 'Housekeeping' },
  input: Type.Object({}),
  stages: {
    receipts: { zh: '清理请求回执', en: 'Receipts of requests' },
    sessions: { zh: '清理已失效的登录', en: 'Closed sessions' },
    jobs: { zh: '清理已结束的任务', en: 'Ended jobs' },
  },
  cron: '20 */6 * * *',
  start: { receipts: null, sessions: null, jobs: null } as Cleared,
  async run({ state, step, progress, now }) {
    let cleared = state;
    for (const [at, what] of order.entries()) {
      if (cleared[what] !== null) continue;
      progress(at, order.length, what);
      cleared = await step(async (tx, before) => {
        const count = await tx.count(clearing[what](now()));
        progress(at + 1, order.length, what);
        return { ...before, [what]: count };
      });
    }
    const { receipts, sessions, jobs } = cleared;
    return {
      words: {
        zh: `清理请求回执 ${receipts} 条、登录 ${sessions} 条、任务 ${jobs} 条`,
        en: `Cleared ${receipts} receipts, ${sessions} sessions, ${jobs} jobs`,
      },
    };
  },
});

/** How many rows went; null while it was not their turn. */
type Cleared = Record<'receipts' | 'sessions' | 'jobs', number | null>;

const order = ['receipts', 'sessions', 'jobs'] as const;

const clearing = {
  receipts: (now: Date) =>
    sql`delete from request_receipt where at < ${new Date(now.getTime() - receiptsKept)}`,
  sessions: (now: Date) => sql`delete from session where expires_at < ${now}`,
  jobs: (now: Date) => sql`delete from job where ended_at < ${new Date(now.getTime() - jobsKept)}`,
};
