import type { Text } from '../../../server/errors.ts';
import { dense } from '../clean/plain.ts';
import type { Profile } from '../rows.ts';

/** How a file's header fits a profile. */
export interface HeaderFit {
  /** `wrong`: a column is missing, so that this is another file, or it has changed. */
  fit: 'right' | 'reordered' | 'wrong';
  /** For each column of the profile where it is in the file; -1 where it is not. */
  places: number[];
  missing: string[];
  /** Columns of the file that the profile does not know: not read. */
  unknown: string[];
  /** What to tell and to do; none where it is right. */
  message?: Text;
}

/**
 * Compares a file's header with the columns of a profile. Spaces, full-width letters and the shape of brackets make
 * no difference.
 */
export function matchHeader(profile: Profile, header: readonly string[]): HeaderFit {
  const placeOf = new Map(header.map((name, at) => [shape(name), at]));
  const places = profile.columns.map(({ column }) => placeOf.get(shape(column)) ?? -1);
  const missing = profile.columns
    .filter(({ optional }, index) => !optional && places[index] === -1)
    .map(({ column }) => column);
  const known = new Set(places);
  const unknown = header.filter((name, at) => name !== '' && !known.has(at));
  if (missing.length > 0) return { fit: 'wrong', places, missing, unknown, ...wrong(missing) };
  const there = places.filter((at) => at >= 0);
  const isOrdered = there.every((at, index) => index === 0 || at > (there[index - 1] ?? -1));
  return { fit: isOrdered ? 'right' : 'reordered', places, missing, unknown };
}

const shape = (name: string): string => dense(name).toUpperCase();

function wrong(missing: readonly string[]): { message: Text } {
  return {
    message: {
      zh: `文件与方案不符，缺少列：${missing.join('、')}。请核对是否选错了方案，或表头上方的标题行数是否不同`,
      en: `The file does not fit the profile; columns missing: ${missing.join(', ')}. Check that it is the right profile, and the number of title rows above the header`,
    },
  };
}
