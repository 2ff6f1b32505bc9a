import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Vault } from '../../../server/crypto.ts';
import { Problem } from '../../../server/errors.ts';
import type { Files } from '../../../server/files/files.ts';
import type { Keys } from '../../../server/keys.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { Profile } from '../rows.ts';
import { inWorkers } from './lanes.ts';
import { Refused } from './refused.ts';
import { type Chunk, chunksOf, type FileTask } from './rows-of.ts';
import type { Batch } from './store.ts';

/** What reading a file needs of the installation. */
export interface ReadingDesk {
  dictionary: Dictionary;
  vault: Vault;
  /** Of the vault, for workers; without them the file is read in this thread. */
  keys?: Pick<Keys, 'data' | 'blind'> | undefined;
}

/** A smaller file is read before workers have started. */
const worthWorkers = 4_000_000;

/**
 * The rows of a batch's file made clean and ready to be staged, some at a time. The file lies sealed; while it is read,
 * its content lies in a folder that only this user may open.
 * @throws Refused with words that say why: the file cannot be read, or does not fit the profile
 */
export async function* openBatch(
  files: Files,
  desk: ReadingDesk,
  batch: Pick<Batch, 'file_key' | 'day' | 'bytes'>,
  profile: Profile,
  today: string,
): AsyncGenerator<Chunk> {
  const folder = await mkdtemp(join(tmpdir(), 'minqing-gather-'));
  try {
    const path = join(folder, 'file');
    const plain = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.from(files.get(batch.file_key)), plain);
    const task: FileTask = { path, profile, day: batch.day, today };
    if (desk.keys && Number(batch.bytes) >= worthWorkers)
      yield* inWorkers(task, desk.dictionary, desk.keys);
    else yield* chunksOf(task, desk);
  } catch (error) {
    if (!(error instanceof Problem) || error.key !== 'invalid') throw error;
    throw new Refused(error.detail ?? { zh: error.message, en: error.message });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
