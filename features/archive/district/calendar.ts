import type { Chance } from './random.ts';

const dayLength = 86_400_000;

/** Days of the generator: everything follows from `today`. */
export class Calendar {
  readonly today: string;
  readonly #now: number;
  // A load writes the same few thousand days millions of times.
  readonly #days = new Map<number, string>();
  readonly #years = new Map<number, number>();

  constructor(today: string) {
    this.today = today;
    this.#now = Date.parse(today);
  }

  /** The day so many days ago; of the future when negative. */
  ago(days: number): string {
    let day = this.#days.get(days);
    if (day === undefined) {
      day = new Date(this.#now - days * dayLength).toISOString().slice(0, 10);
      this.#days.set(days, day);
    }
    return day;
  }

  /** A birthday that makes someone `age` today. */
  birth(age: number, chance: Chance): string {
    return this.ago(this.#yearsAgo(age) + chance.between(0, 364));
  }

  #yearsAgo(years: number): number {
    let days = this.#years.get(years);
    if (days === undefined) {
      const [year = 0, month = 1, day = 1] = this.today.split('-').map(Number);
      // Who was born on 1 March is not a year older on 29 February.
      const safe = month === 2 && day === 29 ? 28 : day;
      days = Math.round((this.#now - Date.UTC(year - years, month - 1, safe)) / dayLength);
      this.#years.set(years, days);
    }
    return days;
  }
}
