import Type from 'typebox';
import { sql } from '../../../server/database/sql.ts';
import type { Files } from '../../../server/files/files.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import { sheetDays } from '../bulk/contract.ts';
import { bulkSpace } from '../bulk/store.ts';
import { keptHours } from './contract.ts';
import { exportSpace } from './job.ts';

/** Removes what jobs made once nobody may fetch it any more. */
export function exportSweep(files: Files) {
  return defineSystemJob({
    kind: 'exports.sweep',
    label: { zh: '删除过期的导出文件', en: 'Removal of exported files after their time' },
    input: Type.Object({}),
    cron: '40 4 * * *',
    start: { removed: 0 },
    async run({ state, step, check, now }) {
      const before = now().getTime() - keptHours * 3_600_000;
      let { removed } = state;
      for (const space of [exportSpace, bulkSpace]) {
        for await (const { key, at } of files.list(space)) {
          if (at.getTime() >= before) continue;
          await check();
          await files.remove([key]);
          removed += 1;
        }
      }
      const past = new Date(now().getTime() - sheetDays * 86_400_000);
      const done = await step(async (tx) => {
        await tx.count(sql`delete from bulk_claim where at < ${past}`);
        return { removed };
      });
      return {
        words: { zh: `删除 ${done.removed} 个文件`, en: `Removed ${done.removed} files` },
      };
    },
  });
}
