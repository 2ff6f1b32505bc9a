// npm run bench -- backup [--residents N] [--rounds N] [--json FILE]: a backup against a plain copy of the same files.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeKeyPair } from '../server/backup/recipient.ts';
import { takeBackup } from '../server/backup/take.ts';
import { systemClock } from '../server/clock.ts';
import { clusterPlace } from '../server/database/embedded.ts';
import { Figures } from './figures/figures.ts';
import { openSite } from './site/site.ts';

const { values: options } = parseArgs({
  options: {
    residents: { type: 'string', default: '30000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});

const site = await openSite(Number(options.residents));
const dataFolder = join(process.env.MINQING_BENCH_DATA ?? join('data', 'bench'), options.residents);
const folder = mkdtempSync(join(tmpdir(), 'minqing-backup-'));
const rates = { backup: [] as number[], copy: [] as number[] };
try {
  makeKeyPair(join(folder, 'backup.key'), dataFolder);
  let sealed = 0;
  for (let round = 0; round < Number(options.rounds); round++) {
    const into = join(folder, `backup-${round}`);
    mkdirSync(into);
    const from = performance.now();
    const source = { dataFolder, withDatabase: true, archived: false, version: 'bench' };
    const taken = await takeBackup(source, into, systemClock());
    const seconds = (performance.now() - from) / 1000;
    rates.backup.push(taken.bytes / 1e6 / seconds);
    sealed = taken.sealedBytes / taken.bytes;
    rates.copy.push(copyRate(taken.bytes));
    rmSync(into, { recursive: true });
  }
  const [backup, copy] = [median(rates.backup), median(rates.copy)];
  console.table({
    backup: { 'MB/s': Math.round(backup), 'of the copy': (backup / copy).toFixed(2) },
    'cp -r, and on disk': { 'MB/s': Math.round(copy), 'of the copy': '1.00' },
  });
  console.log(`written: ${(sealed * 100).toFixed(0)} % of what was read`);
  const figures = new Figures();
  figures.atLeast('backup_vs_copy', backup / copy, 0.5);
  figures.tell(options.json);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await site.close();
}

/**
 * MB a second of the same files copied by the system's own means: all but the log, which a backup has hardly any of.
 * A backup is on disk when it ends, so is this.
 */
function copyRate(bytes: number): number {
  const { place } = clusterPlace(join(dataFolder, 'postgres'));
  const names = readdirSync(place).filter((name) => name !== 'pg_wal' && !name.startsWith('.s.'));
  const into = join(folder, 'copy');
  mkdirSync(into);
  const from = performance.now();
  execFileSync('cp', ['-r', ...names.map((name) => join(place, name)), into], { stdio: 'ignore' });
  execFileSync('sync', ['-f', into]);
  const seconds = (performance.now() - from) / 1000;
  rmSync(into, { recursive: true });
  return bytes / 1e6 / seconds;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
