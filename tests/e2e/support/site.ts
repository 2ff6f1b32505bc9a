import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { loadDictionary } from '../../../features/archive/dictionary.ts';
import { actorOfHolder } from '../../../features/identity/actor.ts';
import { createApp } from '../../../server/app.ts';
import { archivePack } from '../../../server/commands/demo.ts';
import { createVault } from '../../../server/crypto.ts';
import { openDatabase } from '../../../server/database/actor.ts';
import {
  ownerRole,
  serverRole,
  stewardRole,
  withClient,
} from '../../../server/database/connect.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { openFiles } from '../../../server/files/files.ts';
import { programFolder } from '../../../server/installation.ts';
import { createWorker } from '../../../server/jobs/worker.ts';
import { loadKeys } from '../../../server/keys.ts';
import { jobKinds } from '../../../server/kinds.ts';
import { asRole, asSuperuser, cloneDatabase } from '../../support/cluster.ts';
import type { Ground } from '../../support/gathered.ts';
import { type TemplateReach, templateName, testNow } from '../../support/template.ts';

/** A whole Minqing of the demo district: server, database and the built console. */
export interface Site {
  /** Where it answers, such as `http://127.0.0.1:40123`. */
  url: string;
  /** Its database, as the owner: for what no page makes. */
  owner: pg.ClientConfig;
  /** What jobs are run with: the site itself has no worker. */
  ground: Ground;
  /** Runs the jobs that are due, which this site has no worker for by itself, until none is left. */
  runJobs(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * The day of the tests, a millisecond later each time somebody looks: fixed, and yet of two edits
 * one is the later.
 */
function tickingClock(): () => Date {
  let looks = 0;
  return () => new Date(testNow.getTime() + looks++);
}

/**
 * Starts a site on a free port of 127.0.0.1, with a clone of the template as its database.
 * @param template where the template stands; its cluster outlives the site
 */
export async function startSite({ port, folder }: TemplateReach): Promise<Site> {
  const keys = loadKeys(folder);
  const name = `site_${randomUUID().replaceAll('-', '')}`;
  await cloneDatabase(asSuperuser({ port, keys }), templateName, name);
  const database = openDatabase(asRole({ port, keys }, name, serverRole), 4);
  const owner = asRole({ port, keys }, name, ownerRole);
  const steward = asRole({ port, keys }, name, stewardRole);
  const files = openFiles({ dataFolder: join(folder, name), bucket: undefined }, keys);
  const dictionary = loadDictionary(archivePack);
  const vault = createVault(keys);
  const registry = jobKinds(files, { dictionary, vault });
  const clock = tickingClock();
  const asSteward = openSteward(steward, 2);
  const app = await createApp({
    database,
    keys,
    clock,
    files,
    dictionary,
    kinds: registry,
    version: '0.1.0',
    demo: true,
    secureCookies: false,
    logLevel: 'error',
    consoleFolder: join(programFolder, 'dist/console'),
  });
  return {
    owner,
    ground: {
      keys,
      files,
      steward,
      clock: { now: testNow },
      sql: (text, values = []) =>
        withClient(owner, async (client) => (await client.query(text, values)).rows),
      worker: () =>
        createWorker({
          steward: asSteward,
          database,
          vault,
          clock,
          actorOf: actorOfHolder,
          registry,
          places: 3,
          reach: steward,
        }),
    },
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async runJobs() {
      const worker = createWorker({
        steward: asSteward,
        database,
        vault,
        clock,
        actorOf: actorOfHolder,
        registry,
        places: 2,
        reach: steward,
      });
      try {
        await worker.drain();
      } finally {
        await worker.stop();
      }
    },
    async stop() {
      await app.close();
      await asSteward.close();
      await database.close();
    },
  };
}
