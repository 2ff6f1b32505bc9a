import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { ownerRole } from '../../server/database/connect.ts';
import { loadKeys } from '../../server/keys.ts';

const program = join(import.meta.dirname, '../../bin/minqing.mjs');

/** A real `minqing start` on a data folder, in a process of its own. */
export interface Server {
  url: string;
  /** How to reach its database as the owner. */
  owner: pg.ClientConfig;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** SIGKILL for the server, its database, or both, as when the power fails. */
  kill(what: 'server' | 'database' | 'both'): Promise<void>;
}

/** Starts it and waits for its address. @throws Error with its last words when it does not come up */
export async function startServer(data: string, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = spawn(process.execPath, [program, 'start'], {
    env: { ...process.env, ...env, MINQING_DATA: data, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await addressOf(child);
  const [pid, , , port] = readFileSync(postmasterFile(data), 'utf8').split('\n');
  const ended = once(child, 'exit');
  return {
    url,
    owner: {
      host: '127.0.0.1',
      port: Number(port),
      user: ownerRole,
      password: loadKeys(data).ownerPassword,
      database: 'minqing',
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill(what) {
      if (what !== 'server') process.kill(Number(pid), 'SIGKILL');
      if (what !== 'database') child.kill('SIGKILL');
      else {
        // A server without its database is of no use: it goes too, a moment later.
        await wait(50);
        child.kill('SIGKILL');
      }
      await ended;
    },
  };
}

/** Runs a command of `minqing` to its end. @returns what it printed and its exit code */
export async function minqing(
  data: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env, MINQING_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text;
    });
  const [code] = await once(child, 'close');
  return { code: Number(code ?? 1), said: said.trim() };
}

export function postmasterFile(data: string): string {
  const folder = join(data, 'postgres');
  const moved = join(folder, 'moved-to');
  return join(existsSync(moved) ? readFileSync(moved, 'utf8').trim() : folder, 'postmaster.pid');
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    const words: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      if (stream)
        createInterface({ input: stream }).on('line', (line) => {
          words.push(line);
          const [, url] = /→\s+(http:\S+)/.exec(line) ?? [];
          if (url) done(url);
        });
    child.once('exit', (code) =>
      fail(new Error(`minqing start ended (${code}):\n${words.join('\n')}`)),
    );
  });
}
