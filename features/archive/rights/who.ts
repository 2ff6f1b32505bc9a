import type { Actor } from '../../../server/database/actor.ts';
import { shapes } from '../categories.ts';

/**
 * Whether the acting post hands a resident the whole file: it must see, if only for a purpose, every group of items,
 * and keep the file. Those are the village's cadres and the township's officers of no department.
 */
export function mayCopy(actor: Actor): boolean {
  const { groups } = shapes.resident;
  const sees = groups.every((group) => actor.open.includes(group) || actor.reveal.includes(group));
  return sees && actor.write.includes('file');
}

/** Whether the acting post puts a deletion on record: the village's step. The policy `deletion_ask` says the same. */
export const mayAskDeletion = (actor: Actor): boolean => actor.post?.role === 'village_cadre';

/**
 * Whether the acting post decides deletions: the township's step, by an officer of no single department. That it is
 * somebody else than who asked is told by the row; the policy `deletion_decide` says both.
 */
export const mayDecideDeletion = (actor: Actor): boolean =>
  actor.post?.role === 'township_officer' && mayCopy(actor);
