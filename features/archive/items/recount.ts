import Type from 'typebox';
import { sql } from '../../../server/database/sql.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import { shapes } from '../categories.ts';
import { CategoryKey } from '../contract.ts';
import type { Category, Dictionary } from '../dictionary/types.ts';
import { missingToken } from '../search/tokens.ts';

const atOnce = 500;

/**
 * Brings the records of a county to what its dictionary now asks: gaps, completeness, freshness, the tokens of
 * filters and the kept counts. The database does it by itself, a batch a step; nothing of a record comes out.
 */
export const itemsRecount = defineSystemJob({
  kind: 'archive.items',
  label: { zh: '按新的档案项目重新统计', en: 'Recount after a change of items' },
  input: Type.Object({
    county: Type.Integer(),
    version: Type.Integer(),
    category: CategoryKey,
    required: Type.Array(Type.String()),
    limits: Type.Record(Type.String(), Type.Integer()),
    records: Type.Integer(),
  }),
  start: { after: null as string | null, seen: 0, changed: 0, over: false },
  long: true,
  async run({ input, state, step, progress }) {
    const { county, version, category, required, limits, records } = input;
    const { groups } = shapes[category];
    const tokenStart = missingToken(category, '');
    let at = state;
    while (!at.over) {
      at = await step(async (tx, { after, seen, changed }) => {
        const done = await tx.first(sql<{ last: string | null; seen: number; changed: number }>`
          select last, seen, changed from gate_items_recount(${county}, ${version}, ${category}, ${groups}::text[],
            ${required}::text[], ${JSON.stringify(limits)}::jsonb, ${tokenStart}, ${after}::uuid, ${atOnce})`);
        const now = {
          after: done?.last ?? after,
          seen: seen + (done?.seen ?? 0),
          changed: changed + (done?.changed ?? 0),
          over: !done?.last,
        };
        progress(now.seen, Math.max(records, now.seen));
        return now;
      });
    }
    return {
      words: {
        zh: `核对 ${at.seen} 份档案，更新 ${at.changed} 份`,
        en: `${at.seen} records looked at, ${at.changed} brought up to date`,
      },
    };
  },
});

/** What a recount of the category goes by. @param used the dictionary as records are worked by it */
export function rulesOf(used: Dictionary, category: Category) {
  const { items } = used.categories[category];
  return {
    category,
    required: items.filter(({ required }) => required).map(({ key }) => key),
    limits: Object.fromEntries(
      items.flatMap(({ key, freshMonths }) =>
        freshMonths === undefined ? [] : [[key, freshMonths]],
      ),
    ) as Record<string, number>,
  };
}
