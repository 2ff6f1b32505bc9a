import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openSealed, told } from './pack.ts';
import type { Identity } from './recipient.ts';

export const manifestFile = 'manifest.json.zst.sealed';
/** Says without a key which segments of an archive may go when older backups do: the first that this one needs. */
export const firstLogFile = 'first-log';

/** The parts of a backup. */
export const parts = {
  database: 'database.tar.zst.sealed',
  /** What the copy of the database needs to be made consistent. */
  log: 'log.tar.zst.sealed',
  files: 'files.tar.zst.sealed',
} as const;

/** What a backup says of itself: written last, so that one without it was cut short. */
export interface Manifest {
  name: string;
  /** Of Minqing. */
  version: string;
  begun: string;
  database: {
    /** Of PostgreSQL. */
    version: string;
    folders: string[];
    /** Segments of the log that the copy needs. */
    firstLog: string;
    lastLog: string;
    /** From this instant on the database can be restored. */
    consistentAt: string;
  } | null;
  /** How many files beside the database. */
  files: number;
  /** Bytes of each of its parts. */
  parts: Record<string, number>;
}

const pattern = /^minqing-\d{8}T\d{6}Z$/;

/** The name of a backup begun at an instant. */
function nameOf(instant: Date): string {
  return `minqing-${instant.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/**
 * The name of the next backup in a folder. Names sort by order, and `keepNewest` goes by it: when the clock was set
 * back, or two begin in one second, the name is a second after the newest there.
 */
export function nextName(destination: string, now: Date): string {
  const there = existsSync(destination) ? readdirSync(destination) : [];
  const newest = there
    .map((name) => name.replace(/\.part$/, ''))
    .filter((name) => pattern.test(name))
    .sort()
    .at(-1);
  const name = nameOf(now);
  if (newest === undefined || name > newest) return name;
  const [, year, month, day, hour, minute, second] = (
    /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(newest) ?? []
  ).map(Number);
  return nameOf(
    new Date(
      Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1, hour ?? 0, minute ?? 0, (second ?? 0) + 1),
    ),
  );
}

/** The whole backups in a folder, oldest first; the folder itself when it is one. */
export function backupsIn(folder: string): string[] {
  if (existsSync(join(folder, manifestFile))) return [folder];
  if (!existsSync(folder)) throw new Error(`${folder}: 没有这个目录 · there is no such folder`);
  return readdirSync(folder)
    .filter((name) => pattern.test(name) && existsSync(join(folder, name, manifestFile)))
    .sort()
    .map((name) => join(folder, name));
}

/** Removes all but the newest whole backups, and older ones that were cut short. @returns the names removed */
export async function keepNewest(folder: string, keep: number): Promise<string[]> {
  const whole = backupsIn(folder);
  const cut = readdirSync(folder)
    .filter((name) => pattern.test(name.replace(/\.part$/, '')) && name.endsWith('.part'))
    .map((name) => join(folder, name))
    .filter((one) => one < (whole.at(-1) ?? ''));
  const old = [...whole.slice(0, -keep), ...cut];
  for (const one of old) await rm(one, { recursive: true });
  return old.map((one) => basename(one));
}

/** The first segment of the log that any backup in a folder needs; undefined when one does not say. */
export function firstLogOf(folder: string): string | undefined {
  const needed = backupsIn(folder).map((one) => {
    const note = join(one, firstLogFile);
    return existsSync(note) ? readFileSync(note, 'utf8').trim() : '';
  });
  // Without the timeline: a later one goes on counting.
  return needed.includes('') ? undefined : needed.map((name) => name.slice(8)).sort()[0];
}

/** Reads what a backup says of itself. @throws Error when it is cut short, altered or sealed for another key */
export async function readManifest(folder: string, identity: Identity): Promise<Manifest> {
  const file = join(folder, manifestFile);
  if (!existsSync(file))
    throw new Error(
      `${folder}：备份没有做完 · not a whole backup: it was cut short before its manifest was written`,
    );
  try {
    return JSON.parse(await text(openSealed(file, identity))) as Manifest;
  } catch (error) {
    throw told(error, file);
  }
}
