import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveState, Archiving } from './archive.ts';

/** The newest backup, as the command that made it noted. */
export interface BackupNote {
  name: string;
  at: string;
  bytes: number;
  sealedBytes: number;
}

/** How safe the installation is against the loss of its disk. */
export interface BackupState {
  /** Null when none was made here. */
  last: BackupNote | null;
  /** Null without MINQING_ARCHIVE. */
  archive: ArchiveState | null;
}

/** What the system administrator's page says of backups. */
export function backupState(dataFolder: string, archiving: Archiving | undefined): BackupState {
  const file = join(dataFolder, 'last-backup.json');
  return {
    last: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BackupNote) : null,
    archive: archiving?.state ?? null,
  };
}
