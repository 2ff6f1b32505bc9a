import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';

/** What identifies a row, as gather_row has it: ids and phones are blind indexes already. */
export interface Identifying {
  name: string | null;
  birth: string | null;
  sex: string | null;
  /** Blind index of a valid id; null where it is spoiled or there is none. */
  citizen: string | null;
  /** Blind indexes of the ids that a spoiled one may have been: they stand for it. */
  repairs: readonly string[] | null;
  phone: string | null;
  address: string | null;
  household_number: string | null;
  guardian: string | null;
  guardian_phone: string | null;
  code: string | null;
}

/**
 * The keyed digest by which the same row of a later batch is known. A row that gives a name and little else has none:
 * a namesake's row would look the same, and what was decided of one would be done to the other.
 */
export function decisionKey(vault: Vault, row: Identifying): Buffer | null {
  const repairs = row.repairs?.length ? [...row.repairs].sort().join(' ') : null;
  const marks = [row.citizen, repairs, row.phone, row.address, row.household_number, row.code];
  const further = [row.guardian, row.guardian_phone];
  const strong = [...marks, row.guardian_phone].some((mark) => mark !== null);
  // A birth or a guardian's name tells apart only together with the other.
  const told = strong || (row.birth !== null && row.guardian !== null);
  if (row.name === null || !told) return null;
  const text = JSON.stringify([row.name, row.birth, row.sex, ...marks, ...further]);
  return Buffer.from(vault.blind('gather_decision', text), 'base64url');
}

/**
 * Decides rows of a batch as an official decided the same rows before, also against what an id told: linked, nobody, or
 * asked about each time. One statement; called after rows are linked by their ids and before they are scored.
 * @returns how many rows
 */
export function applyDecisions(tx: Queries, batch: number): Promise<number> {
  return tx.count(sql`
    insert into gather_link as l (batch, n, county, area, subject, resident, household, decision, score, candidates, account, post, decided_at)
    select r.batch, r.n, d.county, coalesce(p.area, d.area), d.subject, p.id, p.household, d.decision, null,
           case when d.decision = 'ask' then
             jsonb_build_array(jsonb_build_object('county', d.county, 'resident', d.subject, 'score', null, 'steps', '[]'::jsonb)) end,
           case when d.decision <> 'ask' then d.account end, case when d.decision <> 'ask' then d.post end,
           case when d.decision <> 'ask' then d.decided_at end
      from gather_batch b
      join gather_row r on r.batch = b.number and r.aside is null and r.decision_key is not null
      join gather_decision d on d.source = b.source and d.key = r.decision_key
      left join resident p on p.county = d.county and p.id = d.resident
     where b.number = ${batch} and (d.decision <> 'linked' or p.id is not null)
    on conflict (batch, n) do update set county = excluded.county, area = excluded.area, subject = excluded.subject,
      resident = excluded.resident, household = excluded.household, decision = excluded.decision, score = excluded.score,
      candidates = excluded.candidates, account = excluded.account, post = excluded.post, decided_at = excluded.decided_at
     where l.decision = 'id'`);
}
