/** The clock is a parameter everywhere; tests pass a fixed one (DESIGN.md, rule 10). */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

const shanghaiDay = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day in Asia/Shanghai of an instant, as YYYY-MM-DD. */
export function dayOf(instant: Date): string {
  return shanghaiDay.format(instant);
}
