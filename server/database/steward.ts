import pg from 'pg';
import type { Tx } from './actor.ts';
import { ask } from './ask.ts';
import type { Sql } from './sql.ts';

/** Queries in a transaction of the steward: there is no actor. */
export type Queries = Omit<Tx, 'actor'>;

/** A database as the steward: the role that runs the queue and the system jobs, and owns nothing. */
export interface Steward {
  /**
   * Runs `work` in one transaction.
   * @param settings set with SET LOCAL at its beginning; for a step of a job those that `gate_verify_job` needs
   */
  transaction<T>(
    work: (tx: Queries) => Promise<T>,
    settings?: Readonly<Record<string, string>>,
  ): Promise<T>;
  close(): Promise<void>;
}

/** Opens a pool of `size` connections of the steward's role. */
export function openSteward(reach: pg.ClientConfig, size: number): Steward {
  const pool = new pg.Pool({ ...reach, max: size, application_name: 'minqing jobs' });
  // A connection cut while idle is replaced by the pool.
  pool.on('error', () => {});

  return {
    async transaction(work, settings = {}) {
      const client = await pool.connect();
      let broken = false;
      try {
        const set = Object.entries(settings)
          .map(([name, value]) => `set local ${name} = ${pg.escapeLiteral(value)};`)
          .join('');
        await client.query(`begin;${set}`);
        const result = await work(queriesOn(client));
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
    close: () => pool.end(),
  };
}

function queriesOn(client: pg.PoolClient): Queries {
  const run = ({ text, values }: Sql): Promise<pg.QueryResult> =>
    ask(client, { text, values: values as unknown[] });
  return {
    rows: async (statement) => (await run(statement)).rows,
    first: async (statement) => (await run(statement)).rows[0],
    count: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}
