import multipart from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { idempotencyKeyOf } from '../../../server/http/writing.ts';
import { recordOpening } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import { FileQuery } from '../contract.ts';
import { documentCategories } from '../dictionary.ts';
import { needsPurpose, requirePurpose } from '../file.ts';
import { type ArchiveServices, IdParams, singular } from '../routes/archive-services.ts';
import { addDocument } from './add.ts';
import {
  DocumentAdded,
  DocumentList,
  DocumentPageParams,
  DocumentParams,
  DocumentQuery,
  DocumentUpload,
  DownloadQuery,
  RetireDocument,
} from './contract.ts';
import { documentOf, documentsOf, placeOf, viewsOf } from './queries.ts';
import { type Received, receive } from './receive.ts';
import { retireDocument } from './retire.ts';
import { requireUploadable, uploadable, visible } from './rights.ts';
import { showPage, showThumbnail, takeCopy } from './show.ts';
import { discard } from './store.ts';

const tags = ['documents'];
const binary = (type: string, description: string) => ({
  description,
  content: { [type]: { schema: { type: 'string', format: 'binary' } } },
});

/** Documents of residents, households and housing. The reader of forms is in force for these routes alone. */
export function documentRoutes(app: FastifyInstance, services: ArchiveServices): void {
  app.register(async (own) => {
    await own.register(multipart);
    for (const category of documentCategories) {
      listRoute(own, services, shapes[category]);
      uploadRoute(own, services, shapes[category]);
    }
    showRoutes(own, services);
    retireRoute(own, services);
  });
}

function listRoute(app: FastifyInstance, services: ArchiveServices, shape: CategoryShape): void {
  const { database, sessions, dictionary } = services;
  app.get(
    `${shape.path}/:id/documents`,
    {
      schema: {
        operationId: `list${singular(shape.key)}Documents`,
        summary:
          'Documents of the record with all their versions, and which are missing; on record',
        tags,
        params: IdParams,
        querystring: FileQuery,
        response: { 200: DocumentList },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor): Promise<DocumentList> => {
        const { id } = request.params as Static<typeof IdParams>;
        const { purpose } = request.query as Static<typeof FileQuery>;
        if (needsPurpose(actor)) requirePurpose(dictionary, purpose);
        const { rows, looked } = await database.readTogether<{
          rows: Awaited<ReturnType<typeof documentsOf>>;
          looked: number;
        }>(
          actor,
          (tx) => ({
            rows: documentsOf(tx, id),
            looked: recordOpening(tx, shape.key, id, purpose, 'open_documents'),
          }),
          { subjects: [id] },
        );
        if (looked === 0) throw new Problem('not-found');
        const items = viewsOf(rows, actor);
        const there = new Set(items.filter(({ current }) => current).map(({ kind }) => kind));
        return {
          items,
          next: null,
          total: items.length,
          missing: visible(dictionary, shape, actor)
            .filter(({ key, wanted }) => wanted && !there.has(key))
            .map(({ key }) => key),
          upload: uploadable(dictionary, shape, actor).map(({ key }) => key),
        };
      }),
  );
}

