import type { Command } from 'commander';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { createApp } from '../app.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/actor.ts';
import { programVersion } from '../installation.ts';
import { archivePack } from './demo.ts';

/** The API's description, made from the routes' schemas without a database. */
export async function describeApi(): Promise<object> {
  const nothing = Buffer.alloc(32);
  const app = await createApp({
    database: {} as Database,
    keys: {
      data: nothing,
      blind: nothing,
      superuserPassword: '',
      ownerPassword: '',
      serverPassword: '',
    },
    clock: systemClock,
    dictionary: loadDictionary(archivePack),
    version: programVersion(),
    demo: false,
    secureCookies: false,
    logLevel: 'silent',
  });
  await app.ready();
  const description = app.swagger();
  await app.close();
  return description;
}

/** `minqing openapi` */
export function openapiCommand(program: Command): void {
  program
    .command('openapi')
    .description('print the description of the API (OpenAPI 3.1)')
    .action(async () => console.log(JSON.stringify(await describeApi(), null, 2)));
}
