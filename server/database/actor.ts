import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { ask } from './ask.ts';
import { type Ears, type Listening, listen } from './listen.ts';
import { type Sql, sql } from './sql.ts';

/** What the gate is told of whoever acts: made by features/identity from the session and the role's table. */
export interface Actor {
  /** Of the session; empty for a job, which has none. */
  tokenHash: Buffer;
  /** The job that acts for the account, and its worker's lease. */
  job?: { id: string; lease: string };
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

/** A transaction with the gate set. Queries queue on its connection in the order they are issued. */
export interface Tx {
  readonly actor: Actor;
  /**
   * All rows of a query, prepared once a connection.
   * @param name in `readTogether`: by it the other statements read these rows, which are looked up but once
   */
  rows<R>(statement: Sql<R>, name?: string): Promise<R[]>;
  /** The first row, if there is one. */
  first<R>(statement: Sql<R>): Promise<R | undefined>;
  /** How many rows a writing statement touched. */
  count(statement: Sql): Promise<number>;
}

/** The way to data, and the only one. */
export interface Database {
  /**
   * Runs `work` in one transaction with the actor's scope set; commits when it returns, rolls back when it throws.
   * `snapshot` shows it one state of the database throughout, whatever others commit meanwhile: for what is read page by page.
   */
  withActor<T>(
    actor: Actor,
    work: (tx: Tx) => Promise<T>,
    options?: { subjects?: readonly string[]; snapshot?: boolean },
  ): Promise<T>;
  /**
   * One round trip and one statement: all queries that `work` issues before it waits for an answer are put
   * together into one, whose rows come back as JSON. For pages, whose queries depend only on their parameters.
   * `replan` plans for the very values each time: for a search, whose tokens are common or rare and its range wide or narrow.
   * In JSON an instant reads `2026-06-15T02:00:00+00:00`: pass it through `instantOf`. An insert counts its rows.
   */
  readTogether<T extends Record<string, unknown>>(
    actor: Actor,
    work: (tx: Tx) => { [K in keyof T]: Promise<T[K]> },
    options?: { subjects?: readonly string[]; replan?: boolean },
  ): Promise<T>;
  /**
   * Lets the security administrator ask how the gate would answer somebody else. The transaction is the
   * administrator's own, verified, read only and rolled back; each question is put with the other's settings in
   * place of those. Questions are about whether, never about what: nothing of a record may stand in an answer.
   */
  asOthers<T>(
    administrator: Actor,
    work: (
      ask: <R>(other: Actor, subjects: readonly string[], question: Sql<R>) => Promise<R[]>,
    ) => Promise<T>,
  ): Promise<T>;
  /**
   * Runs `work` in one transaction for another system of a department, whose signature was looked at. It has no post:
   * policies and functions that name the system say what it reaches (features/gather/interface).
   */
  asSystem<T>(system: string, work: (tx: Omit<Tx, 'actor'>) => Promise<T>): Promise<T>;
  /** Calls one of the gate's functions, before there is an actor. */
  gate<R>(statement: Sql<R>): Promise<R[]>;
  /** Hears what is notified on a channel, on a connection of its own, until `close`. */
  listen(channel: string, ears: Ears): Listening;
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

  function queries(client: pg.PoolClient): Omit<Tx, 'actor'> {
    const run = <R>(statement: Sql<R>): Promise<pg.QueryResult> => {
      return ask(client, prepared(statement));
    };
    return {
      rows: async (statement) => (await run(statement)).rows,
      first: async (statement) => (await run(statement)).rows[0],
      count: async (statement) => (await run(statement)).rowCount ?? 0,
    };
  }

