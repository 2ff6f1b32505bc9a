import type { FastifyReply, FastifyRequest } from 'fastify';
import { dayOf } from '../../server/clock.ts';
import { hashToken, newToken } from '../../server/crypto.ts';
import { sql } from '../../server/database/sql.ts';
import { Problem } from '../../server/errors.ts';
import { record } from '../audit/queries.ts';
import type { SessionView } from './contract.ts';
import { cookieName, gathersAs } from './gatekeeper.ts';
import { checkDecoy, isPassword } from './passwords.ts';
import { rightsOf } from './roles.ts';
import { deviceOf } from './rules/device.ts';
import type { Services } from './services.ts';
import { type Session, type Stage, sessionIdles, sessionLasts } from './sessions.ts';

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
export async function checkCredentials(
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
    if (row) await refuseLocked(services, row.account, row.locked_until, now);
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
  throw lockedOut(row?.until, now) ?? new Problem('wrong-credentials');
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

/** Refuses while the lock holds, on record. @throws Problem locked-out */
export async function refuseLocked(
  services: Services,
  account: string,
  until: string | null,
  now: Date,
): Promise<void> {
  const locked = lockedOut(until, now);
  if (!locked) return;
  await noteRefusal(services, account, 'locked-out');
  throw locked;
}

/** The problem of a lock with the seconds to wait; undefined when it does not hold. */
export function lockedOut(until: string | null | undefined, now: Date): Problem | undefined {
  const wait = until ? new Date(until).getTime() - now.getTime() : 0;
  if (wait <= 0) return undefined;
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new Problem('locked-out', {
    retryAfter: seconds,
    detail: {
      zh: `登录失败次数过多，请在 ${seconds} 秒后再试`,
      en: `Too many failed attempts; try again in ${seconds} seconds`,
    },
  });
}

/** How somebody came in: by password, or by single sign-on, where the provider may have asked for two factors. */
export type Means =
  | { method: 'password'; proven: false }
  | { method: 'oidc'; proven: boolean; issuer: string; subject: string };

/**
 * Opens a session of the account, sets its cookie and says what is still to be done in it.
 * @throws Problem sso-bound when another subject was bound at the same time
 */
export async function openSession(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  account: string,
  means: Means,
): Promise<Session> {
  const token = newToken();
  const now = services.clock();
  const { browser, system } = deviceOf(request.headers['user-agent']);
  const vouched = means.method === 'oidc' ? means : null;
  const [row] = await services.database.gate<{ stage: Stage | null }>(sql<{
    stage: Stage | null;
  }>`select gate_sign_in(${hashToken(token)}, ${account}, ${means.method}, ${means.proven},
    ${vouched?.issuer ?? null}, ${vouched?.subject ?? null}, ${browser}, ${system}, ${now}, ${dayOf(now)}, ${sessionLasts}::interval, ${sessionIdles}::interval) as stage`);
  if (!row?.stage) throw new Problem('sso-bound');
  return arrive(services, reply, token);
}

/** After a step: the session under its new token. What was remembered of the old one is forgotten. */
export function moveOn(
  services: Services,
  reply: FastifyReply,
  before: Session,
  token: string,
): Promise<Session> {
  services.sessions.forget(before.tokenHash);
  return arrive(services, reply, token, before);
}

async function arrive(
  services: Services,
  reply: FastifyReply,
  token: string,
  before?: Session,
): Promise<Session> {
  const session = await services.sessions.find(hashToken(token));
  setCookie(reply, token, services.secureCookies);
  if (before?.stage !== 'open') await noteSignIn(services, session);
  return session;
}

/** Puts a sign-in on record once nothing is left to do in it; the gate has recorded the steps before. */
export async function noteSignIn(services: Services, session: Session): Promise<void> {
  if (session.stage !== 'open') return;
  await services.database.withActor(services.sessions.actor(session), (tx) =>
    record(tx, { action: 'sign_in' }),
  );
}

function setCookie(reply: FastifyReply, token: string, secure: boolean): void {
  reply.setCookie(cookieName, token, { path: '/', httpOnly: true, sameSite: 'strict', secure });
}

/** A session as its owner sees it; before the last step it names the step and nothing else. */
export function view(session: Session): SessionView {
  const { post } = session;
  const rights = post ? rightsOf(post.role, post.department) : null;
  const archive = rights !== null && rights.admin === null;
  return {
    account: { id: session.account, username: session.username, name: session.name },
    stage: session.stage satisfies Stage,
    method: session.method,
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
      decideRows: archive && rights.write.includes('identity'),
      changeAreas: rights?.admin === 'system' || (rights?.write.includes('area') ?? false),
      manageAccounts: rights?.admin === 'security',
      readAudit: rights?.admin === 'audit',
      manageSystem: rights?.admin === 'system',
      gather: gathersAs('gather', post?.role),
      seeBatches: gathersAs('batches', post?.role),
      seeQuality: gathersAs('quality', post?.role),
    },
    demo: session.demo,
    expiresAt: session.expiresAt,
  };
}
