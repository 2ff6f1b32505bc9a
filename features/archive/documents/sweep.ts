import Type from 'typebox';
import { sql } from '../../../server/database/sql.ts';
import type { Files } from '../../../server/files/files.ts';
import { defineSystemJob } from '../../../server/jobs/kind.ts';
import { space } from './store.ts';

/** Younger files may belong to an upload that is under way. */
const spared = 86_400_000;
const atOnce = 500;

/**
 * Takes files away that no document names: of uploads whose process died between the store and the database.
 * It only ever removes what the database does not know a day after it was written.
 */
export function documentSweep(files: Files) {
  return defineSystemJob({
    kind: 'documents.sweep',
    label: { zh: '清理无主的文件', en: 'Sweep of files without a document' },
    input: Type.Object({}),
    cron: '50 3 * * *',
    start: { removed: 0 },
    async run({ read, state, step, check, now }) {
      const before = now().getTime() - spared;
      let removed = state.removed;
      let waiting = new Map<string, string[]>();
      const sweep = async (): Promise<void> => {
        const ids = [...waiting.keys()];
        const known = await read((tx) =>
          tx.rows(
            sql<{ files: string }>`select files from document where files = any (${ids}::uuid[])`,
          ),
        );
        for (const { files: id } of known) waiting.delete(id);
        await files.remove([...waiting.values()].flat());
        removed += waiting.size;
        waiting = new Map();
      };
      for await (const { key, at } of files.list(space)) {
        if (at.getTime() >= before) continue;
        const id = key.split('/')[1] ?? '';
        waiting.set(id, [...(waiting.get(id) ?? []), key]);
        if (waiting.size < atOnce) continue;
        await check();
        await sweep();
      }
      if (waiting.size > 0) await sweep();
      const done = await step(async () => ({ removed }));
      return {
        words: {
          zh: `清理 ${done.removed} 份无主文件`,
          en: `Removed the files of ${done.removed} uploads`,
        },
      };
    },
  });
}
