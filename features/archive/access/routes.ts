import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { binary } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { xlsxType } from '../../../server/spreadsheet/taken.ts';
import { record } from '../../audit/queries.ts';
import { readAccount } from '../../identity/accounts.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { ArchiveServices } from '../routes/archive-services.ts';
import { AccessOfAccount, AccessQuery, AccessToRecord, TakeAccess } from './contract.ts';
import { ofAccount, placeOf, postsOf, postsOver, reachOf, toRecord } from './explain.ts';
import { takeAccess } from './sheet.ts';

const tags = ['accounts'];
const AccountId = Type.Object({ id: Type.String({ format: 'uuid' }) });

/** Who can see this file, and why: for the security administrator, who sees nothing of it. */
export function accessRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions, dictionary } = services;
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

  app.post(
    '/access/export',
    {
      schema: {
        operationId: 'exportAccess',
        summary: 'Which accounts see a record, as Excel; on record, with the reason',
        tags,
        body: TakeAccess,
        response: { 200: binary(xlsxType, 'The workbook') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', async (actor, session) => {
        const { category, record: number, reason } = request.body as Static<typeof TakeAccess>;
        const { place, posts } = await database.withActor(actor, async (tx) => {
          const at = await placeOf(tx, category, number);
          return { place: at, posts: await postsOver(tx, at) };
        });
        const found = toRecord(place, posts, await reachOf(database, actor, place, posts));
        const label = dictionary.categories[category].label.zh;
        const file = await database.withActor(actor, async (tx) => {
          const { at } = await placeOf(tx, category, number);
          await record(tx, { action: 'explain_access', category, subject: number, area: at });
          return takeAccess(tx, session, found, { number, label, reason });
        });
        return sendFile(reply, xlsxType, `能看档案的人员-${actor.day}.xlsx`, file);
      }),
  );
}
