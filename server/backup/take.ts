import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import { clusterPlace, startCluster, superuser } from '../database/embedded.ts';
import { loadKeys } from '../keys.ts';
import { archiveSettings } from './archive.ts';
import { firstLogFile, type Manifest, manifestFile, nextName, parts } from './catalogue.ts';
import { clusterFiles } from './cluster-files.ts';
import { changingFile, type PackEntry, settle, textEntry, writePack, writeSealed } from './pack.ts';
import { type Recipient, readRecipient } from './recipient.ts';

/** What is to be backed up. */
export interface Source {
  dataFolder: string;
  /** False with DATABASE_URL: that database is backed up by its own means. */
  withDatabase: boolean;
  /** Whether its log is archived: then also while it runs for the backup only, or the archive would have a gap. */
  archived: boolean;
  version: string;
}

/** Where the parts of a backup go. */
interface Into {
  folder: string;
  name: string;
  recipient: Recipient;
}

/** What a backup came to. */
export interface Taken {
  name: string;
  folder: string;
  /** Bytes read. */
  bytes: number;
  /** Bytes written: compressed and sealed. */
  sealedBytes: number;
}

/**
 * Backs up the database and the files while both are in use, sealed for the installation's key for backups, into a
 * folder of its own below `destination`. Under another name until it is whole.
 * @throws Error when there is no key for backups; what it was writing to is gone or full
 */
export async function takeBackup(source: Source, destination: string, now: Date): Promise<Taken> {
  const recipient = readRecipient(source.dataFolder);
  const name = nextName(destination, now);
  const folder = join(destination, name);
  const unready = `${folder}.part`;
  const into: Into = { folder: unready, name, recipient };
  await mkdir(unready, { recursive: true, mode: 0o700 });
  try {
    const database = source.withDatabase ? await backUpDatabase(source, into) : undefined;
    if (database) await writeFile(join(unready, firstLogFile), `${database.facts.firstLog}\n`);
    // The files come after the database: they never change, and one that a row names is there before the row.
    const files = await backUpFiles(source.dataFolder, into);
    const manifest: Manifest = {
      name,
      version: source.version,
      begun: now.toISOString(),
      database: database?.facts ?? null,
      files: files.count,
      parts: await sizesOf(unready),
    };
    await writeSealed(
      join(unready, manifestFile),
      recipient,
      Readable.from([Buffer.from(JSON.stringify(manifest))], { objectMode: false }),
    );
    await settle(unready);
    await rename(unready, folder);
    await settle(destination);
    return {
      name,
      folder,
      bytes: files.bytes + (database?.bytes ?? 0),
      sealedBytes: Object.values(manifest.parts).reduce((sum, size) => sum + size, 0),
    };
  } catch (error) {
    await rm(unready, { recursive: true, force: true });
    throw error;
  }
}

async function backUpDatabase(
  { dataFolder, archived }: Source,
  into: Into,
): Promise<{ facts: NonNullable<Manifest['database']>; bytes: number }> {
  const { superuserPassword: password } = loadKeys(dataFolder);
  const folder = join(dataFolder, 'postgres');
  if (!existsSync(folder)) throw new Error(`${folder}: there is no database to back up`);
  const cluster = await startCluster(folder, password, archived ? archiveSettings(folder) : {});
  const at = { host: cluster.host, port: cluster.port, user: superuser, password };
  const client = new pg.Client({ ...at, database: 'postgres' });
  try {
    await client.connect();
    return await copyCluster(client, clusterPlace(folder).place, into);
  } finally {
    await client.end();
    if (cluster.ours) await cluster.stop();
  }
}

