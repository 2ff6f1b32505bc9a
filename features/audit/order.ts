import type pg from 'pg';

/**
 * Makes sure that transactions count on from where the record ends. A database restored in place, or from
 * its files, does so by itself; one loaded from a copy (`pg_dump`, COPY) begins its numbers anew, below those
 * that are sealed, and what it wrote would never be sealed. Then the difference is built into `audit_order`
 * and `audit_horizon`. Run as the owner before the server takes requests.
 * @returns by how much the numbers were shifted just now; 0 as a rule
 */
export async function continueOrder(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{
    sealed: number;
    written: number;
    next: number;
    offset: number;
  }>(`
    with shift as (select audit_horizon() - pg_snapshot_xmin(pg_current_snapshot())::text::bigint as offset)
    select coalesce((select upto_xid from audit_seal order by number desc limit 1),
                    (select upto_xid from audit_retired order by through desc limit 1), 0) as sealed,
           coalesce((select xid from audit_entry order by xid desc limit 1), 0) as written,
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint + "offset" as next, "offset" from shift`);
  const { sealed, written, next, offset } = rows[0] ?? {
    sealed: 0,
    written: 0,
    next: 0,
    offset: 0,
  };
  const short = Math.max(sealed, written + 1) - next;
  if (short <= 0) return 0;
  await client.query(`
    create or replace function audit_order() returns bigint language sql volatile parallel unsafe
      return pg_current_xact_id()::text::bigint + ${BigInt(offset + short)};
    create or replace function audit_horizon() returns bigint language sql stable parallel safe
      return pg_snapshot_xmin(pg_current_snapshot())::text::bigint + ${BigInt(offset + short)};`);
  return short;
}
