import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../server/errors.ts';
import { refusals, WritingHeaders } from '../../server/http/described.ts';
import { record } from '../audit/queries.ts';
import { addAccount, addPost, endPost, listAccounts, setActive } from './accounts.ts';
import { AccountPage, EndPost, NewAccount, NewPost } from './contract.ts';
import { acting } from './gatekeeper.ts';
import { hashPassword } from './passwords.ts';
import type { Services } from './services.ts';

const tags = ['accounts'];
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Made = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Query = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});
const Active = Type.Object({ active: Type.Boolean() });

/** The security administrator's desk: accounts, and posts with start and end. */
export function accountRoutes(
  app: FastifyInstance,
  { database, sessions, cursors, write }: Services,
): void {
  app.get(
    '/accounts',
    {
      schema: {
        operationId: 'listAccounts',
        summary: 'Accounts and their posts',
        tags,
        querystring: Query,
        response: { 200: AccountPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'security', async (actor) => {
        const { cursor, limit = 50 } = request.query as Static<typeof Query>;
        const after = cursor === undefined ? '' : String(cursors.read('accounts', cursor)[0]);
        const items = await database.withActor(actor, async (tx) => {
          if (cursor === undefined) await record(tx, { action: 'read_accounts' });
          return listAccounts(tx, after, limit);
        });
        const last = items.at(-1);
        return {
          items,
          next: last && items.length === limit ? cursors.write('accounts', [last.username]) : null,
          total: null,
        };
      }),
  );

  app.post(
    '/accounts',
    {
      schema: {
        operationId: 'addAccount',
        summary: 'Make an account; it opens nothing until it holds a post',
        tags,
        headers: WritingHeaders,
        body: NewAccount,
        response: { 201: Made, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', async (actor) => {
        const wanted = request.body as Static<typeof NewAccount>;
        const hash = await hashPassword(wanted.password);
        return write(request, reply, actor, async (tx) => {
          const id = await addAccount(tx, wanted, hash);
          await record(tx, { action: 'add_account', subject: id });
          return { status: 201, body: { id } };
        });
      }),
  );

  app.patch(
    '/accounts/:id',
    {
      schema: {
        operationId: 'setAccountActive',
        summary: 'Withdraw or restore an account',
        tags,
        params: Id,
        headers: WritingHeaders,
        body: Active,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof Id>;
          const { active } = request.body as Static<typeof Active>;
          if (!(await setActive(tx, id, active))) throw new Problem('not-found');
          await record(tx, {
            action: active ? 'restore_account' : 'withdraw_account',
            subject: id,
          });
          return { status: 204 };
        }),
      ),
  );

  app.post(
    '/accounts/:id/posts',
    {
      schema: {
        operationId: 'addPost',
        summary: 'Give an account a post',
        tags,
        params: Id,
        headers: WritingHeaders,
        body: NewPost,
        response: { 201: Made },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof Id>;
          const [account] = await listAccounts(tx, '', 1, id);
          if (!account) throw new Problem('not-found');
          const post = await addPost(tx, id, request.body as Static<typeof NewPost>);
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
        params: Id,
        headers: WritingHeaders,
        body: EndPost,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof Id>;
          const { until } = request.body as Static<typeof EndPost>;
          if (!(await endPost(tx, id, until ?? dayBefore(actor.day))))
            throw new Problem('not-found');
          await record(tx, { action: 'end_post', subject: id });
          return { status: 204 };
        }),
      ),
  );
}

function dayBefore(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
