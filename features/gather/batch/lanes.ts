import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Text } from '../../../server/errors.ts';
import type { Keys } from '../../../server/keys.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { Counted } from '../clean/tally.ts';
import { Refused } from './refused.ts';
import { type Chunk, type FileTask, type Lane, refuseHopeless } from './rows-of.ts';

/** What a worker is given. */
export interface LaneTask extends Lane {
  task: FileTask;
  /** Without its functions, which do not cross to another thread. */
  dictionary: Omit<Dictionary, 'item'>;
  keys: { data: Uint8Array; blind: Uint8Array };
}

/** What a worker tells: a chunk, its end, or why the file is refused. */
export type LaneTold = { chunk: Chunk } | { counted: Counted } | { refused: Text };

const lanes = 2;

/**
 * The rows of a file, made by two threads that take turns: reading is a tenth of the work, and done by both.
 * @throws as `chunksOf` does
 */
export async function* inWorkers(
  task: FileTask,
  { item: _, ...dictionary }: Dictionary,
  keys: Pick<Keys, 'data' | 'blind'>,
): AsyncGenerator<Chunk> {
  const workers = Array.from({ length: lanes }, (_, turn) => {
    const workerData: LaneTask = { task, dictionary, keys, turn, of: lanes };
    return toldBy(new Worker(new URL('./lane.ts', import.meta.url), { workerData }));
  });
  try {
    const counted: Counted[] = [];
    for (let turn = 0; counted.length < lanes; turn++) {
      const told = await workers[turn % lanes]?.next();
      if (!told) continue;
      if ('refused' in told) throw new Refused(told.refused);
      if ('chunk' in told) yield told.chunk;
      else counted.push(told.counted);
    }
    refuseHopeless(counted);
  } finally {
    await Promise.all(workers.map(({ end }) => end()));
  }
}

/** What a worker tells, one after another; it is some chunks ahead of who asks, and no more. */
function toldBy(worker: Worker) {
  const told: LaneTold[] = [];
  let ended: Error | undefined;
  let wake = (): void => {};
  worker.on('message', (one: LaneTold) => {
    told.push(one);
    wake();
  });
  worker.once('error', (error) => {
    ended = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  worker.once('exit', (code) => {
    ended ??= new Error(`a reader ended with ${code}`);
    wake();
  });
  let done = false;
  return {
    /** @returns undefined when it has told all */
    async next(): Promise<LaneTold | undefined> {
      if (done) return undefined;
      while (told.length === 0) {
        if (ended) throw ended;
        await new Promise<void>((ok) => {
          wake = ok;
        });
      }
      const one = told.shift();
      if (one && 'chunk' in one) worker.postMessage('taken');
      else done = true;
      return one;
    },
    async end(): Promise<void> {
      if (ended) return;
      await Promise.all([once(worker, 'exit'), worker.terminate()]);
    },
  };
}
