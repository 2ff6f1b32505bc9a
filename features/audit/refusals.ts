import type { Clock } from '../../server/clock.ts';
import type { Database } from '../../server/database/actor.ts';
import { type Sql, sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';

/** A refusal, and whom it met. */
export interface Refusal {
  action: 'refused' | 'sign_in_refused' | 'second_factor_refused';
  account: string | null;
  post?: { id: string; role: string; lo: number } | null;
  category?: string | undefined;
  subject?: string | undefined;
  item?: string | undefined;
  purpose?: string | undefined;
  /** The operation of the API. */
  operation?: string | undefined;
  /** Why: a key of the catalogue of problems. */
  reason: string;
}

interface Span {
  refusal: Refusal;
  since: number;
  last: Date;
  /** Refusals since the one that was written. */
  more: number;
}

/** For so long the same refusal is counted and not written again. */
const counted = 60_000;

/** Different refusals of one session within that time that are still written one by one. */
const distinct = 100;

/**
 * Puts refusals on record, each in a transaction of its own: the refused one was rolled back. The first of its kind
 * is written at once; the same again within a minute is only counted, and the count written when the minute is over.
 * So nobody fills the disk by knocking.
 */
export class Refusals {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #spans = new Map<string, Span>();
  readonly #different = new Map<string, { since: number; n: number }>();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Notes a refusal.
   * @param session whose knocking is counted together: the session's hash, or what stands for one
   */
  async note(session: string, refusal: Refusal): Promise<void> {
    const now = this.#clock();
    const told = this.#isFlood(session, refusal, now) ? flood(refusal) : refusal;
    const key = `${session} ${JSON.stringify(told)}`;
    const span = this.#spans.get(key);
    if (span && now.getTime() - span.since < counted && now.getTime() >= span.since) {
      span.more++;
      span.last = now;
      return;
    }
    this.#spans.set(key, { refusal: told, since: now.getTime(), last: now, more: 0 });
    if (span) await this.#writeRest(span);
    await this.#write(told, now, 1);
  }

  /** Writes a refusal that is not to be counted with others. */
  async write(refusal: Refusal): Promise<void> {
    await this.#write(refusal, this.#clock(), 1);
  }

  /** Writes the counts of minutes that are over; all of them when the server stops. */
  async settle(all = false): Promise<void> {
    const now = this.#clock().getTime();
    for (const [key, span] of [...this.#spans]) {
      if (!all && now - span.since < counted) continue;
      this.#spans.delete(key);
      await this.#writeRest(span);
    }
    for (const [session, { since }] of [...this.#different])
      if (now - since >= counted) this.#different.delete(session);
  }

  #isFlood(session: string, refusal: Refusal, now: Date): boolean {
    const kept = this.#different.get(session);
    const fresh = kept && now.getTime() - kept.since < counted;
    const known = this.#spans.has(`${session} ${JSON.stringify(refusal)}`);
    const n = (fresh ? kept.n : 0) + (known ? 0 : 1);
    this.#different.set(session, { since: fresh ? kept.since : now.getTime(), n });
    return n > distinct && !known;
  }

  async #writeRest({ refusal, last, more }: Span): Promise<void> {
    if (more > 0) await this.#write(refusal, last, more);
  }

  async #write(refusal: Refusal, at: Date, times: number): Promise<void> {
    await this.#database.gate(entry(refusal, at, times));
  }
}

function entry(refusal: Refusal, at: Date, times: number): Sql {
  const { account, post, action, category, subject, item, purpose, operation, reason } = refusal;
  return sql`select gate_note_refused(${account}::uuid, ${post?.id ?? null}::uuid, ${post?.role ?? null}, ${post?.lo ?? null}::bigint,
    ${at}::timestamptz, ${action}, ${category ?? null}, ${subject ?? null}::uuid, ${item ?? null}, ${purpose ?? null},
    ${operation ?? null}, ${reason}, ${times}::int)`;
}

/** What stands for all further refusals of a session that meets too many different ones. */
function flood({ action, account, post }: Refusal): Refusal {
  return { action, account, post: post ?? null, reason: 'flood' };
}

/**
 * Why the gate refused, as a key; undefined for an error that is no refusal: a form filled in wrongly, a lost
 * update, a fault of the server. That a record is not found counts as refused when it was asked for by its id or an
 * area's code, since whoever may not see it is answered so.
 */
export function reasonOf(error: unknown, askedFor: Record<string, unknown>): string | undefined {
  if ((error as { code?: unknown }).code === '42501') return 'forbidden';
  if (!(error instanceof Problem)) return undefined;
  if (refusing.has(error.key)) return error.key;
  if (error.key === 'not-found' && ('id' in askedFor || 'code' in askedFor)) return 'not-found';
  const purpose = error.key === 'invalid' && error.errors?.some(({ field }) => field === 'purpose');
  return purpose ? 'wrong-purpose' : undefined;
}

const refusing: ReadonlySet<string> = new Set([
  'no-post',
  'forbidden',
  'outside-scope',
  'purpose-required',
  'foreign-origin',
  'second-factor-needed',
  'password-change-needed',
  'enrolment-needed',
]);
