import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { clusterPlace } from '../database/embedded.ts';
import { writeSealed } from './pack.ts';
import { type Recipient, readRecipient } from './recipient.ts';

// Continuous archiving: PostgreSQL puts each full segment of its log (and each begun one after a minute) into a folder
// beside its data; from there the server seals it into the archive. What the archive cannot take waits, and PostgreSQL
// keeps its log as long: nothing is lost while the archive is away, and the system administrator's page says so.

/** At most so long does the newest change wait for its way into the archive. */
const everySeconds = 60;
/** Beside the cluster, where its user can write, and not in it: a folder that is to be initialised must be empty. */
const spoolOf = (place: string): string => `${place}.spool`;

/** What of the archive is told on the system administrator's page. */
export interface ArchiveState {
  folder: string;
  /** The newest segment in the archive, and when it got there; null since the server's start. */
  lastSegment: string | null;
  lastAt: string | null;
  /** Segments that wait, and since when the oldest does. */
  waiting: number;
  waitingSince: string | null;
  /** Why the last try failed; null when it did not. */
  failure: string | null;
}

/** The settings with which the embedded database archives. Its log folder and the spool are on one disk: a copy is quick. */
export function archiveSettings(postgresFolder: string): Record<string, string> {
  if (process.platform === 'win32')
    throw new Error('MINQING_ARCHIVE: continuous archiving needs cp, sync and mv; not on Windows');
  const { place, runner } = clusterPlace(postgresFolder);
  const spool = spoolOf(place);
  mkdirSync(spool, { recursive: true, mode: 0o700 });
  if (runner.uid !== undefined && runner.gid !== undefined)
    chownSync(spool, runner.uid, runner.gid);
  const to = `../${basename(spool).replaceAll('%', '%%')}/%f`;
  return {
    archive_mode: 'on',
    archive_timeout: `${everySeconds}s`,
    archive_command: `cp "%p" "${to}.part" && sync "${to}.part" && mv "${to}.part" "${to}" && sync "${dirname(to)}"`,
  };
}

/** Where the segments are within an archive. */
export const segmentsFolder = (archive: string): string => join(archive, 'log');
/** Where the backups are that `minqing backup` puts beside them. */
export const backupsFolder = (archive: string): string => join(archive, 'backups');

/** The name of a segment in the archive: with a hash of its content, so that two histories of one name stand apart. */
const sealedName = (segment: string, content: Buffer): string =>
  `${segment}.${createHash('sha256').update(content).digest('hex').slice(0, 16)}.zst.sealed`;

/** The segment of a name in the archive; undefined for other files. */
export function segmentOf(name: string): string | undefined {
  return /^([0-9A-F]{8}(?:[0-9A-F]{16}(?:\.[0-9A-F]{8}\.backup)?|\.history))\.[0-9a-f]{16}\.zst\.sealed$/.exec(
    name,
  )?.[1];
}

/**
 * Removes the segments before the first that a backup needs.
 * @param first its name without the timeline
 * @returns how many
 */
export async function removeLogBefore(archive: string, first: string): Promise<number> {
  const folder = segmentsFolder(archive);
  const old = (await readdir(folder)).filter((name) => {
    const number = segmentOf(name)?.slice(8, 24) ?? '';
    return /^[0-9A-F]{16}$/.test(number) && number < first;
  });
  for (const name of old) await rm(join(folder, name));
  return old.length;
}

/** Seals what waits in the spool into the archive, over and over, until it is stopped. */
export class Archiving {
  readonly #archive: string;
  readonly #place: string;
  readonly #spool: string;
  readonly #recipient: Recipient;
  readonly #state: ArchiveState;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  /** @throws Error when there is no key for backups */
  constructor(archive: string, dataFolder: string) {
    this.#archive = archive;
    this.#place = clusterPlace(join(dataFolder, 'postgres')).place;
    this.#spool = spoolOf(this.#place);
    this.#recipient = readRecipient(dataFolder);
    this.#state = {
      folder: archive,
      lastSegment: null,
      lastAt: null,
      waiting: 0,
      waitingSince: null,
      failure: null,
    };
  }

  get state(): ArchiveState {
    return { ...this.#state };
  }

  start(everyMs = 1000): void {
    this.#running = (async () => {
      while (!this.#stopping.signal.aborted) {
        await this.sealWaiting();
        await wait(everyMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      }
    })();
  }

  /** Ends after what waits has been tried once more: to be called when the database has stopped. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.sealWaiting();
  }

  /** Seals everything that waits now. What fails is tried again the next time; the state says why it failed. */
  async sealWaiting(): Promise<void> {
    try {
      await mkdir(segmentsFolder(this.#archive), { recursive: true, mode: 0o700 });
      for (const segment of await this.#look()) await this.#seal(segment);
      await this.#look();
      this.#state.failure = null;
    } catch (error) {
      const failure = (error as Error).message;
      if (failure !== this.#state.failure) console.error(`归档受阻 archive: ${failure}`);
      this.#state.failure = failure;
    }
  }

  /** The segments that wait, oldest first. */
  async #look(): Promise<string[]> {
    if (!existsSync(this.#spool)) return [];
    const waiting = (await readdir(this.#spool)).filter((name) => !name.endsWith('.part')).sort();
    const full = await this.#notSpooled();
    const oldest = [...waiting.map((name) => join(this.#spool, name)), ...full].sort(byName)[0];
    this.#state.waiting = waiting.length + full.length;
    this.#state.waitingSince = oldest ? await changedAt(oldest) : null;
    return waiting;
  }

  /** What PostgreSQL could not yet put into the spool, because the disk is full, say: its own notes of it. */
  async #notSpooled(): Promise<string[]> {
    const folder = join(this.#place, 'pg_wal/archive_status');
    const names = await readdir(folder).catch(none);
    return names.filter((name) => name.endsWith('.ready')).map((name) => join(folder, name));
  }

  async #seal(segment: string): Promise<void> {
    const from = join(this.#spool, segment);
    const content = await readFile(from);
    const name = sealedName(segment, content);
    const to = join(segmentsFolder(this.#archive), name);
    if (!existsSync(to)) {
      const stream = Readable.from([content], { objectMode: false });
      await writeSealed(to, this.#recipient, stream);
    }
    await rm(from);
    this.#state.lastSegment = segment;
    this.#state.lastAt = new Date().toISOString();
  }
}

const byName = (one: string, other: string): number =>
  basename(one).localeCompare(basename(other), 'en');

/** When a file was written; null when it has gone on meanwhile. */
async function changedAt(file: string): Promise<string | null> {
  const found = await stat(file).catch(none);
  return 'mtime' in found ? found.mtime.toISOString() : null;
}

/** Nothing, for a file or folder that has gone. */
function none(error: { code?: string }): [] {
  if (error.code !== 'ENOENT') throw error;
  return [];
}
