import { loadDictionary } from '../../features/archive/dictionary.ts';
import { createApp } from '../../server/app.ts';
import { systemClock } from '../../server/clock.ts';
import { archivePack } from '../../server/commands/demo.ts';
import { readConfig } from '../../server/config.ts';
import { openDatabase } from '../../server/database/actor.ts';
import { openFiles } from '../../server/files/files.ts';
import { openInstallation } from '../../server/installation.ts';
import { withoutAudit } from './without-audit.ts';

// The server under load, in a process of its own: says its port, ends when told.
const config = readConfig(process.env);
const installation = await openInstallation(config);
const opened = openDatabase(installation.reach.server, config.poolSize);
const database = process.env.BENCH_WITHOUT_AUDIT ? withoutAudit(opened) : opened;
const app = await createApp({
  database,
  keys: installation.keys,
  clock: systemClock,
  files: openFiles(config, installation.keys),
  dictionary: loadDictionary(archivePack),
  version: 'bench',
  demo: true,
  secureCookies: false,
  logLevel: 'error',
});
const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(address).port) });
process.once('disconnect', async () => {
  await app.close();
  await database.close();
  process.exit(0);
});
