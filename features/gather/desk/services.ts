import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { Services } from '../../identity/services.ts';
import type { Session } from '../../identity/sessions.ts';
import type { Profile } from '../rows.ts';

/** What the desk's routes are given. */
export interface DeskServices extends Services {
  dictionary: Dictionary;
  /** The profiles that are shipped. */
  shipped: readonly Profile[];
}

/**
 * The source whose files the acting post gathers: the department that it names.
 * @throws Problem forbidden for a post without one
 */
export function sourceOf(actor: Actor, session: Session): string {
  const department = session.posts.find(({ id }) => id === actor.post?.id)?.department;
  if (!department) throw new Problem('forbidden');
  return department;
}
