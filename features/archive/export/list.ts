import type { Actor, Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { aboutWords, takenSheets } from '../../../server/spreadsheet/taken.ts';
import type { Cell, Sheet } from '../../../server/spreadsheet/workbook.ts';
import { within } from '../../area/queries.ts';
import { record, recordHanding } from '../../audit/queries.ts';
import { besideNames, hiddenTags } from '../beside.ts';
import type { CategoryShape } from '../categories.ts';
import type { Dictionary } from '../dictionary.ts';
import { type Place, pageOf } from '../list.ts';
import { type ListedRow, present } from '../rows.ts';
import { columnsOf, takenTags, wordsOf } from './columns.ts';
import type { ExportFilter } from './contract.ts';
import { words } from './words.ts';

/** A list that leaves the house: which records, for what, under whose name. */
export interface Taking {
  shape: CategoryShape;
  filter: ExportFilter;
  purpose: string;
  /** Who, and under which post: the lines of the watermark. */
  marks: readonly string[];
  /** Id of the entry in the audit, which the sheet names. */
  entry: string;
  /** Rows at most. */
  most: number;
  /** Is told how many rows there are by now. */
  told?: (rows: number) => void;
}

const perPage = 500;

/**
 * The sheets of an exported list, rows read as they are written. Runs in a transaction with a snapshot; what was
 * taken is on record when the last row has been read.
 * @throws Problem outside-scope, forbidden for a tag that tells of sensitive items; invalid for too many rows
 */
export async function listSheets(tx: Tx, dictionary: Dictionary, taking: Taking): Promise<Sheet[]> {
  const { shape, filter, marks } = taking;
  requireTakenTag(tx.actor, dictionary, filter.tag);
  const range = within(tx.actor.scope ?? { lo: 0, hi: 0 }, filter.area);
  const asked = await filterWords(tx, dictionary, filter);
  const title = words.lists[shape.key];
  const columns = columnsOf(dictionary, shape.key);
  let count = 0;
  async function* rows(): AsyncGenerator<Cell[]> {
    const beside = besideNames(dictionary, tx.actor);
    for (let after: Place | undefined, more = true; more; ) {
      const page = await pageOf<ListedRow>(tx, shape, range, filter, after, perPage);
      count += page.length;
      if (count > taking.most) throw tooMany(taking.most);
      await recordHanding(tx, {
        action: 'export',
        category: shape.key,
        subjects: page.map(({ id }) => id),
        purpose: taking.purpose,
        detail: `list ${taking.entry}`,
      });
      for (const row of page) {
        const shown = present[shape.key](row as never, beside, tx.actor.day) as never;
        yield columns.map(({ cell }) => cell(shown));
      }
      taking.told?.(count);
      const last = page.at(-1);
      more = last !== undefined && page.length === perPage;
      if (last) after = [last.area, last.sort_key, last.id];
    }
    await record(tx, {
      action: 'export',
      id: taking.entry,
      category: shape.key,
      area: range.lo,
      purpose: taking.purpose,
      detail: `${count} rows; ${new URLSearchParams(asText(filter))}`.slice(0, 400),
    });
  }
  function* about(): Generator<Cell[]> {
    const purpose = dictionary.purposes.find(({ key }) => key === taking.purpose)?.label.zh ?? '';
    yield [aboutWords.who, marks[0] ?? ''];
    yield [aboutWords.at, words.minute(tx.actor.now)];
    yield [aboutWords.purpose, purpose];
    yield [aboutWords.list, title];
    yield [aboutWords.filter, asked];
    yield [aboutWords.count, count];
    yield [aboutWords.entry, taking.entry];
    yield [aboutWords.note, words.notice];
  }
  const list = { title, columns, rows: rows() };
  return takenSheets([list], { marks, entry: taking.entry, about: about() });
}

/** No list is taken out by a tag that tells of sensitive items. @throws Problem forbidden */
export function requireTakenTag(
  actor: Actor,
  dictionary: Dictionary,
  tag: string | undefined,
): void {
  if (tag === undefined) return;
  if (takenTags(dictionary).has(tag) && !hiddenTags(dictionary, actor).has(tag)) return;
  throw new Problem('forbidden', {
    detail: {
      zh: '这个标签涉及敏感信息，按此筛选的名单不能导出',
      en: 'This tag tells of sensitive items: no list is taken out by it',
    },
  });
}

/** Too many rows for one file: says what to do. */
export function tooMany(most: number): Problem {
  const zh = most.toLocaleString('zh-CN');
  const en = most.toLocaleString('en');
  return new Problem('invalid', {
    errors: [
      {
        field: 'area',
        code: 'too_many',
        message: {
          zh: `区域：超过 ${zh} 行，请选小一些的区域，或增加筛选条件`,
          en: `area: more than ${en} rows; choose a smaller area or filter further`,
        },
      },
    ],
  });
}

function asText(filter: ExportFilter): Record<string, string> {
  const given = Object.entries(filter).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, String(value)]));
}

async function filterWords(tx: Tx, dictionary: Dictionary, filter: ExportFilter): Promise<string> {
  const { filters: label } = words;
  const area =
    filter.area === undefined
      ? undefined
      : await tx.first(sql<{ name: string }>`select name from area where code = ${filter.area}`);
  const building =
    filter.building === undefined
      ? undefined
      : await tx.first(
          sql<{ name: string }>`select name from building where id = ${filter.building}`,
        );
  const tag = dictionary.tags.find(({ key }) => key === filter.tag)?.label.zh;
  const kind = wordsOf(dictionary, 'residence_kind')(filter.residenceKind ?? null);
  const parts = [
    area && `${label.area}：${area.name}`,
    building && `${label.building}：${building.name}`,
    tag && `${label.tag}：${tag}`,
    filter.missing && `${label.missing}：${missingLabel(dictionary, filter.missing)}`,
    filter.stale && label.stale,
    filter.incomplete && label.incomplete,
    (filter.ageFrom !== undefined || filter.ageTo !== undefined) &&
      label.age(filter.ageFrom, filter.ageTo),
    kind && `${label.residenceKind}：${kind}`,
  ].filter(Boolean);
  return parts.length > 0 ? parts.join('；') : label.none;
}

function missingLabel(dictionary: Dictionary, key: string): string {
  const items = Object.values(dictionary.categories).flatMap(({ items: own }) => own);
  return items.find((item) => item.key === key)?.label.zh ?? key;
}
