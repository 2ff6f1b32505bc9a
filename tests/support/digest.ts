/** Everything of a village but version counters, instants and the history, as one hash a table. */
export async function villageDigest(
  t: { sql<R extends object>(text: string, values?: unknown[]): Promise<R[]> },
  village: string,
  tables = /^(resident|household|housing|premises|archive_claim|archive_token|area_tally)/,
): Promise<Record<string, string | undefined>> {
  const found = await t.sql<{ name: string; placed: boolean }>(
    `select relname as name, exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'area') as placed
       from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace and relname ~ $1 order by 1`,
    [tables.source],
  );
  const hashes: Record<string, string | undefined> = {};
  for (const { name, placed } of found) {
    const [one] = await t.sql<{ hash: string }>(
      `select md5(coalesce(string_agg(md5(line), '' order by line collate "C"), '')) as hash
         from (select (to_jsonb(x) - 'version' - 'updated_at')::text as line from ${name} x
                ${placed ? `where area between ${village}000 and ${village}999` : ''}) lines`,
    );
    hashes[name] = one?.hash;
  }
  return hashes;
}
