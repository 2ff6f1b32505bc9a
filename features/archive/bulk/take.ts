import type { Vault } from '../../../server/crypto.ts';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import type { Cell, Column, Sheet } from '../../../server/spreadsheet/workbook.ts';
import { within } from '../../area/queries.ts';
import { record, recordHanding } from '../../audit/queries.ts';
import type { CategoryShape } from '../categories.ts';
import type { Desk } from '../desk.ts';
import { requireTakenTag, type Taking, tooMany } from '../export/list.ts';
import { words as listWords } from '../export/words.ts';
import { countiesOf, type Place, pageOf } from '../list.ts';
import type { ListedRow } from '../rows.ts';
import type { Facts } from '../rules/facts.ts';
import { cellOf, choiceOf, itemsByBulk } from './columns.ts';
import { keyOfRow } from './key.ts';
import { bulkWords as words } from './words.ts';

const perPage = 500;

/** What of a record a row is compared with. */
export interface Held {
  id: string;
  version: number;
  title: string;
  facts: Facts;
}

/** The records of those ids that are in sight, with the items that lists may hold. */
export function heldOf(tx: Tx, shape: CategoryShape, ids: readonly string[]): Promise<Held[]> {
  const [first, last] = countiesOf(tx.actor.scope ?? { lo: 0, hi: 1 });
  return tx.rows(sql<Held>`
    select r.id, r.version, coalesce(${sql.ref(`r.${shape.title}`)}, '') as title, coalesce(f.facts, '{}') as facts
      from ${sql.table(shape.key)} r
      left join ${sql.table(`${shape.key}_file`)} f on f.county = r.county and f.id = r.id
     where r.county between ${first} and ${last} and r.id = any (${ids}::uuid[])`);
}

/**
 * A list to be edited outside and brought back: a signed key in each row, the editable items, their words to choose
 * from. On record as an export.
 * @throws Problem as `listSheets`
 */
export async function editingSheets(
  tx: Tx,
  { dictionary, vault }: Desk,
  taking: Taking,
): Promise<Sheet[]> {
  const { shape, filter, marks, purpose, entry } = taking;
  requireTakenTag(tx.actor, dictionary, filter.tag);
  const range = within(tx.actor.scope ?? { lo: 0, hi: 0 }, filter.area);
  const items = itemsByBulk(dictionary, shape.key, tx.actor);
  let count = 0;
  async function* rows(): AsyncGenerator<Cell[]> {
    for (let after: Place | undefined, more = true; more; ) {
      const page = await pageOf<ListedRow>(tx, shape, range, filter, after, perPage);
      count += page.length;
      if (count > taking.most) throw tooMany(taking.most);
      const ids = page.map(({ id }) => id);
      const handing = { action: 'export', category: shape.key, subjects: ids, purpose } as const;
      await recordHanding(tx, { ...handing, detail: `editing ${entry}` });
      const held = new Map((await heldOf(tx, shape, ids)).map((one) => [one.id, one]));
      for (const { id, area_name: area } of page) {
        const one = held.get(id);
        if (!one) continue;
        yield [
          keyOf(vault, shape, tx, one, entry),
          area,
          one.title,
          ...items.map((item) => cellOf(dictionary, item, one.facts[item.key]?.v)),
        ];
      }
      const last = page.at(-1);
      more = last !== undefined && page.length === perPage;
      if (last) after = [last.area, last.sort_key, last.id];
    }
    await record(tx, {
      action: 'export',
      id: entry,
      category: shape.key,
      area: range.lo,
      purpose,
      detail: `${count} rows for editing`,
    });
  }
  const columns: Column[] = [
    { title: words.key, width: 4, hidden: true },
    { title: words.area, width: 16 },
    { title: words.record, width: 26 },
    ...items.map((item) => ({
      title: item.label.zh,
      width: Math.max(12, item.label.zh.length * 2 + 4),
      open: true,
      choice: choiceOf(dictionary, item),
    })),
  ];
  const title = words.title(listWords.lists[shape.key]);
  const printed = { head: marks.join('  '), foot: `${title}  ${entry}` };
  const about = words.about.lines.map((line): Cell[] => [...line]);
  return [
    {
      name: title,
      columns,
      rows: rows(),
      mark: marks.join('  '),
      headed: true,
      locked: true,
      printed,
    },
    {
      name: words.about.sheet,
      columns: [
        { title: '', width: 14 },
        { title: '', width: 80 },
      ],
      rows: about,
      headed: false,
    },
  ];
}

const keyOf = (
  vault: Vault,
  shape: CategoryShape,
  tx: Tx,
  { id, version }: Held,
  entry: string,
): string => keyOfRow(vault, shape.key, tx.actor.account, { id, version, export: entry });
