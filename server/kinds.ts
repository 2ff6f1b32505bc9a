import { housekeeping } from './jobs/housekeeping.ts';
import { createRegistry, type Registry } from './jobs/kind.ts';

/** Every kind of job of the program; a feature adds those of its `jobs.ts` here. */
export function jobKinds(): Registry {
  return createRegistry([housekeeping]);
}
