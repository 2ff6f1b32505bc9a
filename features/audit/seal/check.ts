import type pg from 'pg';
import { newId } from '../../../server/ids.ts';
import type { Verdict } from './verify.ts';

/** Keeps what a verification came to, for the auditor's page. */
export async function keepCheck(
  client: pg.ClientBase,
  now: Date,
  verdict: Verdict,
  witnessed: boolean,
): Promise<void> {
  const { firstSeal, lastSeal, entries, unsealed, milliseconds, finding } = verdict;
  await client.query(
    `insert into audit_check (id, at, first_seal, last_seal, entries, unsealed, milliseconds, witnessed, finding)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      newId(now.getTime()),
      now,
      firstSeal,
      lastSeal,
      entries,
      unsealed,
      milliseconds,
      witnessed,
      finding && JSON.stringify(finding),
    ],
  );
}

/** When the record was last verified; null when it never was. */
export async function lastCheck(client: pg.ClientBase): Promise<Date | null> {
  const { rows } = await client.query<{ at: string | null }>(
    'select max(at) as at from audit_check',
  );
  const at = rows[0]?.at;
  return at ? new Date(at) : null;
}
