import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { testNow } from '../../tests/support/template.ts';
import { nextRun } from './schedule.ts';

describe('when a schedule is due', () => {
  it.each([
    // Midnight in Shanghai is 16:00 in UTC, all year.
    ['0 0 * * *', '2026-06-15T02:00:00Z', '2026-06-15T16:00:00.000Z'],
    ['20 */6 * * *', '2026-06-15T02:00:00Z', '2026-06-15T04:20:00.000Z'],
    ['0 8 1 * *', '2026-12-20T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 0 29 2 *', '2026-03-01T00:00:00Z', '2028-02-28T16:00:00.000Z'],
    // Not the instant itself: the next one.
    ['0 10 * * *', '2026-06-15T02:00:00Z', '2026-06-16T02:00:00.000Z'],
  ])('%s after %s', (cron, from, next) => {
    expect(nextRun(cron, new Date(from)).toISOString()).toBe(next);
  });

  it.each(['0 0 31 2 *', 'daily', '61 * * * *', '* * * * * *'])('%s is refused', (cron) => {
    expect(() => nextRun(cron, testNow)).toThrow();
  });
});

describe('housekeeping', () => {
  let t: TestApp;
  let village: Caller;
  beforeAll(async () => {
    t = await startApp();
    village = await t.signIn('village');
  });
  afterAll(() => t.close());

  const jobs = () =>
    t.sql<{ state: string }>(`select state from job where kind = 'housekeeping' order by id`);
  const at = (instant: string): void => {
    t.clock.now = new Date(instant);
  };

  it('is queued when it is due, once, whoever looks; what was missed is made up for by one', async () => {
    const workers = [t.worker(), t.worker()];
    const look = () => Promise.all(workers.map((worker) => worker.schedule()));
    await look();
    expect(await jobs()).toEqual([]);
    at('2026-06-15T04:19:59Z');
    await look();
    expect(await jobs()).toEqual([]);
    at('2026-06-15T04:20:00Z');
    await look();
    await look();
    expect(await jobs()).toEqual([{ state: 'queued' }]);
    // Still waiting when the next is due: not queued twice.
    at('2026-06-15T10:20:00Z');
    await look();
    expect(await jobs()).toEqual([{ state: 'queued' }]);
    await workers[0]?.drain();
    at('2026-06-18T00:00:00Z');
    await look();
    expect(await jobs()).toEqual([{ state: 'done' }, { state: 'queued' }]);
    await workers[0]?.drain();
  });

  it('clears what has had its time and nothing else', async () => {
    at('2026-06-18T02:00:00Z');
    village = await t.signIn('village');
    const key = { 'idempotency-key': 'kept' };
    const body = { area: '330881002205001', items: { name: '周留存' } };
    expect((await village.send('POST', '/residents', body, key)).statusCode).toBe(201);
    await t.sql(`insert into request_receipt (account, key, fingerprint, status, headers, body, at)
      select id, 'old', '', 201, '{}', '', timestamptz '2026-06-11T02:00:00Z' from account where username = 'village'`);
    await t.sql(
      `update job set ended_at = timestamptz '2026-03-01' where id = (select id from job where state = 'done' and kind = 'housekeeping' order by id limit 1)`,
    );
    const before = await t.sql('select 1 from session where expires_at >= $1', [t.clock.now]);
    at('2026-06-18T04:20:00Z');
    const worker = t.worker();
    await worker.schedule();
    await worker.drain();
    const receipts = await t.sql<{ key: string }>('select key from request_receipt');
    expect(receipts).toEqual([{ key: 'kept' }]);
    expect((await t.sql('select 1 from session')).length).toBe(before.length);
    expect(await jobs()).toEqual([{ state: 'done' }, { state: 'done' }]);
    const admin = await t.signIn('sysadmin');
    const { items } = (await admin.get('/jobs?limit=20')).json();
    const last = items.find(({ kind }: { kind: string }) => kind === 'housekeeping');
    expect(last).toMatchObject({
      kind: 'housekeeping',
      label: '日常清理',
      startedBy: null,
      mine: false,
      state: 'done',
      progress: { done: 3, total: 3 },
      result: { words: expect.stringMatching(/^清理请求回执 1 条、登录 \d 条、任务 1 条$/) },
    });
  });

  it('of every minute has one row, used again and begun anew', async () => {
    const ofMinute = () =>
      t.sql<{ id: string; state: string; runs: boolean }>(
        `select id, state, c.checkpoint is null and c.result is null as runs
           from job join job_content c on c.job = job.id where kind = 'gather.deliver' order by id`,
      );
    const worker = t.worker();
    at('2026-06-19T04:21:00Z');
    await worker.schedule();
    const [first] = await ofMinute();
    await worker.drain();
    for (const minute of ['22', '23']) {
      at(`2026-06-19T04:${minute}:00Z`);
      await worker.schedule();
      expect(await ofMinute()).toEqual([{ id: first?.id, state: 'queued', runs: true }]);
      await worker.drain();
      expect(await ofMinute()).toEqual([{ id: first?.id, state: 'done', runs: false }]);
    }
    // A run that failed stands by itself, so that somebody sees it.
    await t.sql(`update job set state = 'failed' where id = $1`, [first?.id]);
    at('2026-06-19T04:24:00Z');
    await worker.schedule();
    expect((await ofMinute()).map(({ state }) => state)).toEqual(['failed', 'queued']);
    await worker.drain();
  });

  it('is shown to no official', async () => {
    village = await t.signIn('village');
    expect((await village.get('/jobs')).json().items).toEqual([]);
  });
});
