import { minuteOf } from '../../server/clock.ts';
import type { Actor } from '../../server/database/actor.ts';
import { roles } from './roles.ts';
import type { Session } from './sessions.ts';

/**
 * The lines of the watermark on what leaves the house: who, under which post, when, why. Always Chinese: it is read by
 * whoever finds the copy.
 * @param why what it is for, in words
 */
export function marksOf(
  { now }: Pick<Actor, 'now'>,
  { post, name }: Pick<Session, 'post' | 'name'>,
  why?: string,
): string[] {
  const role = post ? `${roles[post.role].zh} ${post.area}` : '';
  return [
    [name, role].filter(Boolean).join(' · '),
    `${minuteOf(now)} · ${why === undefined ? '仅供工作使用' : `仅用于${why}`}`,
  ];
}
