import { bulkEditJob } from '../features/archive/bulk/job.ts';
import type { Desk } from '../features/archive/desk.ts';
import { documentSweep } from '../features/archive/documents/sweep.ts';
import { exportJob } from '../features/archive/export/job.ts';
import { exportSweep } from '../features/archive/export/sweep.ts';
import { itemsRecount } from '../features/archive/items/recount.ts';
import { retention } from '../features/archive/rights/retention/job.ts';
import { recode } from '../features/area/changes/recode.ts';
import { openBatch } from '../features/gather/batch/open.ts';
import { deskGatherJob, gatherSweep, qualityJob } from '../features/gather/desk/jobs.ts';
import { deliverJob } from '../features/gather/interface/deliver/job.ts';
import { profileOfBatch } from '../features/gather/interface/profile.ts';
import { withinRange } from '../features/gather/interface/range.ts';
import { loadProfiles } from '../features/gather/profile/load.ts';
import { decisionsJob } from '../features/gather/review/job.ts';
import type { Files } from './files/files.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { createRegistry, type JobKind, type Registry } from './jobs/kind.ts';
import type { Keys } from './keys.ts';
import { gatherPack } from './packs.ts';

/** What some jobs need beside. */
export interface JobSettings {
  /** Of the vault, for threads that read large files. */
  keys?: Pick<Keys, 'data' | 'blind'> | undefined;
  /** Private ranges of addresses that changes may be sent to. */
  networks?: readonly string[];
}

/**
 * Every kind of job of the program; a feature adds those of its `jobs.ts` here.
 * @param desk what jobs on records need; left out where those of the house alone are run
 */
export function jobKinds(
  files: Files,
  desk?: Desk,
  { keys, networks = [] }: JobSettings = {},
): Registry {
  const needed = (): Desk => {
    if (!desk) throw new Error('this job needs the dictionary and the keys');
    return desk;
  };
  const profileOf = (key: string) =>
    loadProfiles(gatherPack, needed().dictionary).find((profile) => profile.key === key);
  const always = [
    housekeeping,
    documentSweep(files),
    exportSweep(files),
    recode,
    itemsRecount,
    retention({ files, desk: needed }),
    gatherSweep(files),
    qualityJob(() => needed().dictionary),
    withinRange(
      deskGatherJob({
        desk: needed,
        shipped: () => loadProfiles(gatherPack, needed().dictionary),
        rowsOf: (batch, profile, today) =>
          openBatch(files, { ...needed(), keys }, batch, profileOfBatch(profile, batch), today),
      }),
    ),
    decisionsJob({ desk: needed, profileOf }),
    deliverJob({ desk: needed, networks }),
  ];
  const onRecords: JobKind[] = desk ? [exportJob(files, desk), bulkEditJob(files, desk)] : [];
  return createRegistry([...always, ...onRecords]);
}
