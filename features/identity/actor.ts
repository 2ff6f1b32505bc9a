import { dayOf } from '../../server/clock.ts';
import type { Actor } from '../../server/database/actor.ts';
import type { Holder } from '../../server/jobs/run.ts';
import type { RoleKey } from './contract.ts';
import { rightsOf } from './roles.ts';

/** What an actor is under a post at an instant; nothing but itself without one. */
export function underPost(
  post: { id: string; role: RoleKey; department: string | null; lo: number; hi: number } | null,
  now: Date,
): Omit<Actor, 'tokenHash' | 'account' | 'username'> {
  const rights = post && rightsOf(post.role, post.department);
  return {
    post: post && { id: post.id, role: post.role, lo: post.lo, hi: post.hi },
    scope: post && rights && !rights.admin ? { lo: post.lo, hi: post.hi } : null,
    open: rights?.open ?? [],
    reveal: rights?.reveal ?? [],
    write: rights?.write ?? [],
    admin: rights?.admin ?? null,
    now,
    day: dayOf(now),
  };
}

/** Whoever a job acts for; the worker adds the job itself, in place of a session. */
export function actorOfHolder(holder: Holder, now: Date): Actor {
  const { account, username, post, role, department, lo, hi } = holder;
  return {
    tokenHash: Buffer.alloc(0),
    account,
    username,
    ...underPost({ id: post, role: role as RoleKey, department, lo, hi }, now),
  };
}
