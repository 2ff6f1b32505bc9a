import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { Problem } from '../../../server/errors.ts';
import { fileHours } from '../contract.ts';
import type { Received } from './receive.ts';

/** A file that was handed in and not gathered yet. */
export interface HandedIn {
  id: string;
  source: string;
  file_name: string;
  file_key: string;
  digest: Buffer;
  bytes: number;
  lines: number | null;
}

/** Keeps a file that was received, for its officer alone. */
export async function keepFile(tx: Tx, source: string, file: Received): Promise<HandedIn> {
  const { account, post, now } = tx.actor;
  const { id, key, name, sha256, size, lines } = file;
  await tx.count(sql`
    insert into gather_file (id, source, account, post, file_name, file_key, digest, bytes, lines, created_at)
    values (${id}, ${source}, ${account}, ${post?.id ?? null}, ${name}, ${key}, ${sha256}, ${size}, ${lines}, ${now})`);
  return { id, source, file_name: name, file_key: key, digest: sha256, bytes: size, lines };
}

/** One's own file, within a day. @throws Problem not-found */
export async function fileOf(tx: Tx, id: string): Promise<HandedIn> {
  const since = new Date(tx.actor.now.getTime() - fileHours * 3_600_000);
  const file = await tx.first(sql<HandedIn>`
    select id, source, file_name, file_key, digest, bytes, lines from gather_file
     where id = ${id} and created_at > ${since}`);
  if (file) return file;
  throw new Problem('not-found', {
    detail: {
      zh: '没有这份文件，或已超过一天，请重新上传',
      en: 'There is no such file, or it is older than a day; upload it again',
    },
  });
}

/** What is gathered is a batch's from now on. */
export const letGo = (tx: Tx, id: string): Promise<number> =>
  tx.count(sql`delete from gather_file where id = ${id}`);

/** The batch in sight in which the very file was gathered, unless it was undone or refused. */
export async function sameBatch(
  tx: Pick<Queries, 'first'>,
  source: string,
  digest: Buffer,
): Promise<number | null> {
  const found = await tx.first(sql<{ number: number }>`
    select number from gather_batch
     where source = ${source} and digest = ${digest} and state not in ('undone', 'refused')`);
  return found?.number ?? null;
}
