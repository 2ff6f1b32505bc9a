import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { withClient } from './connect.ts';

export const migrationsFolder = join(import.meta.dirname, '../../db/migrations');

/**
 * Brings the database up to the newest migration: plain SQL files, forward only, each in a
 * transaction of its own, one migrator at a time.
 * @returns the names of the migrations applied now
 * @throws Error when an applied file was changed afterwards or a file fails; nothing of that file stays
 */
export async function migrate(owner: pg.ClientConfig): Promise<string[]> {
  return withClient(owner, async (client) => {
    await client.query('select pg_advisory_lock(726_001)');
    await client.query(`create table if not exists migration (
      name text primary key, hash text not null, applied_at timestamptz not null default now());
      alter table migration enable row level security;
      comment on table migration is 'Migrations applied';
      comment on column migration.name is 'File name';
      comment on column migration.hash is 'SHA-256 of the file when it was applied';
      comment on column migration.applied_at is 'When'`);
    const { rows } = await client.query<{ name: string; hash: string }>(
      'select name, hash from migration',
    );
    const applied = new Map(rows.map((row) => [row.name, row.hash]));
    const fresh: string[] = [];
    for (const name of readdirSync(migrationsFolder)
      .filter((file) => file.endsWith('.sql'))
      .sort()) {
      const text = readFileSync(join(migrationsFolder, name), 'utf8');
      const hash = createHash('sha256').update(text).digest('hex');
      const before = applied.get(name);
      if (before === hash) continue;
      if (before)
        throw new Error(
          `${name} was changed after it had been applied; write a new migration instead`,
        );
      await apply(client, name, text, hash);
      fresh.push(name);
    }
    return fresh;
  });
}

async function apply(client: pg.Client, name: string, text: string, hash: string): Promise<void> {
  await client.query('begin');
  try {
    await client.query(text);
    await client.query('insert into migration (name, hash) values ($1, $2)', [name, hash]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
  }
}
