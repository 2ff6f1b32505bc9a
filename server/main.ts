import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { type Dictionary, loadDictionary } from '../features/archive/dictionary.ts';
import { prepareMonths } from '../features/audit/months.ts';
import { continueOrder } from '../features/audit/order.ts';
import { sealKey } from '../features/audit/seal/batch.ts';
import { headFile, startSealing } from '../features/audit/sealer.ts';
import { demoAccounts, demoPassword } from '../features/identity/demo.ts';
import { roles } from '../features/identity/roles.ts';
import { createApp } from './app.ts';
import { Archiving } from './backup/archive.ts';
import { backupState } from './backup/state.ts';
import { systemClock } from './clock.ts';
import { archivePack, loadDemoDistrict } from './commands/demo.ts';
import { firstAdministrator } from './commands/first-administrator.ts';
import { openWorker } from './commands/worker.ts';
import type { Config } from './config.ts';
import { buildConsole } from './console-build.ts';
import { createVault } from './crypto.ts';
import { openDatabase } from './database/actor.ts';
import { withClient } from './database/connect.ts';
import { type Files, openFiles } from './files/files.ts';
import {
  type Installation,
  openInstallation,
  programFolder,
  programVersion,
} from './installation.ts';
import type { Registry } from './jobs/kind.ts';
import { jobKinds } from './kinds.ts';

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
  const consoleBuilt = config.role === 'worker' ? undefined : buildConsole(consoleFolder);
  // Without a key for backups nothing may begin that could not be archived.
  const archiving =
    config.archive && !config.databaseUrl
      ? new Archiving(config.archive, config.dataFolder)
      : undefined;
  const installation = await openInstallation(config);
  try {
    const demo = await firstRun(installation, config);
    await consoleBuilt;
    return await serve(installation, config, { demo, archiving, started });
  } catch (error) {
    await installation.leave();
    throw error;
  }
}

async function serve(
  installation: Installation,
  config: Config,
  {
    demo,
    archiving,
    started,
  }: { demo: boolean; archiving: Archiving | undefined; started: number },
): Promise<RunningServer> {
  // Before the first entry: where its number comes from, and where it is put.
  await withClient(installation.reach.owner, async (client) => {
    await continueOrder(client);
    await prepareMonths(client, systemClock());
  });
  // Whoever started the database sees to its log: two would seal the same segments.
  const sealed = installation.reach.cluster?.ours ? archiving : undefined;
  sealed?.start();
  const files = openFiles(config, installation.keys);
  const dictionary = loadDictionary(archivePack);
  const vault = createVault(installation.keys);
  const kinds = jobKinds(
    files,
    { dictionary, vault },
    { keys: installation.keys, networks: config.webhookNetworks },
  );
  const web =
    config.role === 'worker'
      ? null
      : await startWeb(installation, config, { kinds, files, dictionary, archiving: sealed }, demo);
  const worker = config.role === 'web' ? null : await startWorker(installation, config, kinds);
  let ending: Promise<void> | undefined;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): Promise<void> => {
    ending ??= (async () => {
      await Promise.all([web?.stop(), worker?.stop()]);
      await installation.leave();
      // The database hands over its last segment when it stops.
      await sealed?.stop();
      resolve();
    })();
    return ending;
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
  announce(web?.address, demo, performance.now() - started);
  return { address: web?.address ?? '', stop, stopped };
}

async function startWeb(
  installation: Installation,
  config: Config,
  {
    kinds,
    files,
    dictionary,
    archiving,
  }: {
    kinds: Registry;
    files: Files;
    dictionary: Dictionary;
    archiving: Archiving | undefined;
  },
  demo: boolean,
): Promise<{ address: string; stop(): Promise<void> }> {
  const database = openDatabase(installation.reach.server, config.poolSize);
  const app = await createApp({
    database,
    keys: installation.keys,
    clock: systemClock,
    files,
    dictionary,
    version: programVersion(),
    demo,
    secureCookies: config.secureCookies,
    trustProxy: config.trustProxy,
    signInLimit: config.signInLimit,
    singleSignOn: config.singleSignOn,
    tiles: config.tiles,
    webhookNetworks: config.webhookNetworks,
    logLevel: config.logLevel,
    kinds,
    backup: () => backupState(config.dataFolder, archiving),
    consoleFolder,
  });
  return {
    address: await listen(app, config),
    async stop() {
      await app.close();
      await database.close();
    },
  };
}

async function startWorker(
  installation: Installation,
  config: Config,
  kinds: Registry,
): Promise<{ stop(): Promise<void> }> {
  const { worker, close } = openWorker(installation, kinds, config.jobPlaces);
  await worker.start();
  const sealing = startSealing({
    owner: installation.reach.owner,
    key: sealKey(installation.keys),
    clock: systemClock,
    head: headFile(config.dataFolder),
    witness: config.witness,
    report: (words) => console.error(`audit: ${words}`),
  });
  return {
    async stop() {
      await worker.stop();
      await sealing.stop();
      await close();
    },
  };
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

/** @param address undefined for a process that only runs jobs */
function announce(address: string | undefined, demo: boolean, milliseconds: number): void {
  const what = address ? `→  ${address}` : '后台任务进程 · worker';
  console.log(
    `\n民情 Minqing ${programVersion()}  ${what}   (${(milliseconds / 1000).toFixed(1)} s)`,
  );
  if (!demo || !address) return;
  console.log('\n演示系统，所有人和户均为虚构 · DEMO: every person and household is made up');
  console.log(`密码 password: ${demoPassword}\n`);
  for (const { username, role, label } of demoAccounts) {
    console.log(`  ${username.padEnd(10)}${roles[role].en.padEnd(30)}${label}`);
  }
  console.log('');
}
