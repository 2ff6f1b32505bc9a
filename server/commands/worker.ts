import { actorOfHolder } from '../../features/identity/actor.ts';
import { systemClock } from '../clock.ts';
import { createVault } from '../crypto.ts';
import { openDatabase } from '../database/actor.ts';
import { openSteward } from '../database/steward.ts';
import { withoutData } from '../http/problems.ts';
import type { Installation } from '../installation.ts';
import type { Registry } from '../jobs/kind.ts';
import { createWorker, type Told, type Worker } from '../jobs/worker.ts';

/**
 * A worker on an installation, with connections of its own, so that jobs take none from requests.
 * @param places how many jobs at once
 */
export function openWorker(
  { reach, keys }: Installation,
  registry: Registry,
  places: number,
): { worker: Worker; close(): Promise<void> } {
  const database = openDatabase(reach.server, places);
  // One for each job of the house, and one for the queue itself.
  const steward = openSteward(reach.steward, places + 1);
  const worker = createWorker({
    steward,
    database,
    vault: createVault(keys),
    clock: systemClock,
    actorOf: actorOfHolder,
    registry,
    places,
    reach: reach.steward,
    tell: tellFaults,
  });
  return {
    worker,
    async close() {
      await database.close();
      await steward.close();
    },
  };
}

/** Failures go to the log, without the data of the statement that failed. */
function tellFaults({ job, state, error }: Told): void {
  if (!error) return;
  const what = job ? `job ${job.id} (${job.kind})${state ? ` is now ${state}` : ''}` : 'jobs';
  console.error(`${new Date().toISOString()} ${what}:`, withoutData(error));
}
