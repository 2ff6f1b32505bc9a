import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { dayOf } from '../../server/clock.ts';
import { hashToken, newToken } from '../../server/crypto.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { refusals } from '../../server/http/described.ts';
import { record } from '../audit/queries.ts';
import { ChangePassword, SessionView, SignIn, SwitchPost } from './contract.ts';
import { acting, cookieName, tokenHashOf } from './gatekeeper.ts';
import { checkDecoy, hashPassword, isPassword } from './passwords.ts';
import { rightsOf } from './roles.ts';
import type { Services } from './services.ts';
import { type Session, sessionIdles, sessionLasts } from './sessions.ts';

const tags = ['session'];

/** Signing in and out, the post one acts under, one's own password. */
export function sessionRoutes(app: FastifyInstance, services: Services): void {
  const { database, sessions, clock } = services;

  app.post(
    '/session',
    {
      schema: {
        operationId: 'signIn',
        summary: 'Sign in; sets the session cookie',
        tags,
        security: [],
        body: SignIn,
        response: { 201: SessionView, ...refusals('wrong-credentials', 'locked-out') },
      },
    },
    async (request, reply) => {
      const { username, password } = request.body as Static<typeof SignIn>;
      const account = await checkCredentials(services, username.trim().toLowerCase(), password);
      const token = newToken();
      const tokenHash = hashToken(token);
      const now = clock();
      await database.gate(
        sql`select gate_sign_in(${tokenHash}, ${account}, ${now}, ${dayOf(now)}, ${sessionLasts}::interval, ${sessionIdles}::interval)`,
      );
      const session = await sessions.find(tokenHash);
      await database.withActor(sessions.actor(session), (tx) => record(tx, { action: 'sign_in' }));
      setCookie(reply, token, services.secureCookies);
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
    (request) =>
      acting(sessions, request, 'signed-in', (actor, session) =>
        // An empty transaction: the gate tells whether what is remembered still holds.
        database.withActor(actor, async () => view(session)),
      ),
  );

  app.put(
    '/session/post',
    {
      schema: {
        operationId: 'switchPost',
        summary: 'Act under another of one’s posts',
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
        acting(sessions, request, 'signed-in', async (actor) => {
          await database.withActor(actor, (tx) =>
            record(tx, { action: everywhere ? 'sign_out_everywhere' : 'sign_out' }),
          );
          await database.gate(sql`select gate_sign_out(${actor.tokenHash}, ${everywhere})`);
          sessions.forget(actor.tokenHash);
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
        response: { 204: Type.Null(), ...refusals('wrong-credentials', 'locked-out') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { current, next } = request.body as Static<typeof ChangePassword>;
        await checkCredentials(services, actor.username, current);
        const hash = await hashPassword(next);
        await database.gate(sql`select gate_password(${tokenHashOf(request)}, ${hash})`);
        await database.withActor(actor, (tx) => record(tx, { action: 'change_password' }));
        return reply.code(204).send();
      }),
  );
}

interface Credentials {
  account: string;
  password_hash: string;
  locked_until: string | null;
  active: boolean;
}

/**
 * The account that the name and password open.
 * @throws Problem wrong-credentials, or locked-out with the seconds to wait (five refusals in a row start it)
 */
async function checkCredentials(
  services: Services,
  username: string,
  password: string,
): Promise<string> {
  const { database, clock } = services;
  const now = clock();
  const look = async (): Promise<Credentials | undefined> => {
    const [row] = await database.gate<Credentials>(
      sql<Credentials>`select * from gate_credentials(${username})`,
    );
    if (row?.locked_until && new Date(row.locked_until) > now) {
      await noteRefusal(services, row.account, 'locked-out');
      throw lockedOut(row.locked_until, now);
    }
    return row;
  };
  const found = await look();
  const right = found
    ? await isPassword(found.password_hash, password)
    : await checkDecoy(password);
  if (found && right && found.active) {
    // Of guesses sent all at once, those after the fifth refusal meet the lock here.
    await look();
    return found.account;
  }
  await noteRefusal(services, found?.account ?? null, 'wrong-credentials');
  if (!found) throw new Problem('wrong-credentials');
  const [row] = await database.gate<{ until: string | null }>(
    sql<{ until: string | null }>`select gate_refused(${found.account}, ${now}) as until`,
  );
  throw row?.until ? lockedOut(row.until, now) : new Problem('wrong-credentials');
}

/**
 * Puts a refused sign-in on record. Those of unknown names, and those that meet the lock, are counted by the minute:
 * anybody can make as many of them as they like.
 */
function noteRefusal(
  { refusals }: Services,
  account: string | null,
  reason: 'wrong-credentials' | 'locked-out',
): Promise<void> {
  const refusal = { action: 'sign_in_refused', account, operation: 'signIn', reason } as const;
  // The lock bounds the wrong passwords of a known name: each of them is told.
  if (account !== null && reason === 'wrong-credentials') return refusals.write(refusal);
  return refusals.note('sign-in', refusal);
}

function lockedOut(until: string, now: Date): Problem {
  const seconds = Math.max(1, Math.ceil((new Date(until).getTime() - now.getTime()) / 1000));
  return new Problem('locked-out', {
    retryAfter: seconds,
    detail: { zh: `请在 ${seconds} 秒后再试`, en: `Try again in ${seconds} seconds` },
  });
}

function setCookie(reply: FastifyReply, token: string, secure: boolean): void {
  reply.setCookie(cookieName, token, { path: '/', httpOnly: true, sameSite: 'strict', secure });
}

function view(session: Session): SessionView {
  const { post } = session;
  const rights = post ? rightsOf(post.role, post.department) : null;
  const archive = rights !== null && rights.admin === null;
  return {
    account: { id: session.account, username: session.username, name: session.name },
    posts: session.posts.map((held) => ({
      id: held.id,
      role: held.role,
      department: held.department,
      area: { code: held.code, name: held.area, level: held.level },
      from: held.since,
      until: held.until,
    })),
    post: post?.id ?? null,
    abilities: {
      readArchive: archive,
      openFiles: archive ? rights.files : 'no',
      writeArchive: archive && rights.write.length > 0,
      manageAccounts: rights?.admin === 'security',
      readAudit: rights?.admin === 'audit',
      manageSystem: rights?.admin === 'system',
    },
    demo: session.demo,
    expiresAt: session.expiresAt,
  };
}
