import pg from 'pg';

/** How long until a lost connection is tried again. */
const retryAfter = 5_000;

/** What is called. */
export interface Ears {
  /** At every notice, and when listening begins: what was told while nobody listened. */
  heard: () => void;
  /** When notices no longer come, until `heard` is called again. */
  lost?: () => void;
}

export interface Listening {
  /** When the first attempt to listen is over. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Listens on a channel of the database, on a connection of its own, kept up until `close`. */
export function listen(
  reach: pg.ClientConfig,
  name: string,
  channel: string,
  { heard, lost = () => {} }: Ears,
): Listening {
  let closed = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ ...reach, application_name: name });
    client = fresh;
    fresh.on('error', () => {});
    fresh.once('end', () => {
      lost();
      if (!closed) retry = setTimeout(() => void connect(), retryAfter);
    });
    fresh.on('notification', heard);
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
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
