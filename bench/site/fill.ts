import { loadDemoDistrict } from '../../server/commands/demo.ts';
import { readConfig } from '../../server/config.ts';
import { withClient } from '../../server/database/connect.ts';
import { openInstallation } from '../../server/installation.ts';

// Loads so many residents into the installation of the environment, in a process of its own: a benchmark that looks at
// its own memory would find the loader's in it.
const residents = Number(process.argv[2]);
const { reach, keys, leave } = await openInstallation(readConfig(process.env));
await loadDemoDistrict(reach.owner, keys, new Date(), { residents });
await withClient(reach.owner, (client) => client.query('vacuum analyze'));
await leave();
