import type { CompiledQuery } from 'kysely';
import { type Actor, query, type Tx } from '../server/database/actor.ts';
import { newId } from '../server/ids.ts';

/** A statement as the server issues it. */
export interface Statement {
  text: string;
  values: unknown[];
  /** Which values are ids made for this one request, and need a new one each time it is run. */
  fresh: number[];
}

/** The SQL that a piece of the server issues, written down instead of run. */
export function statementsOf(actor: Actor, work: (tx: Tx) => unknown): Statement[] {
  const statements: Statement[] = [];
  const made = newId(actor.now.getTime()).slice(0, 14);
  const write = (statement: unknown): Promise<never> => {
    const { sql, parameters } = (statement as { compile(db: typeof query): CompiledQuery }).compile(
      query,
    );
    const fresh = parameters.flatMap((value, at) =>
      typeof value === 'string' && value.startsWith(made) ? [at] : [],
    );
    statements.push({ text: sql, values: [...parameters], fresh });
    return new Promise(() => {});
  };
  const tx = { actor, rows: write, first: write, count: write } as unknown as Tx;
  void work(tx);
  return statements;
}
