import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import type { Vault } from '../crypto.ts';
import type { Tx } from '../database/actor.ts';
import { sql } from '../database/sql.ts';
import { Problem, type Text } from '../errors.ts';
import { newId } from '../ids.ts';
import { openJson, sealJson } from './content.ts';
import type { JobKind, JobResult, Registry } from './kind.ts';
import { channel } from './queue.ts';

/** What features need of jobs. */
export interface Jobs {
  readonly registry: Registry;
  /**
   * Queues a job in the caller's transaction: it begins when that commits, and never when it does not. It
   * acts under the post acting now. Whether this post may start the kind is for the route to say.
   * @returns the job's id
   * @throws Problem no-post; Error when the input does not fit the kind's schema
   */
  start<K extends JobKind>(tx: Tx, kind: K, input: Static<K['input']>): Promise<string>;
  /** Opens the result of a job, and the words on its last failure. */
  openResult(sealed: Buffer | null): JobResult | null;
  openWords(sealed: Buffer | null): Text | null;
}

export function createJobs(registry: Registry, vault: Vault): Jobs {
  return {
    registry,
    openResult: (sealed) => (openJson(vault, sealed) ?? null) as JobResult | null,
    openWords: (sealed) => (openJson(vault, sealed) ?? null) as Text | null,
    async start(tx, kind, input) {
      const { actor } = tx;
      if (!actor.post) throw new Problem('no-post');
      if (registry.kinds.get(kind.kind) !== kind)
        throw new Error(`the kind of job ${kind.kind} is not registered (server/kinds.ts)`);
      if (!Value.Check(kind.input, input)) throw new Error(`input of ${kind.kind} does not fit`);
      const id = newId(actor.now.getTime());
      const { id: post, role, lo, hi } = actor.post;
      await Promise.all([
        tx.count(sql`insert into job (id, kind, account, post, role, lo, hi, due_at, created_at)
          values (${id}, ${kind.kind}, ${actor.account}, ${post}, ${role}, ${lo}, ${hi}, ${actor.now}, ${actor.now})`),
        tx.count(sql`insert into job_content (job, account, post, input)
          values (${id}, ${actor.account}, ${post}, ${sealJson(vault, input)})`),
        wake(tx),
      ]);
      return id;
    },
  };
}

/** Wakes the workers once the transaction commits. */
export function wake(tx: Pick<Tx, 'first'>): Promise<unknown> {
  return tx.first(sql`select pg_notify(${channel}, '')`);
}
