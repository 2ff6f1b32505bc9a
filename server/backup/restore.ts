import {
  chownSync,
  createWriteStream,
  existsSync,
  lchownSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { ownerRole, withClient } from '../database/connect.ts';
import { clusterPlace, type Runner, startCluster, superuser } from '../database/embedded.ts';
import { type Keys, loadKeys, unfinishedFile } from '../keys.ts';
import { backupsFolder, segmentOf, segmentsFolder } from './archive.ts';
import { backupsIn, type Manifest, parts, readManifest } from './catalogue.ts';
import { openSealed, readPack, told } from './pack.ts';
import type { Identity } from './recipient.ts';

/** What is to be restored. */
export interface Wanted {
  /** A backup, a folder of backups (the newest counts), or an archive. */
  from: string;
  identity: Identity;
  /** The instant to go back to; undefined: as far as there is something. Only with an archive. */
  until?: Date | undefined;
}

/** What is asked of the restored database beside its pages: the record's seals, say. @throws Error when it is not right */
export type FurtherCheck = (owner: pg.ClientConfig, keys: Keys) => Promise<string>;

/** What came back. */
export interface Restored {
  manifest: Manifest;
  /** The last transaction that the log brought; null when it brought none. */
  upTo: string | null;
  /** Rows of the main tables. */
  rows: Record<string, number>;
  /** Tables and indexes looked through. */
  checked: { tables: number; indexes: number };
  /** What the further check said. */
  said: string;
}

const logFolder = 'restored_wal';
/** A restore reads the log of a whole day, if it must, before it answers. */
const patience = 24 * 3_600_000;

/**
 * Restores into an empty data folder, brings the database to the wanted instant, and looks through all of it.
 * The folder is then what a server can be started on.
 * @throws Error when the folder is not empty, a part is cut short, altered or sealed for another key, or the archive
 *   does not reach so far
 */
export async function restore(
  wanted: Wanted,
  dataFolder: string,
  further: FurtherCheck,
): Promise<Restored> {
  if (existsSync(dataFolder) && readdirSync(dataFolder).length > 0)
    throw new Error(
      `${dataFolder}：目录不是空的，恢复只写入空目录 · the folder is not empty; a restore writes into an empty one`,
    );
  const { folder, manifest } = await chosen(wanted);
  await requireWhole(folder, manifest);
  await mkdir(dataFolder, { recursive: true });
  if (manifest.database) requireNoCluster(join(dataFolder, 'postgres'));
  const unfinished = unfinishedFile(dataFolder);
  await writeFile(unfinished, `${manifest.name}\n`);
  const restored = await bringIn(wanted, { folder, manifest }, dataFolder, further);
  await rm(unfinished);
  return restored;
}

async function bringIn(
  wanted: Wanted,
  { folder, manifest }: { folder: string; manifest: Manifest },
  dataFolder: string,
  further: FurtherCheck,
): Promise<Restored> {
  const source = { folder, name: manifest.name, identity: wanted.identity };
  await readPack(source, parts.files, dataFolder);
  if (!manifest.database)
    return { manifest, upTo: null, rows: {}, checked: { tables: 0, indexes: 0 }, said: '' };
  const { place, runner } = clusterPlace(join(dataFolder, 'postgres'));
  for (const path of manifest.database.folders)
    await mkdir(join(place, path), { recursive: true, mode: 0o700 });
  await readPack(source, parts.database, place);
  await readPack(source, parts.log, place);
  const log = await takeLog(wanted, manifest.database.firstLog, place);
  await chmod(place, 0o700);
  ownAll(place, runner);
  const recovery = { log, until: wanted.until, further };
  return { manifest, ...(await recover(dataFolder, place, recovery)) };
}

/** The backup to begin with: the newest one that was consistent by the wanted instant. */
async function chosen({
  from,
  identity,
  until,
}: Wanted): Promise<{ folder: string; manifest: Manifest }> {
  const isArchive = existsSync(segmentsFolder(from));
  if (until && !isArchive)
    throw new Error(
      `${from}：没有连续归档，不能恢复到指定时刻 · not an archive (MINQING_ARCHIVE): only there is a point in time to go back to`,
    );
  const found = backupsIn(isArchive ? backupsFolder(from) : from);
  for (const folder of found.reverse()) {
    const manifest = await readManifest(folder, identity);
    if (!until || (manifest.database && new Date(manifest.database.consistentAt) <= until))
      return { folder, manifest };
  }
  throw new Error(
    until
      ? `${from}：没有早于 ${until.toISOString()} 的备份 · no backup there is older than that instant`
      : `${from}：没有完整的备份 · there is no whole backup there`,
  );
}

/** The database may lie elsewhere (`moved-to`): a lost one's remains there would mix with what is restored. */
function requireNoCluster(folder: string): void {
  const { place } = clusterPlace(folder);
  if (readdirSync(place).length === 0) return;
  rmSync(folder, { recursive: true });
  throw new Error(
    `${place}：这里还有一个数据库，请先移走 · there is still a database in this place, which belongs to that folder; move it away first`,
  );
}

async function requireWhole(folder: string, manifest: Manifest): Promise<void> {
  for (const [part, size] of Object.entries(manifest.parts)) {
    const found = await stat(join(folder, part)).catch(() => undefined);
    if (found?.size !== size)
      throw new Error(
        `${join(folder, part)}：应有 ${size} 字节，实有 ${found?.size ?? 0} · cut short: ${size} bytes expected, ${found?.size ?? 0} there`,
      );
  }
}

/** What an archive brought. */
interface Log {
  /** The newest segment; undefined when there is none of the newest history yet. */
  newest: string | undefined;
}

/** Opens the archive's segments from the first that is needed. @returns undefined when there is no archive */
async function takeLog(
  { from, identity }: Wanted,
  first: string,
  place: string,
): Promise<Log | undefined> {
  const folder = segmentsFolder(from);
  if (!existsSync(folder)) return undefined;
  let newest: string | undefined;
  const into = join(place, logFolder);
  await mkdir(into, { mode: 0o700 });
  for (const name of (await readdir(folder)).sort()) {
    const segment = segmentOf(name);
    if (!segment || (segment.length === 24 && segment.slice(8) < first.slice(8))) continue;
    if (existsSync(join(into, segment)))
      throw new Error(
        `${folder}：有两个不同的 ${segment} · two histories went into this archive; move the one that is not wanted away`,
      );
    try {
      await pipeline(
        openSealed(join(folder, name), identity),
        createWriteStream(join(into, segment)),
      );
    } catch (error) {
      throw told(error, name);
    }
    // A history's own file sorts before its segments.
    newest = segment.length === 24 ? segment : segment.endsWith('.history') ? undefined : newest;
  }
  return { newest };
}

function ownAll(folder: string, runner: Runner): void {
  const { uid, gid } = runner;
  if (uid === undefined || gid === undefined) return;
  chownSync(folder, uid, gid);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(folder, name), uid, gid);
}

