import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import {
  ensureDatabase,
  ownerRole,
  type serverRole,
  type stewardRole,
  withClient,
} from '../../server/database/connect.ts';
import { startCluster, superuser } from '../../server/database/embedded.ts';
import { migrate } from '../../server/database/migrate.ts';
import { type Keys, loadKeys } from '../../server/keys.ts';

/** A throw-away PostgreSQL for tests and generators. */
export interface TestCluster {
  folder: string;
  port: number;
  keys: Keys;
  admin: pg.ClientConfig;
  stop(): Promise<void>;
}

/** Settings that make a cluster fast and forgetful: nothing of it outlives the run. */
const forgetful = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
};

/** Starts a cluster in a temporary folder; `stop` ends and removes it. */
export async function startTestCluster(): Promise<TestCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'minqing-test-'));
  // The database runs as a user of its own when we are root, and must get through.
  chmodSync(folder, 0o711);
  const keys = loadKeys(folder);
  const cluster = await startCluster(join(folder, 'postgres'), keys.superuserPassword, forgetful);
  return {
    folder,
    port: cluster.port,
    keys,
    admin: asSuperuser({ port: cluster.port, keys }),
    async stop() {
      await cluster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A migrated database of the given name in the cluster. */
export async function migratedDatabase(
  cluster: TestCluster,
  name: string,
): Promise<pg.ClientConfig> {
  await ensureDatabase(cluster.admin, name, cluster.keys);
  const owner = asRole(cluster, name, ownerRole);
  await migrate(owner);
  return owner;
}

/** Connection settings of the superuser, who makes databases. */
export const asSuperuser = ({
  port,
  keys,
}: Pick<TestCluster, 'port' | 'keys'>): pg.ClientConfig => ({
  host: '127.0.0.1',
  port,
  user: superuser,
  password: keys.superuserPassword,
  database: 'postgres',
});

/** Connection settings of one of the three roles. */
export function asRole(
  cluster: Pick<TestCluster, 'port' | 'keys'>,
  database: string,
  role: typeof ownerRole | typeof serverRole | typeof stewardRole,
): pg.ClientConfig {
  const password = role === ownerRole ? cluster.keys.ownerPassword : cluster.keys.serverPassword;
  return { host: '127.0.0.1', port: cluster.port, user: role, password, database };
}

/** Clones a database: some 60 ms. */
export async function cloneDatabase(
  admin: pg.ClientConfig,
  template: string,
  name: string,
): Promise<void> {
  await withClient(admin, (client) =>
    client.query(`create database ${name} template ${template} owner ${ownerRole}`),
  );
}
