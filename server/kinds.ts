import { documentSweep } from '../features/archive/documents/sweep.ts';
import { recode } from '../features/area/changes/recode.ts';
import type { Files } from './files/files.ts';
import { housekeeping } from './jobs/housekeeping.ts';
import { createRegistry, type Registry } from './jobs/kind.ts';

/** Every kind of job of the program; a feature adds those of its `jobs.ts` here. */
export function jobKinds(files: Files): Registry {
  return createRegistry([housekeeping, documentSweep(files), recode]);
}
