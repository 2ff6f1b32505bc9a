/**
 * Full years of age (周岁) on a day; both as YYYY-MM-DD. A year is full on the birthday; for
 * 29 February, on 1 March of a common year. Before birth it is 0.
 */
export function ageOn(birth: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birth.slice(0, 4));
  const hadBirthday = day.slice(5) >= birth.slice(5);
  return Math.max(0, hadBirthday ? years : years - 1);
}
