import Type from 'typebox';
import type { Vault } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { targetOf } from '../batch/phases.ts';
import { batchOf } from '../batch/store.ts';
import type { MergeDesk } from '../merge/records.ts';
import type { Profile } from '../rows.ts';
import { mergeRows } from './merge-rows.ts';
import { takeBack } from './take-back.ts';

export const decisionsKind = 'gather.decisions';

/** What the job needs of the installation. */
export interface DecisionsParts {
  desk(): { dictionary: Dictionary; vault: Vault };
  /** A profile by its key. */
  profileOf(key: string): Profile | undefined;
}

interface DueAct {
  county: number;
  id: string;
  batch: number;
  n: number;
  was_county: number | null;
  was_resident: string | null;
  was_household: string | null;
  was_target: string | null;
  resident: string | null;
}

/** Carries out in the archive what officials decided about rows: one act a step, in the order in which they were made. */
export function decisionsJob(parts: DecisionsParts) {
  return defineSystemJob({
    kind: decisionsKind,
    label: { zh: '核对结果入档', en: 'Decisions about rows' },
    input: Type.Object({}),
    stages: { merging: { zh: '归并入档', en: 'Merging' } },
    start: { done: 0 },
    // What is left of a job that was cancelled, or whose official's post has ended.
    cron: '10 4 * * *',
    async run({ state, step, progress, now }) {
      let at = state;
      for (;;) {
        let isEnd = false;
        at = await step(async (tx, { done }) => {
          const act = await nextAct(tx);
          isEnd = act === undefined;
          if (!act) return { done };
          await carryOut(tx, parts, act, now());
          await tx.count(
            sql`update gather_act set done_at = ${now()} where county = ${act.county} and id = ${act.id}`,
          );
          progress(done + 1, null, 'merging');
          return { done: done + 1 };
        });
        if (isEnd) break;
      }
      return {
        words: { zh: `${at.done} 项核对结果已入档`, en: `${at.done} decisions carried out` },
      };
    },
  });
}

/** Acts wait for those before them: two workers take turns. */
async function nextAct(tx: Queries): Promise<DueAct | undefined> {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended('gather.decisions', 0))`);
  return tx.first(sql<DueAct>`
    select county, id, batch, n, was_county, was_resident, was_household, was_target, resident
      from gather_act where done_at is null and kind <> 'later' order by id limit 1`);
}

async function carryOut(tx: Queries, parts: DecisionsParts, act: DueAct, at: Date): Promise<void> {
  const batch = await batchOf(tx, act.batch);
  // A batch that was undone since has taken everything along.
  if (batch?.state !== 'done') return;
  const desk: MergeDesk = { ...parts.desk(), batch: batch.number, source: batch.source, at };
  if (act.was_resident !== null && act.was_county !== null)
    await takeBack(tx, desk, {
      batch: act.batch,
      n: act.n,
      county: act.was_county,
      resident: act.was_resident,
      household: act.was_household,
      target: act.was_target,
    });
  const merged = act.resident === null ? undefined : await merge(tx, parts, desk, act.n);
  await count(tx, act, merged);
}

async function merge(tx: Queries, parts: DecisionsParts, desk: MergeDesk, n: number) {
  const batch = await batchOf(tx, desk.batch);
  if (!batch) return undefined;
  const profile = parts.profileOf(batch.profile);
  return mergeRows(tx, desk, batch, [n], profile && targetOf(profile));
}

/** The batch's own figures follow. */
function count(
  tx: Queries,
  { batch, was_resident, resident }: DueAct,
  merged: { changed: number; made: number } | undefined,
): Promise<number> {
  const linked = Number(resident !== null) - Number(was_resident !== null);
  const isAsked = sql`(select count(*)::int from gather_link where batch = ${batch} and decision = 'ask')`;
  return tx.count(sql`update gather_batch set linked = linked + ${linked}, asked = ${isAsked},
    made = made + ${merged?.made ?? 0}, changed = changed + ${merged?.changed ?? 0} where number = ${batch}`);
}
