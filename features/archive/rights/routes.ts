import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { idempotencyKeyOf } from '../../../server/http/writing.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { discard } from '../documents/store.ts';
import { requirePurpose } from '../file.ts';
import { type ArchiveServices, deskHeld, deskOf, IdParams } from '../routes/archive-services.ts';
import {
  Asked,
  CopyQuery,
  CorrectionQuery,
  CorrectionView,
  Decided,
  Decision,
  NewCorrection,
  NewDeletion,
  ResidentCopy,
  RightsList,
  RightsQuery,
  type RightsRules,
} from './contract.ts';
import { copyResident } from './copy.ts';
import { askCorrection, correctionOf, decideCorrection, showCorrection } from './corrections.ts';
import { askDeletion, decideDeletion, deletionOf } from './deletions.ts';
import { subjectsOf } from './erase.ts';
import { requestsOf } from './requests.ts';
import { retentionRoute } from './retention/route.ts';
import { mayAskDeletion, mayCopy, mayDecideDeletion } from './who.ts';
import { withdrawCorrection, withdrawDeletion } from './withdrawals.ts';

const tags = ['rights'];
const idOf = (request: { params: unknown }): string => (request.params as { id: string }).id;

/** What a resident may ask of the archive: a copy, correction, deletion (PIPL art. 45–47). */
export function rightsRoutes(
  app: FastifyInstance,
  services: ArchiveServices,
  rules: RightsRules,
): void {
  copyRoute(app, services);
  listRoute(app, services);
  correctionRoutes(app, services, rules);
  deletionRoutes(app, services, rules);
  retentionRoute(app, services);
}

function copyRoute(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions } = services;
  app.get(
    '/residents/:id/copy',
    {
      schema: {
        operationId: 'copyResidentAsData',
        summary: 'The whole file, sealed items too, for the resident to take along; on record',
        tags,
        params: IdParams,
        querystring: CopyQuery,
        response: { 200: ResidentCopy },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const id = idOf(request);
        if (!mayCopy(actor)) throw new Problem('forbidden');
        const desk = await deskOf(services, actor);
        const copy = await database.withActor(actor, (tx) => copyResident(tx, desk, id), {
          subjects: [id],
        });
        reply.header('content-disposition', `attachment; filename="resident-${id}.json"`);
        return copy;
      }),
  );
}

function listRoute(app: FastifyInstance, { database, sessions }: ArchiveServices): void {
  app.get(
    '/rights-requests',
    {
      schema: {
        operationId: 'listRightsRequests',
        summary:
          'Applications to correct or delete, the soonest due first; nothing of what they say',
        tags,
        querystring: RightsQuery,
        response: { 200: RightsList },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor): Promise<RightsList> => {
        const query = request.query as Static<typeof RightsQuery>;
        const { items } = await database.readTogether<{
          items: Awaited<ReturnType<typeof requestsOf>>;
        }>(actor, (tx) => ({ items: requestsOf(tx, query) }));
        return {
          items,
          next: null,
          total: items.length,
          abilities: {
            copy: mayCopy(actor),
            correct: actor.write.length > 0,
            askDeletion: mayAskDeletion(actor),
          },
        };
      }),
  );
}

