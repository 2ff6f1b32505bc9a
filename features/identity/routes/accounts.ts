import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { binary, refusals, WritingHeaders } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { xlsxType } from '../../../server/spreadsheet/taken.ts';
import { record } from '../../audit/queries.ts';
import { takeAccounts } from '../account-list.ts';
import { addAccount, countAccounts, listAccounts } from '../accounts.ts';
import { AccountPage, AccountQuery, MadeAccount, NewAccount, TakeAccounts } from '../contract.ts';
import { acting } from '../gatekeeper.ts';
import { hashOneTimePassword, hashPassword } from '../passwords.ts';
import { newOneTimePassword } from '../rules/one-time.ts';
import { passwordFault } from '../rules/password.ts';
import type { Services } from '../services.ts';

const tags = ['accounts'];

/** The security administrator's list of accounts, and new ones. */
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
        querystring: AccountQuery,
        response: { 200: AccountPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) => {
        const { cursor, limit = 50, ...filter } = request.query as AccountQuery;
        const after = cursor === undefined ? '' : String(cursors.read('accounts', cursor)[0]);
        return database.withActor(actor, async (tx) => {
          if (cursor === undefined) await record(tx, { action: 'read_accounts' });
          const items = await listAccounts(tx, filter, after, limit);
          const last = items.at(-1);
          return {
            items,
            next:
              last && items.length === limit ? cursors.write('accounts', [last.username]) : null,
            total: cursor === undefined ? await countAccounts(tx, filter) : null,
          };
        });
      }),
  );

  app.post(
    '/accounts/export',
    {
      schema: {
        operationId: 'exportAccounts',
        summary: 'The list of accounts as Excel, a row for each post; on record, with the reason',
        tags,
        body: TakeAccounts,
        response: { 200: binary(xlsxType, 'The workbook') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', async (actor, session) => {
        const { reason, ...filter } = request.body as Static<typeof TakeAccounts>;
        const file = await database.withActor(
          actor,
          (tx) => takeAccounts(tx, session, filter, reason),
          { snapshot: true },
        );
        return sendFile(reply, xlsxType, `账号列表-${actor.day}.xlsx`, file);
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
        response: { 201: MadeAccount, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', async (actor) => {
        const wanted = request.body as Static<typeof NewAccount>;
        const made = wanted.password === undefined ? newOneTimePassword() : undefined;
        const hash = await hashFirstPassword(wanted, made);
        return write(request, reply, actor, async (tx) => {
          const id = await addAccount(tx, wanted, hash);
          await record(tx, { action: 'add_account', subject: id });
          return { status: 201, body: { id, ...(made ? { password: made } : {}) } };
        });
      }),
  );
}

function hashFirstPassword(
  { username, password = '' }: Static<typeof NewAccount>,
  made: string | undefined,
): Promise<string> {
  if (made !== undefined) return hashOneTimePassword(made);
  const fault = passwordFault(password, username);
  if (fault) throw new Problem('invalid', { errors: [{ field: 'password', ...fault }] });
  return hashPassword(password);
}

/** Parameters of routes on one account. */
export const AccountId = Type.Object({ id: Type.String({ format: 'uuid' }) });
