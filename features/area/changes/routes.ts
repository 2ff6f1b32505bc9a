import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import { AreaCode } from '../contract.ts';
import { rangeOf } from '../queries.ts';
import { listChanges, makeChange, previewChange, resumeChange } from './apply.ts';
import {
  AreaChange,
  AreaChangeAsked,
  AreaChangeMade,
  AreaThen,
  ChangePreview,
} from './contract.ts';
import { areasThen } from './past.ts';

const tags = ['areas'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const ThenQuery = Type.Object({
  q: Type.String({
    minLength: 2,
    maxLength: 60,
    description: 'A code, or a part of a name, old or new',
  }),
  on: Type.Optional(Type.String({ format: 'date', description: 'Day; today unless said' })),
});

/** Changes of the tree: tried out, made, looked up. */
export function areaChangeRoutes(
  app: FastifyInstance,
  { database, sessions, write, jobs }: Services,
): void {
  app.post(
    '/areas/changes/preview',
    {
      schema: {
        operationId: 'previewAreaChange',
        summary: 'What a change of the tree would do: codes, records, posts; nothing is changed',
        tags,
        body: Type.Object({ change: AreaChange }),
        response: { 200: ChangePreview, ...refusals('outside-scope', 'conflict') },
      },
    },
    (request) =>
      acting(sessions, request, 'areas', (actor) =>
        database.withActor(actor, async (tx) => {
          const { change } = request.body as { change: AreaChange };
          return (await previewChange(tx, change)).preview;
        }),
      ),
  );

  app.post(
    '/areas/changes',
    {
      schema: {
        operationId: 'changeAreas',
        summary: 'Change the tree of areas; records get their new codes by a job',
        tags,
        headers: WritingHeaders,
        body: AreaChangeAsked,
        response: {
          201: Type.Object({ id: Type.String(), job: Type.Union([Type.String(), Type.Null()]) }),
          ...refusals('outside-scope', 'conflict'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'areas', (actor) =>
        write(request, reply, actor, async (tx) => {
          const asked = request.body as Static<typeof AreaChangeAsked>;
          return { status: 201, body: await makeChange(tx, jobs, asked) };
        }),
      ),
  );

  app.post(
    '/areas/changes/:id/resume',
    {
      schema: {
        operationId: 'resumeAreaChange',
        summary: 'Go on with a change whose job was cancelled or given up',
        tags,
        params: Id,
        headers: WritingHeaders,
        response: { 201: Type.Object({ job: Type.String() }) },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'areas', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof Id>;
          return { status: 201, body: { job: await resumeChange(tx, jobs, id) } };
        }),
      ),
  );

  app.get(
    '/areas/changes',
    {
      schema: {
        operationId: 'listAreaChanges',
        summary: 'Changes that touched an area or what lies in it, newest first',
        tags,
        querystring: Type.Object({ area: Type.Optional(AreaCode) }),
        response: { 200: Type.Object({ items: Type.Array(AreaChangeMade) }) },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        if (!actor.post) throw new Problem('no-post');
        const { area } = request.query as { area?: string };
        const range = area === undefined ? actor.post : rangeOf(area);
        return database.readTogether(actor, (tx) => ({ items: listChanges(tx, range) }));
      }),
  );

  app.get(
    '/areas/then',
    {
      schema: {
        operationId: 'findAreasThen',
        summary: 'Areas by an old or new name or code, as they stood on a day, and where they went',
        tags,
        querystring: ThenQuery,
        response: { 200: Type.Object({ items: Type.Array(AreaThen) }) },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { q, on } = request.query as Static<typeof ThenQuery>;
        return database.readTogether(actor, (tx) => ({
          items: areasThen(tx, q.trim(), on ?? actor.day),
        }));
      }),
  );
}
