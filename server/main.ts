import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { demoAccounts, demoPassword } from '../features/identity/demo.ts';
import { roles } from '../features/identity/roles.ts';
import { createApp } from './app.ts';
import { systemClock } from './clock.ts';
import { archivePack, loadDemoDistrict } from './commands/demo.ts';
import { firstAdministrator } from './commands/first-administrator.ts';
import type { Config } from './config.ts';
import { buildConsole } from './console-build.ts';
import { openDatabase } from './database/actor.ts';
import { withClient } from './database/connect.ts';
import {
  type Installation,
  openInstallation,
  programFolder,
  programVersion,
} from './installation.ts';

/** A running server. */
export interface RunningServer {
  address: string;
  stop(): Promise<void>;
  /** Settles when the server has ended. */
  stopped: Promise<void>;
}

const consoleFolder = join(programFolder, 'dist/console');

/** Starts everything `npm start` promises and prints where it is. */
export async function startServer(config: Config): Promise<RunningServer> {
  const started = performance.now();
  const consoleBuilt = buildConsole(consoleFolder);
  const installation = await openInstallation(config);
  try {
    const demo = await firstRun(installation, config);
    await consoleBuilt;
    return await serve(installation, config, demo, started);
  } catch (error) {
    await installation.leave();
    throw error;
  }
}

async function serve(
  installation: Installation,
  config: Config,
  demo: boolean,
  started: number,
): Promise<RunningServer> {
  const database = openDatabase(installation.reach.server, config.poolSize);
  const app = await createApp({
    database,
    keys: installation.keys,
    clock: systemClock,
    dictionary: loadDictionary(archivePack),
    version: programVersion(),
    demo,
    secureCookies: config.secureCookies,
    logLevel: config.logLevel,
    consoleFolder,
  });
  const address = await listen(app, config);
  const housekeeping = setInterval(() => void keepHouse(installation), 6 * 3_600_000);
  await keepHouse(installation);
  let ending: Promise<void> | undefined;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): Promise<void> => {
    ending ??= (async () => {
      clearInterval(housekeeping);
      await app.close();
      await database.close();
      await installation.leave();
      resolve();
    })();
    return ending;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  announce(address, demo, performance.now() - started);
  return { address, stop, stopped };
}

async function listen(app: FastifyInstance, config: Config): Promise<string> {
  try {
    const address = await app.listen({ host: config.host, port: config.port });
    return address.replace('[::1]', 'localhost');
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `端口 ${config.port} 已被占用，请用 PORT 换一个 · port ${config.port} is taken; set PORT to another one`,
    );
  }
}

/** Receipts of writing calls are kept for a week, closed sessions not at all. */
async function keepHouse(installation: Installation): Promise<void> {
  await withClient(installation.reach.owner, async (client) => {
    await client.query("delete from request_receipt where at < now() - interval '7 days'");
    await client.query('delete from session where expires_at < now()');
  }).catch((error: Error) => console.error(`housekeeping: ${error.message}`));
}

/** Loads the demo district into an empty database, or asks for the first administrator. @returns whether this is the demo */
async function firstRun(installation: Installation, config: Config): Promise<boolean> {
  const { owner } = installation.reach;
  const state = await withClient(owner, async (client) => {
    const { rows } = await client.query(`select exists (select from account) as accounts,
      exists (select from account where demo) as demo, exists (select from household) as households`);
    return rows[0] as { accounts: boolean; demo: boolean; households: boolean };
  });
  if (config.demo) {
    const empty = !state.households && (!state.accounts || state.demo);
    if (empty) {
      console.log('首次启动：正在载入演示数据… · first start: loading the demo district…');
      await loadDemoDistrict(owner, installation.keys, systemClock());
    }
    return empty || state.demo;
  }
  if (state.demo) {
    throw new Error(
      `此数据目录中是演示数据，不能用于正式运行，请用 MINQING_DATA 另选目录 · this data folder (${config.dataFolder}) holds the demo; set MINQING_DATA to another one`,
    );
  }
  if (!state.accounts) await firstAdministrator(owner);
  return false;
}

function announce(address: string, demo: boolean, milliseconds: number): void {
  console.log(
    `\n民情 Minqing ${programVersion()}  →  ${address}   (${(milliseconds / 1000).toFixed(1)} s)`,
  );
  if (!demo) return;
  console.log('\n演示系统，所有人和户均为虚构 · DEMO: every person and household is made up');
  console.log(`密码 password: ${demoPassword}\n`);
  for (const { username, role, label } of demoAccounts) {
    console.log(`  ${username.padEnd(10)}${roles[role].en.padEnd(30)}${label}`);
  }
  console.log('');
}
