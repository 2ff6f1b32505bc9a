import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Hundredths of a second, as Linux counts them. */
const ticks = 100;

interface Times {
  parent: number;
  own: number;
  /** Of children that have ended. */
  ended: number;
}

function timesOf(pid: string): Times | undefined {
  try {
    // The name in brackets may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const at = (i: number): number => Number(fields[i]);
    return { parent: at(1), own: at(11) + at(12), ended: at(13) + at(14) };
  } catch {
    return undefined;
  }
}

/** Seconds of processor time of a database and all its backends so far; undefined where there is no /proc. */
export function databaseSeconds(cluster: string): number | undefined {
  const file = join(cluster, 'postmaster.pid');
  if (!existsSync(file) || !existsSync('/proc/self/stat')) return undefined;
  const [postmaster = ''] = readFileSync(file, 'utf8').split('\n');
  const own = timesOf(postmaster);
  if (!own) return undefined;
  const backends = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => timesOf(pid) ?? [])
    .filter(({ parent }) => parent === Number(postmaster));
  return backends.reduce((sum, one) => sum + one.own, own.own + own.ended) / ticks;
}
