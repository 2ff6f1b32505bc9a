import type { Actor } from '../../../server/database/actor.ts';
import { Problem } from '../../../server/errors.ts';
import type { CategoryShape } from '../categories.ts';
import type { Dictionary, DocumentKind } from '../dictionary.ts';

/** Kinds of a category that the acting post may upload: those of the groups it writes. */
export function uploadable(
  dictionary: Dictionary,
  shape: CategoryShape,
  actor: Actor,
): DocumentKind[] {
  return dictionary.documents.filter(
    ({ category, group }) => category === shape.key && actor.write.includes(group),
  );
}

/** Kinds of a category whose documents the acting post sees at least the names of. */
export function visible(
  dictionary: Dictionary,
  shape: CategoryShape,
  actor: Actor,
): DocumentKind[] {
  return dictionary.documents.filter(
    ({ category, group }) =>
      category === shape.key && (actor.open.includes(group) || actor.reveal.includes(group)),
  );
}

/** Whether documents of the group are shown only for a stated purpose. */
export function isSealed(actor: Actor, group: string): boolean {
  return !actor.open.includes(group);
}

/**
 * Whether the acting post may take a copy out: those who keep the group, since they do errands with it.
 * Nobody takes out what was uploaded itself, without the watermark.
 */
export function mayDownload(actor: Actor, group: string): boolean {
  return actor.write.includes(group);
}

/** @throws Problem invalid when the category has no such kind, forbidden when the post may not upload it */
export function requireUploadable(
  dictionary: Dictionary,
  shape: CategoryShape,
  actor: Actor,
  key: string,
): DocumentKind {
  const kind = dictionary.documents.find((one) => one.key === key && one.category === shape.key);
  if (!kind)
    throw new Problem('invalid', {
      errors: [
        {
          field: 'kind',
          code: 'unknown',
          message: {
            zh: '资料种类：请从目录中选择',
            en: 'kind: choose one of the catalogue for this category',
          },
        },
      ],
    });
  if (!actor.write.includes(kind.group)) throw new Problem('forbidden');
  return kind;
}
