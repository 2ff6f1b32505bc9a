// Runs on any Node from 20 on, with nothing installed: makes sure the dependencies match
// package-lock.json, and hands the work to the pinned Node 24 that comes with them.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const windows = process.platform === 'win32';
const modules = path.join(root, 'node_modules');
const binFolder = path.join(modules, '.bin');
const stampFile = path.join(modules, '.minqing-installed');
const lockFile = path.join(root, 'package-lock.json');

/** The pinned Node of `node_modules/.bin/node`. */
export const node24 = path.join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');

const say = (line) => process.stderr.write(`minqing: ${line}\n`);

// ---------------------------------------------------------------- child processes

const forwarded = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/** True when a Ctrl-C reaches this process's children from the terminal itself. */
function terminalSignalsChildren() {
  try {
    // /proc/self/stat: … ) state ppid pgrp session tty tpgid
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const field = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return field[2] === field[5];
  } catch {
    return Boolean(process.stdin.isTTY);
  }
}

/**
 * Runs a program to its end, with signals passed on to it: whatever should stop this process stops
 * the program first, and this one waits. Resolves to how it ended, `{ code, signal }` with one of
 * the two null, and to the signal that came meanwhile, if any (`stopped`).
 */
export function run(command, args, options = {}) {
  const { always = false, ...spawnOptions } = options;
  return new Promise((resolve, reject) => {
    let stopped = null;
    const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...spawnOptions });
    const handlers = forwarded.map((signal) => {
      const pass = () => {
        stopped = signal;
        if (signal === 'SIGINT' && !always && terminalSignalsChildren()) return;
        child.kill(signal);
      };
      process.on(signal, pass);
      return () => process.off(signal, pass);
    });
    const done = () => {
      for (const off of handlers) off();
    };
    child.once('error', (error) => {
      done();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve({ code, signal, stopped });
    });
  });
}

/** Ends this process exactly as the child ended: the same code, or by the same signal. */
export async function exitLike({ code, signal }) {
  if (signal === null) process.exit(code ?? 1);
  process.kill(process.pid, signal);
  await sleep(1000); // a signal that does not end us: the usual number instead
  process.exit(1);
}

// ---------------------------------------------------------------- environment

/** PATH with the project's tools first: `node` in it is the pinned one. */
export function toolEnv(extra = {}) {
  const env = { ...process.env, ...extra };
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const rest = (env[key] ?? '').split(path.delimiter).filter((part) => part !== binFolder);
  env[key] = [binFolder, ...rest].join(path.delimiter);
  return env;
}

const keptNpmSettings =
  /^npm_config_(registry|userconfig|globalconfig|cache|proxy|https?_proxy|noproxy|ca|cafile|strict_ssl|offline|prefer_offline|fetch_.*|maxsockets|nodedir|_.*|\/\/.*|@.*)$/i;

/**
 * The environment for `npm ci`. Under `npm start` npm describes the outer run in npm_* variables
 * and puts node_modules/.bin on the PATH; the inner run must not inherit the first (a --omit, a
 * --global, a prefix), nor use a Node that it is about to replace.
 */
function npmEnv() {
  const env = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (/^npm_/i.test(name) && !keptNpmSettings.test(name)) continue;
    if (name === 'NODE_ENV' || name === 'INIT_CWD') continue;
    env[name] = value;
  }
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const inModules = (part) => /[\\/]node_modules[\\/]/.test(`${part}${path.sep}`);
  const parts = (env[key] ?? '')
    .split(path.delimiter)
    .filter((part) => part !== '' && !inModules(part));
  const own = path.dirname(process.execPath);
  if (!inModules(own)) parts.push(own);
  env[key] = parts.join(path.delimiter);
  return env;
}

// ---------------------------------------------------------------- dependencies

