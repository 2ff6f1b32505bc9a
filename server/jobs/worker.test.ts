import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import {
  counting,
  effectsOf,
  type Hooks,
  prepareCounting,
  upTo,
} from '../../tests/support/counting.ts';
import { testNow } from '../../tests/support/template.ts';
import type { Sql } from '../database/sql.ts';
import { openSteward } from '../database/steward.ts';
import { Problem } from '../errors.ts';
import { lapse, type Told, type Worker } from './worker.ts';

let t: TestApp;
let village: Caller;
let worker: Worker;
const told: Told[] = [];
const hooks: Hooks = {};
const job = counting(hooks);
const longHooks: Hooks = {};
const long = counting(longHooks, { kind: 'long', long: true });

beforeAll(async () => {
  t = await startApp({ kinds: [job, long] });
  await prepareCounting(t);
  worker = t.worker({ tell: (what) => told.push(what) });
});
afterAll(() => t.close());
beforeEach(async () => {
  hooks.inStep = undefined;
  hooks.afterStep = undefined;
  told.length = 0;
  t.clock.now = testNow;
  village = await t.signIn('village');
});

const start = (n = 5): Promise<string> => t.startJob(village, job, { upTo: n });
const look = async (id: string) => (await village.get(`/jobs/${id}`)).json();
const ask = (id: string, act: string) => village.send('POST', `/jobs/${id}/${act}`);
const wait = (milliseconds: number): void => {
  t.clock.now = new Date(t.clock.now.getTime() + milliseconds);
};

describe('a job', () => {
  it('is queued, runs to its end, and brings its result', async () => {
    const id = await start();
    expect(await look(id)).toMatchObject({
      kind: 'counting',
      label: '计数',
      state: 'queued',
      mine: true,
      startedBy: { name: '毛村干', role: 'village_cadre', area: { code: '330881002205' } },
      progress: { done: 0, total: null },
      startedAt: null,
      endedAt: null,
      result: null,
      can: { pause: true, resume: false, cancel: true },
    });
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(5));
    expect(await look(id)).toMatchObject({
      state: 'done',
      progress: { done: 5, total: 5, stage: '正在计数', perSecond: null, secondsLeft: null },
      endedAt: t.clock.now.toISOString(),
      problem: null,
      result: { words: '数到 5', link: '/residents' },
      can: { pause: false, resume: false, cancel: false },
    });
    const english = await village.get(`/jobs/${id}`, { 'accept-language': 'en' });
    expect(english.json()).toMatchObject({
      label: 'Counting',
      progress: { stage: 'Counting up' },
      result: { words: 'Counted to 5' },
    });
  });

  it('is not there when the transaction that started it was rolled back', async () => {
    const count = async () => (await t.sql('select 1 from job')).length;
    const before = await count();
    await expect(t.startJob(village, job, { upTo: 'many' as unknown as number })).rejects.toThrow(
      /does not fit/,
    );
    expect(await count()).toBe(before);
  });

  it('tells its rate and how long it will still take', async () => {
    const seen: unknown[] = [];
    hooks.afterStep = async (_n, id) => {
      seen.push((await look(id)).progress);
      wait(10_000);
    };
    await start(4);
    await worker.drain();
    expect(seen).toMatchObject([
      { done: 1, total: 4, perSecond: null, secondsLeft: null },
      { done: 2, total: 4, perSecond: 0.1, secondsLeft: 20 },
      { done: 3, total: 4, perSecond: 0.1, secondsLeft: 10 },
      { done: 4, total: 4, secondsLeft: 0 },
    ]);
  });

  it('keeps neither input nor checkpoint nor result readable in the database', async () => {
    const id = await start(98_765);
    hooks.afterStep = async (n) => {
      if (n === 2) await ask(id, 'cancel');
    };
    await worker.drain();
    const [row] = await t.sql<{ text: string }>(
      `select encode(input, 'escape') || encode(checkpoint, 'escape') as text from job_content where job = $1`,
      [id],
    );
    expect(row?.text).toBeTruthy();
    expect(row?.text).not.toMatch(/98765|upTo|"n"/);
  });
});

