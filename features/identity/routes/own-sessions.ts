import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { record } from '../../audit/queries.ts';
import { OwnSessions } from '../contract.ts';
import { acting, cookieName } from '../gatekeeper.ts';
import { endOtherSessions, endSession, ownSessions } from '../own-sessions.ts';
import type { Services } from '../services.ts';

const tags = ['session'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** 我的登录: where one is signed in, and ending it there. */
export function ownSessionRoutes(app: FastifyInstance, { database, sessions }: Services): void {
  app.get(
    '/sessions',
    {
      schema: {
        operationId: 'listSessions',
        summary: 'Where one is signed in',
        tags,
        response: { 200: OwnSessions },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', (actor, session) =>
        database.withActor(actor, async (tx) => ({ items: await ownSessions(tx, session.id) })),
      ),
  );

  app.delete(
    '/sessions/:id',
    {
      schema: {
        operationId: 'endSession',
        summary: 'End one of one’s sessions',
        tags,
        params: Id,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'signed-in', async (actor, session) => {
        const { id } = request.params as Static<typeof Id>;
        await database.withActor(actor, async (tx) => {
          if (!(await endSession(tx, id))) throw new Problem('not-found');
          await record(tx, { action: 'end_session' });
        });
        if (id === session.id) {
          sessions.forget(session.tokenHash);
          reply.clearCookie(cookieName, { path: '/' });
        }
        return reply.code(204).send();
      }),
  );

  app.delete(
    '/sessions/others',
    {
      schema: {
        operationId: 'endOtherSessions',
        summary: 'End all of one’s sessions but this one',
        tags,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'signed-in', async (actor, session) => {
        await database.withActor(actor, async (tx) => {
          await endOtherSessions(tx, session.id);
          await record(tx, { action: 'end_other_sessions' });
        });
        return reply.code(204).send();
      }),
  );
}
