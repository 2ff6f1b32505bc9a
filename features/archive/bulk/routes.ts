import multipart from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Actor } from '../../../server/database/actor.ts';
import { languageOf, Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { idempotencyKeyOf } from '../../../server/http/writing.ts';
import { newId } from '../../../server/ids.ts';
import { workbook } from '../../../server/spreadsheet/workbook.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import { ExportQuery, xlsx } from '../export/contract.ts';
import { words as listWords } from '../export/words.ts';
import { requirePurpose } from '../file.ts';
import { type ArchiveServices, deskOf, IdParams, plural } from '../routes/archive-services.ts';
import { marksFor } from '../watermark.ts';
import { inTurn, isRunning, keepRun } from './claimed.ts';
import {
  ApplyBulk,
  BulkPage,
  BulkQuery,
  BulkRead,
  type BulkRow,
  mostBulkBytes,
  mostBulkRows,
} from './contract.ts';
import { bulkKind } from './job.ts';
import { judge } from './read.ts';
import { reportSheet, rowsWith } from './report.ts';
import { appliedOf, type Bulk, bulkOf, keepBulk } from './store.ts';
import { editingSheets } from './take.ts';
import { bulkWords } from './words.ts';

const tags = ['exports'];
const workbookAnswer = (description: string) => ({
  description,
  content: { [xlsx]: { schema: { type: 'string', format: 'binary' } } },
});
const Upload = Type.Object({ file: Type.String({ format: 'binary' }) });

/** Many records edited by an Excel round trip: out, edited, in, looked at, applied. */
export function bulkRoutes(app: FastifyInstance, services: ArchiveServices): void {
  app.register(async (own) => {
    await own.register(multipart);
    for (const shape of Object.values(shapes)) {
      takeRoute(own, services, shape);
      readRoute(own, services, shape);
    }
    bulkRoute(own, services);
    applyRoute(own, services);
    reportRoute(own, services);
  });
}

function takeRoute(app: FastifyInstance, services: ArchiveServices, shape: CategoryShape): void {
  const { database, sessions, dictionary } = services;
  app.get(
    `${shape.path}/editing`,
    {
      schema: {
        operationId: `export${plural(shape.key)}ForEditing`,
        summary: 'The list as Excel to be edited and brought back; its keys are signed. On record',
        tags,
        querystring: ExportQuery,
        response: { 200: workbookAnswer('The workbook'), ...refusals('outside-scope') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', async (actor, session) => {
        const { purpose, ...filter } = request.query as Static<typeof ExportQuery>;
        requirePurpose(dictionary, purpose);
        const marks = marksFor({ actor, session, purpose }, dictionary);
        const entry = newId(actor.now.getTime());
        const title = bulkWords.title(listWords.lists[shape.key]);
        const taking = { shape, filter, purpose, marks, entry, most: mostBulkRows };
        const file = await database.withActor(
          actor,
          async (tx) =>
            Buffer.concat(
              await Array.fromAsync(
                workbook(await editingSheets(tx, await deskOf(services, actor), taking), title),
              ),
            ),
          { snapshot: true },
        );
        return sendFile(reply, xlsx, `${title}-${actor.day}.xlsx`, file);
      }),
  );
}

function readRoute(app: FastifyInstance, services: ArchiveServices, shape: CategoryShape): void {
  const { database, sessions, files } = services;
  app.post(
    `${shape.path}/editing`,
    {
      schema: {
        operationId: `read${plural(shape.key)}Edits`,
        summary: 'Read an edited workbook and compare it row by row; nothing is written yet',
        tags,
        form: Upload,
        response: {
          201: BulkRead,
          ...refusals('too-large', 'unsupported-type', 'no-space', 'unavailable'),
        },
      } as object,
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', async (actor) => {
        const content = await uploaded(request);
        const rows = await database.withActor(actor, async (tx) => {
          const judged = await judge(tx, await deskOf(services, actor), shape, content);
          await record(tx, {
            action: 'read_edits',
            category: shape.key,
            detail: `${judged.length} rows`,
          });
          return judged;
        });
        const id = newId(actor.now.getTime());
        const at = actor.now.toISOString();
        const own = { account: actor.account, post: actor.post?.id ?? '' };
        await keepBulk(files, id, { ...own, category: shape.key, at, rows });
        const answer = { id, category: shape.key, counts: countsOf(rows) };
        return reply.code(201).header('location', `/api/v1/edits/${id}`).send(answer);
      }),
  );
}

/** The one file of a form. @throws Problem unsupported-type, too-large, invalid */
async function uploaded(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) throw new Problem('unsupported-type');
  const part = await request.file({ limits: { files: 1, fields: 5, fileSize: mostBulkBytes } });
  if (!part)
    throw new Problem('invalid', {
      errors: [
        {
          field: 'file',
          code: 'required',
          message: { zh: '文件：请选择要上传的文件', en: 'file: choose the file to upload' },
        },
      ],
    });
  try {
    return await part.toBuffer();
  } catch (error) {
    if ((error as { code?: string }).code === 'FST_REQ_FILE_TOO_LARGE')
      throw new Problem('too-large', {
        detail: {
          zh: '文件超过 10 MB，请分批修改',
          en: 'The file has more than 10 MB; edit in parts',
        },
      });
    throw error;
  }
}