/** PostgreSQL's own way of a base backup, through one session: when that ends, so does the backup. */
async function copyCluster(
  client: pg.Client,
  place: string,
  into: Into,
): Promise<{ facts: NonNullable<Manifest['database']>; bytes: number }> {
  // Keeps the log from its beginning on, until the session ends.
  await client.query(
    `select pg_create_physical_replication_slot('minqing_backup_' || pg_backend_pid(), true, true)`,
  );
  const { rows: begun } = await client.query<{ wal: string }>(
    `select pg_walfile_name(pg_backup_start('minqing', true)) as wal`,
  );
  const { entries, folders, bytes } = await clusterFiles(place);
  await writePack(into, parts.database, entries);
  const { rows: ended } = await client.query<Ended>(
    `select labelfile, spcmapfile, pg_walfile_name(lsn) as wal, clock_timestamp() as at, current_setting('server_version') as version
       from pg_backup_stop(false)`,
  );
  const { labelfile, spcmapfile, wal, at, version } = ended[0] as Ended;
  const log = await logFiles(place, begun[0]?.wal ?? '', wal);
  await writePack(into, parts.log, [
    textEntry('backup_label', labelfile),
    ...(spcmapfile ? [textEntry('tablespace_map', spcmapfile)] : []),
    ...log,
  ]);
  return {
    facts: {
      version,
      folders,
      firstLog: begun[0]?.wal ?? '',
      lastLog: wal,
      consistentAt: new Date(at).toISOString(),
    },
    bytes,
  };
}

interface Ended {
  labelfile: string;
  spcmapfile: string | null;
  wal: string;
  at: string;
  version: string;
}

/** The segments of the log from the first to the last that the copy needs, and the histories of timelines. */
async function logFiles(place: string, first: string, last: string): Promise<PackEntry[]> {
  const folder = join(place, 'pg_wal');
  const names = (await readdir(folder)).filter(
    (name) =>
      name.endsWith('.history') || (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last),
  );
  if (!names.includes(first) || !names.includes(last))
    throw new Error(`the database's log lost ${first} to ${last} while it was copied`);
  return Promise.all(
    names.map(async (name) =>
      changingFile(join(folder, name), `pg_wal/${name}`, (await stat(join(folder, name))).size),
    ),
  );
}

/** Keys, the public half for further backups, and the documents' files when they are kept here. */
/**
 * Packs the keys and the stored files. One that is taken away meanwhile, by whoever deletes it, is left out: the
 * database was copied before, so at worst it still names what nobody may see any more.
 */
export async function backUpFiles(
  dataFolder: string,
  into: Into,
): Promise<{ count: number; bytes: number }> {
  const entries: PackEntry[] = [];
  let bytes = 0;
  let count = 0;
  const take = async (path: string): Promise<void> => {
    const state = await stat(join(dataFolder, path)).catch((error) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!state) return;
    if (state.isDirectory()) {
      for (const name of await readdir(join(dataFolder, path)))
        if (path !== 'files' || name !== 'temporary') await take(`${path}/${name}`);
      return;
    }
    entries.push(changingFile(join(dataFolder, path), path, state.size));
    bytes += state.size;
    count++;
  };
  // Not the note of the newest seal: it may be newer than the database's copy.
  for (const name of ['keys.json', 'backup-recipient', 'files'])
    if (existsSync(join(dataFolder, name))) await take(name);
  await writePack(into, parts.files, entries);
  return { count, bytes };
}

async function sizesOf(folder: string): Promise<Record<string, number>> {
  const names = (await readdir(folder)).sort();
  const sizes = await Promise.all(
    names.map(async (name) => [name, (await stat(join(folder, name))).size] as const),
  );
  return Object.fromEntries(sizes);
}

/** Notes that a backup was made, for the system administrator's page. */
export async function noteBackup(dataFolder: string, taken: Taken, at: Date): Promise<void> {
  const note = {
    name: taken.name,
    at: at.toISOString(),
    bytes: taken.bytes,
    sealedBytes: taken.sealedBytes,
  };
  await writeFile(join(dataFolder, 'last-backup.json'), `${JSON.stringify(note)}\n`);
}
