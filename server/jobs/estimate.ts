/** What the rate of a job was reckoned from last. */
export interface Pace {
  done: number;
  stage: string | null;
  /** Units a second, smoothed; null until there is something to go by. */
  rate: number | null;
  at: Date;
}

/** Seconds over which the rate forgets: long enough not to jump, short enough to follow. */
const memory = 30;

/** The pace after another look. A new stage, or a count that went back, starts it anew. */
export function paceAfter(before: Pace | null, done: number, stage: string | null, at: Date): Pace {
  if (!before || before.stage !== stage || done < before.done)
    return { done, stage, at, rate: null };
  const seconds = (at.getTime() - before.at.getTime()) / 1000;
  // Looks that follow each other closely say little.
  if (seconds < 1) return before;
  const sample = (done - before.done) / seconds;
  const weight = 1 - Math.exp(-seconds / memory);
  const rate = before.rate === null ? sample : before.rate + weight * (sample - before.rate);
  return { done, stage, at, rate };
}

/** Seconds left at a rate that was measured at `at`, or null when nothing can be said. */
export function secondsLeft(
  done: number,
  total: number | null,
  rate: number | null,
  at: Date,
  now: Date,
): number | null {
  if (total === null || rate === null || rate <= 0) return null;
  const since = Math.max(0, (now.getTime() - at.getTime()) / 1000);
  return Math.max(0, Math.round((total - done) / rate - since));
}
