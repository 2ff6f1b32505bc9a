import { dayOf } from '../clean/day.ts';
import type { Profile } from '../rows.ts';

/**
 * The as-of day of a file as a whole, for a profile without a column for it; null where none is told.
 * @param fileDay the day of the file, as who brings it knows it
 * @param today the day in Asia/Shanghai
 */
export function dayOfFile(
  profile: Profile,
  titles: readonly string[],
  fileDay: string | null,
  today: string,
): string | null {
  if (profile.asOf.from === 'column') return null;
  if (profile.asOf.from === 'file') return fileDay;
  for (const title of titles) {
    const day = dayInTitle(title, today);
    if (day !== undefined) return day;
  }
  return fileDay;
}

/** A day within a title; of a month its last, or today while it lasts. What is to come is no as-of day. */
function dayInTitle(title: string, today: string): string | undefined {
  const text = title.normalize('NFKC');
  const whole = /\d{4}(?:年\d{1,2}月\d{1,2}日|([-/.])\d{1,2}\1\d{1,2})/.exec(text);
  const day = whole ? dayOf(whole[0]).day : lastOfMonth(/(\d{4})年(\d{1,2})月/.exec(text), today);
  return day !== undefined && day <= today ? day : undefined;
}

function lastOfMonth(parts: RegExpExecArray | null, today: string): string | undefined {
  const [year, month] = [Number(parts?.[1]), Number(parts?.[2])];
  if (!parts || month < 1 || month > 12) return undefined;
  const last = new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);
  return last.slice(0, 7) === today.slice(0, 7) ? today : last;
}
