/** The clock is a parameter everywhere; tests pass a fixed one (DESIGN.md, rule 10). */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

const hour = 3_600_000;

const shanghaiDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

let known = { day: '', from: 0, to: 0 };

/** The calendar day in Asia/Shanghai of an instant, as YYYY-MM-DD. */
export function dayOf(instant: Date): string {
  const at = instant.getTime();
  // Every request asks for today: it is worked out anew once an hour (no offset changes within one).
  if (at < known.from || at >= known.to) {
    const from = at - (at % hour);
    known = { day: shanghaiDay.format(instant), from, to: from + hour };
  }
  return known.day;
}

/** An instant as the database writes it, as text or in JSON, in the form of `toISOString`. */
export function instantOf(text: string): string {
  const utc = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00(?::00)?$/.exec(text);
  if (!utc) return new Date(text).toISOString();
  return `${utc[1]}T${utc[2]}.${(utc[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`;
}

const minutes = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'short',
});

/** The minute of an instant in Asia/Shanghai, as it stands on what leaves the house: 2026-06-15 10:00. */
export const minuteOf = (at: Date): string => minutes.format(at);
