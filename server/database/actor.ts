import { createHash } from 'node:crypto';
import type { Compilable, CompiledQuery } from 'kysely';
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import pg from 'pg';
import type { DB } from '../../db/types.ts';

/** What the gate is told of whoever acts: made by features/identity from the session and the role's table. */
export interface Actor {
  tokenHash: Buffer;
  account: string;
  username: string;
  /** The post acted under. */
  post: { id: string; role: string; lo: number; hi: number } | null;
  /** The range of areas whose residents' records the post covers; null for administrators. */
  scope: { lo: number; hi: number } | null;
  /** Groups of items open to the role, openable for one subject, writable. */
  open: readonly string[];
  reveal: readonly string[];
  write: readonly string[];
  admin: 'system' | 'security' | 'audit' | null;
  /** The clock at the start of the request, and its day in Asia/Shanghai. */
  now: Date;
  day: string;
}

/** SQLSTATE of `gate_verify`: what the server remembered of the session no longer holds. */
export const staleSession = 'MQ401';

/** Builds queries; runs none. */
export const query = new Kysely<DB>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

/** A raw query: `sql<Row>\`…\`` of kysely. */
interface RawQuery<R> {
  compile(db: typeof query): CompiledQuery<R>;
}
type Runnable<R> = Compilable<R> | RawQuery<R>;

/** A transaction with the gate set. Queries queue on its connection in the order they are issued. */
export interface Tx {
  readonly actor: Actor;
  /** All rows of a query, prepared once a connection. */
  rows<R>(statement: Runnable<R>): Promise<R[]>;
  /** The first row, if there is one. */
  first<R>(statement: Runnable<R>): Promise<R | undefined>;
  /** How many rows a writing statement touched. */
  count(statement: Runnable<unknown>): Promise<number>;
}

/** The way to data, and the only one. */
export interface Database {
  /** Runs `work` in one transaction with the actor's scope set; commits when it returns, rolls back when it throws. */
  withActor<T>(
    actor: Actor,
    work: (tx: Tx) => Promise<T>,
    options?: { subjects?: readonly string[] },
  ): Promise<T>;
  /**
   * One round trip: all queries are issued at once, none waits for another, and the transaction is closed behind them.
   * For pages, whose queries depend only on their parameters.
   */
  readTogether<T extends Record<string, unknown>>(
    actor: Actor,
    work: (tx: Tx) => { [K in keyof T]: Promise<T[K]> },
    options?: { subjects?: readonly string[] },
  ): Promise<T>;
  /** Calls one of the gate's functions, before there is an actor. */
  gate<R>(statement: RawQuery<R>): Promise<R[]>;
  close(): Promise<void>;
}

/** Opens the pool of the server's role. */
export function openDatabase(server: pg.ClientConfig, size: number): Database {
  const pool = new pg.Pool({
    ...server,
    max: size,
    pipeline: true,
    application_name: 'minqing',
  } as pg.PoolConfig);
  // A connection cut while idle is replaced by the pool; the next request tells if the database is gone.
  pool.on('error', () => {});
  const compiled = <R>(statement: Runnable<R>): CompiledQuery =>
    (statement as RawQuery<R>).compile(query);

  function transaction(client: pg.PoolClient, actor: Actor): Tx {
    const run = <R>(statement: Runnable<R>): Promise<pg.QueryResult> => {
      const { sql, parameters } = compiled(statement);
      return client.query({ name: nameOf(sql), text: sql, values: parameters as unknown[] });
    };
    return {
      actor,
      rows: async (statement) => (await run(statement)).rows,
      first: async (statement) => (await run(statement)).rows[0],
      count: async (statement) => (await run(statement)).rowCount ?? 0,
    };
  }

  async function begin(
    client: pg.PoolClient,
    actor: Actor,
    subjects: readonly string[],
  ): Promise<void> {
    await client.query(preamble(actor, subjects));
  }

  return {
    async withActor(actor, work, options = {}) {
      const client = await pool.connect();
      let broken = false;
      try {
        const opened = begin(client, actor, options.subjects ?? []);
        opened.catch(() => {});
        try {
          const result = await work(transaction(client, actor));
          await opened;
          await client.query('commit');
          return result;
        } catch (error) {
          await client.query('rollback').catch(() => {
            broken = true;
          });
          // After a refused beginning every later statement says only that the transaction is aborted.
          await opened;
          throw error;
        }
      } finally {
        client.release(broken);
      }
    },

    async readTogether(actor, work, options = {}) {
      const client = await pool.connect();
      try {
        const opened = begin(client, actor, options.subjects ?? []);
        const issued = Object.entries(work(transaction(client, actor)));
        const closed = client.query('commit');
        const settled = await Promise.allSettled([
          opened,
          ...issued.map(([, promise]) => promise),
          closed,
        ]);
        const failed = settled.find((outcome) => outcome.status === 'rejected');
        if (failed) throw failed.reason;
        return Object.fromEntries(
          issued.map(([key], i) => [
            key,
            (settled[i + 1] as PromiseFulfilledResult<unknown>).value,
          ]),
        ) as never;
      } finally {
        client.release();
      }
    },

    async gate(statement) {
      const { sql, parameters } = compiled(statement);
      const result = await pool.query({
        name: nameOf(sql),
        text: sql,
        values: parameters as unknown[],
      });
      return result.rows;
    },

    close: () => pool.end(),
  };
}

const names = new Map<string, string>();

/** A prepared statement's name follows from its text, so that every connection plans it once. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = `q${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
    names.set(text, name);
  }
  return name;
}

/**
 * Opens the transaction and sets the gate, in one simple-query batch. SET LOCAL with quoted literals and not
 * set_config: only the former reaches the workers of a Citus cluster (STACK.md).
 */
function preamble(actor: Actor, subjects: readonly string[]): string {
  const settings: Record<string, string> = { 'minqing.account': actor.account };
  if (actor.post) settings['minqing.post'] = actor.post.id;
  if (actor.scope) {
    settings['minqing.lo'] = String(actor.scope.lo);
    settings['minqing.hi'] = String(actor.scope.hi);
    settings['minqing.open'] = `,${actor.open.join(',')},`;
    if (actor.write.length > 0) settings['minqing.write'] = `,${actor.write.join(',')},`;
  }
  if (subjects.length > 0) {
    settings['minqing.reveal'] = `,${actor.reveal.join(',')},`;
    settings['minqing.subject'] = `{${subjects.join(',')}}`;
  }
  if (actor.admin && actor.post) {
    settings['minqing.admin'] = actor.admin;
    settings['minqing.admin_lo'] = String(actor.post.lo);
    settings['minqing.admin_hi'] = String(actor.post.hi);
  }
  const set = Object.entries(settings)
    .map(([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)};`)
    .join('');
  return `begin;${set}${verification(actor)}`;
}

function verification(actor: Actor): string {
  const post = actor.post;
  const acting = post ? `'${post.id}',${post.lo},${post.hi}` : 'null,null,null';
  return `select gate_verify('\\x${actor.tokenHash.toString('hex')}',${acting},'${actor.now.toISOString()}','${actor.day}')`;
}
