import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { binary, refusals, WritingHeaders } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { newId } from '../../../server/ids.ts';
import { workbook } from '../../../server/spreadsheet/workbook.ts';
import { AreaCode } from '../../area/contract.ts';
import { within } from '../../area/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import { requirePurpose } from '../file.ts';
import { type ArchiveServices, IdParams, plural } from '../routes/archive-services.ts';
import { marksFor } from '../watermark.ts';
import { bookPaper } from './book.ts';
import {
  CopyQuery,
  ExportQuery,
  ExportStarted,
  mostAtOnce,
  PrintQuery,
  StartExport,
  xlsx,
} from './contract.ts';
import { residentCopy } from './copy.ts';
import { householdPaper } from './household.ts';
import { exportKind } from './job.ts';
import { listSheets, requireTakenTag } from './list.ts';
import { madeFile } from './made.ts';
import { words } from './words.ts';

const tags = ['exports'];

/** What leaves the system: lists as Excel, files and books as PDF; each for a purpose, marked and on record. */
export function exportRoutes(app: FastifyInstance, services: ArchiveServices): void {
  for (const shape of Object.values(shapes)) listRoute(app, services, shape);
  largeRoutes(app, services);
  householdRoute(app, services);
  bookRoute(app, services);
  copyRoute(app, services);
}

function listRoute(app: FastifyInstance, services: ArchiveServices, shape: CategoryShape): void {
  const { database, sessions, dictionary, dictionaries } = services;
  app.get(
    `${shape.path}/export`,
    {
      schema: {
        operationId: `export${plural(shape.key)}`,
        summary:
          'The list as Excel, up to 5,000 rows at once; on record, for a purpose. No sensitive item is in it',
        tags,
        querystring: ExportQuery,
        response: { 200: binary(xlsx, 'The workbook'), ...refusals('outside-scope') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { purpose, ...filter } = request.query as Static<typeof ExportQuery>;
        requirePurpose(dictionary, purpose);
        const known = await dictionaries.of(actor);
        const marks = marksFor({ actor, session, purpose }, dictionary);
        const entry = newId(actor.now.getTime());
        const title = words.lists[shape.key];
        // Whole before the first byte is sent: what was taken is on record by then, and what fails is told.
        const file = await database.withActor(
          actor,
          async (tx) => {
            const taking = { shape, filter, purpose, marks, entry, most: mostAtOnce };
            const sheets = await listSheets(tx, known, taking);
            return Buffer.concat(await Array.fromAsync(workbook(sheets, title)));
          },
          { snapshot: true },
        );
        return sendFile(reply, xlsx, `${title}-${actor.day}.xlsx`, file);
      }),
  );
}

function largeRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions, dictionary, jobs, files, write } = services;
  app.post(
    '/exports',
    {
      schema: {
        operationId: 'startExport',
        summary: 'A long list to Excel, by a job; up to 200,000 rows. On record when it is made',
        tags,
        headers: WritingHeaders,
        body: StartExport,
        response: { 202: ExportStarted, ...refusals('outside-scope') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { category, filter, purpose } = request.body as Static<typeof StartExport>;
        requirePurpose(dictionary, purpose);
        requireTakenTag(actor, dictionary, filter.tag);
        within(actor.scope ?? { lo: 0, hi: 0 }, filter.area);
        const kind = jobs.registry.kinds.get(exportKind);
        if (!kind) throw new Error(`${exportKind} is not registered`);
        const marks = marksFor({ actor, session, purpose }, dictionary);
        return write(request, reply, actor, async (tx) => {
          const job = await jobs.start(tx, kind, { category, filter, purpose, marks });
          return { status: 202, body: { job }, location: `/api/v1/jobs/${job}` };
        });
      }),
  );

  app.get(
    '/exports/:id/file',
    {
      schema: {
        operationId: 'getExportFile',
        summary:
          'The workbook that a job made: for whoever started it, under the same post, within a day; on record',
        tags,
        params: IdParams,
        response: { 200: binary(xlsx, 'The workbook'), ...refusals('file-damaged') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { name, content } = await madeFile({ database, files, jobs }, actor, id);
        return sendFile(reply, xlsx, name, content);
      }),
  );
}

function householdRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, dictionary } = services;
  app.get(
    '/households/:id/file.pdf',
    {
      schema: {
        operationId: 'printHousehold',
        summary: 'The household’s file (一户一档) as PDF, as the acting post sees it; on record',
        tags,
        params: IdParams,
        querystring: PrintQuery,
        response: { 200: binary('application/pdf', 'The file') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { purpose } = request.query as Static<typeof PrintQuery>;
        requirePurpose(dictionary, purpose);
        const { name, pdf } = await householdPaper(services, { actor, session, id, purpose });
        return sendFile(reply, 'application/pdf', `${name}.pdf`, pdf);
      }),
  );
}

const AreaParams = Type.Object({ code: AreaCode });

function bookRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions, dictionary } = services;
  app.get(
    '/areas/:code/book.pdf',
    {
      schema: {
        operationId: 'printAreaBook',
        summary: 'The book of an area (一村一册) as PDF; on record',
        tags,
        params: AreaParams,
        querystring: PrintQuery,
        response: { 200: binary('application/pdf', 'The book'), ...refusals('outside-scope') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { code } = request.params as Static<typeof AreaParams>;
        const { purpose } = request.query as Static<typeof PrintQuery>;
        requirePurpose(dictionary, purpose);
        const { name, pdf } = await bookPaper(services, { actor, session, code, purpose });
        return sendFile(reply, 'application/pdf', `${name}.pdf`, pdf);
      }),
  );
}

function copyRoute(app: FastifyInstance, services: ArchiveServices): void {
  app.get(
    '/residents/:id/copy.pdf',
    {
      schema: {
        operationId: 'copyResident',
        summary:
          'A resident’s copy of the whole file (PIPL art. 45) as PDF; every sealed item is a reveal, on record',
        tags,
        params: IdParams,
        querystring: CopyQuery,
        response: { 200: binary('application/pdf', 'The copy') },
      },
    },
    (request, reply) =>
      acting(services.sessions, request, 'archive', async (actor, session) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { name, pdf } = await residentCopy(services, { actor, session, id });
        return sendFile(reply, 'application/pdf', `${name}.pdf`, pdf);
      }),
  );
}