async function recover(
  dataFolder: string,
  place: string,
  { log, until, further }: { log: Log | undefined; until: Date | undefined; further: FurtherCheck },
): Promise<Omit<Restored, 'manifest'>> {
  const keys = loadKeys(dataFolder);
  const password = keys.superuserPassword;
  // Always a recovery that ends in a history of its own: the restored database's log never bears the names of the lost one's.
  await writeFile(join(place, 'recovery.signal'), '');
  ownAll(place, clusterPlace(join(dataFolder, 'postgres')).runner);
  const settings: Record<string, string> = {
    restore_command: log ? `cp "${logFolder}/%f" "%p"` : 'false',
  };
  if (until) {
    settings.recovery_target_time = until.toISOString().replace('T', ' ').replace('Z', '+00');
    settings.recovery_target_action = 'promote';
  }
  try {
    const cluster = await startCluster(join(dataFolder, 'postgres'), password, settings, patience);
    try {
      const at = { host: cluster.host, port: cluster.port, database: 'minqing' };
      const found = await withClient({ ...at, user: superuser, password }, async (client) => {
        await untilRecovered(client);
        if (log?.newest && !until) await requireReached(client, log.newest);
        return lookThrough(client);
      });
      const owner = { ...at, user: ownerRole, password: keys.ownerPassword };
      return { ...found, said: await further(owner, keys) };
    } finally {
      await cluster.stop();
    }
  } catch (error) {
    throw farthest(error, lastWords(place), until);
  } finally {
    await rm(join(place, logFolder), { recursive: true, force: true });
  }
}

