import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { WritingHeaders } from '../../../server/http/described.ts';
import { record } from '../../audit/queries.ts';
import { readAccount } from '../accounts.ts';
import { EndPost, NewPost } from '../contract.ts';
import { acting } from '../gatekeeper.ts';
import { addPost, dayBefore, endPost } from '../posts.ts';
import type { Services } from '../services.ts';
import { AccountId } from './accounts.ts';

const tags = ['accounts'];
const Made = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** Posts given and ended by the security administrator. */
export function postRoutes(app: FastifyInstance, { sessions, write }: Services): void {
  app.post(
    '/accounts/:id/posts',
    {
      schema: {
        operationId: 'addPost',
        summary: 'Give an account a post',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        body: NewPost,
        response: { 201: Made },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof AccountId>;
          await readAccount(tx, id);
          const post = await addPost(tx, id, request.body as NewPost);
          await record(tx, { action: 'add_post', subject: id });
          return { status: 201, body: { id: post } };
        }),
      ),
  );

  app.post(
    '/posts/:id/end',
    {
      schema: {
        operationId: 'endPost',
        summary: 'Set a post’s last day; without one, it ended yesterday',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        body: EndPost,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof AccountId>;
          const { until } = request.body as Static<typeof EndPost>;
          if (!(await endPost(tx, id, until ?? dayBefore(actor.day))))
            throw new Problem('not-found');
          await record(tx, { action: 'end_post', subject: id });
          return { status: 204 };
        }),
      ),
  );
}
