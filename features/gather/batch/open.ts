import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { dayOf } from '../../../server/clock.ts';
import { Problem } from '../../../server/errors.ts';
import type { Files } from '../../../server/files/files.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { cleanerOf } from '../clean/cleaner.ts';
import { Tally } from '../clean/tally.ts';
import { dayOfFile } from '../profile/as-of.ts';
import { matchHeader } from '../profile/header.ts';
import { openRows } from '../read/open.ts';
import type { Cleaned, Profile } from '../rows.ts';
import { Refused } from './job.ts';
import type { Batch } from './store.ts';

/**
 * The rows of a batch's file made clean, some at a time. The file lies sealed; while it is read, its content lies in a
 * folder that only this user may open.
 * @throws Refused with words that say why: the file cannot be read, or does not fit the profile
 */
export async function* cleanRows(
  files: Files,
  dictionary: Dictionary,
  batch: Pick<Batch, 'file_key' | 'day'>,
  profile: Profile,
  now: Date,
): AsyncGenerator<Cleaned[]> {
  const folder = await mkdtemp(join(tmpdir(), 'minqing-gather-'));
  try {
    const path = join(folder, 'file');
    const plain = createWriteStream(path, { mode: 0o600 });
    await pipeline(Readable.from(files.get(batch.file_key)), plain);
    yield* cleanFile(path, dictionary, profile, batch.day, now);
  } catch (error) {
    if (!(error instanceof Problem) || error.key !== 'invalid') throw error;
    throw new Refused(error.detail ?? { zh: error.message, en: error.message });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* cleanFile(
  path: string,
  dictionary: Dictionary,
  profile: Profile,
  day: string,
  now: Date,
): AsyncGenerator<Cleaned[]> {
  const rows = await openRows(path, profile.format);
  try {
    const fit = matchHeader(profile, rows.header);
    if (fit.message && fit.fit === 'wrong') throw new Refused(fit.message);
    const today = dayOf(now);
    const asOf = dayOfFile(profile, rows.titles, day, today);
    const clean = cleanerOf(profile, { dictionary, fit, today, asOf });
    const tally = new Tally();
    for await (const some of rows) {
      const cleaned = some.map(clean);
      for (const row of cleaned) tally.add(row);
      yield cleaned;
    }
    const hopeless = tally.refusal();
    if (hopeless) throw new Refused(hopeless.message);
  } finally {
    await rows.close();
  }
}
