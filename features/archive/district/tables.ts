import type pg from 'pg';

const archiveTables = "relname ~ '^(household|resident|housing|premises|organisation|archive)'";

/**
 * Takes secondary indexes and foreign keys off the archive's tables for a bulk load.
 * @returns what puts them back; foreign keys are checked then
 */
export async function bareTables(client: pg.Client): Promise<() => Promise<void>> {
  const keys = await client.query<{ drop: string; add: string }>(`
    select format('alter table %I drop constraint %I', c.relname, k.conname) as drop,
           format('alter table %I add constraint %I %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) as add
      from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'f' and ${archiveTables}`);
  const indexes = await client.query<{ drop: string; add: string }>(`
    select format('drop index %I', i.relname) as drop, pg_get_indexdef(i.oid) as add
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
     where not x.indisunique and c.${archiveTables}`);
  for (const { drop } of [...keys.rows, ...indexes.rows]) await client.query(drop);
  return async () => {
    await client.query("set maintenance_work_mem = '1GB'");
    for (const { add } of [...indexes.rows, ...keys.rows]) await client.query(add);
  };
}
