import { join } from 'node:path';
import pg from 'pg';
import { archiveSettings } from '../backup/archive.ts';
import { instantOf } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Keys } from '../keys.ts';
import { type Cluster, startCluster, superuser } from './embedded.ts';

/** How to reach a database: as its owner, as the server's role, and as the one that runs the queue of jobs. */
export interface Reach {
  owner: pg.ClientConfig;
  server: pg.ClientConfig;
  steward: pg.ClientConfig;
  cluster: Cluster | undefined;
}

export const ownerRole = 'minqing_owner';
export const serverRole = 'minqing_server';
export const stewardRole = 'minqing_steward';

// Area codes have 15 digits, far under 2^53: numbers, not texts.
pg.types.setTypeParser(20, Number);
// A day stays a day: no time zone is read into it.
pg.types.setTypeParser(1082, (text) => text);
pg.types.setTypeParser(1184, instantOf);

/**
 * Makes sure of a database with its roles: the embedded one, or that of DATABASE_URL. The URL's role
 * owns the tables and, unless `minqing_server` and `minqing_steward` are there already, may create roles.
 */
export async function reachDatabase(config: Config, keys: Keys): Promise<Reach> {
  const url = config.databaseUrl;
  if (url) {
    const owner = { connectionString: url };
    await withClient(owner, (client) => ensureWeakRoles(client, keys));
    return {
      owner,
      server: asRole(url, serverRole, keys.serverPassword),
      steward: asRole(url, stewardRole, keys.serverPassword),
      cluster: undefined,
    };
  }
  const folder = join(config.dataFolder, 'postgres');
  const cluster = await startCluster(
    folder,
    keys.superuserPassword,
    config.archive ? archiveSettings(folder) : {},
  );
  const at = { host: cluster.host, port: cluster.port };
  await ensureDatabase(
    { ...at, user: superuser, password: keys.superuserPassword },
    'minqing',
    keys,
  );
  return {
    owner: { ...at, user: ownerRole, password: keys.ownerPassword, database: 'minqing' },
    server: { ...at, user: serverRole, password: keys.serverPassword, database: 'minqing' },
    steward: { ...at, user: stewardRole, password: keys.serverPassword, database: 'minqing' },
    cluster,
  };
}

function asRole(url: string, role: string, password: string): pg.ClientConfig {
  const target = new URL(url);
  target.username = role;
  target.password = password;
  return { connectionString: target.toString() };
}

/** Makes roles and the database when they are missing. */
export async function ensureDatabase(at: pg.ClientConfig, name: string, keys: Keys): Promise<void> {
  await withClient({ ...at, database: 'postgres' }, async (client) => {
    await ensureRole(client, ownerRole, keys.ownerPassword);
    await ensureWeakRoles(client, keys);
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount) return;
    await client.query(`create database ${pg.escapeIdentifier(name)} owner ${ownerRole}`);
  });
}

/** The two roles that own nothing: the server's, and that of the queue and the system jobs. */
async function ensureWeakRoles(client: pg.Client, keys: Keys): Promise<void> {
  await ensureRole(client, serverRole, keys.serverPassword);
  await ensureRole(client, stewardRole, keys.serverPassword);
  await refuseStrongRoles(client);
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (found.rowCount) return;
  await client.query(`create role ${role} login password ${pg.escapeLiteral(password)}`);
}

/** The gate is worth nothing under a role that walks around it. */
async function refuseStrongRoles(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(
    'select rolname from pg_roles where rolname = any($1) and (rolsuper or rolbypassrls)',
    [[serverRole, stewardRole]],
  );
  if (rows[0]) {
    throw new Error(
      `The role ${rows[0].rolname} may bypass row security; take SUPERUSER and BYPASSRLS from it.`,
    );
  }
}

/** Runs `work` on a connection of its own and closes it. */
export async function withClient<T>(
  settings: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client(settings);
  // A database that ends while it is asked fails the query; between two queries it must not end this process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
