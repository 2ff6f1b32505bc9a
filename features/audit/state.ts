import type { Tx } from '../../server/database/actor.ts';
import { sql } from '../../server/database/sql.ts';
import type { SealState } from './contract.ts';

interface StateRow {
  number: number | null;
  sealed_at: string | null;
  total: number | null;
  hash: string | null;
  unsealed: number;
  oldest: string | null;
  check_at: string | null;
  first_seal: number | null;
  last_seal: number | null;
  entries: number | null;
  open: number | null;
  milliseconds: number | null;
  witnessed: boolean | null;
  finding: NonNullable<SealState['check']>['finding'];
  before: string | null;
}

/** What of the record is sealed, what waits for its seal, and what the last verification said. */
export async function sealState(tx: Tx): Promise<SealState> {
  const row = await tx.first(sql<StateRow>`
    select s.number, s.sealed_at, s.total, encode(s.hash, 'hex') as hash, u.entries::int8 as unsealed, u.oldest,
           c.at as check_at, c.first_seal, c.last_seal, c.entries, c.unsealed as open, c.milliseconds, c.witnessed, c.finding,
           (select max(before) from audit_retired) as before
      from gate_unsealed() u
      left join lateral (select * from audit_seal order by number desc limit 1) s on true
      left join lateral (select * from audit_check order by at desc limit 1) c on true`);
  if (!row) throw new Error('the state of the seals has no row');
  return {
    last:
      row.number === null
        ? null
        : {
            number: row.number,
            sealedAt: row.sealed_at ?? '',
            entries: row.total ?? 0,
            hash: row.hash ?? '',
          },
    unsealed: { entries: row.unsealed, oldest: row.oldest },
    check:
      row.check_at === null
        ? null
        : {
            at: row.check_at,
            firstSeal: row.first_seal,
            lastSeal: row.last_seal,
            entries: row.entries ?? 0,
            unsealed: row.open ?? 0,
            milliseconds: row.milliseconds ?? 0,
            witnessed: row.witnessed ?? false,
            finding: row.finding,
          },
    retiredBefore: row.before,
  };
}
