import type { FastifyRequest } from 'fastify';
import { hashToken } from '../../server/crypto.ts';
import { type Actor, staleSession } from '../../server/database/actor.ts';
import { Problem, type ProblemKey } from '../../server/errors.ts';
import type { HeldPost, Session, Sessions, Stage } from './sessions.ts';

/** The session cookie's name. */
export const cookieName = 'minqing_session';

/** What a route needs of whoever calls. */
export type Need =
  | 'signed-in'
  | 'archive'
  | 'write-files'
  | 'areas'
  | 'gather'
  | 'batches'
  | 'quality'
  | 'system'
  | 'security'
  | 'audit';

/** What is said to a session that still has a step to do. The gate refuses it as well, in every transaction. */
const stepNeeded: Record<Exclude<Stage, 'open'>, ProblemKey> = {
  second_factor: 'second-factor-needed',
  password: 'password-change-needed',
  enrol: 'enrolment-needed',
};

/**
 * Runs `work` as whoever the request's cookie names. When the gate finds in the database that the
 * remembered session or post no longer holds, it looks again, once: nothing was done until then.
 * @throws Problem not-signed-in, what is still to be done in the session, no-post, or forbidden when the acting post is not of the needed kind
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
    if (session.stage !== 'open') throw new Problem(stepNeeded[session.stage]);
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

/**
 * Runs one of the steps of signing in, or what is done to one's own sign-in later: the session need not be open.
 * It is read anew, and every gate function that the work calls looks at its stage itself.
 * @throws Problem not-signed-in, or what is to be done first
 */
export async function stepping<T>(
  sessions: Sessions,
  request: FastifyRequest,
  stages: readonly Stage[],
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const tokenHash = tokenHashOf(request);
  sessions.forget(tokenHash);
  const session = await sessions.find(tokenHash);
  if (stages.includes(session.stage)) return work(session);
  if (session.stage !== 'open') throw new Problem(stepNeeded[session.stage]);
  throw new Problem('conflict', {
    detail: { zh: '这一步已经完成', en: 'This step is done already' },
  });
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
  // Grids are a village's and a township's; above them the system administrator.
  if (need === 'areas') return actor.admin === 'system' || actor.write.includes('area');
  if (need === 'gather' || need === 'batches' || need === 'quality')
    return gathersAs(need, actor.post?.role);
  return actor.admin === need;
}

/** Departments gather; the system administrator sees to their batches; who answers for an area sees how good the data is. */
const gathering: Record<'gather' | 'batches' | 'quality', readonly string[]> = {
  gather: ['department_officer'],
  batches: ['department_officer', 'system_admin'],
  quality: [
    'department_officer',
    'village_cadre',
    'township_officer',
    'county_supervisor',
    'city_supervisor',
  ],
};

/** Whether a role has the part in gathering. */
export const gathersAs = (part: keyof typeof gathering, role: string | undefined): boolean =>
  role !== undefined && gathering[part].includes(role);

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
