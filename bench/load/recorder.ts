import { type Actor, type Tx, together } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import { newId } from '../../server/ids.ts';

/** A statement as the server issues it. */
export interface Statement {
  text: string;
  values: unknown[];
  /** Which values are ids made for this one request, and need a new one each time it is run. */
  fresh: number[];
}

/** The one statement that a page of the server issues, without the gate's check, written down instead of run. */
export function statementOf(
  actor: Actor,
  work: (tx: Tx) => Record<string, Promise<unknown>>,
): Statement {
  const made = newId(actor.now.getTime()).slice(0, 14);
  const { text, values } = together(actor, work, sql`null`).statement;
  const fresh = values.flatMap((value, at) =>
    typeof value === 'string' && value.startsWith(made) ? [at] : [],
  );
  return { text, values: [...values], fresh };
}

/** The values for one more run of a statement. */
export function valuesOf({ values, fresh }: Statement): unknown[] {
  return values.map((value, at) => (fresh.includes(at) ? newId() : value));
}
