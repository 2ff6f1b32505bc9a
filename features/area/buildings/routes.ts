import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { EditingHeaders, refusals, WritingHeaders } from '../../../server/http/described.ts';
import { versionOf } from '../../../server/http/writing.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import { rangeOf, within } from '../queries.ts';
import {
  Building,
  BuildingFile,
  BuildingWritten,
  EditBuilding,
  NewBuilding,
  RetireBuilding,
} from './contract.ts';
import { addBuilding, buildingFile, editBuilding, listBuildings, retireBuilding } from './store.ts';

const tags = ['areas'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Code = Type.Object({
  code: Type.String({ pattern: '^\\d{12}(\\d{3})?$', description: 'Code of a village or grid' }),
});
const ListQuery = Type.Object({
  retired: Type.Optional(Type.Boolean({ description: 'Those that stand no more as well' })),
});

/** Buildings and compounds under a grid. */
export function buildingRoutes(
  app: FastifyInstance,
  { database, sessions, write }: Services,
): void {
  app.get(
    '/areas/:code/buildings',
    {
      schema: {
        operationId: 'listBuildings',
        summary:
          'Buildings and compounds of a grid or village, with their dwellings and households',
        tags,
        params: Code,
        querystring: ListQuery,
        response: {
          200: Type.Object({ items: Type.Array(Building) }),
          ...refusals('outside-scope'),
        },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { code } = request.params as Static<typeof Code>;
        const { retired = false } = request.query as Static<typeof ListQuery>;
        within(actor.scope ?? { lo: 0, hi: 0 }, code);
        return database.readTogether(actor, (tx) => ({
          items: listBuildings(tx, rangeOf(code), retired),
        }));
      }),
  );

  app.get(
    '/buildings/:id',
    {
      schema: {
        operationId: 'getBuilding',
        summary: 'A building or compound with its history',
        tags,
        params: Id,
        response: { 200: BuildingFile },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof Id>;
        const file = await database.withActor(actor, (tx) => buildingFile(tx, id));
        reply.header('etag', `"${file.version}"`);
        return file;
      }),
  );

  app.post(
    '/buildings',
    {
      schema: {
        operationId: 'addBuilding',
        summary: 'Add a building or compound to a grid',
        tags,
        headers: WritingHeaders,
        body: NewBuilding,
        response: { 201: BuildingWritten, ...refusals('outside-scope') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const id = await addBuilding(tx, request.body as NewBuilding);
          return {
            status: 201,
            body: { id, version: 1 },
            version: 1,
            location: `/api/v1/buildings/${id}`,
          };
        }),
      ),
  );

  app.patch(
    '/buildings/:id',
    {
      schema: {
        operationId: 'editBuilding',
        summary: 'Edit a building or compound; If-Match holds the version read',
        tags,
        params: Id,
        headers: EditingHeaders,
        body: EditBuilding,
        response: {
          200: BuildingWritten,
          ...refusals('conflict', 'lost-update', 'version-needed'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) => {
        const { id } = request.params as Static<typeof Id>;
        const version = versionOf(request);
        return write(request, reply, actor, async (tx) => {
          const next = await editBuilding(tx, id, version, request.body as EditBuilding);
          return { status: 200, body: { id, version: next }, version: next };
        });
      }),
  );

  app.post(
    '/buildings/:id/retirement',
    {
      schema: {
        operationId: 'retireBuilding',
        summary: 'End a building or compound that no dwelling names; it stays in the history',
        tags,
        params: Id,
        headers: EditingHeaders,
        body: RetireBuilding,
        response: {
          200: BuildingWritten,
          ...refusals('conflict', 'lost-update', 'version-needed'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) => {
        const { id } = request.params as Static<typeof Id>;
        const version = versionOf(request);
        return write(request, reply, actor, async (tx) => {
          const next = await retireBuilding(tx, id, version, request.body as RetireBuilding);
          return { status: 200, body: { id, version: next }, version: next };
        });
      }),
  );
}
