import { join } from 'node:path';
import type pg from 'pg';
import { loadDictionary } from '../../../features/archive/dictionary.ts';
import { createApp } from '../../../server/app.ts';
import { archivePack } from '../../../server/commands/demo.ts';
import { openDatabase } from '../../../server/database/actor.ts';
import { ownerRole, serverRole } from '../../../server/database/connect.ts';
import { openFiles } from '../../../server/files/files.ts';
import { programFolder } from '../../../server/installation.ts';
import { loadKeys } from '../../../server/keys.ts';
import { asRole } from '../../support/cluster.ts';
import { makeTemplate, templateName, testNow } from '../../support/template.ts';

/** A whole Minqing of the demo district: server, database and the built console. */
export interface Site {
  /** Where it answers, such as `http://127.0.0.1:40123`. */
  url: string;
  /** Its database, as the owner: for what no page makes. */
  owner: pg.ClientConfig;
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

/** Starts the site on a free port of 127.0.0.1, with a database of its own. */
export async function startSite(): Promise<Site> {
  const { reach, stop } = await makeTemplate();
  try {
    const keys = loadKeys(reach.folder);
    const database = openDatabase(asRole({ port: reach.port, keys }, templateName, serverRole), 4);
    const app = await createApp({
      database,
      keys,
      clock: tickingClock(),
      files: openFiles({ dataFolder: reach.folder, bucket: undefined }, keys),
      dictionary: loadDictionary(archivePack),
      version: '0.1.0',
      demo: true,
      secureCookies: false,
      logLevel: 'error',
      consoleFolder: join(programFolder, 'dist/console'),
    });
    return {
      owner: asRole({ port: reach.port, keys }, templateName, ownerRole),
      url: await app.listen({ host: '127.0.0.1', port: 0 }),
      async stop() {
        await app.close();
        await database.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
