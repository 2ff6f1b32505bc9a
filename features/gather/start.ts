import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { dayOf } from '../../server/clock.ts';
import type { Queries } from '../../server/database/steward.ts';
import { Problem } from '../../server/errors.ts';
import type { Files } from '../../server/files/files.ts';
import { newId } from '../../server/ids.ts';
import { addBatch, type Batch, sameFile } from './batch/store.ts';
import type { Profile } from './rows.ts';

/** A file that was handed in. */
export interface HandedIn {
  path: string;
  profile: Profile;
  /** The day of the file, for what tells no day of its own; today unless said. */
  day?: string | undefined;
}

/**
 * Takes a file in: it is stored sealed, and a batch made of it.
 * @returns the number of the batch; `before` when the very file was gathered already, and then nothing was done
 * @throws Problem invalid when there is no such file, no-space
 */
export async function takeIn(
  transaction: <T>(work: (tx: Queries) => Promise<T>) => Promise<T>,
  files: Files,
  { path, profile, day }: HandedIn,
  now: Date,
): Promise<{ number: number; before?: Batch }> {
  const size = await stat(path).catch(() => undefined);
  if (!size?.isFile())
    throw new Problem('invalid', {
      detail: { zh: `没有这个文件：${path}`, en: `There is no such file: ${path}` },
    });
  const id = newId(now.getTime());
  const stored = await files.put(`gather/${id}/file`, createReadStream(path));
  const taken = await transaction(async (tx) => {
    const before = await sameFile(tx, profile.source, stored.sha256);
    if (before) return { number: before.number, before };
    const number = await addBatch(
      tx,
      {
        id,
        source: profile.source,
        profile: profile.key,
        file_name: basename(path),
        file_key: stored.key,
        digest: stored.sha256,
        bytes: stored.size,
        lo: 0,
        hi: 1_000_000_000_000_000,
        day: day ?? dayOf(now),
      },
      now,
    );
    return { number };
  });
  if (taken.before) await files.remove([stored.key]);
  return taken;
}
