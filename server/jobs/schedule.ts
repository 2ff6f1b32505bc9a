import { Cron } from 'croner';
import type { Vault } from '../crypto.ts';
import { sql } from '../database/sql.ts';
import type { Queries, Steward } from '../database/steward.ts';
import { newId } from '../ids.ts';
import { sealJson } from './content.ts';
import type { JobKind } from './kind.ts';
import { addSystemJob } from './queue.ts';
import { liveStates } from './states.ts';

/**
 * The next instant after `from` that five cron fields name, read in Asia/Shanghai.
 * @throws Error when they cannot be read, or name no instant
 */
export function nextRun(cron: string, from: Date): Date {
  const next = new Cron(cron, { timezone: 'Asia/Shanghai', mode: '5-part', paused: true }).nextRun(
    from,
  );
  if (!next) throw new Error(`cron "${cron}" never comes`);
  return next;
}

/** Writes down when the scheduled kinds are due next; one whose times were changed is reckoned anew. */
export async function enrol(steward: Steward, kinds: readonly JobKind[], now: Date): Promise<void> {
  await steward.transaction(async (tx) => {
    for (const { kind, cron } of kinds) {
      if (cron === undefined) continue;
      await tx.count(sql`
        insert into job_schedule as s (kind, cron, next_at) values (${kind}, ${cron}, ${nextRun(cron, now)})
        on conflict (kind) do update set cron = excluded.cron, next_at = excluded.next_at where s.cron <> excluded.cron`);
    }
  });
}

/**
 * Queues the scheduled jobs that are due, each once, whoever asks first. What was missed while nothing ran
 * is made up for by one run; one that is still on its way from the last time is not queued again.
 */
export function queueDue(
  steward: Steward,
  vault: Vault,
  kinds: ReadonlyMap<string, JobKind>,
  now: Date,
): Promise<void> {
  return steward.transaction(async (tx) => {
    const due = await tx.rows(sql<{ kind: string; cron: string }>`
      select kind, cron from job_schedule where next_at <= ${now} and kind = any(${[...kinds.keys()]})
      for update skip locked`);
    for (const { kind, cron } of due) {
      await tx.count(
        sql`update job_schedule set next_at = ${nextRun(cron, now)} where kind = ${kind}`,
      );
      const live = await tx.first(
        sql`select 1 from job where kind = ${kind} and account is null and state = any(${[...liveStates]}) limit 1`,
      );
      if (live) continue;
      if (kinds.get(kind)?.oneRow && (await runAgain(tx, kind, now))) continue;
      await addSystemJob(tx, newId(now.getTime()), kind, sealJson(vault, {}), now);
    }
  });
}

/** Queues the last run of a kind anew, from its beginning, if it went well. @returns whether there was one */
async function runAgain(tx: Queries, kind: string, now: Date): Promise<boolean> {
  const last = await tx.first(sql<{ id: string }>`
    update job set state = 'queued', due_at = ${now}, failures = 0, problem = null, done = 0, total = null, stage = null, rate = null,
           measured_at = null, started_at = null, ended_at = null
     where id = (select id from job where kind = ${kind} and account is null and state = 'done' order by id desc limit 1)
    returning id`);
  if (!last) return false;
  await tx.count(
    sql`update job_content set checkpoint = null, result = null, detail = null where job = ${last.id}`,
  );
  return true;
}