  return {
    async withActor(actor, work, options = {}) {
      const client = await pool.connect();
      let broken = false;
      try {
        const opened = client.query(
          `${preamble(actor, options.subjects, options.snapshot)}select ${literally(verification(actor))}`,
        );
        opened.catch(() => {});
        try {
          const result = await work({ actor, ...queries(client) });
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
      const { parts, gathered, statement } = together(actor, work, verification(actor));
      const client = await pool.connect();
      const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
      try {
        // Three messages, one packet.
        stream.cork();
        const opened = client.query(
          preamble(actor, options.subjects) + writtenSoon + (options.replan ? '' : plannedOnce),
        );
        const answered = ask<{ answer: unknown[][] }>(
          client,
          options.replan
            ? { text: statement.text, values: statement.values as unknown[] }
            : prepared(statement),
        );
        const closed = client.query('commit');
        stream.uncork();
        const [begun, result, committed] = await Promise.allSettled([opened, answered, closed]);
        // The first that failed is the cause; those after it say only that the transaction is aborted.
        if (begun.status === 'rejected') throw begun.reason;
        if (result.status === 'rejected') throw result.reason;
        if (committed.status === 'rejected') throw committed.reason;
        const [row] = result.value.rows;
        for (const [at, { resolve }] of gathered.entries()) resolve(row?.answer[at] ?? []);
      } finally {
        client.release();
      }
      const values = await Promise.all(
        Object.entries(parts).map(async ([key, part]) => [key, await part]),
      );
      return Object.fromEntries(values);
    },

    async asOthers(administrator, work) {
      if (administrator.admin !== 'security')
        throw new Error('only the security administrator asks');
      const client = await pool.connect();
      try {
        await client.query(
          `${preamble(administrator)}set transaction read only;select ${literally(verification(administrator))}`,
        );
        return await work(async (other, subjects, question) => {
          const settings = { ...cleared, ...settingsOf(other, subjects) };
          await client.query(setLocal(settings));
          return (await client.query(prepared(question))).rows;
        });
      } finally {
        await client.query('rollback').then(
          () => client.release(),
          () => client.release(true),
        );
      }
    },

    async asSystem(system, work) {
      const client = await pool.connect();
      let broken = false;
      try {
        await client.query(`begin;set local minqing.system = ${pg.escapeLiteral(system)};`);
        const result = await work(queries(client));
        await client.query('commit');
        return result;
      } catch (error) {
        await client.query('rollback').catch(() => {
          broken = true;
        });
        throw error;
      } finally {
        client.release(broken);
      }
    },

    async gate(statement) {
      return (await pool.query(prepared(statement))).rows;
    },

    listen: (channel, ears) => listen(server, 'minqing', channel, ears),

    close: () => pool.end(),
  };
}

/** A query of `readTogether`, waiting to be put into the one statement. */
interface Gathered {
  statement: Sql;
  writes: boolean;
  name: string | undefined;
  resolve(rows: unknown[]): void;
}

/**
 * What `readTogether` runs: the one statement, and the parts that its rows settle.
 * @param gate what is asked of the gate in the same statement
 */
export function together<P extends Record<string, Promise<unknown>>>(
  actor: Actor,
  work: (tx: Tx) => P,
  gate: Sql,
): { parts: P; gathered: readonly Gathered[]; statement: Sql<{ answer: unknown[][] }> } {
  const gathered: Gathered[] = [];
  let gathers = true;
  const gather = <R>(statement: Sql<R>, writes: boolean, name?: string): Promise<R[]> => {
    if (!gathers) throw new Error('readTogether: this query waited for the answer of another');
    return new Promise((resolve) => {
      gathered.push({ statement, writes, name, resolve: resolve as Gathered['resolve'] });
    });
  };
  const parts = work({
    actor,
    rows: async (statement, name) => gather(statement, false, name),
    first: async (statement) => (await gather(statement, false))[0],
    count: async (statement) => (await gather(statement, true)).length,
  });
  gathers = false;
  // Whoever fails by itself is met when its value is asked for; until then nobody may call it unhandled.
  for (const part of Object.values(parts)) part.catch(() => {});
  return { parts, gathered, statement: oneStatement(gathered, gate) };
}

/** All queries as one: a JSON array of their rows, in order. An insert can only stand at the top, in WITH. */
function oneStatement(gathered: readonly Gathered[], gate: Sql): Sql<{ answer: unknown[][] }> {
  const named = gathered.flatMap(({ statement, name }) =>
    name === undefined ? [] : [sql`${sql.ref(name)} as materialized (${statement})`],
  );
  const writes = gathered.flatMap(({ statement, writes: isWrite }, at) =>
    isWrite ? [sql`${sql.ref(`w${at}`)} as (${statement} returning 1)`] : [],
  );
  const rows = gathered.map(({ statement, writes: isWrite, name }, at) => {
    // Of what was written only the number counts.
    if (isWrite) return sql`(select coalesce(json_agg(1), '[]') from ${sql.ref(`w${at}`)})`;
    const from = name === undefined ? sql`(${statement})` : sql.ref(name);
    return sql`(select coalesce(json_agg(q), '[]') from ${from} q)`;
  });
  const head = [...named, ...writes];
  const before = head.length > 0 ? sql`with ${sql.join(head)} ` : sql``;
  // The gate's word comes with the rows: one statement less than in `withActor`, and no row without it.
  return sql`${before}select ${gate}, json_build_array(${sql.join(rows)}) as answer`;
}

/**
 * A page's transaction writes at most that it was looked at, and does not wait until that is on disk: it is there
 * within three rounds of the WAL writer (30 ms with the embedded database). Acts and reveals wait.
 */
const writtenSoon = 'set local synchronous_commit = off;';

/**
 * A page's statement is planned once for a connection, for whatever values and scope: planning takes longer than running
 * it, and no policy steers the plan. Left to itself PostgreSQL plans a list anew each time.
 */
const plannedOnce = 'set local plan_cache_mode = force_generic_plan;';

const names = new Map<string, string>();

/** A statement as the driver takes it. Its name follows from its text, so that a connection plans it once. */
function prepared({ text, values }: Sql): pg.QueryConfig {
  return { name: nameOf(text), text, values: values as unknown[] };
}

function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = `q${createHash('sha256').update(text).digest('hex').slice(0, 20)}`;
    names.set(text, name);
  }
  return name;
}

const settingNames = [
  'minqing.account',
  'minqing.post',
  'minqing.lo',
  'minqing.hi',
  'minqing.open',
  'minqing.reveal',
  'minqing.subject',
  'minqing.write',
  'minqing.admin',
  'minqing.admin_lo',
  'minqing.admin_hi',
] as const;
type Settings = Partial<Record<(typeof settingNames)[number], string>>;

/** The gate as it stands before anybody is named: every policy reads an empty setting as none. */
const cleared: Settings = Object.fromEntries(settingNames.map((name) => [name, '']));

/**
 * Opens the transaction and sets the gate, in one simple-query batch. SET LOCAL with quoted literals and not
 * set_config: only the former reaches the workers of a Citus cluster (STACK.md).
 */
function preamble(actor: Actor, subjects: readonly string[] = [], snapshot = false): string {
  const begin = snapshot ? 'begin isolation level repeatable read' : 'begin';
  return `${begin};${setLocal(settingsOf(actor, subjects))}`;
}

function settingsOf(actor: Actor, subjects: readonly string[]): Settings {
  const settings: Settings = { 'minqing.account': actor.account };
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
  return settings;
}

const setLocal = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)};`)
    .join('');

/** What the server remembers of the session and the post must still hold: the gate says so, or refuses (`staleSession`). */
function verification({ tokenHash, job, post, now, day }: Actor): Sql {
  if (job)
    return sql`gate_verify_job(${job.id}, ${job.lease}, ${post?.id ?? null}, ${post?.lo ?? null}, ${post?.hi ?? null}, ${day})`;
  return sql`gate_verify(${tokenHash}, ${post?.id ?? null}, ${post?.lo ?? null}, ${post?.hi ?? null}, ${now.toISOString()}, ${day})`;
}

/** A piece of SQL with its values written out: for the batch that opens a transaction, which takes no parameters. */
function literally({ pieces, values }: Sql): string {
  const literal = (value: unknown): string => {
    if (value === null) return 'null';
    if (Buffer.isBuffer(value)) return `'\\x${value.toString('hex')}'`;
    return pg.escapeLiteral(String(value));
  };
  return pieces.reduce((text, piece, at) => `${text}${literal(values[at - 1])}${piece}`);
}
