import { Problem } from '../../../server/errors.ts';

/** A place in the order of changes. It says nothing that must be kept secret, so it is not signed. */
export interface Place {
  /** Number of the last change that was told. */
  n: number;
  /** When that was, in seconds: by it is known whether what follows is kept still. */
  at: number;
}

/** For so long changes are kept. */
export const keptDays = 90;

/** A place as it stands in an address: `1042-1781489123`. */
export const cursorOf = ({ n, at }: Place): string => `${n}-${at}`;

/**
 * Reads a place.
 * @throws Problem bad-cursor; cursor-gone when changes behind it may be cleared away by now
 */
export function placeOf(cursor: string, now: Date): Place {
  const found = /^(\d{1,15})-(\d{1,12})$/.exec(cursor);
  if (!found) throw new Problem('bad-cursor');
  const place = { n: Number(found[1]), at: Number(found[2]) };
  if (place.at < now.getTime() / 1000 - keptDays * 86_400) throw new Problem('cursor-gone');
  return place;
}

/** Seconds of an instant. */
export const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);
