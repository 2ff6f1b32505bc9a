import { loadDictionary } from '../../features/archive/dictionary.ts';
import { retention } from '../../features/archive/rights/retention/job.ts';
import { actorOfHolder } from '../../features/identity/actor.ts';
import { archivePack } from '../../server/commands/demo.ts';
import { createVault } from '../../server/crypto.ts';
import { openDatabase } from '../../server/database/actor.ts';
import { openSteward, type Steward } from '../../server/database/steward.ts';
import { noFiles } from '../../server/files/files.ts';
import { createRegistry } from '../../server/jobs/kind.ts';
import { createWorker } from '../../server/jobs/worker.ts';
import { loadKeys } from '../../server/keys.ts';

// A worker in a process of its own that dies by kill -9 within a step of the retention job, before it commits.
const { server, steward, folder, now, dieAtStep } = JSON.parse(process.argv[2] ?? '{}');
const keys = loadKeys(folder);
const vault = createVault(keys);
const plain = openSteward(steward, 4);
let steps = 0;
const mortal: Steward = {
  ...plain,
  transaction: (work, settings) =>
    plain.transaction(async (tx) => {
      const result = await work(tx);
      if (settings?.['minqing.kind'] === 'archive.retention' && ++steps === dieAtStep)
        process.kill(process.pid, 'SIGKILL');
      return result;
    }, settings),
};
const worker = createWorker({
  steward: mortal,
  database: openDatabase(server, 2),
  vault,
  clock: () => new Date(now),
  actorOf: actorOfHolder,
  registry: createRegistry([
    retention({ files: noFiles, desk: () => ({ dictionary: loadDictionary(archivePack), vault }) }),
  ]),
  places: 1,
  reach: steward,
});
await worker.start();
