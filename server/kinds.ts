import { bulkEditJob } from '../features/archive/bulk/job.ts';
import type { Desk } from '../features/archive/desk.ts';
import { documentSweep } from '../features/archive/documents/sweep.ts';
import { exportJob } from '../features/archive/export/job.ts';
import { exportSweep } from '../features/archive/export/sweep.ts';
import { itemsRecount } from '../features/archive/items/recount.ts';
import { retention } from '../features/archive/rights/retention/job.ts';
import { recode } from '../features/area/changes/recode.ts';
import { cleanRows } from '../features/gather/batch/open.ts';
import { deskGatherJob, gatherSweep, qualityJob } from '../features/gather/desk/jobs.ts';
import { loadProfiles } from '../features/gather/profile/load.ts';
import type { Files } from './files/files.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { createRegistry, type JobKind, type Registry } from './jobs/kind.ts';
import { gatherPack } from './packs.ts';

/**
 * Every kind of job of the program; a feature adds those of its `jobs.ts` here.
 * @param desk what jobs on records need; left out where those of the house alone are run
 */
export function jobKinds(files: Files, desk?: Desk): Registry {
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
    gatherSweep(files),
    qualityJob(() => needed().dictionary),
    deskGatherJob({
      desk: needed,
      shipped: () => loadProfiles(gatherPack, needed().dictionary),
      rowsOf: (batch, profile, now) => cleanRows(files, needed().dictionary, batch, profile, now),
    }),
  ];
  const onRecords: JobKind[] = desk ? [exportJob(files, desk), bulkEditJob(files, desk)] : [];
  return createRegistry([...always, ...onRecords]);
}
