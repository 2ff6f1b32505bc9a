import { parentPort, workerData } from 'node:worker_threads';
import { copyVillages, type Share } from './copy.ts';

const share = workerData as Share;
// Buffers cross to a worker as plain bytes.
share.keys = {
  ...share.keys,
  data: Buffer.from(share.keys.data),
  blind: Buffer.from(share.keys.blind),
};
await copyVillages(share, (n) => parentPort?.postMessage(n));
