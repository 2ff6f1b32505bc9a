import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openSealed, told } from './pack.ts';
import type { Identity } from './recipient.ts';

export const manifestFile = 'manifest.json.zst.sealed';

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

const pattern = /^minqing-(\d{8}T\d{6}Z)$/;

/** The name of a backup begun at an instant; names sort by time. */
export function backupName(now: Date): string {
  return `minqing-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
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

/** Removes all but the newest whole backups. @returns the names removed */
export async function keepNewest(folder: string, keep: number): Promise<string[]> {
  const old = backupsIn(folder).slice(0, -keep);
  for (const one of old) await rm(one, { recursive: true });
  return old.map((one) => basename(one));
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
