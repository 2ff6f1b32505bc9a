import { getHeapSpaceStatistics } from 'node:v8';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { ask } from './ask.ts';

let t: TestApp;
let client: pg.Client;
beforeAll(async () => {
  t = await startApp();
  client = new pg.Client(t.owner);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await t.close();
});

/** Megabytes that the collector has moved to the old generation and not looked at again. */
function aged(): number {
  const old = getHeapSpaceStatistics().find((space) => space.space_name === 'old_space');
  return (old?.space_used_size ?? 0) / 1_048_576;
}

it('keeps nothing of a page once the next is read', async () => {
  const page = {
    text: `select md5(g::text) || repeat('x', 400) as x from generate_series(1, 500) g`,
  };
  const read = async (): Promise<void> => {
    for (let pages = 0; pages < 300; pages++)
      expect((await ask(client, page)).rows.length).toBe(500);
  };
  await read();
  const before = aged();
  await read();
  // 300 pages are 75 MB; a quarter of them and more grew old by the driver's own promise.
  expect(aged() - before).toBeLessThan(8);
});

it('an error says who asked, and keeps its SQLSTATE', async () => {
  const failure = await ask(client, { text: 'select 1 / 0' }).catch((error) => error);
  expect(failure.code).toBe('22012');
  expect(failure.stack).toContain('ask.test.ts');
});