/**
 * What somebody brought. It lies in the store of files, which knows no posts: the gate is asked first, so that a post
 * that has just ended opens nothing.
 * @throws Problem not-found
 */
async function ownBulk(
  { database, files }: ArchiveServices,
  actor: Actor,
  id: string,
): Promise<Bulk> {
  await database.withActor(actor, async () => {});
  return bulkOf(files, actor, id);
}

function countsOf(rows: readonly { status: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

function bulkRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, files } = services;
  app.get(
    '/edits/:id',
    {
      schema: {
        operationId: 'getEdits',
        summary: 'What an edited workbook comes to, row by row, and what became of it; one’s own',
        tags,
        params: IdParams,
        querystring: BulkQuery,
        response: { 200: BulkPage },
      },
    },
    (request) =>
      acting(sessions, request, 'write-files', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { status, from = 0, limit = 50 } = request.query as Static<typeof BulkQuery>;
        const bulk = await ownBulk(services, actor, id);
        const applied = await appliedOf(files, id);
        const rows = rowsWith(bulk, applied, languageOf(request.headers['accept-language']));
        const wanted = status === undefined ? rows : rows.filter((row) => row.status === status);
        const items: BulkRow[] = wanted.slice(from, from + limit);
        return {
          id,
          category: bulk.category,
          counts: countsOf(rows),
          job: applied?.job ?? null,
          items,
          next: from + limit < wanted.length ? from + limit : null,
          total: wanted.length,
        };
      }),
  );
}

function applyRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, files, jobs, write } = services;
  app.post(
    '/edits/:id/application',
    {
      schema: {
        operationId: 'applyEdits',
        summary: 'Carry out the edits of a workbook, by a job, with one reason for all',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: ApplyBulk,
        response: {
          202: Type.Object({ job: Type.String({ format: 'uuid' }) }),
          ...refusals('conflict'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { reason } = request.body as Static<typeof ApplyBulk>;
        idempotencyKeyOf(request);
        const { rows } = await ownBulk(services, actor, id);
        const exports = [...new Set(rows.flatMap(({ export: taken }) => taken ?? []))];
        const kind = jobs.registry.kinds.get(bulkKind);
        if (!kind) throw new Error(`${bulkKind} is not registered`);
        return write(request, reply, actor, async (tx) => {
          await inTurn(tx);
          // Asked in this order: a job that ends meanwhile has told what it did before.
          if (await isRunning(tx, exports)) throw running();
          if (await appliedOf(files, id)) throw done();
          const job = await jobs.start(tx, kind, { id, reason });
          await keepRun(tx, job, exports);
          return { status: 202, body: { job }, location: `/api/v1/jobs/${job}` };
        });
      }),
  );
}

const running = (): Problem =>
  new Problem('conflict', {
    detail: {
      zh: '这份表正在写入，请等它完成（见“任务”）',
      en: 'This sheet is being carried out already; wait for it (see the jobs)',
    },
  });

const done = (): Problem =>
  new Problem('conflict', {
    detail: {
      zh: '这份表已经写入过，请重新导出再改',
      en: 'This workbook was carried out already; export it anew',
    },
  });

function reportRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, files, dictionaries } = services;
  app.get(
    '/edits/:id/report',
    {
      schema: {
        operationId: 'getEditsReport',
        summary: 'The report of a bulk edit as Excel, a line for each row; one’s own',
        tags,
        params: IdParams,
        response: { 200: workbookAnswer('The report') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', async (actor: Actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const bulk = await ownBulk(services, actor, id);
        const rows = rowsWith(bulk, await appliedOf(files, id), 'zh');
        const sheet = reportSheet(await dictionaries.of(actor), bulk, rows);
        const file = Buffer.concat(await Array.fromAsync(workbook([sheet], sheet.name)));
        return sendFile(reply, xlsx, `${sheet.name}-${actor.day}.xlsx`, file);
      }),
  );
}
