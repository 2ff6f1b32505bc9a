import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { changingFile, type PackEntry } from './pack.ts';

// What a base backup leaves out: PostgreSQL's documentation, "Backing Up the Data Directory".
const emptied = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);
const leftOut =
  /^(postmaster\.(pid|opts)|server\.log|\.s\.PGSQL\..*|backup_label.*|tablespace_map.*|pg_internal\.init.*|pgsql_tmp.*|restored_wal|recovery\.signal|standby\.signal)$/;

/** What a cluster is made of. */
export interface ClusterFiles {
  entries: PackEntry[];
  /** Folders, those that are empty included: PostgreSQL wants them there. */
  folders: string[];
  bytes: number;
}

/** The files of a running cluster, `pg_control` last: everything copied before it is older. */
export async function clusterFiles(place: string): Promise<ClusterFiles> {
  const entries: PackEntry[] = [];
  const folders: string[] = [];
  let bytes = 0;
  const take = async (path: string): Promise<void> => {
    const names = (await readdir(join(place, path)))
      .map((name) => ({ name, at: path === '' ? name : `${path}/${name}` }))
      .filter(({ name, at }) => !leftOut.test(name) && at !== 'global/pg_control');
    const states = await Promise.all(names.map(({ at }) => stateOf(join(place, at))));
    for (const [n, { at }] of names.entries()) {
      const found = states[n];
      if (found?.isDirectory()) {
        folders.push(at);
        if (!emptied.has(at)) await take(at);
      } else if (found?.isFile()) {
        entries.push(changingFile(join(place, at), at, found.size));
        bytes += found.size;
      }
    }
  };
  await take('');
  const control = await lstat(join(place, 'global/pg_control'));
  entries.push({
    ...changingFile(join(place, 'global/pg_control'), 'global/pg_control', control.size),
    inTurn: true,
  });
  folders.push('pg_wal/archive_status');
  return { entries, folders, bytes: bytes + control.size };
}

/** Undefined when it has gone since the folder was read. */
function stateOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: { code?: string }) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
