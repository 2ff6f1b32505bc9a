import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { counting, effectsOf, prepareCounting, upTo } from '../../tests/support/counting.ts';
import { testNow } from '../../tests/support/template.ts';
import { lapse } from './worker.ts';

const script = join(import.meta.dirname, '../../tests/support/job-process.ts');
const job = counting({});

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp({ kinds: [job] });
  await prepareCounting(t);
  village = await t.signIn('village');
});
afterAll(() => t.close());

/** A worker process that holds at step 3, inside its transaction or after it. */
async function workerHolding(place: 'inStep' | 'afterStep'): Promise<ChildProcess> {
  const { server, steward } = t;
  const { folder } = inject('cluster');
  const settings = { server, steward, folder, now: testNow, holdAt: 3, place };
  const child = fork(script, [JSON.stringify(settings)], { execArgv: [], stdio: 'inherit' });
  const [message] = await once(child, 'message');
  expect(message).toEqual({ holding: 3 });
  return child;
}

const stateOf = async (id: string) => (await village.get(`/jobs/${id}`)).json();

describe('a worker process', () => {
  it.each([
    { place: 'inStep', kept: upTo(2) },
    { place: 'afterStep', kept: upTo(3) },
  ] as const)(
    'killed with -9 $place: another goes on, and every effect is there once',
    async ({ place, kept }) => {
      t.clock.now = testNow;
      const id = await t.startJob(village, job, { upTo: 6 });
      const child = await workerHolding(place);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect(await effectsOf(t, id)).toEqual(kept);
      expect(await stateOf(id)).toMatchObject({
        state: 'running',
        progress: { done: kept.length },
      });

      // Its heartbeat has not lapsed yet: it might be alive.
      const worker = t.worker();
      t.clock.now = new Date(testNow.getTime() + lapse);
      await worker.drain();
      expect(await effectsOf(t, id)).toEqual(kept);

      t.clock.now = new Date(testNow.getTime() + lapse + 1);
      await worker.drain();
      expect(await effectsOf(t, id)).toEqual(upTo(6));
      expect(await stateOf(id)).toMatchObject({ state: 'done', failures: 1 });
    },
  );

  it('told to end finishes its step, gives the job back and exits', async () => {
    t.clock.now = testNow;
    const id = await t.startJob(village, job, { upTo: 6 });
    const child = await workerHolding('inStep');
    child.kill('SIGTERM');
    const [message] = await once(child, 'message');
    expect(message).toEqual({ stopping: true });
    child.kill('SIGUSR2');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(await effectsOf(t, id)).toEqual(upTo(3));
    expect(await stateOf(id)).toMatchObject({ state: 'queued', failures: 0 });
    await t.worker().drain();
    expect(await effectsOf(t, id)).toEqual(upTo(6));
  });
});
