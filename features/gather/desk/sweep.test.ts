import { afterAll, beforeAll, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { gatherFile, handIn, healthFile, officer } from '../../../tests/support/gather.ts';

let t: TestApp;
let health: Caller;
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
});
afterAll(() => t.close());

const stored = async (): Promise<string[]> =>
  (await Array.fromAsync(t.files.list('gather'))).map(({ key }) => key.split('/')[1] ?? '').sort();

it('files that were not gathered go after a day; those of batches stay, and those of today', async () => {
  await gatherFile(t, health, 'health', healthFile([['周甲', '', '', '', '甲', '']]));
  const [kept = ''] = await stored();
  const old = (await handIn(t, health, 'old.csv', healthFile([]))).json().id;
  expect(await stored()).toEqual([kept, old].sort());
  const run = async (): Promise<void> => {
    const steward = openSteward(t.steward, 1);
    const input = sealJson(createVault(t.keys), {});
    await steward.transaction((tx) =>
      addSystemJob(tx, newId(), 'gather.sweep', input, t.clock.now),
    );
    await steward.close();
    await t.worker().drain();
  };
  await run();
  expect(await stored()).toContain(old);
  // The store's clock is the real one; the test's is years away from it.
  t.clock.now = new Date(Date.now() + 25 * 3_600_000);
  await run();
  expect(await stored()).toEqual([kept]);
  expect(await t.sql('select id from gather_file')).toEqual([]);
});
