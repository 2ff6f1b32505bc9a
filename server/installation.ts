import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { Config } from './config.ts';
import { type Reach, reachDatabase, withClient } from './database/connect.ts';
import { migrate } from './database/migrate.ts';
import { type Keys, loadKeys, requireFinished } from './keys.ts';

/** The folder of the program. */
export const programFolder = join(import.meta.dirname, '..');

/** The version in package.json. */
export function programVersion(): string {
  return (
    JSON.parse(readFileSync(join(programFolder, 'package.json'), 'utf8')) as { version: string }
  ).version;
}

/** A migrated database with its keys. */
export interface Installation {
  keys: Keys;
  reach: Reach;
  migrated: string[];
  /** Ends the embedded database if this process started it and nobody else is connected. */
  leave(): Promise<void>;
}

/** Reaches the database of the settings and brings it up to date. */
export async function openInstallation(config: Config): Promise<Installation> {
  requireFinished(config.dataFolder);
  const keys = loadKeys(config.dataFolder);
  const reach = await reachDatabase(config, keys);
  const leave = async (): Promise<void> => {
    if (!reach.cluster?.ours || (await othersConnected(reach.owner))) return;
    await reach.cluster.stop();
  };
  try {
    return { keys, reach, migrated: await migrate(reach.owner), leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

/** A command may have started the database that a server joined meanwhile. */
async function othersConnected(owner: pg.ClientConfig): Promise<boolean> {
  return withClient(owner, async (client) => {
    const { rowCount } = await client.query(
      "select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    return (rowCount ?? 0) > 0;
  }).catch(() => false);
}
