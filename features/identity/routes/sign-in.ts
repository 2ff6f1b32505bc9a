import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { dayOf } from '../../../server/clock.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { record } from '../../audit/queries.ts';
import { ChangePassword, SessionView, SignIn, SwitchPost } from '../contract.ts';
import { acting, cookieName, stepping, tokenHashOf } from '../gatekeeper.ts';
import { hashPassword } from '../passwords.ts';
import { passwordFault } from '../rules/password.ts';
import type { Services } from '../services.ts';
import { type Stage, sessionLasts } from '../sessions.ts';
import { checkCredentials, noteSignIn, openSession, view } from '../sign-in.ts';

const tags = ['session'];

/** Signing in and out, the post one acts under, one's own password. */
export function signInRoutes(app: FastifyInstance, services: Services): void {
  const { database, sessions, clock } = services;

  app.post(
    '/session',
    {
      schema: {
        operationId: 'signIn',
        summary: 'Sign in; sets the session cookie. `stage` says what is still to be done',
        tags,
        security: [],
        body: SignIn,
        response: {
          201: SessionView,
          ...refusals('wrong-credentials', 'locked-out', 'too-many'),
        },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body as Static<typeof SignIn>;
      const account = await services.attempts.guard(request.ip, () =>
        checkCredentials(services, username.trim().toLowerCase(), password),
      );
      const session = await openSession(services, request, reply, account, {
        method: 'password',
        proven: false,
      });
      return reply.code(201).send(view(session));
    },
  );

  app.get(
    '/session',
    {
      schema: {
        operationId: 'getSession',
        summary: 'The session, its posts and what the acting one may do',
        tags,
        response: { 200: SessionView },
      },
    },
    async (request) => {
      const session = await sessions.find(tokenHashOf(request));
      if (session.stage !== 'open')
        return stepping(sessions, request, steps, async (now) => view(now));
      return acting(sessions, request, 'signed-in', (actor, open) =>
        // An empty transaction: the gate tells whether what is remembered still holds.
        database.withActor(actor, async () => view(open)),
      );
    },
  );

  app.put(
    '/session/post',
    {
      schema: {
        operationId: 'switchPost',
        summary: 'Act under another of one’s posts; an administrator’s asks for the second factor',
        tags,
        body: SwitchPost,
        response: { 200: SessionView },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (_actor, before) => {
        const { post } = request.body as Static<typeof SwitchPost>;
        const [row] = await database.gate<{ switched: boolean }>(
          sql<{
            switched: boolean;
          }>`select gate_switch(${before.tokenHash}, ${post}, ${dayOf(clock())}) as switched`,
        );
        if (!row?.switched)
          throw new Problem('forbidden', {
            detail: { zh: '这不是您在任的岗位', en: 'That is not a post of yours in force' },
          });
        sessions.forget(before.tokenHash);
        const session = await sessions.find(before.tokenHash);
        if (session.stage === 'open')
          await database.withActor(sessions.actor(session), (tx) =>
            record(tx, { action: 'switch_post' }),
          );
        return view(session);
      }),
  );

  for (const [path, everywhere] of [
    ['/session', false],
    ['/sessions', true],
  ] as const) {
    app.delete(
      path,
      {
        schema: {
          operationId: everywhere ? 'signOutEverywhere' : 'signOut',
          summary: everywhere ? 'End all of one’s sessions' : 'Sign out',
          tags,
          response: { 204: Type.Null() },
        },
      },
      (request, reply) =>
        stepping(sessions, request, everywhere ? ['open'] : steps, async (session) => {
          if (session.stage === 'open')
            await database.withActor(sessions.actor(session), (tx) =>
              record(tx, { action: everywhere ? 'sign_out_everywhere' : 'sign_out' }),
            );
          await database.gate(sql`select gate_sign_out(${session.tokenHash}, ${everywhere})`);
          sessions.forget(session.tokenHash);
          reply.clearCookie(cookieName, { path: '/' });
          return reply.code(204).send();
        }),
    );
  }

  app.post(
    '/session/password',
    {
      schema: {
        operationId: 'changePassword',
        summary: 'Change one’s own password; ends one’s other sessions',
        tags,
        body: ChangePassword,
        response: {
          204: Type.Null(),
          ...refusals('wrong-credentials', 'locked-out', 'too-many'),
        },
      },
    },
    (request, reply) =>
      stepping(sessions, request, ['password', 'open'], async (session) => {
        const { current, next } = request.body as Static<typeof ChangePassword>;
        await services.attempts.guard(request.ip, () =>
          checkCredentials(services, session.username, current),
        );
        const fault = passwordFault(next, session.username, current);
        if (fault) throw new Problem('invalid', { errors: [{ field: 'next', ...fault }] });
        const hash = await hashPassword(next);
        const now = clock();
        await database.gate(
          sql`select gate_password(${session.tokenHash}, ${hash}, ${now}, ${dayOf(now)}, ${sessionLasts}::interval)`,
        );
        sessions.forget(session.tokenHash);
        if (session.stage !== 'open')
          await noteSignIn(services, await sessions.find(session.tokenHash));
        return reply.code(204).send();
      }),
  );
}

const steps: readonly Stage[] = ['second_factor', 'password', 'enrol', 'open'];
