import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { hashToken } from '../../../server/crypto.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import type { Services } from '../services.ts';
import { openSession, refuseLocked } from '../sign-in.ts';
import { type SingleSignOn, singleSignOnPath, type Vouched } from '../single-sign-on.ts';

const tags = ['session'];
const cookieName = 'minqing_oidc';
const Begin = Type.Object({
  next: Type.Optional(
    Type.String({ maxLength: 400, description: 'Path of this site to go on to' }),
  ),
});
const redirects = { 303: Type.Null({ description: 'On to another address' }) };

/** Single sign-on: off to the provider and back. What goes wrong is told on the sign-in page. */
export function singleSignOnRoutes(app: FastifyInstance, services: Services): void {
  const { singleSignOn, attempts } = services;

  app.get(
    '/session/oidc',
    {
      schema: {
        operationId: 'beginSingleSignOn',
        summary: 'To the provider of single sign-on',
        tags,
        security: [],
        querystring: Begin,
        response: redirects,
      },
    },
    (request, reply) =>
      told(reply, async () => {
        const { next } = request.query as Static<typeof Begin>;
        const { address, cookie } = await needed(singleSignOn).begin(ownPath(next));
        reply.setCookie(cookieName, cookie, {
          ...cookieOptions(services),
          // The provider sends the browser back from another site.
          sameSite: 'lax',
          maxAge: 600,
        });
        return address;
      }),
  );

  app.get(
    '/session/oidc/callback',
    {
      schema: {
        operationId: 'finishSingleSignOn',
        summary: 'The provider’s answer; sets the session cookie and goes on to the console',
        tags,
        security: [],
        response: redirects,
      },
    },
    (request, reply) => {
      reply.clearCookie(cookieName, cookieOptions(services));
      return told(reply, () =>
        attempts.guard(request.ip, async () => {
          const vouched = await vouchedFor(services, request);
          const account = await accountOf(services, vouched);
          const { proven, issuer, subject } = vouched;
          const means = { method: 'oidc', proven, issuer, subject } as const;
          await openSession(services, request, reply, account, means);
          return vouched.next;
        }),
      );
    },
  );

  app.get(
    '/session/oidc/sign-out',
    {
      schema: {
        operationId: 'signOutAtProvider',
        summary: 'After signing out here: on to where the provider ends its own session',
        tags,
        security: [],
        response: redirects,
      },
    },
    async (_request, reply) =>
      reply.redirect((await singleSignOn?.signOutAddress()) ?? '/sign-in', 303),
  );
}

/** Goes on to the address, or to the sign-in page with the key of what went wrong. */
async function told(reply: FastifyReply, work: () => Promise<string>): Promise<FastifyReply> {
  try {
    return reply.redirect(await work(), 303);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return reply.redirect(`/sign-in?refused=${error.key}`, 303);
  }
}

function needed(singleSignOn: SingleSignOn | null): SingleSignOn {
  if (!singleSignOn) throw new Problem('sso-unavailable');
  return singleSignOn;
}

/** Whom the provider vouches for, once: an answer is taken a single time, whatever the provider says of it. */
async function vouchedFor(services: Services, request: FastifyRequest): Promise<Vouched> {
  const { database, clock, refusals } = services;
  const singleSignOn = needed(services.singleSignOn);
  const query = request.url.split('?')[1] ?? '';
  try {
    const asked = singleSignOn.asked(query, request.cookies[cookieName]);
    const [row] = await database.gate<{ spent: boolean }>(
      sql<{
        spent: boolean;
      }>`select gate_state_spent(${hashToken(asked.state)}, ${clock()}) as spent`,
    );
    if (row?.spent !== false) throw new Problem('sso-refused');
    return await singleSignOn.finish(query, asked);
  } catch (error) {
    if (error instanceof Problem && error.key === 'sso-refused')
      await refusals.note('sign-in', { ...refused, account: null, reason: error.key });
    throw error;
  }
}

interface Named {
  account: string;
  active: boolean;
  locked_until: string | null;
  own: boolean | null;
}

/**
 * The account that is bound to the provider's subject, whatever its user name there is by now; or that of the user
 * name, while nobody is bound to it. None is ever made. @throws Problem sso-unknown, sso-bound, locked-out
 */
async function accountOf(
  services: Services,
  { issuer, subject, username }: Vouched,
): Promise<string> {
  const { database, clock, refusals } = services;
  const [found] = await database.gate<Named>(
    sql<Named>`select * from gate_account_vouched(${issuer}, ${subject}, ${username})`,
  );
  if (found?.own === false) {
    await refusals.note('sign-in', { ...refused, account: found.account, reason: 'sso-bound' });
    throw new Problem('sso-bound');
  }
  if (found?.active) {
    await refuseLocked(services, found.account, found.locked_until, clock());
    return found.account;
  }
  await refusals.note('sign-in', {
    ...refused,
    account: found?.account ?? null,
    reason: 'sso-unknown',
  });
  throw new Problem('sso-unknown');
}

const refused = { action: 'sign_in_refused', operation: 'finishSingleSignOn' } as const;

const cookieOptions = ({ secureCookies }: Services) => ({
  path: singleSignOnPath,
  httpOnly: true,
  secure: secureCookies,
});

/** A path of this site: never an address elsewhere. */
function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) ? next : '/';
}