function wantedStamp() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${hash} ${process.platform}-${process.arch}\n`;
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

const isInstalled = () => existsSync(node24) && readText(stampFile) === wantedStamp();

/**
 * Whether what npm itself says is installed is what the lock file asks for: true right after an
 * `npm ci` or `npm install` by hand, which then need not be done over.
 */
function matchesLock() {
  const hidden = readText(path.join(modules, '.package-lock.json'));
  if (hidden === null || !existsSync(node24)) return false;
  try {
    const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
    const found = JSON.parse(hidden).packages;
    for (const [place, entry] of Object.entries(wanted)) {
      if (place === '' || entry.link) continue;
      const there = found[place];
      if (there === undefined) {
        if (entry.optional || entry.peer || entry.devOptional) continue;
        return false;
      }
      if (there.version !== entry.version || there.integrity !== entry.integrity) return false;
      if (!existsSync(path.join(root, place, 'package.json'))) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** One installation at a time in one clone; a lock left by a dead process is taken over. */
async function takeInstallLock() {
  const file = path.join(root, '.cache', 'install.lock');
  mkdirSync(path.dirname(file), { recursive: true });
  for (let waited = false; ; ) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    await sleep(300);
    const holder = Number(readText(file) ?? '');
    if (readText(file) !== null && !(holder > 0 && isAlive(holder))) {
      rmSync(file, { force: true });
    } else if (!waited) {
      waited = true;
      say('another command is installing the dependencies; waiting for it …');
    }
  }
}

async function install() {
  const why = existsSync(modules) ? 'have changed' : 'are not installed yet';
  say(`the dependencies ${why}; installing them (npm ci, under a minute on a good line) …`);
  const started = Date.now();
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const ended = await run('npm', args, {
    env: npmEnv(),
    shell: windows,
    stdio: ['ignore', 2, 2], // standard output belongs to the command that was asked for
  });
  const signal = ended.stopped ?? ended.signal;
  if (signal !== null) {
    say('stopped before the dependencies were installed; the next start installs them anew.');
    return exitLike({ code: null, signal });
  }
  if (ended.code !== 0) {
    say(`npm ci failed (exit code ${ended.code}); its own messages are above.`);
    process.exit(ended.code);
  }
  if (!existsSync(node24)) {
    say('npm ci did not bring the pinned Node (node_modules/.bin/node is missing).');
    say('Install scripts must be allowed: check "ignore-scripts" with `npm config list`.');
    process.exit(1);
  }
  const probe = await run(node24, ['-e', '0'], { stdio: ['ignore', 2, 2] }).catch((error) => ({
    code: 1,
    signal: error.message,
  }));
  if (probe.code !== 0) {
    say(`the pinned Node in node_modules does not run here (${probe.signal ?? probe.code}).`);
    say(
      'It needs a glibc-based Linux, macOS or Windows; on another system use Node 24 of its own.',
    );
    process.exit(1);
  }
  writeFileSync(stampFile, wantedStamp());
  say(`installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** Installs the dependencies unless they are there and match package-lock.json. */
export async function ensureDependencies() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    say(`needs Node.js 20 or newer to start (this is ${process.version}).`);
    process.exit(1);
  }
  if (isInstalled()) return;
  const release = await takeInstallLock();
  process.once('exit', release);
  try {
    if (isInstalled()) return;
    if (matchesLock()) writeFileSync(stampFile, wantedStamp());
    else await install();
  } finally {
    process.off('exit', release);
    release();
  }
}

// ---------------------------------------------------------------- the pinned Node

/** No "experimental feature" lines among a command's own output. */
function quietExperimentalWarnings() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (type === 'ExperimentalWarning' || warning?.name === 'ExperimentalWarning') return;
    emitWarning.call(process, warning, ...rest);
  };
}

/**
 * The same Ctrl-C or stop can arrive twice: from the terminal, and passed on by npm or by the
 * outer process. Within a second the copies count as one; a later signal is a second one.
 */
function calmSignals() {
  const emit = process.emit;
  const last = new Map();
  process.emit = (name, ...args) => {
    if (!forwarded.includes(name)) return emit.call(process, name, ...args);
    const before = last.get(name);
    const now = Date.now();
    if (before !== undefined && now - before < 1000) return true;
    last.set(name, now);
    if (process.listenerCount(name) === 1) {
      // Nobody else listens (any more): what the signal does by default.
      process.removeAllListeners(name);
      process.kill(process.pid, name);
      return true;
    }
    return emit.call(process, name, ...args);
  };
  for (const name of forwarded) process.on(name, () => {});
}

/**
 * Returns on Node 24 or newer; on an older Node runs the same command there and ends as it ended.
 * `script` is the file to run again, with this process's own arguments.
 */
export async function onNode24(script) {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 24) {
    const args = ['--disable-warning=ExperimentalWarning', script, ...process.argv.slice(2)];
    const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
    const cwd = process.cwd();
    return exitLike(await run(node24, args, { always: true, cwd, env: toolEnv(), stdio }));
  }
  quietExperimentalWarnings();
  calmSignals();
  if (process.channel) {
    // The outer process is gone without a word (kill -9): stop too, leave no orphan.
    process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
    process.channel.unref();
  }
}
