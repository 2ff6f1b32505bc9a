import Type from 'typebox';
import { sql } from '../../server/database/sql.ts';
import { defineJob } from '../../server/jobs/kind.ts';
import type { TestApp } from './app.ts';

/** Where tests step in, with the number of the step, from 1 on. */
export interface Hooks {
  /** Inside a step's transaction, after its effect. */
  inStep?(n: number, job: string): Promise<void> | void;
  /** Between steps. */
  afterStep?(n: number, job: string): Promise<void> | void;
}

/** A job that writes one row a step, so that what it did can be counted. */
export function counting(hooks: Hooks, more: { kind?: string; long?: boolean } = {}) {
  return defineJob({
    kind: more.kind ?? 'counting',
    label: { zh: '计数', en: 'Counting' },
    stages: { counting: { zh: '正在计数', en: 'Counting up' } },
    input: Type.Object({ upTo: Type.Integer() }),
    start: { n: 0 },
    long: more.long ?? false,
    async run({ id, input, state, step, progress }) {
      let at = state;
      while (at.n < input.upTo) {
        at = await step(async (tx, { n }) => {
          await tx.count(
            sql`insert into effect (job, n, account) values (${id}, ${n + 1}, ${tx.actor.account})`,
          );
          await hooks.inStep?.(n + 1, id);
          progress(n + 1, input.upTo, 'counting');
          return { n: n + 1 };
        });
        await hooks.afterStep?.(at.n, id);
      }
      return { words: { zh: `数到 ${at.n}`, en: `Counted to ${at.n}` }, link: '/residents' };
    },
  });
}

/** Makes the table that counting jobs write to. */
export async function prepareCounting(t: TestApp): Promise<void> {
  await t.sql('create table effect (job uuid not null, n int not null, account uuid)');
  await t.sql('grant select, insert on effect to minqing_server');
}

/** The steps whose effect stands, in order; a step applied twice is there twice. */
export async function effectsOf(t: TestApp, job: string): Promise<number[]> {
  const rows = await t.sql<{ n: number }>('select n from effect where job = $1 order by n', [job]);
  return rows.map(({ n }) => n);
}

export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
