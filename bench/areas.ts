// npm run bench -- areas [--rows N] [--json FILE]: the tree of a whole country through `minqing areas import`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Figures } from './figures/figures.ts';

const { values: options } = parseArgs({
  options: { rows: { type: 'string', default: '660000' }, json: { type: 'string' } },
});
const program = join(import.meta.dirname, '../bin/minqing.mjs');

/** How many areas each level has under one of the level above, as the country has them on the average. */
const provinces = 31;
const citiesOf = 11;
const countiesOf = 9;
const townshipsOf = 14;

/** Areas from provinces down to villages, parents first, at most so many. */
function* areas(rows: number): Generator<string> {
  const villagesOf = Math.ceil(rows / (provinces * citiesOf * countiesOf * townshipsOf));
  const two = (n: number): string => String(n).padStart(2, '0');
  const three = (n: number): string => String(n).padStart(3, '0');
  for (let p = 1; p <= provinces; p++) {
    const province = two(p + 10);
    yield `${province},第${p}省,`;
    for (let c = 1; c <= citiesOf; c++) {
      const city = province + two(c);
      yield `${city},第${p}省${c}市,${province}`;
      for (let d = 1; d <= countiesOf; d++) {
        const county = city + two(d);
        yield `${county},${c}市${d}县,${city}`;
        for (let t = 1; t <= townshipsOf; t++) {
          const township = county + three(t);
          yield `${township},${d}县${t}镇,${county}`;
          for (let v = 1; v <= villagesOf; v++)
            yield `${township}${three(v)},${t}镇${v}村民委员会,${township}`;
        }
      }
    }
  }
}

async function writeAreas(file: string, rows: number): Promise<number> {
  const out = createWriteStream(file);
  out.write('code,name,parent\n');
  let written = 0;
  for (const line of areas(rows)) {
    if (written === rows) break;
    written++;
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return written;
}

interface Ended {
  seconds: number;
  /** Peak memory of the importing process, MB; the database's own is what it is set to. */
  peak: number;
  said: string;
}

/** Runs the command as an administrator does. @throws Error with what it said, when it fails */
async function minqing(data: string, ...args: string[]): Promise<Ended> {
  const from = performance.now();
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, MINQING_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let peak = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text;
    });
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid));
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0) throw new Error(said);
  return { seconds: (performance.now() - from) / 1000, peak, said: said.trim() };
}

/** What Linux says a process has held at most, MB; 0 where there is no such file. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kilobytes] =
      /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'minqing-areas-'));
try {
  const file = join(folder, 'areas.csv');
  const rows = await writeAreas(file, Number(options.rows));
  const data = join(folder, 'data');
  const small = join(folder, 'small.csv');
  await writeAreas(small, 40);
  // Makes and migrates the database, so that the import alone is timed.
  const made = await minqing(data, 'areas', 'import', small);
  const first = await minqing(data, 'areas', 'import', file);
  const again = await minqing(data, 'areas', 'import', file);
  console.table({
    'new database, 40 areas': {
      seconds: made.seconds.toFixed(1),
      'peak MB': Math.round(made.peak),
    },
    [`${rows.toLocaleString('en')} areas`]: {
      seconds: first.seconds.toFixed(1),
      'peak MB': Math.round(first.peak),
    },
    'the same again': { seconds: again.seconds.toFixed(1), 'peak MB': Math.round(again.peak) },
  });
  console.log(`${first.said}\n${again.said}`);
  const figures = new Figures();
  figures.atMost(`areas_import_s.${rows}`, first.seconds, 60);
  figures.atMost(`areas_import_peak_mb.${rows}`, first.peak, 300);
  figures.atMost(`areas_import_again_s.${rows}`, again.seconds, 60);
  figures.tell(options.json);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
