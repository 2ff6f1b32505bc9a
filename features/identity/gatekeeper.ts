import type { FastifyRequest } from 'fastify';
import { hashToken } from '../../server/crypto.ts';
import { type Actor, staleSession } from '../../server/database/actor.ts';
import { Problem } from '../../server/errors.ts';
import type { HeldPost, Session, Sessions } from './sessions.ts';

/** The session cookie's name. */
export const cookieName = 'minqing_session';

/** What a route needs of whoever calls. */
export type Need = 'signed-in' | 'archive' | 'write-files' | 'system' | 'security' | 'audit';

/**
 * Runs `work` as whoever the request's cookie names. When the gate finds in the database that the
 * remembered session or post no longer holds, it looks again, once: nothing was done until then.
 * @throws Problem not-signed-in, no-post, or forbidden when the acting post is not of the needed kind
 */
export async function acting<T>(
  sessions: Sessions,
  request: FastifyRequest,
  need: Need,
  work: (actor: Actor, session: Session) => Promise<T>,
): Promise<T> {
  const tokenHash = tokenHashOf(request);
  const attempt = async (): Promise<T> => {
    const session = await sessions.find(tokenHash);
    const actor = sessions.actor(session);
    requireNeed(actor, need);
    return work(actor, session);
  };
  try {
    return await attempt();
  } catch (error) {
    if ((error as { code?: string }).code !== staleSession) throw error;
    sessions.forget(tokenHash);
    return attempt();
  }
}

/** The hash of the request's session token. @throws Problem not-signed-in */
export function tokenHashOf(request: FastifyRequest): Buffer {
  const token = request.cookies[cookieName];
  if (token === undefined || !/^[\w-]{43}$/.test(token)) throw new Problem('not-signed-in');
  return hashToken(token);
}

function requireNeed(actor: Actor, need: Need): void {
  if (need === 'signed-in') return;
  if (!actor.post) throw new Problem('no-post');
  if (meets(actor, need)) return;
  throw new Problem('forbidden');
}

function meets(actor: Actor, need: Exclude<Need, 'signed-in'>): boolean {
  if (need === 'archive') return actor.scope !== null;
  // Records are made, and tied together, by those who keep the file itself.
  if (need === 'write-files') return actor.write.includes('file');
  return actor.admin === need;
}

/** One's posts that read the archive: the acting one first, for lists that span them. */
export function archivePosts(
  sessions: Sessions,
  session: Session,
): { post: HeldPost; actor: Actor }[] {
  const acting = session.post?.id;
  return [...session.posts]
    .sort((a, b) => Number(b.id === acting) - Number(a.id === acting))
    .map((post) => ({ post, actor: sessions.actor(session, post) }))
    .filter(({ actor }) => actor.scope !== null);
}
