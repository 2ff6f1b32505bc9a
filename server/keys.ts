import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Secrets of an installation. Whoever loses them loses the identity numbers and phones for good. */
export interface Keys {
  /** Encrypts identity numbers and phones: 32 bytes. */
  data: Buffer;
  /** Keys the blind indexes: 32 bytes. */
  blind: Buffer;
  /** Passwords of the database's roles. */
  superuserPassword: string;
  ownerPassword: string;
  serverPassword: string;
}

/** There while a restore writes into the folder: what is in it must not be worked on. */
export const unfinishedFile = (dataFolder: string): string =>
  join(dataFolder, 'restore-unfinished');

/** @throws Error when a restore into the folder was not finished */
export function requireFinished(dataFolder: string): void {
  if (existsSync(unfinishedFile(dataFolder)))
    throw new Error(
      `${dataFolder}：恢复没有做完，请清空后重新恢复 · a restore into this folder was not finished; empty it and restore again`,
    );
}

const parts = ['data', 'blind', 'superuserPassword', 'ownerPassword', 'serverPassword'] as const;

/**
 * Reads `keys.json` of the data folder (mode 600), or makes it on the first start.
 * @throws Error when the file is there but damaged: never replaced, since that would orphan what it encrypted
 */
export function loadKeys(dataFolder: string): Keys {
  const file = join(dataFolder, 'keys.json');
  if (!existsSync(file)) {
    mkdirSync(dataFolder, { recursive: true });
    const fresh = Object.fromEntries(parts.map((part) => [part, randomBytes(32).toString('hex')]));
    writeFileSync(file, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  }
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const hex = (part: (typeof parts)[number]): string => {
    const value = stored[part];
    if (typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)) return value;
    throw new Error(`${file}: "${part}" is missing or damaged; restore this file from a backup`);
  };
  return {
    data: Buffer.from(hex('data'), 'hex'),
    blind: Buffer.from(hex('blind'), 'hex'),
    superuserPassword: hex('superuserPassword'),
    ownerPassword: hex('ownerPassword'),
    serverPassword: hex('serverPassword'),
  };
}
