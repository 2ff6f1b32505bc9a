import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { killDrill } from '../drills/support/kill.ts';
import { restoreDrill } from '../drills/support/restore.ts';

// Short turns of the drills, so that they work on the day they are needed.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'minqing-drill-'));
  chmodSync(folder, 0o711);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the drills', { timeout: 300_000 }, () => {
  it('kill: what was answered is there, and nothing half done', async () => {
    const outcome = await killDrill(join(folder, 'killed'), { times: 2, seed: 2, told() {} });
    expect(outcome.faults).toEqual([]);
    expect(outcome.answered).toBeGreaterThan(0);
  });

  it('restore: to an instant, to the end, and never from what is spoilt', async () => {
    const found = await restoreDrill(folder, () => {});
    expect(found.filter(({ right }) => !right)).toEqual([]);
    expect(found.length).toBeGreaterThan(14);
  });
});
