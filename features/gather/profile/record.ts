import type { CleanRow, KeyName, Profile } from '../rows.ts';

/**
 * What two rows of one source have in common when they are the same record: the first set of keys that the row has
 * whole. Undefined where it has none; such a row is a record of its own.
 */
export function recordKeyOf(profile: Profile, row: CleanRow): string | undefined {
  for (const set of profile.sameRecord) {
    const values = set.map((key) => keyIn(row, key));
    if (values.every((value) => value !== undefined)) return [set.join('+'), ...values].join('|');
  }
  return undefined;
}

const keyIn = ({ keys, relation }: CleanRow, key: KeyName): string | undefined => {
  if (key === 'relation') return relation;
  // Two spellings of an address are one.
  return key === 'address' ? (keys.address_key ?? keys.address) : keys[key];
};
