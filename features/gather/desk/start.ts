import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import { gatherKind } from '../batch/job.ts';
import type { Profile } from '../rows.ts';
import { batchInSight } from './batches.ts';
import { type HandedIn, letGo, sameBatch } from './files.ts';
import type { DeskServices } from './services.ts';

/** A batch and the job that works on it. */
export interface Started {
  number: number;
  job: string;
}

/**
 * Makes a batch of a file that was handed in, and starts it.
 * @throws Problem conflict when the very file was gathered before
 */
export async function startBatch(
  tx: Tx,
  { jobs }: Pick<DeskServices, 'jobs'>,
  { file, profile, day }: { file: HandedIn; profile: Profile; day: string },
): Promise<Started> {
  const { account, post, scope, now } = tx.actor;
  const made = await tx.first(sql<{ number: number }>`
    insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, account, post, expected, created_at)
    values (${file.id}, ${file.source}, ${profile.key}, ${file.file_name}, ${file.file_key}, ${file.digest}, ${file.bytes},
      ${scope?.lo ?? null}, ${scope?.hi ?? null}, ${day}, ${account}, ${post?.id ?? null}, ${rowsIn(file, profile)}, ${now})
    on conflict do nothing returning number`);
  if (!made) throw gatheredBefore(await sameBatch(tx, file.source, file.digest));
  await letGo(tx, file.id);
  return workOn(tx, jobs, made.number, 'gather');
}

/** Lines but for titles and header; a last line may want its end. */
function rowsIn({ lines }: HandedIn, { format }: Profile): number | null {
  if (lines === null || format.kind === 'xlsx') return null;
  return Math.max(1, lines - (format.kind === 'csv' ? format.titleRows + 1 : 0));
}

/** Goes on with a batch whose job has stopped. @throws Problem not-found, conflict */
export async function continueBatch(
  tx: Tx,
  { jobs }: Pick<DeskServices, 'jobs'>,
  number: number,
): Promise<Started> {
  await batchInSight(tx, number);
  return workOn(tx, jobs, number, 'gather');
}

/** Takes back all that a batch wrote. @throws Problem not-found, conflict */
export async function undoBatch(
  tx: Tx,
  { jobs }: Pick<DeskServices, 'jobs'>,
  number: number,
): Promise<Started> {
  await batchInSight(tx, number);
  return workOn(tx, jobs, number, 'undo');
}

async function workOn(
  tx: Tx,
  jobs: DeskServices['jobs'],
  number: number,
  act: 'gather' | 'undo',
): Promise<Started> {
  const kind = jobs.registry.kinds.get(gatherKind);
  if (!kind) throw new Error(`${gatherKind} is not registered`);
  const job = await jobs.start(tx, kind, { batch: number, act });
  const taken = await tx.first(sql<{ taken: boolean }>`
    select gate_gather_job(${number}, ${job}, ${act === 'undo'}) as taken`);
  if (!taken?.taken) throw refused[act];
  await record(tx, {
    action: act === 'undo' ? 'undo_batch' : 'gather',
    detail: `batch ${number}`,
  });
  return { number, job };
}

const refused = {
  get gather() {
    return new Problem('conflict', {
      detail: {
        zh: '这个批次正在处理或已经结束，不需要继续',
        en: 'The batch is being worked on, or has ended; there is nothing to go on with',
      },
    });
  },
  get undo() {
    return new Problem('conflict', {
      detail: {
        zh: '这个批次正在处理，或没有可撤销的内容；请先取消任务，或查看批次状态',
        en: 'The batch is being worked on, or there is nothing to take back; cancel its job first, or look at its state',
      },
    });
  },
};

function gatheredBefore(number: number | null): Problem {
  const which =
    number === null ? { zh: '', en: '' } : { zh: `（第 ${number} 批）`, en: ` (batch ${number})` };
  return new Problem('conflict', {
    detail: {
      zh: `这份文件已归集过${which.zh}，内容完全相同，不会重复归集。如需重来，请先撤销那一批`,
      en: `This very file was gathered before${which.en}; it is not gathered twice. To do it again, undo that batch first`,
    },
  });
}
