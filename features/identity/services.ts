import type { Clock } from '../../server/clock.ts';
import type { Vault } from '../../server/crypto.ts';
import type { Database } from '../../server/database/actor.ts';
import type { Files } from '../../server/files/files.ts';
import type { Cursors } from '../../server/http/cursor.ts';
import type { Writer } from '../../server/http/writing.ts';
import type { Jobs } from '../../server/jobs/start.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Attempts } from './attempts.ts';
import type { Sessions } from './sessions.ts';
import type { SingleSignOn } from './single-sign-on.ts';

/** What routes of every floor are given; made once in server/app.ts. */
export interface Services {
  database: Database;
  sessions: Sessions;
  vault: Vault;
  cursors: Cursors;
  clock: Clock;
  write: Writer;
  jobs: Jobs;
  files: Files;
  /** Puts refusals on record. */
  refusals: Refusals;
  /** Refused sign-ins by source address. */
  attempts: Attempts;
  /** The provider of single sign-on; null without one. */
  singleSignOn: SingleSignOn | null;
  secureCookies: boolean;
  /** Address of the county’s own map tiles; null without. */
  tiles: string | null;
}
