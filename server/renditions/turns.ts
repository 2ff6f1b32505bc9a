import { Problem } from '../errors.ts';

/** How many pictures are drawn at once, and how many may wait. */
const places = 2;
const mostWaiting = 40;

let busy = 0;
const waiting: (() => void)[] = [];

/**
 * Runs `work` when a place is free, in the order of asking.
 * @throws Problem unavailable when too many wait already
 */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (busy < places) busy += 1;
  else {
    if (waiting.length >= mostWaiting)
      throw new Problem('unavailable', {
        detail: {
          zh: '正在处理的文件较多，请稍后再试',
          en: 'Many files wait already; try again shortly',
        },
        retryAfter: 10,
      });
    // Whoever ends hands the place over.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
  }
}
