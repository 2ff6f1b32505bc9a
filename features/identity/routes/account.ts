import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import type { Answer } from '../../../server/http/writing.ts';
import { record } from '../../audit/queries.ts';
import {
  accountInCharge,
  readAccount,
  releaseSubject,
  rename,
  resetFactor,
  resetPassword,
  setActive,
  unlock,
} from '../accounts.ts';
import { Account, ChangeAccount, OneTimePassword, ReleaseSubject } from '../contract.ts';
import { acting } from '../gatekeeper.ts';
import { hashOneTimePassword } from '../passwords.ts';
import { newOneTimePassword } from '../rules/one-time.ts';
import type { Services } from '../services.ts';
import { AccountId } from './accounts.ts';

const tags = ['accounts'];

/** One account under the security administrator's hand. */
export function oneAccountRoutes(app: FastifyInstance, services: Services): void {
  const { database, sessions, write } = services;

  const change = (
    request: FastifyRequest,
    reply: FastifyReply,
    work: (tx: Tx, account: Account) => Promise<Answer>,
    prepare?: () => Promise<void>,
  ): Promise<FastifyReply> =>
    acting(sessions, request, 'security', async (actor) => {
      await prepare?.();
      return write(request, reply, actor, async (tx) => {
        const { id } = request.params as Static<typeof AccountId>;
        return work(tx, await accountInCharge(tx, id));
      });
    });

  app.get(
    '/accounts/:id',
    {
      schema: {
        operationId: 'getAccount',
        summary: 'One account with its posts, past and future ones too',
        tags,
        params: AccountId,
        response: { 200: Account },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) => {
        const { id } = request.params as Static<typeof AccountId>;
        return database.withActor(actor, async (tx) => {
          const account = await readAccount(tx, id);
          await record(tx, { action: 'read_accounts', subject: id });
          return account;
        });
      }),
  );

  app.patch(
    '/accounts/:id',
    {
      schema: {
        operationId: 'changeAccount',
        summary: 'Withdraw or restore an account, or correct the name',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        body: ChangeAccount,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      change(request, reply, async (tx, account) => {
        const { active, name } = request.body as Static<typeof ChangeAccount>;
        if (name !== undefined && name.trim() !== account.name) {
          await rename(tx, account.id, name);
          await record(tx, { action: 'rename_account', subject: account.id });
        }
        if (active !== undefined && active !== account.active) {
          await setActive(tx, account.id, active);
          const action = active ? 'restore_account' : 'withdraw_account';
          await record(tx, { action, subject: account.id });
        }
        return { status: 204 };
      }),
  );

  app.post(
    '/accounts/:id/password',
    {
      schema: {
        operationId: 'resetPassword',
        summary: 'Give a one-time password; ends the account’s sessions and its lock',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        response: { 200: OneTimePassword },
      },
    },
    (request, reply) => {
      const password = newOneTimePassword();
      let hash = '';
      return change(
        request,
        reply,
        async (tx, account) => {
          await resetPassword(tx, account.id, hash);
          await record(tx, { action: 'reset_password', subject: account.id });
          return { status: 200, body: { password } };
        },
        // Outside the transaction, since it takes long; and only for whoever may ask for it.
        async () => {
          hash = await hashOneTimePassword(password);
        },
      );
    },
  );

  app.delete(
    '/accounts/:id/second-factor',
    {
      schema: {
        operationId: 'resetSecondFactor',
        summary: 'Take the second factor away, for a lost phone; ends the account’s sessions',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      change(request, reply, async (tx, account) => {
        if (!(await resetFactor(tx, account.id)))
          throw new Problem('conflict', {
            detail: {
              zh: '该账号没有绑定动态验证码',
              en: 'This account has no second factor',
            },
          });
        await record(tx, { action: 'reset_second_factor', subject: account.id });
        return { status: 204 };
      }),
  );

  app.post(
    '/accounts/:id/single-sign-on/release',
    {
      schema: {
        operationId: 'releaseSingleSignOn',
        summary:
          'Release the account from whoever opens it by single sign-on; ends those sessions, and the next one of its user name is bound',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        body: ReleaseSubject,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      change(request, reply, async (tx, account) => {
        const { reason } = request.body as Static<typeof ReleaseSubject>;
        if (!(await releaseSubject(tx, account.id)))
          throw new Problem('conflict', { detail: notBound });
        await record(tx, {
          action: 'release_subject',
          subject: account.id,
          detail: reason.trim(),
        });
        return { status: 204 };
      }),
  );

  app.post(
    '/accounts/:id/unlock',
    {
      schema: {
        operationId: 'unlockAccount',
        summary: 'End the wait after refused sign-ins',
        tags,
        params: AccountId,
        headers: WritingHeaders,
        response: { 204: Type.Null() },
      },
    },
    (request, reply) =>
      change(request, reply, async (tx, account) => {
        await unlock(tx, account.id);
        await record(tx, { action: 'unlock_account', subject: account.id });
        return { status: 204 };
      }),
  );
}

const notBound = {
  zh: '该账号没有绑定统一身份',
  en: 'This account is bound to nobody at the provider',
};
