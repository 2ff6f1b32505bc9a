import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { record } from '../../audit/queries.ts';
import { readAccount } from '../../identity/accounts.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import { AccessOfAccount, AccessQuery, AccessToRecord } from './contract.ts';
import { ofAccount, placeOf, postsOf, postsOver, reachOf, toRecord } from './explain.ts';

const tags = ['accounts'];
const AccountId = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** Who can see this file, and why: for the security administrator, who sees nothing of it. */
export function accessRoutes(app: FastifyInstance, { database, sessions }: Services): void {
  app.get(
    '/accounts/:id/access',
    {
      schema: {
        operationId: 'explainAccess',
        summary: 'Why an account sees a record, or does not: by post and group of items',
        tags,
        params: AccountId,
        querystring: AccessQuery,
        response: { 200: AccessOfAccount },
      },
    },
    (request) =>
      acting(sessions, request, 'security', async (actor) => {
        const { id } = request.params as Static<typeof AccountId>;
        const { category, record: asked } = request.query as Static<typeof AccessQuery>;
        const { account, place, posts } = await database.withActor(actor, async (tx) => {
          const found = {
            account: await readAccount(tx, id),
            place: await placeOf(tx, category, asked),
            posts: await postsOf(tx, id),
          };
          await record(tx, {
            action: 'explain_access',
            category,
            subject: asked,
            area: found.place.at,
          });
          return found;
        });
        const { username, name, active } = account;
        const reached = await reachOf(database, actor, place, posts);
        return ofAccount({ id, username, name, active }, place, posts, reached);
      }),
  );

  app.get(
    '/access',
    {
      schema: {
        operationId: 'listAccess',
        summary: 'Which accounts see a record, and what of it',
        tags,
        querystring: AccessQuery,
        response: { 200: AccessToRecord },
      },
    },
    (request) =>
      acting(sessions, request, 'security', async (actor) => {
        const { category, record: asked } = request.query as Static<typeof AccessQuery>;
        const { place, posts } = await database.withActor(actor, async (tx) => {
          const at = await placeOf(tx, category, asked);
          await record(tx, { action: 'explain_access', category, subject: asked, area: at.at });
          return { place: at, posts: await postsOver(tx, at) };
        });
        return toRecord(place, posts, await reachOf(database, actor, place, posts));
      }),
  );
}
