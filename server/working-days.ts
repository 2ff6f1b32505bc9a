import calendar from 'chinese-days';

/** A day that a period ends on. */
export interface DueDay {
  /** YYYY-MM-DD. */
  day: string;
  /** The State Council has not published the holidays of a year it runs into: it may still move. */
  provisional: boolean;
}

/**
 * The last day of a period of working days, of the Chinese calendar with its swapped days (DESIGN.md, rule 10).
 * The day on which it begins does not count (Civil Code, art. 201).
 * @param from YYYY-MM-DD
 * @param count working days, at least 1
 */
export function workingDaysAfter(from: string, count: number): DueDay {
  let left = count;
  let day = from;
  while (left > 0) {
    day = dayAfter(day);
    if (isWorkingDay(day)) left--;
  }
  return { day, provisional: !isPublished(day.slice(0, 4)) };
}

/** Whether it is a working day. In a year not yet published the statutory holidays are assumed, without swaps. */
export function isWorkingDay(day: string): boolean {
  if (isPublished(day.slice(0, 4))) return calendar.isWorkday(day);
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !isStatutoryHoliday(day);
}

const published = new Map<string, boolean>();

/** Whether the calendar knows the holidays of a year: of one that is not published it takes every weekday for a working day. */
function isPublished(year: string): boolean {
  let known = published.get(year);
  if (known === undefined) {
    known = calendar.getHolidaysInRange(`${year}-01-01`, `${year}-12-31`, false).length > 0;
    published.set(year, known);
  }
  return known;
}

/** Fixed days and days of the lunar year of 全国年节及纪念日放假办法 (2024), art. 2. */
const fixed = ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'];
const lunar = ['1-1', '1-2', '1-3', '5-5', '8-15'];

function isStatutoryHoliday(day: string): boolean {
  if (fixed.includes(day.slice(5))) return true;
  const { lunarMon, lunarDay, isLeap } = calendar.getLunarDate(day);
  if (!isLeap && lunar.includes(`${lunarMon}-${lunarDay}`)) return true;
  const next = calendar.getLunarDate(dayAfter(day));
  const isEve = next.lunarMon === 1 && next.lunarDay === 1;
  return isEve || day === calendar.getSolarTermDate(Number(day.slice(0, 4)), 4, 'pure_brightness');
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
