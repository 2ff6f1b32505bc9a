import { connect, type Socket } from 'node:net';

/** What a run of requests came to. */
export interface Run {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p95: number;
  count: number;
  failures: number;
}

/** The value below which a share of sorted numbers lies. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Summary of durations in milliseconds over a span. */
export function summary(durations: number[], elapsed: number, failures = 0): Run {
  durations.sort((a, b) => a - b);
  return {
    perSecond: (durations.length / elapsed) * 1000,
    p50: quantile(durations, 0.5),
    p95: quantile(durations, 0.95),
    count: durations.length,
    failures,
  };
}

/**
 * Runs `one` over and over on so many lanes at once until the time is over.
 * @param seconds how long; a tenth before it warms up and is not counted
 */
export async function closedLoop(
  lanes: number,
  seconds: number,
  one: (lane: number, turn: number) => Promise<boolean>,
): Promise<Run> {
  const durations: number[] = [];
  let failures = 0;
  const begin = performance.now();
  const counted = begin + seconds * 100;
  const end = counted + seconds * 1000;
  const lane = async (number: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      const from = performance.now();
      if (from >= end) return;
      const right = await one(number, turn);
      if (from < counted) continue;
      durations.push(performance.now() - from);
      if (!right) failures++;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
  return summary(durations, performance.now() - counted, failures);
}

/**
 * One kept-alive HTTP connection that does nothing but send and count: the generator shares the
 * machine with what it measures, so it must cost as little as may be.
 */
export class Lane {
  readonly #socket: Socket;
  readonly #host: string;
  #pending = '';
  #wait: ((status: number) => void) | undefined;
  #left = -1;
  #status = 0;

  constructor(port: number) {
    this.#host = `127.0.0.1:${port}`;
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', () => this.#done(0));
  }

  /** @returns the status */
  get(path: string, cookie: string): Promise<number> {
    return new Promise((done) => {
      this.#wait = done;
      this.#socket.write(
        `GET ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncookie: ${cookie}\r\n\r\n`,
      );
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#left >= 0) {
      this.#left -= chunk.length;
    } else {
      this.#pending += chunk.toString('latin1');
      const head = this.#pending.indexOf('\r\n\r\n');
      if (head < 0) return;
      this.#status = Number(this.#pending.slice(9, 12));
      const length = /content-length: (\d+)/i.exec(this.#pending.slice(0, head));
      this.#left = Number(length?.[1] ?? 0) - (this.#pending.length - head - 4);
      this.#pending = '';
    }
    if (this.#left <= 0) {
      this.#left = -1;
      this.#done(this.#status);
    }
  }

  #done(status: number): void {
    const wait = this.#wait;
    this.#wait = undefined;
    wait?.(status);
  }
}
