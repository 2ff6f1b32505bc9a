import type { Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { Problem, type Text } from '../../../server/errors.ts';
import { instantOfId } from '../../../server/ids.ts';
import { type Read, type ReadRow, readSheet } from '../../../server/spreadsheet/reader.ts';
import { dayOfSerial } from '../../../server/spreadsheet/workbook.ts';
import type { CategoryShape } from '../categories.ts';
import type { ItemValue } from '../contract.ts';
import type { Desk } from '../desk.ts';
import type { Item } from '../dictionary.ts';
import { entered, sourceOf } from '../entered.ts';
import { decideEdit, type FactValue, sameValue } from '../rules/facts.ts';
import { checkValue } from '../rules/value.ts';
import { type Claimed, claimedBy, markOf } from './claimed.ts';
import { itemsByBulk, rawOf } from './columns.ts';
import { type BulkRow, mostBulkRows, sheetDays } from './contract.ts';
import { type RowKey, readKey } from './key.ts';
import { type Held, heldOf } from './take.ts';
import { bulkWords as words } from './words.ts';

/** A row of the file with what it comes to; `version` is that of the export. */
export interface Judged extends Omit<BulkRow, 'outcome' | 'problems'> {
  version: number | null;
  export: string | null;
  /** Told in both languages: the reader's is known when it is looked at. */
  problems: { item: string | null; message: Text }[];
}

/** A row whose key is good, with the cell of each editable item. */
interface Named {
  row: number;
  key: RowKey;
  cells: Map<Item, Read>;
}

/**
 * Reads a file that `editingSheets` made and somebody edited, and compares it row by row with what is in force.
 * Nothing is written.
 * @throws UnreadableWorkbook; Problem invalid when its columns are not those of the export
 */
export async function judge(
  tx: Tx,
  desk: Desk,
  shape: CategoryShape,
  file: Buffer,
): Promise<Judged[]> {
  const sheet = readSheet(file, mostBulkRows + 3);
  const { columns, rows } = headed(desk, shape, tx, sheet);
  const judged: Judged[] = [];
  const named: Named[] = [];
  const seen = new Set<string>();
  for (const { at, cells } of rows) {
    const key = readKey(desk.vault, shape.key, tx.actor.account, cells[0]);
    const fault = faultOf(tx, key, seen);
    if (!key || fault) {
      judged.push(refused(at, cells, fault ?? words.problems.key));
      continue;
    }
    seen.add(key.id);
    named.push({
      row: at,
      key,
      cells: new Map(columns.map(([item, c]) => [item, cells[c] ?? null])),
    });
  }
  const held = new Map(
    (await heldOf(tx, shape, [...seen])).map((one): [string, Held] => [one.id, one]),
  );
  const claimed = await claimedBy(tx, [...new Set(named.map(({ key }) => key.export))], [...seen]);
  for (const one of named) {
    const current = held.get(one.key.id);
    judged.push(
      current
        ? judgeRow(tx, desk, one, current, claimed)
        : refused(one.row, [], words.problems.unseen),
    );
  }
  return judged.sort((a, b) => a.row - b.row);
}

/** Why a row is not taken at all. */
function faultOf(tx: Tx, key: RowKey | null, seen: ReadonlySet<string>): Text | null {
  if (key === null) return words.problems.key;
  if (seen.has(key.id)) return words.problems.twice;
  const age = tx.actor.now.getTime() - instantOfId(key.export);
  return age > sheetDays * 86_400_000 ? words.problems.old(sheetDays) : null;
}

function refused(row: number, cells: readonly Read[], message: Text): Judged {
  const title = typeof cells[2] === 'string' ? cells[2].slice(0, 60) : '';
  const problems = [{ item: null, message }];
  return {
    row,
    id: null,
    version: null,
    export: null,
    title,
    status: 'refused',
    changes: [],
    problems,
  };
}

/** Finds the headings: the line with the key's name, below the watermark. */
function headed(desk: Desk, shape: CategoryShape, tx: Tx, sheet: readonly ReadRow[]) {
  const at = sheet.slice(0, 5).findIndex(({ cells }) => cells[0] === words.key);
  if (at < 0) throw foreign();
  const items = itemsByBulk(desk.dictionary, shape.key, tx.actor);
  const columns = (sheet[at]?.cells ?? []).flatMap((title, column): [Item, number][] => {
    const item = items.find(({ label }) => label.zh === title);
    return item ? [[item, column]] : [];
  });
  if (columns.length === 0) throw foreign();
  const rows = sheet.slice(at + 1);
  if (rows.length > mostBulkRows) throw tooLong();
  return { columns, rows };
}

function judgeRow(
  tx: Tx,
  { dictionary, vault }: Desk,
  { row, key, cells }: Named,
  current: Held,
  claimed: Claimed,
): Judged {
  const changes: Judged['changes'] = [];
  const problems: Judged['problems'] = [];
  for (const [item, cell] of cells) {
    if (typeof cell === 'object' && cell !== null) {
      problems.push({ item: item.key, message: words.problems.formula(item.label) });
      continue;
    }
    const checked = checkValue(
      item,
      rawOf(dictionary, item, cell, dayOfSerial),
      dictionary,
      tx.actor.day,
    );
    if (!checked.ok) {
      problems.push({ item: item.key, message: checked.message });
      continue;
    }
    const fact = current.facts[item.key];
    const before: FactValue = fact?.v ?? null;
    if (sameValue(before, checked.value)) continue;
    const proposed = entered(tx, checked.value, tx.actor.day, sourceOf(tx, item.source));
    const claim = decideEdit(item, fact, proposed) === 'conflict';
    // This very sheet has said so before.
    if (claim && claimed.has(markOf(vault, key, item.key, checked.value))) continue;
    changes.push({ item: item.key, before, after: checked.value, claim });
  }
  const { id, version } = key;
  const judged = { row, id, version, export: key.export, title: current.title, changes, problems };
  return { ...judged, status: statusOf(judged, current.version) };
}

function statusOf(
  { changes, problems, version }: Omit<Judged, 'status'>,
  now: number,
): Judged['status'] {
  if (problems.length > 0) return 'faulty';
  if (changes.length === 0) return 'same';
  if (version !== now) return 'moved';
  return changes.some(({ claim }) => claim) ? 'claim' : 'changed';
}

/** What a row changes, as `editRecord` takes it. */
export function itemsOf({
  changes,
}: Pick<Judged, 'changes'>): Record<string, Static<typeof ItemValue>> {
  return Object.fromEntries(changes.map(({ item, after }) => [item, after]));
}

const foreign = (): Problem =>
  new Problem('invalid', {
    errors: [
      {
        field: 'file',
        code: 'foreign',
        message: {
          zh: '文件：不是本类档案导出的批量修改表，请先导出，再在那张表上修改',
          en: 'file: not a sheet exported here for editing; export one first and edit that',
        },
      },
    ],
  });

const tooLong = (): Problem =>
  new Problem('invalid', {
    errors: [
      {
        field: 'file',
        code: 'rows',
        message: {
          zh: `文件：超过 ${mostBulkRows.toLocaleString('zh-CN')} 行，请分批修改`,
          en: `file: more than ${mostBulkRows.toLocaleString('en')} rows; edit in parts`,
        },
      },
    ],
  });
