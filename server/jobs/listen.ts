import pg from 'pg';
import { channel } from './queue.ts';

/** How long until a lost connection is tried again; workers also look by themselves. */
const retryAfter = 5_000;

/** Calls `heard` whenever a job is queued, on a connection of its own, kept up until `close`. */
export function listen(
  reach: pg.ClientConfig,
  heard: () => void,
): { ready: Promise<void>; close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ ...reach, application_name: 'minqing jobs' });
    client = fresh;
    fresh.on('error', () => {});
    fresh.once('end', () => {
      if (!closed) retry = setTimeout(() => void connect(), retryAfter);
    });
    fresh.on('notification', heard);
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
      // What was queued while nobody listened.
      heard();
    } catch {
      await fresh.end().catch(() => {});
    }
  }

  return {
    ready: connect(),
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end().catch(() => {});
    },
  };
}
