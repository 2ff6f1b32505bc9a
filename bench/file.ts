// npm run bench -- file [--residents N] [--json FILE]: everything of the file's speed, one benchmark after the other.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Figures } from './figures/figures.ts';

const { values: options } = parseArgs({
  options: { residents: { type: 'string', default: '30000' }, json: { type: 'string' } },
});

/** The record of looks, re-coding, what goes out, backup; each as `npm run bench -- NAME` runs it. */
const parts: readonly [name: string, ...args: string[]][] = [
  ['audit', '--residents', options.residents],
  ['recode'],
  ['export'],
  ['backup', '--residents', options.residents],
];

const folder = mkdtempSync(join(tmpdir(), 'minqing-bench-'));
const figures = new Figures();
try {
  for (const [name, ...args] of parts) {
    const json = join(folder, `${name}.json`);
    const script = join(import.meta.dirname, `${name}.ts`);
    const { status } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', script, ...args, '--json', json],
      { stdio: 'inherit' },
    );
    if (status !== 0 || !existsSync(json)) throw new Error(`bench/${name}.ts failed`);
    Object.assign(figures.metrics, JSON.parse(readFileSync(json, 'utf8')));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
figures.tell(options.json);
