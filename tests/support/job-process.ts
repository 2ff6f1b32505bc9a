import { actorOfHolder } from '../../features/identity/actor.ts';
import { createVault } from '../../server/crypto.ts';
import { openDatabase } from '../../server/database/actor.ts';
import { openSteward } from '../../server/database/steward.ts';
import { createRegistry } from '../../server/jobs/kind.ts';
import { createWorker } from '../../server/jobs/worker.ts';
import { loadKeys } from '../../server/keys.ts';
import { counting } from './counting.ts';

// A worker in a process of its own, for tests that kill it: at the step it is told, inside its transaction
// or after it, it says so and waits to be killed, or to be told to stop.
const { server, steward, folder, now, holdAt, place } = JSON.parse(process.argv[2] ?? '{}');
const keys = loadKeys(folder);
const hold = async (n: number): Promise<void> => {
  if (n !== holdAt) return;
  process.send?.({ holding: n });
  await new Promise<void>((go) => process.once('SIGUSR2', () => go()));
};
const asSteward = openSteward(steward, 4);
const database = openDatabase(server, 4);
const worker = createWorker({
  steward: asSteward,
  database,
  vault: createVault(keys),
  clock: () => new Date(now),
  actorOf: actorOfHolder,
  registry: createRegistry([counting({ [place]: hold })]),
  places: 1,
  reach: steward,
});
process.once('SIGTERM', async () => {
  process.send?.({ stopping: true });
  await worker.stop();
  await database.close();
  await asSteward.close();
  process.disconnect?.();
});
await worker.start();
