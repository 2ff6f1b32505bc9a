import type { Fact, FactValue } from '../rules/facts.ts';
import type { Chance } from './random.ts';

/** Days of the generator: everything follows from `today`. */
export class Calendar {
  readonly today: string;
  readonly #now: number;

  constructor(today: string) {
    this.today = today;
    this.#now = Date.parse(today);
  }

  /** A day so many days ago. */
  ago(days: number): string {
    return new Date(this.#now - days * 86_400_000).toISOString().slice(0, 10);
  }

  /** A birthday that makes someone `age` today. */
  birth(age: number, chance: Chance): string {
    return this.ago(Math.floor(age * 365.25) + chance.between(1, 364));
  }
}

/** A fact of the generator: fresh, unless it is said to be old. */
export function fact(
  chance: Chance,
  calendar: Calendar,
  value: FactValue,
  source: string,
  old = false,
): Fact {
  const days = old ? chance.between(760, 1500) : chance.between(5, 300);
  return { v: value, s: source, d: calendar.ago(days) };
}