describe('pause, resume, cancel', () => {
  it('pauses after the step and goes on from there', async () => {
    hooks.inStep = async (n, id) => {
      if (n !== 3) return;
      expect((await ask(id, 'pause')).json()).toMatchObject({
        state: 'pausing',
        can: { pause: false, resume: true, cancel: true },
      });
      expect((await ask(id, 'pause')).statusCode).toBe(409);
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'paused', progress: { done: 3, total: 5 } });
    expect(await effectsOf(t, id)).toEqual(upTo(3));
    wait(3_600_000);
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(3));
    village = await t.signIn('village');
    expect((await ask(id, 'resume')).json()).toMatchObject({ state: 'queued' });
    hooks.inStep = undefined;
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'done' });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('takes a pause back that has not taken effect', async () => {
    hooks.inStep = async (n, id) => {
      if (n !== 2) return;
      await ask(id, 'pause');
      expect((await ask(id, 'resume')).json()).toMatchObject({ state: 'running' });
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'done' });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('pauses what is still queued at once', async () => {
    const id = await start();
    expect((await ask(id, 'pause')).json()).toMatchObject({ state: 'paused' });
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual([]);
    expect((await ask(id, 'cancel')).json()).toMatchObject({ state: 'cancelled' });
  });

  it('cancels after the step; what was done stays, and nothing can be asked any more', async () => {
    hooks.inStep = async (n, id) => {
      if (n === 2) expect((await ask(id, 'cancel')).json()).toMatchObject({ state: 'cancelling' });
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({
      state: 'cancelled',
      endedAt: expect.any(String),
      can: { pause: false, resume: false, cancel: false },
    });
    expect(await effectsOf(t, id)).toEqual(upTo(2));
    for (const act of ['pause', 'resume', 'cancel']) {
      const answer = await ask(id, act);
      expect(answer.statusCode).toBe(409);
      expect(answer.json().type).toBe('/problems/conflict');
    }
  });

  it('counts once when the request is repeated', async () => {
    const id = await start();
    const key = { 'idempotency-key': `pause-${id}` };
    const first = await village.send('POST', `/jobs/${id}/pause`, undefined, key);
    const again = await village.send('POST', `/jobs/${id}/pause`, undefined, key);
    expect([again.statusCode, again.json()]).toEqual([200, first.json()]);
    await ask(id, 'cancel');
  });

  it('is on record', async () => {
    const id = await start();
    await ask(id, 'pause');
    await ask(id, 'resume');
    await ask(id, 'cancel');
    const rows = await t.sql<{ action: string }>(
      'select action from audit_entry where subject = $1 order by id',
      [id],
    );
    expect(rows.map(({ action }) => action).sort()).toEqual([
      'cancel_job',
      'pause_job',
      'resume_job',
    ]);
  });
});

describe('a failure', () => {
  const failAt = (at: number, times: number): void => {
    let left = times;
    hooks.inStep = (n) => {
      if (n === at && left-- > 0) throw new Error('电话 19900000001 took the line down');
    };
  };

  it('is rolled back with its step, and tried again after a wait that doubles', async () => {
    failAt(4, 2);
    const id = await start();
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(3));
    expect(await look(id)).toMatchObject({
      state: 'queued',
      failures: 1,
      nextTryAt: new Date(testNow.getTime() + 15_000).toISOString(),
      problem: { key: 'internal', detail: null },
    });
    wait(14_999);
    await worker.drain();
    expect(await look(id)).toMatchObject({ failures: 1 });
    wait(1);
    await worker.drain();
    expect(await look(id)).toMatchObject({
      failures: 2,
      nextTryAt: new Date(testNow.getTime() + 45_000).toISOString(),
    });
    wait(30_000);
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'done', problem: null });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('too many times ends the job, until somebody resumes it by hand', async () => {
    failAt(3, 5);
    const id = await start();
    for (let i = 0; i < 5; i++) {
      await worker.drain();
      wait(3_600_000);
    }
    village = await t.signIn('village');
    expect(await look(id)).toMatchObject({
      state: 'failed',
      failures: 5,
      problem: { title: '系统出现问题，已记录，请稍后再试' },
      can: { pause: false, resume: true, cancel: false },
    });
    const english = (await village.get(`/jobs/${id}`, { 'accept-language': 'en' })).json();
    expect(english.problem.title).toBe('Something went wrong here; it was recorded');
    expect((await ask(id, 'resume')).json()).toMatchObject({ state: 'queued', failures: 0 });
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'done' });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('that the job itself explains is told in both languages and not tried again', async () => {
    hooks.inStep = (n) => {
      if (n === 2)
        throw new Problem('invalid', {
          detail: { zh: '第 2 行没有姓名', en: 'Line 2 has no name' },
        });
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({
      state: 'failed',
      failures: 1,
      problem: { key: 'invalid', title: '填写有误', detail: '第 2 行没有姓名' },
    });
    const english = (await village.get(`/jobs/${id}`, { 'accept-language': 'en' })).json();
    expect(english.problem.detail).toBe('Line 2 has no name');
    expect(await effectsOf(t, id)).toEqual(upTo(1));
  });

  it('leaves nothing of the error in the database but its key', async () => {
    failAt(1, 1);
    const id = await start();
    await worker.drain();
    const [row] = await t.sql(
      `select job::text || coalesce(c.detail::text, '') as all_of_it
      from job join job_content c on c.job = job.id where id = $1`,
      [id],
    );
    expect(JSON.stringify(row)).not.toContain('19900000001');
    await ask(id, 'cancel');
  });

  it('while it is to be cancelled ends it', async () => {
    hooks.inStep = async (n, id) => {
      if (n !== 2) return;
      await ask(id, 'cancel');
      throw new Error('too late');
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'cancelled' });
    expect(await effectsOf(t, id)).toEqual(upTo(1));
  });

  it('by deadlock is no failure: the step is done again', async () => {
    let left = 2;
    hooks.inStep = (n) => {
      if (n === 2 && left-- > 0) throw Object.assign(new Error('deadlock'), { code: '40P01' });
    };
    const id = await start();
    await worker.drain();
    expect(await look(id)).toMatchObject({ state: 'done', failures: 0 });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });
});

