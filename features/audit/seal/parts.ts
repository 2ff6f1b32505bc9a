import type pg from 'pg';
import type { Clock } from '../../../server/clock.ts';

/** What a sealer needs. */
export interface SealerParts {
  /** The owner of the tables: the server's role cannot seal. */
  owner: pg.ClientConfig;
  /** Of `sealKey`. */
  key: Buffer;
  clock: Clock;
  /** Of `headFile`. */
  head: string;
  /** A witness file to keep up to date; undefined for none. */
  witness: string | undefined;
  /** Told what keeps it from sealing. */
  report: (words: string) => void;
}
