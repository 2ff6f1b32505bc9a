import type { Job } from '../../contract.ts';

/** How much of a job is done, per cent, rounded down; null while the whole is unknown. */
export function shareOf({ done, total }: Job['progress']): number | null {
  if (total === null) return null;
  if (total <= 0) return 100;
  return Math.min(100, Math.floor((100 * done) / total));
}
