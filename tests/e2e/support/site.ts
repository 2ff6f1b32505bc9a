import { randomUUID } from 'node:crypto';
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
import { asRole, asSuperuser, cloneDatabase } from '../../support/cluster.ts';
import { type TemplateReach, templateName, testNow } from '../../support/template.ts';

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

/**
 * Starts a site on a free port of 127.0.0.1, with a clone of the template as its database.
 * @param template where the template stands; its cluster outlives the site
 */
export async function startSite({ port, folder }: TemplateReach): Promise<Site> {
  const keys = loadKeys(folder);
  const name = `site_${randomUUID().replaceAll('-', '')}`;
  await cloneDatabase(asSuperuser({ port, keys }), templateName, name);
  const database = openDatabase(asRole({ port, keys }, name, serverRole), 4);
  const app = await createApp({
    database,
    keys,
    clock: tickingClock(),
    files: openFiles({ dataFolder: join(folder, name), bucket: undefined }, keys),
    dictionary: loadDictionary(archivePack),
    version: '0.1.0',
    demo: true,
    secureCookies: false,
    logLevel: 'error',
    consoleFolder: join(programFolder, 'dist/console'),
  });
  return {
    owner: asRole({ port, keys }, name, ownerRole),
    url: await app.listen({ host: '127.0.0.1', port: 0 }),
    async stop() {
      await app.close();
      await database.close();
    },
  };
}
