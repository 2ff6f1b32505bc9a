import { type Clock, dayOf } from '../../server/clock.ts';
import type { Actor, Database } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import type { AreaLevel } from '../area/contract.ts';
import { underPost } from './actor.ts';
import type { RoleKey } from './contract.ts';

/** A post in force, with its range of areas. */
export interface HeldPost {
  id: string;
  role: RoleKey;
  department: string | null;
  lo: number;
  hi: number;
  code: string;
  area: string;
  level: AreaLevel;
  since: string;
  until: string | null;
}

/** What is still to be done in a session before it opens anything. */
export type Stage = 'second_factor' | 'password' | 'enrol' | 'open';

/** A session as the gate tells it; without posts until it is open. */
export interface Session {
  id: string;
  tokenHash: Buffer;
  stage: Stage;
  method: 'password' | 'oidc' | 'command';
  account: string;
  username: string;
  name: string;
  demo: boolean;
  post: HeldPost | null;
  posts: HeldPost[];
  expiresAt: string;
}

/** Names of the levels, by number in the table. */
export const levels: readonly AreaLevel[] = [
  'province',
  'city',
  'county',
  'township',
  'village',
  'grid',
];

/** How long a session lasts at most, and without a request. */
export const sessionLasts = '12 hours';
export const sessionIdles = '1 hour';

const rememberFor = 60_000;

interface Remembered {
  session: Session;
  at: number;
  day: string;
}

/**
 * Looks sessions up. What it remembers only spares a look-up: `gate_verify` checks it in every
 * transaction, so a post that ended or a session that was closed opens nothing (see `asActor`).
 */
export class Sessions {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The session of a token's hash. @throws Problem not-signed-in */
  async find(tokenHash: Buffer): Promise<Session> {
    const now = this.#clock();
    const key = tokenHash.toString('base64');
    const known = this.#remembered.get(key);
    const fresh = known && now.getTime() - known.at < rememberFor && now.getTime() >= known.at;
    if (fresh && known.day === dayOf(now)) return known.session;
    const session = await this.#load(tokenHash, now);
    if (this.#remembered.size > 20_000) this.#remembered.clear();
    this.#remembered.set(key, { session, at: now.getTime(), day: dayOf(now) });
    await this.#database.gate(sql`select gate_seen(${tokenHash}, ${now})`);
    return session;
  }

  /** Forgets what was remembered, so that the next look-up asks the database. */
  forget(tokenHash: Buffer): void {
    this.#remembered.delete(tokenHash.toString('base64'));
  }

  async #load(tokenHash: Buffer, now: Date): Promise<Session> {
    const [row] = await this.#database.gate<SessionRow>(
      sql<SessionRow>`select * from gate_session(${tokenHash}, ${now}, ${dayOf(now)})`,
    );
    if (!row) throw new Problem('not-signed-in');
    const posts = row.posts.map((post) => ({
      ...post,
      lo: Number(post.lo),
      hi: Number(post.hi),
      level: levels[post.level - 1] as AreaLevel,
    }));
    return {
      id: row.id,
      tokenHash,
      stage: row.stage,
      method: row.method,
      account: row.account,
      username: row.username,
      name: row.name,
      demo: row.demo,
      posts,
      post: posts.find((post) => post.id === row.active_post) ?? null,
      expiresAt: row.expires_at,
    };
  }

  /** Whoever acts in this session, under its post or another that is held. */
  actor(session: Session, under: HeldPost | null = session.post): Actor {
    return {
      tokenHash: session.tokenHash,
      account: session.account,
      username: session.username,
      ...underPost(under, this.#clock()),
    };
  }
}

interface SessionRow {
  id: string;
  stage: Stage;
  method: Session['method'];
  account: string;
  username: string;
  name: string;
  demo: boolean;
  active_post: string | null;
  expires_at: string;
  posts: (Omit<HeldPost, 'lo' | 'hi' | 'level'> & { lo: string; hi: string; level: number })[];
}
