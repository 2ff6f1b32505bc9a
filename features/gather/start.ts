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
  /** Codes of areas that its rows may speak of; all unless said. */
  range?: { lo: number; hi: number };
  /** What belongs to it, done in the same transaction. */
  along?: (tx: Queries, taken: TakenIn) => Promise<void>;
}

/** The batch of a file, by its number; `before` when the very file was gathered already. */
export interface TakenIn {
  number: number;
  id: string;
  before?: Batch;
}

const everywhere = { lo: 0, hi: 1_000_000_000_000_000 };

/**
 * Takes a file in: it is stored sealed, and a batch made of it.
 * @returns the number of the batch; `before` when the very file was gathered already, and then nothing was done
 * @throws Problem invalid when there is no such file, no-space
 */
export async function takeIn(
  transaction: <T>(work: (tx: Queries) => Promise<T>) => Promise<T>,
  files: Files,
  { path, profile, day, range = everywhere, along }: HandedIn,
  now: Date,
): Promise<TakenIn> {
  const size = await stat(path).catch(() => undefined);
  if (!size?.isFile())
    throw new Problem('invalid', {
      detail: { zh: `没有这个文件：${path}`, en: `There is no such file: ${path}` },
    });
  const id = newId(now.getTime());
  const stored = await files.put(`gather/${id}/file`, createReadStream(path));
  const taken = await transaction(async (tx) => {
    const before = await sameFile(tx, profile.source, stored.sha256);
    if (before) return done(tx, { number: before.number, id: before.id, before });
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
        ...range,
        day: day ?? dayOf(now),
      },
      now,
    );
    return done(tx, { number, id });
  }).catch(async (error) => {
    await files.remove([stored.key]);
    throw error;
  });
  if (taken.before) await files.remove([stored.key]);
  return taken;

  async function done(tx: Queries, batch: TakenIn): Promise<TakenIn> {
    await along?.(tx, batch);
    return batch;
  }
}
