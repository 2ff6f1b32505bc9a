import { isIPv6 } from 'node:net';
import type { Clock } from '../../server/clock.ts';
import { Problem, type ProblemKey } from '../../server/errors.ts';

const windowLength = 60_000;

/** Answers that count against the address they went to. */
const refusals: readonly ProblemKey[] = [
  'wrong-credentials',
  'wrong-code',
  'locked-out',
  'sso-refused',
  'sso-unknown',
];

interface Window {
  from: number;
  refused: number;
}

/**
 * Counts refused sign-ins by source address, beside the lock of the single account: whoever tries one password
 * on many names is slowed down too. Right ones are not counted, since a whole county may sign in from one address.
 * Kept in memory: a count of a minute outlives no server.
 */
export class Attempts {
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  /** @param limit refusals an address may have in a minute */
  constructor(limit: number, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Runs a try. It counts while it runs, so that tries sent all at once are held as well.
   * @throws Problem too-many with the seconds to wait, before anything is looked at
   */
  async guard<T>(address: string, work: () => Promise<T>): Promise<T> {
    const window = this.#window(networkOf(address));
    if (window.refused >= this.#limit) {
      const wait = Math.ceil((window.from + windowLength - this.#clock().getTime()) / 1000);
      throw new Problem('too-many', { retryAfter: Math.max(1, wait) });
    }
    window.refused += 1;
    try {
      const result = await work();
      window.refused -= 1;
      return result;
    } catch (error) {
      if (!(error instanceof Problem && refusals.includes(error.key))) window.refused -= 1;
      throw error;
    }
  }

  #window(network: string): Window {
    const now = this.#clock().getTime();
    const known = this.#windows.get(network);
    if (known && now - known.from < windowLength && now >= known.from) return known;
    if (this.#windows.size > 10_000) this.#forgetOld(now);
    const fresh = { from: now, refused: 0 };
    this.#windows.set(network, fresh);
    return fresh;
  }

  #forgetOld(now: number): void {
    for (const [network, { from }] of this.#windows)
      if (now - from >= windowLength) this.#windows.delete(network);
  }
}

/** An IPv4 address, or the /64 that one subscriber of IPv6 is given. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const gap = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(gap).fill('0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
