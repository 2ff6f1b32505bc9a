/** Whether the text is a day that exists, as YYYY-MM-DD (Gregorian). */
export function dayExists(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  if (year === 0 || month < 1 || month > 12) return false;
  return day >= 1 && day <= daysIn(year, month);
}

/**
 * The day so many months later; at the end of a shorter month its last day (31 January plus one
 * month is the last of February).
 */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  const count = year * 12 + (month - 1) + months;
  const nextYear = Math.floor(count / 12);
  const nextMonth = (count % 12) + 1;
  const nextDate = Math.min(date, daysIn(nextYear, nextMonth));
  return `${pad(nextYear, 4)}-${pad(nextMonth, 2)}-${pad(nextDate, 2)}`;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return leap ? 29 : 28;
}

function pad(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
