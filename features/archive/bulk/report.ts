import type { Language } from '../../../server/errors.ts';
import type { Cell, Sheet } from '../../../server/spreadsheet/workbook.ts';
import type { Dictionary } from '../dictionary.ts';
import { cellOf } from './columns.ts';
import type { BulkRow } from './contract.ts';
import { outcomes } from './job.ts';
import type { Applied, Bulk } from './store.ts';
import { bulkWords as words } from './words.ts';

/** The rows of a file with what became of them. */
export function rowsWith(bulk: Bulk, applied: Applied | undefined, language: Language): BulkRow[] {
  return bulk.rows.map(({ version: _version, export: _export, problems, ...row }, at) => {
    const letter = (applied?.outcomes[at] ?? '-') as keyof typeof outcomes;
    const told = problems.map(({ item, message }) => ({ item, message: message[language] }));
    return { ...row, problems: told, outcome: outcomes[letter] };
  });
}

/** The report of a bulk edit: a line for each row, with its result. */
export function reportSheet(dictionary: Dictionary, bulk: Bulk, rows: readonly BulkRow[]): Sheet {
  const { report, results } = words;
  const text = (item: string, value: BulkRow['changes'][number]['after']): string => {
    const known = dictionary.item(bulk.category, item);
    const cell = known ? cellOf(dictionary, known, value as never) : null;
    if (cell === null) return '（空）';
    return typeof cell === 'object' ? cell.day : String(cell);
  };
  const label = (item: string): string => dictionary.item(bulk.category, item)?.label.zh ?? item;
  return {
    name: report.title,
    headed: true,
    columns: [
      { title: report.row, width: 8 },
      { title: report.record, width: 28 },
      { title: report.result, width: 24 },
      { title: report.changes, width: 60 },
      { title: report.problems, width: 40 },
    ],
    rows: rows.map((row): Cell[] => [
      row.row,
      row.title,
      results[(row.outcome ?? row.status) as keyof typeof results] ?? row.status,
      row.changes
        .map(
          ({ item, before, after }) =>
            `${label(item)}：${text(item, before)} → ${text(item, after)}`,
        )
        .join('；') || null,
      row.problems.map(({ message }) => message).join('；') || null,
    ]),
  };
}
