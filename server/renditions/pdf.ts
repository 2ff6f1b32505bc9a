import { Worker } from 'node:worker_threads';
import type { Page } from './page.ts';
import { type Refused, refusedFile } from './refused.ts';

/** Pages of a PDF at most, and how long all of them may take to draw. */
const mostPages = 30;
const mostTime = 30_000;

/** What the worker is given and answers. */
export interface Drawing {
  bytes: Uint8Array;
  mostPages: number;
  longSide: number;
}
export type Drawn = { pages: Page[] } | { refused: Refused };

/**
 * Draws the pages of a PDF in a thread of its own: one that never ends, or takes all memory, is ended without
 * harm to the server. PDFium is built without a JavaScript engine, so no script in a file can run.
 * @throws Problem invalid
 */
export async function pagesOfPdf(bytes: Buffer, longSide: number): Promise<Page[]> {
  const drawing: Drawing = { bytes, mostPages, longSide };
  const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), {
    workerData: drawing,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
    // Words of the reader about broken files are no business of the log.
    stdout: true,
    stderr: true,
  });
  try {
    const drawn = await answerOf(worker);
    if ('refused' in drawn) throw refusedFile(drawn.refused);
    // Buffers arrive as plain arrays of bytes.
    return drawn.pages.map((page) => ({ ...page, jpeg: Buffer.from(page.jpeg) }));
  } finally {
    await worker.terminate();
  }
}

function answerOf(worker: Worker): Promise<Drawn> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve({ refused: 'slow' }), mostTime);
    const settle = (drawn: Drawn): void => {
      clearTimeout(timer);
      resolve(drawn);
    };
    worker.once('message', settle);
    worker.once('error', () => settle({ refused: 'damaged' }));
    worker.once('exit', () => settle({ refused: 'damaged' }));
  });
}
