import { type Beholder, seesMask, seesTag } from '../identity/roles.ts';
import type { Dictionary } from './dictionary.ts';
import { tagGroups } from './rules/tags.ts';

/** What of sealed items stands beside a name for one beholder, in lists and files (DOMAIN.md, section 3). */
export interface Beside {
  /** The tags that are shown. */
  tags(tags: string[]): string[];
  /** The masked citizen id and phone, or null. */
  idMask(mask: string | null): string | null;
  phoneMask(mask: string | null): string | null;
}

/** Tags of the dictionary that are not for the beholder: they tell of items that the post does not cover. */
export function hiddenTags(dictionary: Dictionary, beholder: Beholder): Set<string> {
  const hidden = [...tagGroups(dictionary)].filter(
    ([, groups]) => !groups.every((group) => seesTag(beholder, group)),
  );
  return new Set(hidden.map(([tag]) => tag));
}

/** What stands beside names for the beholder. */
export function besideNames(dictionary: Dictionary, beholder: Beholder): Beside {
  const hidden = hiddenTags(dictionary, beholder);
  const id = seesMask(beholder, 'identity');
  const phone = seesMask(beholder, 'contact');
  return {
    tags: (tags) => (hidden.size === 0 ? tags : tags.filter((tag) => !hidden.has(tag))),
    idMask: (mask) => (id ? mask : null),
    phoneMask: (mask) => (phone ? mask : null),
  };
}
