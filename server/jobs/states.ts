/**
 * States of a job. A running job that is asked to pause or to end does so after its step, and is `pausing`
 * or `cancelling` until then. The last four are its end.
 */
export const states = [
  'queued',
  'running',
  'pausing',
  'cancelling',
  'paused',
  'done',
  'failed',
  'cancelled',
  'refused',
] as const;
export type JobState = (typeof states)[number];

/** States from which a job may still go on by itself or by hand without having failed. */
export const liveStates = [
  'queued',
  'running',
  'pausing',
  'cancelling',
  'paused',
] as const satisfies readonly JobState[];

/** What people may ask of a job. */
export type JobAct = 'pause' | 'resume' | 'cancel';

/** What an act leads to from each state; a state that is not named refuses it. */
export const acts: Record<JobAct, Partial<Record<JobState, JobState>>> = {
  pause: { queued: 'paused', running: 'pausing' },
  resume: { paused: 'queued', failed: 'queued', pausing: 'running' },
  cancel: {
    queued: 'cancelled',
    paused: 'cancelled',
    running: 'cancelling',
    pausing: 'cancelling',
  },
};

/** Where a job comes to rest when its worker gives it back: what it was asked, or the queue. */
export const restOf = {
  running: 'queued',
  pausing: 'paused',
  cancelling: 'cancelled',
} as const satisfies Partial<Record<JobState, JobState>>;

/** How long to wait after the nth failure, in milliseconds: 15 s, doubled each time, at most an hour. */
export function backOff(failures: number): number {
  return Math.min(3_600_000, 15_000 * 2 ** (failures - 1));
}
