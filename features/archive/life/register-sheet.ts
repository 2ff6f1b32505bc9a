import type { Tx } from '../../../server/database/actor.ts';
import { aboutWords, takenSheets } from '../../../server/spreadsheet/taken.ts';
import type { Cell, Sheet } from '../../../server/spreadsheet/workbook.ts';
import { within } from '../../area/queries.ts';
import { record, recordHanding } from '../../audit/queries.ts';
import type { Dictionary } from '../dictionary.ts';
import { tooMany } from '../export/list.ts';
import { words as listWords } from '../export/words.ts';
import type { EventFilter, LifeEvent } from './contract.ts';
import { eventsOf } from './events.ts';

/** What stands in the sheet: Chinese, as on every paper that leaves the house. */
export const registerWords = {
  title: '出入登记',
  columns: [
    '发生日期',
    '事项',
    '姓名',
    '去向或来源',
    '凭证',
    '凭证号码或说明',
    '登记人',
    '登记时间',
    '状态',
  ],
  widths: [13, 12, 24, 24, 16, 22, 12, 18, 10],
  kinds: {
    birth: '出生',
    death: '死亡',
    move_in: '迁入',
    move_out: '迁出',
    marriage: '结婚',
    divorce: '离婚',
    join_household: '并户',
    split_household: '分户',
    change_head: '变更户主',
    change_grid: '调整网格',
    correct_event: '撤销登记',
  } as Record<string, string>,
  cancelled: '已撤销',
  gone: '（已移交或删除）',
  filter: (from = '', to = '') => `${from || '最早'} 至 ${to || '今天'}`,
};

const perPage = 500;

/** Which acts are taken out, for what, under whose name. */
interface Taking {
  filter: EventFilter;
  purpose: string;
  marks: readonly string[];
  entry: string;
  most: number;
}

/**
 * The register as sheets. Acts that tell of a sensitive item leave in no list: who married is not in it (DOMAIN.md,
 * section 6). On record for everybody named.
 * @throws Problem outside-scope; invalid for too many rows
 */
export async function registerSheets(
  tx: Tx,
  dictionary: Dictionary,
  { filter, purpose, marks, entry, most }: Taking,
): Promise<Sheet[]> {
  const range = within(tx.actor.scope ?? { lo: 0, hi: 0 }, filter.area);
  const rows: Cell[][] = [];
  let before: readonly [string, string] | undefined;
  for (;;) {
    const page = await eventsOf(tx, range, filter, before, perPage);
    const plain = page.filter(({ kind }) => kind !== 'marriage' && kind !== 'divorce');
    const subjects = plain.flatMap(({ residents }) => residents.map(({ id }) => id));
    const handing = { action: 'export', category: 'resident', subjects, purpose } as const;
    await recordHanding(tx, { ...handing, detail: `register ${entry}` });
    rows.push(...plain.map((event) => lineOf(dictionary, event)));
    if (rows.length > most) throw tooMany(most);
    const last = page.at(-1);
    if (!last || page.length < perPage) break;
    before = [last.day, last.id];
  }
  await record(tx, {
    action: 'export',
    id: entry,
    category: 'resident',
    area: range.lo,
    purpose,
    detail: `${rows.length} acts of life`,
  });
  const { title } = registerWords;
  const reason = dictionary.purposes.find(({ key }) => key === purpose)?.label.zh ?? '';
  const columns = registerWords.columns.map((heading, i) => ({
    title: heading,
    width: registerWords.widths[i] ?? 14,
  }));
  const about: Cell[][] = [
    [aboutWords.who, marks[0] ?? ''],
    [aboutWords.at, listWords.minute(tx.actor.now)],
    [aboutWords.purpose, reason],
    [aboutWords.list, title],
    [aboutWords.filter, registerWords.filter(filter.from, filter.to)],
    [aboutWords.count, rows.length],
    [aboutWords.entry, entry],
    [aboutWords.note, listWords.notice],
  ];
  return takenSheets([{ title, columns, rows }], { marks, entry, about });
}

function lineOf(dictionary: Dictionary, event: LifeEvent): Cell[] {
  const { toName, place } = event.details as { toName?: string; place?: string };
  const proofs = dictionary.codes.life_proof?.codes ?? [];
  return [
    { day: event.day },
    registerWords.kinds[event.kind] ?? event.kind,
    event.residents.map(({ name }) => name ?? registerWords.gone).join('、'),
    toName ?? place ?? null,
    proofs.find(({ code }) => code === event.proof)?.zh ?? event.proof,
    event.proofNote,
    event.actor,
    listWords.minute(new Date(event.at)),
    event.cancelled ? registerWords.cancelled : null,
  ];
}
