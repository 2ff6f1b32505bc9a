import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { createVault } from '../../../server/crypto.ts';
import { Problem } from '../../../server/errors.ts';
import { withIndex } from '../../archive/dictionary.ts';
import type { LaneTask, LaneTold } from './lanes.ts';
import { Refused } from './refused.ts';
import { laneOf } from './rows-of.ts';

/** How many chunks are made before the first is taken. */
const ahead = 3;

const { task, dictionary, keys, turn, of } = workerData as LaneTask;
const port = parentPort;
if (!port) throw new Error('a lane is a thread of its own');
const tell = (told: LaneTold): void => port.postMessage(told);
let waiting = 0;
port.on('message', () => {
  waiting -= 1;
});

const desk = {
  dictionary: withIndex(dictionary),
  // Buffers cross to a worker as plain bytes.
  vault: createVault({ data: Buffer.from(keys.data), blind: Buffer.from(keys.blind) }),
};
try {
  const chunks = laneOf(task, desk, { turn, of });
  for (;;) {
    const { value, done } = await chunks.next();
    if (done) {
      tell({ counted: value });
      break;
    }
    tell({ chunk: value });
    waiting += 1;
    while (waiting >= ahead) await once(port, 'message');
  }
} catch (error) {
  const words =
    error instanceof Refused
      ? error.words
      : error instanceof Problem && error.key === 'invalid'
        ? (error.detail ?? { zh: error.message, en: error.message })
        : undefined;
  if (!words) throw error;
  tell({ refused: words });
}
port.close();