function correctionRoutes(
  app: FastifyInstance,
  services: ArchiveServices,
  rules: RightsRules,
): void {
  const { database, sessions, dictionary, write } = services;

  app.post(
    '/residents/:id/corrections',
    {
      schema: {
        operationId: 'askCorrection',
        summary: 'A resident applies to have an item corrected (PIPL art. 46)',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: NewCorrection,
        response: { 201: Asked },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        if (actor.write.length === 0) throw new Problem('forbidden');
        return write(request, reply, actor, async (tx) => ({
          status: 201,
          body: await askCorrection(
            tx,
            await deskHeld(services, tx),
            rules,
            idOf(request),
            request.body as NewCorrection,
          ),
        }));
      }),
  );

  app.get(
    '/corrections/:id',
    {
      schema: {
        operationId: 'getCorrection',
        summary: 'What an application to correct says; on record, of a sealed item for a purpose',
        tags,
        params: IdParams,
        querystring: CorrectionQuery,
        response: { 200: CorrectionView },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const id = idOf(request);
        const { purpose } = request.query as Static<typeof CorrectionQuery>;
        const { subject, item_group } = await database.withActor(actor, (tx) =>
          correctionOf(tx, id),
        );
        if (!actor.open.includes(item_group)) requirePurpose(dictionary, purpose);
        return database.withActor(actor, (tx) => showCorrection(tx, services, id, purpose), {
          subjects: [subject],
        });
      }),
  );

  app.post(
    '/corrections/:id/decision',
    {
      schema: {
        operationId: 'decideCorrection',
        summary: 'Carry a correction out, or refuse it with a reason',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: Decision,
        response: { 200: Decided, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const id = idOf(request);
        if (actor.write.length === 0) throw new Problem('forbidden');
        // What is wrong with the call is said before anything is looked up.
        idempotencyKeyOf(request);
        const { subject } = await database.withActor(actor, (tx) => correctionOf(tx, id));
        return write(
          request,
          reply,
          actor,
          async (tx) => ({
            status: 200,
            body: await decideCorrection(
              tx,
              await deskHeld(services, tx),
              id,
              request.body as Decision,
            ),
          }),
          { subjects: [subject] },
        );
      }),
  );

  app.post(
    '/corrections/:id/withdrawal',
    {
      schema: {
        operationId: 'withdrawCorrection',
        summary: 'Take back an open application to correct that one put on record oneself',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        if (actor.write.length === 0) throw new Problem('forbidden');
        return write(request, reply, actor, async (tx) => {
          await withdrawCorrection(tx, idOf(request));
          return { status: 204 };
        });
      }),
  );
}

function deletionRoutes(app: FastifyInstance, services: ArchiveServices, rules: RightsRules): void {
  const { database, sessions, files, write } = services;

  app.post(
    '/residents/:id/deletion',
    {
      schema: {
        operationId: 'askDeletion',
        summary: 'A file is to be deleted (PIPL art. 47): the village’s step',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: NewDeletion,
        response: { 201: Asked, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        if (!mayAskDeletion(actor)) throw new Problem('forbidden');
        return write(request, reply, actor, async (tx) => ({
          status: 201,
          body: await askDeletion(tx, rules, idOf(request), request.body as NewDeletion),
        }));
      }),
  );

  app.post(
    '/deletions/:id/decision',
    {
      schema: {
        operationId: 'decideDeletion',
        summary:
          'Delete the file, or refuse with a reason: the township’s step, by a second person',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: Decision,
        response: { 200: Decided, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const id = idOf(request);
        if (!mayDecideDeletion(actor)) throw new Problem('forbidden');
        idempotencyKeyOf(request);
        const subjects = await database.withActor(actor, async (tx) => {
          const { county, subject } = await deletionOf(tx, id);
          return subjectsOf(tx, county, subject);
        });
        let left: { id: string; pages: number }[] = [];
        await write(
          request,
          reply,
          actor,
          async (tx) => {
            const { decided, files: gone } = await decideDeletion(
              tx,
              await deskHeld(services, tx),
              id,
              request.body as Decision,
            );
            left = gone;
            return { status: 200, body: decided };
          },
          { subjects },
        );
        // After the commit; what fails here is swept the next night (documents.sweep).
        for (const one of left) await discard(files, one.id, one.pages);
        return reply;
      }),
  );

  app.post(
    '/deletions/:id/withdrawal',
    {
      schema: {
        operationId: 'withdrawDeletion',
        summary: 'Take back an open application to delete that one put on record oneself',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        if (actor.write.length === 0) throw new Problem('forbidden');
        return write(request, reply, actor, async (tx) => {
          await withdrawDeletion(tx, idOf(request));
          return { status: 204 };
        });
      }),
  );
}
