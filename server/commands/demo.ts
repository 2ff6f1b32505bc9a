import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type pg from 'pg';
import { loadDemo } from '../../features/archive/district/load.ts';
import { importAreas } from '../../features/area/import.ts';
import { loadDemoAccounts } from '../../features/identity/demo.ts';
import { dayOf } from '../clock.ts';
import { readConfig } from '../config.ts';
import { withClient } from '../database/connect.ts';
import { openInstallation, programFolder } from '../installation.ts';
import type { Keys } from '../keys.ts';

/** Folder of the archive's dictionary. */
export const archivePack = join(programFolder, 'packs/archive');

/** Loads areas, synthetic people and the demo accounts into an empty archive. */
export async function loadDemoDistrict(
  owner: pg.ClientConfig,
  keys: Keys,
  now: Date,
  options: { residents?: number; progress?: (done: number, of: number, what: string) => void } = {},
): Promise<void> {
  await importAreas(owner, createReadStream(join(programFolder, 'packs/areas/quzhou.csv')));
  await loadDemo({
    owner,
    keys,
    pack: archivePack,
    now,
    accounts: (client) => loadDemoAccounts(client, now, dayOf(now)),
    ...options,
  });
}

/** `minqing demo [--residents N]` */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .option('--residents <n>', '人数 · how many residents (default: about 12,000)', wholeNumber)
    .description(
      '载入虚构数据 · fill an empty archive with made-up people: the demo district, or any number for benchmarks',
    )
    .action(async ({ residents }: { residents?: number }) => {
      const installation = await openInstallation(readConfig(process.env));
      try {
        await refuseLiveInstallation(installation.reach.owner);
        const started = performance.now();
        await loadDemoDistrict(installation.reach.owner, installation.keys, new Date(), {
          ...(residents === undefined ? {} : { residents }),
          progress: showProgress,
        });
        console.log(`\n完成 done: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      } finally {
        await installation.leave();
      }
    });
}

/** The demo's accounts share a published password: they never come beside real ones. */
async function refuseLiveInstallation(owner: pg.ClientConfig): Promise<void> {
  const found = await withClient(owner, (client) =>
    client.query('select 1 from account where not demo limit 1'),
  );
  if (!found.rowCount) return;
  throw new Error(
    '此处已有正式账号，不能载入演示数据，请用 MINQING_DATA 另选目录 · real accounts are here; set MINQING_DATA to another folder for the demo',
  );
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`--residents must be a whole number, not "${text}"`);
}

function showProgress(done: number, of: number, what: string): void {
  const share = of > 0 ? Math.floor((100 * done) / of) : 100;
  if (process.stdout.isTTY) process.stdout.write(`\r${what} ${share} %   `);
}