describe('workers', () => {
  it('never have one job at the same time', async () => {
    const inHand = new Set<string>();
    const clashes: string[] = [];
    hooks.inStep = (n, id) => {
      if (n === 1 && inHand.has(id)) clashes.push(id);
      inHand.add(id);
    };
    const ids = await Promise.all(upTo(30).map(() => start(3)));
    const other = t.worker();
    await Promise.all([worker.drain(), other.drain()]);
    expect(clashes).toEqual([]);
    for (const id of ids) expect(await effectsOf(t, id)).toEqual(upTo(3));
    const ran = told.filter(({ state }) => state === 'done').length;
    // Both had a share, so there was something to clash over.
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThan(30);
  });

  it('cannot commit a step of a job that another has taken over', async () => {
    let first = true;
    hooks.inStep = async (n) => {
      if (n !== 3 || !first) return;
      first = false;
      // Not heard of for too long, though alive: its job goes to another, who finishes it meanwhile.
      wait(lapse + 1);
      await t.worker().drain();
    };
    const id = await start();
    await worker.drain();
    expect(told).toMatchObject([{ job: { id }, state: undefined }]);
    village = await t.signIn('village');
    expect(await look(id)).toMatchObject({ state: 'done', failures: 1 });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('cannot commit a step that another, who took the job over, is taking too', async () => {
    const otherIsInStep = Promise.withResolvers<void>();
    const firstIsGone = Promise.withResolvers<void>();
    let others: Promise<void> | undefined;
    hooks.inStep = async (n) => {
      if (n !== 3) return;
      if (others) {
        otherIsInStep.resolve();
        await firstIsGone.promise;
        return;
      }
      wait(lapse + 1);
      others = t.worker().drain();
      await otherIsInStep.promise;
    };
    const id = await start();
    await worker.drain();
    expect(told).toMatchObject([{ job: { id }, state: undefined, error: undefined }]);
    expect(await effectsOf(t, id)).toEqual(upTo(2));
    firstIsGone.resolve();
    await others;
    village = await t.signIn('village');
    expect(await look(id)).toMatchObject({ state: 'done', failures: 1 });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('that keep dying over one job do not take it up for ever', async () => {
    const id = await start();
    for (let i = 0; i < 5; i++) {
      await t.sql(
        `update job set state = 'running', lease = uuidv7(), seen_at = $2 where id = $1 and state = 'queued'`,
        [id, new Date(t.clock.now.getTime() - lapse - 1)],
      );
      // A worker with no place frees what is lost and runs nothing.
      await t.worker({ places: 0 }).drain();
    }
    expect(await look(id)).toMatchObject({
      state: 'failed',
      failures: 5,
      problem: { key: 'worker-lost' },
    });
  });

  it('on their way out finish the step and leave the rest for the next start', async () => {
    const leaving = t.worker();
    let stopped: Promise<void> | undefined;
    hooks.inStep = (n) => {
      if (n === 2) stopped = leaving.stop();
    };
    const id = await start();
    await leaving.drain();
    await stopped;
    expect(await look(id)).toMatchObject({ state: 'queued', failures: 0, progress: { done: 2 } });
    expect(await effectsOf(t, id)).toEqual(upTo(2));
    hooks.inStep = undefined;
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });

  it('keep a place free for short jobs', async () => {
    const two = Promise.withResolvers<void>();
    const shortIsDone = Promise.withResolvers<void>();
    let atOnce = 0;
    let most = 0;
    // Long jobs wait for the short one, which would never come if they had taken all places; and it for two of them.
    longHooks.inStep = async () => {
      most = Math.max(most, ++atOnce);
      if (atOnce === 2) two.resolve();
      await shortIsDone.promise;
      atOnce--;
    };
    hooks.inStep = () => two.promise;
    hooks.afterStep = (n) => {
      if (n === 2) shortIsDone.resolve();
    };
    const longs: string[] = [];
    for (let i = 0; i < 4; i++) longs.push(await t.startJob(village, long, { upTo: 2 }));
    // The last in the queue.
    wait(1);
    const short = await start(2);
    await t.worker({ places: 3 }).drain();
    expect(most).toBe(2);
    for (const id of [...longs, short]) expect(await effectsOf(t, id)).toEqual(upTo(2));
  });

  it('ask the queue again when all places became free while they asked', async () => {
    const firstEnded = Promise.withResolvers<void>();
    const steward = openSteward(t.steward, 6);
    const asksForShort = ({ text, values }: Sql): boolean =>
      text.includes('skip locked') &&
      values.some((value) => Array.isArray(value) && !value.includes('long'));
    const worker = t.worker({
      places: 2,
      tell: () => firstEnded.resolve(),
      steward: {
        ...steward,
        // The answer to a look for short jobs comes after the long job that it was asked beside has ended.
        transaction: (work, settings) =>
          steward.transaction(async (tx) => {
            const first: typeof tx.first = async (statement) => {
              const row = await tx.first(statement);
              if (asksForShort(statement)) await firstEnded.promise;
              return row as never;
            };
            return work({ ...tx, first });
          }, settings),
      },
    });
    longHooks.inStep = undefined;
    const longs = [
      await t.startJob(village, long, { upTo: 1 }),
      await t.startJob(village, long, { upTo: 1 }),
    ];
    await worker.drain();
    for (const id of longs) expect(await effectsOf(t, id)).toEqual(upTo(1));
    await steward.close();
  });

  it('wake when a job is queued', async () => {
    const { promise, resolve } = Promise.withResolvers<Told>();
    const listening = t.worker({ tell: resolve });
    await listening.start();
    const id = await start();
    expect(await promise).toMatchObject({ job: { id }, state: 'done' });
    await listening.stop();
  });
});

describe('the post it was started under', () => {
  const endPost = (): Promise<unknown> =>
    t.sql(`update post set until = date '2026-06-14'
      where account = (select id from account where username = 'village')`);
  const restore = (): Promise<unknown> =>
    t.sql(`update post set until = null
      where account = (select id from account where username = 'village')`);

  it('ends in the middle: no further step is taken', async () => {
    hooks.afterStep = async (n) => {
      if (n === 2) await endPost();
    };
    const id = await start();
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(2));
    await restore();
    expect(await look(id)).toMatchObject({
      state: 'refused',
      endedAt: expect.any(String),
      can: { pause: false, resume: false, cancel: false },
    });
  });

  it('ended before it was taken up: it does not begin', async () => {
    const id = await start();
    await endPost();
    await worker.drain();
    await restore();
    expect(await look(id)).toMatchObject({ state: 'refused' });
    expect(await effectsOf(t, id)).toEqual([]);
  });

  it('ends at midnight in Shanghai', async () => {
    await t.sql(`update post set until = date '2026-06-15'
      where account = (select id from account where username = 'village')`);
    hooks.afterStep = (n) => {
      // Midnight is at 16:00 in UTC.
      if (n === 2) t.clock.now = new Date('2026-06-15T15:59:59.999Z');
      if (n === 3) t.clock.now = new Date('2026-06-15T16:00:00.000Z');
    };
    const id = await start();
    await worker.drain();
    expect(await effectsOf(t, id)).toEqual(upTo(3));
    await restore();
    village = await t.signIn('village');
    expect(await look(id)).toMatchObject({ state: 'refused' });
  });

  it('counts with its account: one that was withdrawn does nothing more', async () => {
    const setActive = (active: boolean) =>
      t.sql('update account set active = $1 where username = $2', [active, 'village']);
    hooks.afterStep = async (n) => {
      if (n === 1) await setActive(false);
    };
    const id = await start();
    await worker.drain();
    await setActive(true);
    village = await t.signIn('village');
    expect(await look(id)).toMatchObject({ state: 'refused' });
    expect(await effectsOf(t, id)).toEqual(upTo(1));
  });

  it('is given another range meanwhile: the job goes on with that', async () => {
    const setRange = (hi: number) =>
      t.sql(
        `update post set hi = $1 where account = (select id from account where username = 'village')`,
        [hi],
      );
    hooks.afterStep = async (n) => {
      if (n === 2) await setRange(330881002205002);
    };
    const id = await start();
    await worker.drain();
    await setRange(330881002206000);
    expect(await look(id)).toMatchObject({ state: 'done', failures: 0 });
    expect(await effectsOf(t, id)).toEqual(upTo(5));
  });
});
