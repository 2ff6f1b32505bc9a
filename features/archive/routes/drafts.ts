import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { Draft, DraftKey, SaveDraft } from '../contract.ts';
import { dropDraft, readDraft, saveDraft } from '../drafts.ts';
import type { ArchiveServices } from './archive-services.ts';

const tags = ['drafts'];

/** Forms not yet handed in; only their writer sees them. */
export function draftRoutes(
  app: FastifyInstance,
  { database, sessions, vault }: ArchiveServices,
): void {
  app.get(
    '/drafts/:key',
    {
      schema: {
        operationId: 'getDraft',
        summary: 'One’s own draft',
        tags,
        params: DraftKey,
        response: { 200: Draft },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const draft = await database.withActor(actor, (tx) =>
          readDraft(tx, vault, (request.params as Static<typeof DraftKey>).key),
        );
        if (!draft) throw new Problem('not-found');
        return draft;
      }),
  );

  app.put(
    '/drafts/:key',
    {
      schema: {
        operationId: 'saveDraft',
        summary: 'Save one’s own draft',
        tags,
        params: DraftKey,
        body: SaveDraft,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { body } = request.body as Static<typeof SaveDraft>;
        await database.withActor(actor, (tx) =>
          saveDraft(tx, vault, (request.params as Static<typeof DraftKey>).key, body),
        );
        return reply.code(204).send();
      }),
  );

  app.delete(
    '/drafts/:key',
    {
      schema: {
        operationId: 'dropDraft',
        summary: 'Throw a draft away',
        tags,
        params: DraftKey,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        await database.withActor(actor, (tx) =>
          dropDraft(tx, (request.params as Static<typeof DraftKey>).key),
        );
        return reply.code(204).send();
      }),
  );
}
