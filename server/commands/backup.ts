import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { sealKey } from '../../features/audit/seal/batch.ts';
import { verify } from '../../features/audit/seal/verify.ts';
import { findingWords } from '../../features/audit/seal/words.ts';
import { backupsFolder, removeLogBefore } from '../backup/archive.ts';
import { firstLogOf, keepNewest } from '../backup/catalogue.ts';
import { makeKeyPair, readIdentity } from '../backup/recipient.ts';
import { type FurtherCheck, type Restored, restore } from '../backup/restore.ts';
import { noteBackup, takeBackup } from '../backup/take.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config.ts';
import { clusterPlace } from '../database/embedded.ts';
import { programVersion } from '../installation.ts';

/** `minqing backup`, `minqing backup key`, `minqing backup verify`, `minqing restore` */
export function backupCommands(program: Command): void {
  const backup = program
    .command('backup')
    .argument('[destination]', '目录 · a folder; without it that of MINQING_ARCHIVE')
    .option('--keep <n>', '只保留最新几份 · keep only so many, the newest', count)
    .description(
      '备份 · back up the database and the files, while in use, sealed for the backup key',
    )
    .action((destination: string | undefined, flags: { keep?: number }) =>
      back(destination, flags.keep),
    );
  backup
    .command('key')
    .argument('<file>')
    .description(
      '备份密钥 · make the pair of keys: the file opens backups, keep it away from this machine, twice; what stays here can only make them',
    )
    .action((file: string) => {
      makeKeyPair(file, readConfig(process.env).dataFolder);
      console.log(
        `${resolve(file)}\n请把这个文件存到别处，至少两份：没有它，备份打不开。\nKeep this file elsewhere, twice at least: without it no backup can be opened.`,
      );
    });
  backup
    .command('verify')
    .argument('<source>', '备份或归档 · a backup, a folder of them, or an archive')
    .requiredOption('--key <file>', '备份密钥文件 · file of the backup key')
    .option('--until <instant>', '时刻 · an instant, such as 2026-06-15T08:00:00+08:00', instant)
    .description('核验 · restore into a temporary folder, look through all of it, remove it')
    .action(async (source: string, flags: RestoreFlags) => {
      const folder = await mkdtemp(join(tmpdir(), 'minqing-verify-'));
      // The database runs as a user of its own when we are root, and must get through.
      await chmod(folder, 0o711);
      try {
        await bringBack(source, flags, join(folder, 'data'));
      } finally {
        await removeCluster(join(folder, 'data/postgres'));
        await rm(folder, { recursive: true, force: true });
      }
    });
  program
    .command('restore')
    .argument('<source>', '备份或归档 · a backup, a folder of them, or an archive')
    .requiredOption('--key <file>', '备份密钥文件 · file of the backup key')
    .option('--data <folder>', '空的数据目录 · an empty folder (MINQING_DATA)')
    .option(
      '--until <instant>',
      '恢复到的时刻 · the instant to go back to; with an archive',
      instant,
    )
    .description('恢复 · restore into an empty data folder, and look through all of it')
    .action(async (source: string, flags: RestoreFlags & { data?: string }) => {
      const folder = flags.data ? resolve(flags.data) : readConfig(process.env).dataFolder;
      await bringBack(source, flags, folder);
      console.log(`MINQING_DATA=${folder} npm start`);
    });
}

/** What was brought back to be looked at is in plain: nothing of it stays, wherever it had to be put. */
async function removeCluster(folder: string): Promise<void> {
  if (existsSync(folder)) await rm(clusterPlace(folder).place, { recursive: true, force: true });
}

interface RestoreFlags {
  key: string;
  until?: Date;
}

async function back(destination: string | undefined, keep: number | undefined): Promise<void> {
  const config = readConfig(process.env);
  const into = destination ?? (config.archive && backupsFolder(config.archive));
  if (!into)
    throw new Error(
      '请写明备份到哪个目录 · name the folder to back up to: minqing backup FOLDER (or set MINQING_ARCHIVE)',
    );
  const begun = performance.now();
  const taken = await takeBackup(
    {
      dataFolder: config.dataFolder,
      withDatabase: config.databaseUrl === undefined,
      archived: config.archive !== undefined,
      version: programVersion(),
    },
    resolve(into),
    systemClock(),
  );
  await noteBackup(config.dataFolder, taken, systemClock());
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${taken.folder}\n读取 read ${megabytes(taken.bytes)} MB · 写入 written ${megabytes(taken.sealedBytes)} MB · ${seconds.toFixed(1)} s`,
  );
  if (config.databaseUrl)
    console.log(
      'DATABASE_URL：数据库请用它自己的办法备份（pg_basebackup、pgBackRest）· its database is not in it: use its own means',
    );
  if (keep === undefined) return;
  for (const name of await keepNewest(resolve(into), keep)) console.log(`已删除 removed ${name}`);
  if (!config.archive || resolve(into) !== backupsFolder(config.archive)) return;
  const first = firstLogOf(resolve(into));
  const gone = first === undefined ? 0 : await removeLogBefore(config.archive, first);
  if (gone > 0) console.log(`已删除更早的归档段 removed ${gone} segments of the log before them`);
}

async function bringBack(source: string, flags: RestoreFlags, folder: string): Promise<void> {
  const begun = performance.now();
  const wanted = { from: resolve(source), identity: readIdentity(flags.key), until: flags.until };
  const restored = await restore(wanted, folder, sealsHold);
  console.log(wordsOf(restored, (performance.now() - begun) / 1000));
}

/** The record of every look must be as it was sealed, in the restored database too. */
const sealsHold: FurtherCheck = async (owner, keys) => {
  const verdict = await verify({ owner, key: sealKey(keys), witnesses: [] });
  if (verdict.finding) throw new Error(findingWords(verdict.finding));
  return `查看记录 record of looks: ${verdict.entries} 条 entries，封条完好 seals whole`;
};

function wordsOf({ manifest, upTo, rows, checked, said }: Restored, seconds: number): string {
  if (!manifest.database)
    return `${manifest.name}：文件 ${manifest.files} 个，没有数据库 · ${manifest.files} files, no database in it`;
  const figures = Object.entries(rows).map(([table, n]) => `${table} ${n.toLocaleString('en')}`);
  return [
    `${manifest.name} → ${upTo ?? manifest.database.consistentAt} · ${seconds.toFixed(1)} s`,
    `表 tables ${checked.tables} · 索引 indexes ${checked.indexes}：逐页核对无误 every page looked at, none damaged`,
    figures.join(' · '),
    said,
  ].join('\n');
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('a whole number, 1 at least');
}

function instant(text: string): Date {
  const at = new Date(text);
  if (/T.*(Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('an instant with its zone, such as 2026-06-15T08:00:00+08:00');
}
