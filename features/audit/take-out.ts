import { minuteOf } from '../../server/clock.ts';
import type { Tx } from '../../server/database/actor.ts';
import { newId } from '../../server/ids.ts';
import { aboutWords, type TakenList, takenSheets } from '../../server/spreadsheet/taken.ts';
import { type Cell, workbook } from '../../server/spreadsheet/workbook.ts';
import { marksOf } from '../identity/marks.ts';
import type { Session } from '../identity/sessions.ts';
import type { ListKey } from './contract.ts';
import { record } from './queries.ts';

/** A list of the house's own matters, none of residents, that is taken out. */
export interface TakingOut {
  list: ListKey;
  /** What the file is called. */
  title: string;
  session: Session;
  reason: string;
  /** The filters in words. */
  filter: string;
  /** What only the reading tells: that the list was cut off. Read when the rows have been. */
  remark?: () => string | null;
}

/**
 * Such a list as an Excel file: marked with who took it out and why, and on record, in the transaction that read it,
 * before its first byte is sent. Lists of residents go by a purpose of the catalogue instead (features/archive/export).
 */
export async function takeOut(
  tx: Tx,
  { list, title, session, reason, filter, remark }: TakingOut,
  lists: readonly TakenList[],
): Promise<Buffer> {
  const entry = newId(tx.actor.now.getTime());
  const why = reason.trim();
  const marks = marksOf(tx.actor, session, `：${why}`);
  let count = 0;
  const counted = lists.map((one, at) => (at > 0 ? one : { ...one, rows: counting(one.rows) }));
  async function* counting(rows: TakenList['rows']): AsyncGenerator<readonly Cell[]> {
    for await (const row of rows) {
      count += 1;
      yield row;
    }
  }
  function* about(): Generator<Cell[]> {
    yield [aboutWords.who, marks[0] ?? ''];
    yield [aboutWords.at, minuteOf(tx.actor.now)];
    yield [aboutWords.reason, why];
    yield [aboutWords.list, title];
    yield [aboutWords.filter, filter || '无'];
    yield [aboutWords.count, count];
    yield [aboutWords.entry, entry];
    const more = remark?.();
    yield [aboutWords.note, `${more ? `${more}\n` : ''}${notice}`];
  }
  const sheets = takenSheets(counted, { marks, entry, about: about() });
  const file = Buffer.concat(await Array.fromAsync(workbook(sheets, title)));
  await record(tx, {
    action: 'take_list',
    id: entry,
    item: list,
    detail: `${why}（${count} 行${filter ? `；${filter}` : ''}）`.slice(0, 400),
  });
  return file;
}

const notice = '本表仅限上述用途使用，不得公开；用后删除。本次导出已记录。';
