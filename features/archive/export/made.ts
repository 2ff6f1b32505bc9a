import { Readable } from 'node:stream';
import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { FileDamaged, FileMissing } from '../../../server/files/files.ts';
import { record } from '../../audit/queries.ts';
import type { Services } from '../../identity/services.ts';
import { jobById } from '../../jobs/queries.ts';
import { keptHours } from './contract.ts';
import { exportKey, exportKind } from './job.ts';

/**
 * The file that a job made, for whoever started it under the same post, within a day; fetching it is on record.
 * @throws Problem not-found for anybody else, and afterwards
 */
export async function madeFile(
  { database, files, jobs }: Pick<Services, 'database' | 'files' | 'jobs'>,
  actor: Actor,
  id: string,
): Promise<{ name: string; content: Readable }> {
  const words = await database.withActor(actor, async (tx) => {
    const job = await jobById(tx, id);
    const isOwn = job.account === actor.account && job.kind === exportKind && job.state === 'done';
    // Sealed content opens to the starter alone, under the post it was started under.
    const result = isOwn ? jobs.openResult(job.result) : null;
    if (!result) throw new Problem('not-found');
    const ended = new Date(job.ended_at ?? 0).getTime();
    if (actor.now.getTime() - ended > keptHours * 3_600_000) throw expired();
    await record(tx, { action: 'export', subject: id, detail: 'file fetched' });
    return result.words.zh;
  });
  return { name: `${words.split('，')[0]}-${actor.day}.xlsx`, content: await opened(files, id) };
}

async function opened(files: Services['files'], id: string): Promise<Readable> {
  const parts = files.get(exportKey(id));
  try {
    // The first part says whether it is there: after the head is sent nobody can be told any more.
    const first = await parts.next();
    const whole = async function* (): AsyncGenerator<Buffer> {
      if (!first.done) yield first.value;
      yield* parts;
    };
    return Readable.from(whole(), { objectMode: false });
  } catch (error) {
    if (error instanceof FileMissing) throw expired();
    if (error instanceof FileDamaged) throw new Problem('file-damaged');
    throw error;
  }
}

const expired = (): Problem =>
  new Problem('not-found', {
    detail: {
      zh: '文件只保留一天，已经删除，请重新导出',
      en: 'The file was kept for a day and is gone; export it again',
    },
  });
