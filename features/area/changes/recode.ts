import { setTimeout as pause } from 'node:timers/promises';
import Type from 'typebox';
import { dayOf } from '../../../server/clock.ts';
import { sql } from '../../../server/database/sql.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';

/** How far a change is; `tables` are those still to be swept, null before they are known. */
interface Place {
  stage: 'posts' | 'records' | 'waiting' | 'rest' | 'end' | 'done';
  moved: number;
  total: number;
  /** Transactions that ran when the last record had moved. */
  running: string[];
  tables: string[];
}

/** Households (with all who live in them) a step, or three times as many records that stand alone: a tenth of a second. */
const batch = 150;

/** SQLSTATE of a lock that was not had in time: somebody is saving this very record. */
const lockedOut = '55P03';

/**
 * Gives the records of a changed area their new code, in short transactions, so that pages stay usable.
 * A record that is being edited is waited for, and taken later when that lasts; whoever waited for the
 * record finds it under its new code. After the last one it waits until every transaction that was under
 * way has ended, and goes round once more: whatever they wrote under an old code comes along.
 */
export const recode = defineSystemJob({
  kind: 'area.recode',
  label: { zh: '区划调整：档案换码', en: 'Re-coding of an area' },
  input: Type.Object({ change: Type.String({ format: 'uuid' }) }),
  stages: {
    records: { zh: '档案换码', en: 'Records' },
    waiting: { zh: '等待正在保存的操作', en: 'Waiting for edits under way' },
    rest: { zh: '核对', en: 'Checking' },
  },
  start: { stage: 'posts', moved: 0, total: 0, running: [], tables: [] } as Place,
  async run({ input: { change }, state, step, read, progress, now }) {
    let at = state;
    while (at.stage !== 'done') {
      switch (at.stage) {
        case 'posts':
          at = await step(async (tx, before) => {
            await tx.count(sql`select recode_posts(${change}, ${dayOf(now())}, ${now()}, false)`);
            await tx.count(sql`select recode_along(${change}, false)`);
            const weight = await tx.first(sql<{ n: number }>`select recode_weight(${change}) as n`);
            return { ...before, stage: 'records', total: Number(weight?.n ?? 0) };
          });
          break;
        case 'records':
          at = await unlessLocked(at, () =>
            step(async (tx, before) => {
              await tx.count(sql`set local lock_timeout = '400ms'`);
              const result = await tx.first(
                sql<{ n: number }>`select recode_batch(${change}, ${batch}) as n`,
              );
              const n = Number(result?.n ?? 0);
              const moved = before.moved + n;
              progress(moved, Math.max(before.total, moved), 'records');
              if (n > 0) return { ...before, moved };
              const running = await tx.first(
                sql<{ all: string[] }>`select recode_running() as all`,
              );
              const tables = await tx.rows(
                sql<{ name: string }>`select name from recode_tables() where kind = 'beside'`,
              );
              return {
                ...before,
                stage: 'waiting',
                running: running?.all ?? [],
                tables: tables.map(({ name }) => name),
              };
            }),
          );
          break;
        case 'waiting': {
          const still = await read((tx) =>
            tx.first(sql<{ all: string[] }>`select recode_running() as all`),
          );
          progress(at.moved, Math.max(at.total, at.moved), 'waiting');
          if (at.running.some((one) => still?.all.includes(one))) {
            await pause(50);
            break;
          }
          at = await step(async (_tx, before) => ({ ...before, stage: 'rest' }));
          break;
        }
        case 'rest':
          at = await unlessLocked(at, () =>
            step(async (tx, before) => {
              await tx.count(sql`set local lock_timeout = '400ms'`);
              const late = await tx.first(
                sql<{ n: number }>`select recode_batch(${change}, ${batch}) as n`,
              );
              if (Number(late?.n) > 0) return { ...before, moved: before.moved + Number(late?.n) };
              const [table, ...tables] = before.tables;
              if (table === undefined) return { ...before, stage: 'end' };
              await tx.count(sql`select recode_rest(${change}, ${table})`);
              progress(before.moved, Math.max(before.total, before.moved), 'rest');
              return { ...before, tables };
            }),
          );
          break;
        case 'end':
          at = await step(async (tx, before) => {
            await tx.count(sql`select recode_posts(${change}, ${dayOf(now())}, ${now()}, true)`);
            await tx.count(sql`select recode_along(${change}, true)`);
            await tx.count(sql`select recode_finish(${change}, ${now()})`);
            return { ...before, stage: 'done' };
          });
          break;
      }
    }
    return {
      words: {
        zh: `${at.moved.toLocaleString('zh-CN')} 份档案已换用新代码`,
        en: `${at.moved} records carry their new code`,
      },
    };
  },
});

/** The place as it was when somebody holds the record for longer: it is tried again soon. */
async function unlessLocked(at: Place, work: () => Promise<Place>): Promise<Place> {
  try {
    return await work();
  } catch (error) {
    if ((error as { code?: string }).code !== lockedOut) throw error;
    await pause(100);
    return at;
  }
}
