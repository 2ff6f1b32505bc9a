import Type from 'typebox';
import type { Files } from '../../../server/files/files.ts';
import { newId } from '../../../server/ids.ts';
import { defineJob } from '../../../server/jobs/kind.ts';
import { workbook } from '../../../server/spreadsheet/workbook.ts';
import { countyOf } from '../../area/queries.ts';
import { shapes } from '../categories.ts';
import { CategoryKey } from '../contract.ts';
import type { Desk } from '../desk.ts';
import { dictionariesFor } from '../items/county-dictionaries.ts';
import { ExportFilter, keptHours, mostRows } from './contract.ts';
import { listSheets } from './list.ts';
import { words } from './words.ts';

export const exportKind = 'archive.export';
/** Where files that jobs made lie, sealed, until the sweep. */
export const exportSpace = 'exports';
export const exportKey = (job: string): string => `${exportSpace}/${job}/file`;

/**
 * A long list to Excel. All of it is read in one snapshot by one transaction, which also puts it on record; one that
 * dies begins anew, and leaves a second record of what it read.
 */
export function exportJob(files: Files, { dictionary }: Desk) {
  return defineJob({
    kind: exportKind,
    label: { zh: '导出名单', en: 'Export of a list' },
    input: Type.Object({
      category: CategoryKey,
      filter: ExportFilter,
      purpose: Type.String(),
      marks: Type.Array(Type.String()),
    }),
    stages: { reading: { zh: '读取并写入表格', en: 'Reading and writing' } },
    start: { rows: -1 },
    long: true,
    async run({ id, input, state, read, step, check, progress }) {
      const shape = shapes[input.category];
      const title = words.lists[shape.key];
      let { rows } = state;
      if (rows < 0) {
        await check();
        rows = 0;
        await read(
          async (tx) => {
            const county = countyOf(tx.actor.scope?.lo ?? 0);
            const dictionaryOf = await dictionariesFor(tx, dictionary, []);
            const sheets = await listSheets(tx, dictionaryOf(county), {
              ...input,
              shape,
              entry: newId(tx.actor.now.getTime()),
              most: mostRows,
              told: (count) => {
                rows = count;
                progress(count, null, 'reading');
              },
            });
            await files.put(exportKey(id), workbook(sheets, title));
          },
          { snapshot: true },
        );
        await step(async () => ({ rows }));
      }
      return {
        words: {
          zh: `${title}，共 ${rows.toLocaleString('zh-CN')} 行，${keptHours} 小时内可下载`,
          en: `${rows.toLocaleString('en')} rows of ${shape.key}; kept for ${keptHours} hours`,
        },
        link: `/api/v1/exports/${id}/file`,
      };
    },
  });
}
