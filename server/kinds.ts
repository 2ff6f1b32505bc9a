import { bulkEditJob } from '../features/archive/bulk/job.ts';
import type { Desk } from '../features/archive/desk.ts';
import { documentSweep } from '../features/archive/documents/sweep.ts';
import { exportJob } from '../features/archive/export/job.ts';
import { exportSweep } from '../features/archive/export/sweep.ts';
import { itemsRecount } from '../features/archive/items/recount.ts';
import { retention } from '../features/archive/rights/retention/job.ts';
import { recode } from '../features/area/changes/recode.ts';
import { gatherJob } from '../features/gather/batch/job.ts';
import { cleanRows } from '../features/gather/batch/open.ts';
import { deliverJob } from '../features/gather/interface/deliver/job.ts';
import { profileOfBatch } from '../features/gather/interface/profile.ts';
import { withinRange } from '../features/gather/interface/range.ts';
import { loadProfiles } from '../features/gather/profile/load.ts';
import type { Files } from './files/files.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { createRegistry, type JobKind, type Registry } from './jobs/kind.ts';
import { gatherPack } from './packs.ts';

/**
 * Every kind of job of the program; a feature adds those of its `jobs.ts` here.
 * @param desk what jobs on records need; left out where those of the house alone are run
 * @param networks private ranges of addresses that changes may be sent to
 */
export function jobKinds(files: Files, desk?: Desk, networks: readonly string[] = []): Registry {
  const needed = (): Desk => {
    if (!desk) throw new Error('this job needs the dictionary and the keys');
    return desk;
  };
  const always = [
    housekeeping,
    documentSweep(files),
    exportSweep(files),
    recode,
    itemsRecount,
    retention({ files, desk: needed }),
    withinRange(
      gatherJob({
        desk: needed,
        profileOf: (key) =>
          loadProfiles(gatherPack, needed().dictionary).find((profile) => profile.key === key),
        rowsOf: (batch, profile, now) =>
          cleanRows(files, needed().dictionary, batch, profileOfBatch(profile, batch), now),
      }),
    ),
    deliverJob({ desk: needed, networks }),
  ];
  const onRecords: JobKind[] = desk ? [exportJob(files, desk), bulkEditJob(files, desk)] : [];
  return createRegistry([...always, ...onRecords]);
}
