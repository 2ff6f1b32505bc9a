import type { Cell, Column, Sheet } from './workbook.ts';

/** The media type of a workbook. */
export const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A list in a workbook that leaves the house. */
export interface TakenList {
  title: string;
  columns: readonly Column[];
  rows: Sheet['rows'];
}

/** Names of the lines of the last sheet. Always Chinese: it is read by whoever finds the copy. */
export const aboutWords = {
  sheet: '说明',
  who: '导出人',
  at: '导出时间',
  purpose: '用途',
  reason: '导出原因',
  list: '名单',
  filter: '筛选条件',
  count: '行数',
  entry: '审计编号',
  note: '注意',
} as const;

/**
 * Lists as sheets that leave the house: on each printed page, and faintly above the headings, who took them out; at
 * the end a sheet that says what this is.
 * @param about its lines, read last, when the rows have been counted
 */
export function takenSheets(
  lists: readonly TakenList[],
  {
    marks,
    entry,
    about,
  }: { marks: readonly string[]; entry: string; about: Iterable<readonly Cell[]> },
): Sheet[] {
  const mark = marks.join('  ');
  const printedOf = (title: string) => ({ head: mark, foot: `${title}  ${entry}` });
  return [
    ...lists.map(
      ({ title, columns, rows }): Sheet => ({
        name: title,
        columns,
        rows,
        mark,
        headed: true,
        printed: printedOf(title),
      }),
    ),
    {
      name: aboutWords.sheet,
      columns: [
        { title: '', width: 14 },
        { title: '', width: 80 },
      ],
      rows: about,
      headed: false,
      printed: printedOf(lists[0]?.title ?? ''),
    },
  ];
}
