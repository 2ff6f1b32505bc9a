import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { FileMissing, type Files } from '../../../server/files/files.ts';
import type { CategoryKey } from '../contract.ts';
import { bulkHours } from './contract.ts';
import type { Judged } from './read.ts';

/** Where edits that were read lie, sealed, until the sweep. */
export const bulkSpace = 'edits';
const keyOf = (id: string, part: 'read' | 'applied'): string => `${bulkSpace}/${id}/${part}`;

/** A file that was read: whose it is, and what each row comes to. */
export interface Bulk {
  account: string;
  post: string;
  category: CategoryKey;
  at: string;
  rows: Judged[];
}

/** What became of each row, by a letter, in order; and the job that did it. */
export interface Applied {
  job: string;
  outcomes: string;
}

export async function keepBulk(files: Files, id: string, bulk: Bulk): Promise<void> {
  await files.put(keyOf(id, 'read'), Buffer.from(JSON.stringify(bulk)));
}

/**
 * A file that was read, for whoever brought it, under the same post, within a day.
 * @throws Problem not-found
 */
export async function bulkOf(
  files: Files,
  actor: Pick<Actor, 'account' | 'post' | 'now'>,
  id: string,
): Promise<Bulk> {
  const bulk = (await readJson(files, keyOf(id, 'read'))) as Bulk | undefined;
  const isOwn = bulk?.account === actor.account && bulk.post === actor.post?.id;
  if (!bulk || !isOwn) throw new Problem('not-found');
  const age = actor.now.getTime() - new Date(bulk.at).getTime();
  if (age > bulkHours * 3_600_000) throw new Problem('not-found');
  return bulk;
}

export async function keepApplied(files: Files, id: string, applied: Applied): Promise<void> {
  await files.put(keyOf(id, 'applied'), Buffer.from(JSON.stringify(applied)));
}

export async function appliedOf(files: Files, id: string): Promise<Applied | undefined> {
  return (await readJson(files, keyOf(id, 'applied'))) as Applied | undefined;
}

async function readJson(files: Files, key: string): Promise<unknown> {
  try {
    return JSON.parse((await files.read(key)).toString('utf8'));
  } catch (error) {
    if (error instanceof FileMissing) return undefined;
    throw error;
  }
}
