import type { CompiledQuery } from 'kysely';
import { type Actor, query, type Tx } from '../server/database/actor.ts';

/** A statement as the server issues it. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** The SQL that a piece of the server issues, written down instead of run. */
export function statementsOf(actor: Actor, work: (tx: Tx) => unknown): Statement[] {
  const statements: Statement[] = [];
  const write = (statement: unknown): Promise<never> => {
    const { sql, parameters } = (statement as { compile(db: typeof query): CompiledQuery }).compile(
      query,
    );
    statements.push({ text: sql, values: [...parameters] });
    return new Promise(() => {});
  };
  const tx = { actor, rows: write, first: write, count: write } as unknown as Tx;
  void work(tx);
  return statements;
}
