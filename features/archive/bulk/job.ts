import Type from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import type { Files } from '../../../server/files/files.ts';
import { defineJob } from '../../../server/jobs/kind.ts';
import { countyOf } from '../../area/queries.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import type { Desk } from '../desk.ts';
import { editRecord } from '../edit.ts';
import { dictionariesFor } from '../items/county-dictionaries.ts';
import { claimedBy, inTurn, keepClaimed, markOf } from './claimed.ts';
import { itemsOf, type Judged } from './read.ts';
import { bulkOf, keepApplied } from './store.ts';

export const bulkKind = 'archive.bulk-edit';
/** Rows of one transaction. */
const atOnce = 50;

/** What became of a row, as a letter of the checkpoint. */
export const outcomes = {
  w: 'written',
  c: 'claimed',
  s: 'same',
  m: 'moved',
  f: 'failed',
  '-': null,
} as const;
type Letter = keyof typeof outcomes;

/**
 * Carries out the edits of a file that was read: some rows a transaction, through the very function of the form. A
 * row that somebody changed meanwhile is left alone, as is one that is refused.
 */
export function bulkEditJob(files: Files, desk: Desk) {
  return defineJob({
    kind: bulkKind,
    label: { zh: '批量修改', en: 'Bulk edit' },
    input: Type.Object({ id: Type.String({ format: 'uuid' }), reason: Type.String() }),
    stages: { writing: { zh: '写入', en: 'Writing' } },
    start: { outcomes: '' },
    long: true,
    async run({ id: job, input, actor, state, step, progress, now }) {
      if (!actor?.scope) throw new Problem('no-post');
      const { category, rows } = await bulkOf(files, { ...actor, now: now() }, input.id);
      const county = countyOf(actor.scope.lo);
      let at = state;
      while (at.outcomes.length < rows.length) {
        const part = rows.slice(at.outcomes.length, at.outcomes.length + atOnce);
        at = await step(
          async (tx, before) => {
            const dictionaryOf = await dictionariesFor(tx, desk.dictionary, [county]);
            const own = { ...desk, dictionary: dictionaryOf(county) };
            await inTurn(tx);
            let letters = before.outcomes;
            for (const row of part)
              letters += isDue(row)
                ? await writeRow(tx, own, shapes[category], row, input.reason)
                : row.status === 'same'
                  ? 's'
                  : '-';
            progress(letters.length, rows.length, 'writing');
            return { outcomes: letters };
          },
          { subjects: part.flatMap(({ id }) => id ?? []) },
        );
      }
      await keepApplied(files, input.id, { job, outcomes: at.outcomes });
      const count = (letter: Letter): number => at.outcomes.split(letter).length - 1;
      const left = count('m') + count('f');
      return {
        words: {
          zh: `写入 ${count('w')} 行，并列保留 ${count('c')} 行，未写入 ${left} 行`,
          en: `${count('w')} rows written, ${count('c')} beside the authority’s, ${left} left alone`,
        },
        link: `/bulk-edit/${input.id}`,
      };
    },
  });
}

const isDue = ({ status }: Judged): boolean => status === 'changed' || status === 'claim';

/**
 * Writes what a row says and its sheet has not said before. `editRecord` looks at everything before it writes: what it
 * refuses has changed nothing of the transaction.
 */
async function writeRow(
  tx: Tx,
  desk: Desk,
  shape: CategoryShape,
  row: Judged,
  reason: string,
): Promise<Letter> {
  const key = { id: row.id ?? '', export: row.export ?? '' };
  const claimed = await claimedBy(tx, [key.export], [key.id]);
  const fresh = row.changes.filter(
    ({ item, after }) => !claimed.has(markOf(desk.vault, key, item, after)),
  );
  if (fresh.length === 0) return 's';
  try {
    const items = itemsOf({ changes: fresh });
    const { conflicts } = await editRecord(tx, desk, shape, key.id, row.version ?? 0, {
      items,
      reason,
    });
    const said = conflicts.map((item) => ({ item, value: items[item] ?? null }));
    await keepClaimed(tx, desk.vault, shape, key, said);
    return conflicts.length > 0 ? 'c' : 'w';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.key === 'lost-update' ? 'm' : 'f';
  }
}
