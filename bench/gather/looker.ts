import { Lane, quantile } from '../load/loop.ts';

/** What the process that looks at files is told. */
export type LookerTask =
  | { port: number; cookie: string; paths: string[] }
  /** Begin to look, one file after another, with a pause between. */
  | 'look'
  /** Say how long it took since then. */
  | 'tell';

/** How long files took. */
export interface Looked {
  count: number;
  failures: number;
  p50: number;
  p95: number;
}

// Looks at households' files in a process of its own: what it measures is not the bench's own waiting.
const pause = 20;
let lane: Lane | undefined;
let [cookie, paths] = ['', [] as string[]];
let durations: number[] = [];
let failures = 0;
let turn = 0;
let isLooking = false;

async function look(): Promise<void> {
  while (isLooking) {
    const from = performance.now();
    const status = await lane?.get(`/api/v1${paths[turn++ % paths.length]}`, cookie);
    durations.push(performance.now() - from);
    if (status !== 200) failures++;
    await new Promise((done) => setTimeout(done, pause));
  }
}

process.on('message', (task: LookerTask) => {
  if (task === 'look') {
    [durations, failures, isLooking] = [[], 0, true];
    void look();
    return;
  }
  if (task === 'tell') {
    isLooking = false;
    durations.sort((a, b) => a - b);
    const looked: Looked = {
      count: durations.length,
      failures,
      p50: quantile(durations, 0.5),
      p95: quantile(durations, 0.95),
    };
    process.send?.(looked);
    return;
  }
  lane = new Lane(task.port);
  ({ cookie, paths } = task);
});
process.once('disconnect', () => process.exit(0));