function uploadRoute(app: FastifyInstance, services: ArchiveServices, shape: CategoryShape): void {
  const { database, sessions, dictionary, files, write } = services;
  app.post(
    `${shape.path}/:id/documents`,
    {
      schema: {
        operationId: `add${singular(shape.key)}Document`,
        summary: 'Upload a document or its next version: fields first, then the file',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        form: DocumentUpload,
        response: {
          201: DocumentAdded,
          ...refusals('conflict', 'too-large', 'unsupported-type', 'no-space', 'unavailable'),
        },
      } as object,
    },
    async (request, reply) => {
      const { id } = request.params as Static<typeof IdParams>;
      let received: Received | undefined;
      let kept = false;
      try {
        return await acting(sessions, request, 'archive', async (actor) => {
          if (uploadable(dictionary, shape, actor).length === 0) throw new Problem('forbidden');
          idempotencyKeyOf(request);
          if (!request.isMultipart()) throw new Problem('unsupported-type');
          // Who may not, or where there is no such record, is told before the file is read.
          await database.withActor(actor, (tx) => placeOf(tx, shape, id));
          const kindOf = (key: string) => requireUploadable(dictionary, shape, actor, key);
          // The body can be read once: when the session turns out to be stale afterwards, it is here already.
          received ??= await receive(request, reply, files, kindOf);
          const { form, original } = received;
          const content = received;
          kindOf(form.kind);
          // What a replay with the same key is compared by.
          request.body = { ...form, file: original.sha256.toString('hex') };
          return write(
            request,
            reply,
            actor,
            async (tx) => {
              const body = await addDocument(tx, shape, id, content);
              kept = true;
              return { status: 201, body, location: `/api/v1/documents/${body.id}/pages/1` };
            },
            { subjects: [id] },
          );
        });
      } finally {
        // A replay is answered from its receipt: the files that came with it belong to no document. Where the
        // row was written but its commit is in doubt, they stay; the sweep finds out.
        if (received && !kept) await discard(files, received.files, received.pages.length);
      }
    },
  );
}

function showRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { sessions } = services;
  app.get(
    '/documents/:id/pages/:page',
    {
      schema: {
        operationId: 'showDocumentPage',
        summary: 'A page as a picture with a watermark; on record. Sealed groups need a purpose',
        tags,
        params: DocumentPageParams,
        querystring: DocumentQuery,
        response: {
          200: binary('image/jpeg', 'The page'),
          ...refusals('purpose-required', 'file-damaged'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { id, page } = request.params as Static<typeof DocumentPageParams>;
        const { purpose } = request.query as Static<typeof DocumentQuery>;
        const picture = await showPage(services, { actor, session, id, purpose }, page);
        return reply.type('image/jpeg').send(picture);
      }),
  );

  app.get(
    '/documents/:id/thumbnail',
    {
      schema: {
        operationId: 'showDocumentThumbnail',
        summary: 'A small picture of the first page, where the group is open to the role',
        tags,
        params: DocumentParams,
        response: { 200: binary('image/jpeg', 'The thumbnail'), ...refusals('file-damaged') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { id } = request.params as Static<typeof DocumentParams>;
        const picture = await showThumbnail(services, { actor, session, id, purpose: undefined });
        return reply.type('image/jpeg').send(picture);
      }),
  );

  app.get(
    '/documents/:id/file',
    {
      schema: {
        operationId: 'downloadDocument',
        summary: 'A copy as PDF, every page a picture with a watermark; on record, for a purpose',
        tags,
        params: DocumentParams,
        querystring: DownloadQuery,
        response: { 200: binary('application/pdf', 'The copy'), ...refusals('file-damaged') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { id } = request.params as Static<typeof DocumentParams>;
        const { purpose } = request.query as Static<typeof DownloadQuery>;
        const { pdf, name } = await takeCopy(services, { actor, session, id, purpose });
        return reply
          .type('application/pdf')
          .header(
            'content-disposition',
            `attachment; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(name)}.pdf`,
          )
          .send(pdf);
      }),
  );
}

function retireRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions, write } = services;
  app.post(
    '/documents/:id/retirement',
    {
      schema: {
        operationId: 'retireDocument',
        summary: 'Take a document out of use, with all its versions; they stay readable',
        tags,
        params: DocumentParams,
        headers: WritingHeaders,
        body: RetireDocument,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        if (actor.write.length === 0) throw new Problem('forbidden');
        idempotencyKeyOf(request);
        const { id } = request.params as Static<typeof DocumentParams>;
        const { reason } = request.body as Static<typeof RetireDocument>;
        const { subject } = await database.withActor(actor, (tx) => documentOf(tx, id), {
          subjects: [id],
        });
        return write(
          request,
          reply,
          actor,
          async (tx) => {
            await retireDocument(tx, id, reason);
            return { status: 204 };
          },
          { subjects: [subject] },
        );
      }),
  );
}
