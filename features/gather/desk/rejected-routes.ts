import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { newId } from '../../../server/ids.ts';
import { xlsx } from '../../archive/export/contract.ts';
import { words as exportWords } from '../../archive/export/words.ts';
import { requirePurpose } from '../../archive/file.ts';
import { marksFor } from '../../archive/watermark.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { BatchParams, mostRejected, RejectedQuery } from '../contract.ts';
import type { Profile } from '../rows.ts';
import { batchInSight } from './batches.ts';
import { ownProfile } from './profiles.ts';
import { faultyRows } from './reasons.ts';
import { rejectedFile } from './rejected.ts';
import type { DeskServices } from './services.ts';

const csvType = 'text/csv; charset=utf-8';
const binary = { schema: { type: 'string', format: 'binary' } };

/** Rows with faults leave the house as they came, for their department alone. */
export function rejectedRoutes(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, files, dictionary } = services;
  app.get(
    '/gather/batches/:number/rejected',
    {
      schema: {
        operationId: 'takeRejectedRows',
        summary:
          'Rows that were set aside, or of which cells were not taken, as they came, with the reason; for a purpose, on record',
        tags: ['gather'],
        params: BatchParams,
        querystring: RejectedQuery,
        response: {
          200: { description: 'The rows', content: { [xlsx]: binary, [csvType]: binary } },
          ...refusals('not-found'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'gather', async (actor, session) => {
        const { number } = request.params as Static<typeof BatchParams>;
        const {
          format,
          what = 'all',
          code,
          purpose,
        } = request.query as Static<typeof RejectedQuery>;
        requirePurpose(dictionary, purpose);
        const marks = marksFor({ actor, session, purpose }, dictionary);
        const entry = newId(actor.now.getTime());
        const found = await database.withActor(actor, async (tx) => {
          const { profile, file_key } = await batchToRead(tx, services, number);
          const rows = await faultyRows(tx, number, { what, code }, mostRejected + 1);
          if (rows.length === 0) throw nothing();
          if (rows.length > mostRejected) throw tooMany();
          const detail =
            `batch ${number}: ${rows.length} rows as they came; ${what} ${code ?? ''}`.trim();
          await record(tx, { action: 'export', id: entry, purpose, detail });
          return { profile, fileKey: file_key, rows };
        });
        const title = `第 ${number} 批未采用`;
        const content = await rejectedFile(files, {
          ...found,
          title,
          marks,
          entry,
          format,
          purpose: dictionary.purposes.find(({ key }) => key === purpose)?.label.zh ?? purpose,
          at: exportWords.minute(actor.now),
        });
        const name = `${title}-${actor.day}.${format}`;
        return sendFile(reply, format === 'csv' ? csvType : xlsx, name, content);
      }),
  );
}

async function batchToRead(
  tx: Tx,
  { shipped, dictionary }: DeskServices,
  number: number,
): Promise<{ profile: Profile; file_key: string }> {
  const { profile: name } = await batchInSight(tx, number);
  const profile =
    shipped.find(({ key }) => key === name) ?? (await ownProfile(tx, name, dictionary));
  const found = await tx.first(
    sql<{ file_key: string }>`select file_key from gather_batch where number = ${number}`,
  );
  if (!profile || !found) throw new Problem('not-found');
  return { profile, file_key: found.file_key };
}

const nothing = (): Problem =>
  new Problem('not-found', {
    detail: {
      zh: '没有这样的行：这个批次没有未采用的内容，或不是这个原因',
      en: 'There are no such rows: nothing of the batch was left out, or not for this reason',
    },
  });

const tooMany = (): Problem =>
  new Problem('invalid', {
    errors: [
      {
        field: 'code',
        code: 'too_many',
        message: {
          zh: `原因：超过 ${mostRejected.toLocaleString('zh-CN')} 行，请按一种原因下载，或检查方案后重新归集`,
          en: `code: more than ${mostRejected.toLocaleString('en')} rows; take one reason alone, or check the profile and gather again`,
        },
      },
    ],
  });
