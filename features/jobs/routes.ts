import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Actor } from '../../server/database/actor.ts';
import { languageOf } from '../../server/errors.ts';
import { refusals, WritingHeaders } from '../../server/http/described.ts';
import type { JobAct } from '../../server/jobs/states.ts';
import { record } from '../audit/queries.ts';
import { acting } from '../identity/gatekeeper.ts';
import type { Services } from '../identity/services.ts';
import { Job, JobPage, JobQuery } from './contract.ts';
import { act, type JobRow, jobById, listJobs } from './queries.ts';
import { viewOf } from './view.ts';

const tags = ['jobs'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });

const actRoutes = [
  ['pause', 'Pause a job; a running one pauses after its step'],
  ['resume', 'Resume a paused or failed job from where it stood, or take back a pause'],
  ['cancel', 'Cancel a job; what it has done so far stays'],
] as const satisfies [JobAct, string][];

/** Long work: what runs, how far it is, and the ways to hold it. */
export function jobRoutes(
  app: FastifyInstance,
  { database, sessions, cursors, write, jobs }: Services,
): void {
  const view = (request: FastifyRequest, actor: Actor, row: JobRow): Job =>
    viewOf(jobs, row, actor.account, languageOf(request.headers['accept-language']), actor.now);

  app.get(
    '/jobs',
    {
      schema: {
        operationId: 'listJobs',
        summary: 'Jobs, newest first: one’s own; all in the area for a system administrator',
        tags,
        querystring: JobQuery,
        response: { 200: JobPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { cursor, limit = 20, mine, live } = request.query as Static<typeof JobQuery>;
        const before = cursor === undefined ? undefined : String(cursors.read('jobs', cursor)[0]);
        const rows = await database.withActor(actor, (tx) =>
          listJobs(tx, { mine, live, before, limit }),
        );
        const last = rows.at(-1);
        return {
          items: rows.map((row) => view(request, actor, row)),
          next: last && rows.length === limit ? cursors.write('jobs', [last.id]) : null,
          total: null,
        };
      }),
  );

  app.get(
    '/jobs/:id',
    {
      schema: {
        operationId: 'getJob',
        summary: 'One job',
        tags,
        params: Id,
        response: { 200: Job, ...refusals('not-found') },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { id } = request.params as Static<typeof Id>;
        return view(request, actor, await database.withActor(actor, (tx) => jobById(tx, id)));
      }),
  );

  for (const [what, summary] of actRoutes) {
    app.post(
      `/jobs/:id/${what}`,
      {
        schema: {
          operationId: `${what}Job`,
          summary,
          tags,
          params: Id,
          headers: WritingHeaders,
          response: { 200: Job, ...refusals('not-found', 'conflict') },
        },
      },
      (request, reply) =>
        acting(sessions, request, 'signed-in', (actor) =>
          write(request, reply, actor, async (tx) => {
            const { id } = request.params as Static<typeof Id>;
            await act(tx, id, what);
            await record(tx, { action: `${what}_job`, subject: id });
            return { status: 200, body: view(request, actor, await jobById(tx, id)) };
          }),
        ),
    );
  }
}