/** A recovery that never came to the wanted instant, in words. */
function farthest(error: unknown, log: string, until: Date | undefined): Error {
  if (!/before configured recovery target/.test(log)) return error as Error;
  const [, last = ''] = /last completed transaction was at log time ([^\n]+)/.exec(log) ?? [];
  return new Error(
    `归档还没有到 ${until?.toISOString()}${last && `，最后一笔在 ${last}`} · the archive does not reach that instant${last && `; its last transaction is of ${last}`}`,
    { cause: error },
  );
}

/** What the database said last, also when it ended while it was being asked. */
function lastWords(place: string): string {
  const log = join(place, 'server.log');
  return existsSync(log) ? readFileSync(log, 'utf8').slice(-20_000) : '';
}

/**
 * A segment that is missing looks like the end of the log to PostgreSQL, and all after it would be lost without a word.
 * @throws Error when the database did not come to the newest segment that was there for it
 */
async function requireReached(client: pg.Client, newest: string): Promise<void> {
  const { rows } = await client.query<{ at: string; last: string | null }>(
    'select pg_walfile_name(pg_current_wal_lsn()) as at, pg_last_xact_replay_timestamp() as last',
  );
  const [{ at, last } = { at: '', last: null }] = rows;
  // Without the timeline, which the recovery has changed.
  if (at.slice(8) >= newest.slice(8)) return;
  throw new Error(
    `归档缺段：有 ${newest}，但只能恢复到 ${at}（${last ?? '—'}）；只要这以前的数据，请用 --until · a gap in the archive: ${newest} is there, but the log ends in ${at}; to restore what is before the gap, name an instant with --until${last ? `, ${last} at the latest` : ''}`,
  );
}

async function untilRecovered(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query('select pg_is_in_recovery() as still');
    if (!rows[0].still) return;
    await wait(200);
  }
}

/**
 * Reads every page of every table and index and checks it against its checksum and its order (amcheck).
 * @throws Error naming what is damaged
 */
async function lookThrough(client: pg.Client): Promise<Omit<Restored, 'manifest' | 'said'>> {
  const { rows: last } = await client.query('select pg_last_xact_replay_timestamp() as at');
  await client.query('begin; create extension if not exists amcheck');
  const relations = async (kinds: string): Promise<{ oid: number; name: string }[]> =>
    (
      await client.query(
        `select c.oid::int as oid, c.oid::regclass::text as name from pg_class c
          where c.relkind = any ($1) and c.relpersistence = 'p' and c.relam in (select oid from pg_am where amname in ('heap', 'btree'))
          order by c.oid`,
        [[...kinds]],
      )
    ).rows;
  const tables = await relations('rtm');
  for (const { oid, name } of tables) {
    const { rows } = await client.query(
      'select msg from verify_heapam($1::oid::regclass) limit 1',
      [oid],
    );
    if (rows[0]) throw new Error(`${name}：数据页损坏 · damaged: ${rows[0].msg}`);
  }
  const indexes = await relations('i');
  for (const { oid } of indexes)
    await client.query('select bt_index_check($1::oid::regclass)', [oid]);
  const rows: Record<string, number> = {};
  for (const table of ['household', 'resident', 'archive_change', 'account', 'audit_entry']) {
    const found = await client.query(
      `select count(*)::int as n from ${pg.escapeIdentifier(table)}`,
    );
    rows[table] = found.rows[0].n;
  }
  await client.query('rollback');
  return {
    upTo: last[0].at,
    rows,
    checked: { tables: tables.length, indexes: indexes.length },
  };
}
