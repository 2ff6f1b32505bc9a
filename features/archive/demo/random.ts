/** Choices with weights, summed up once: drawing is what a bulk load does most. */
export class Weights<T> {
  readonly #choices: readonly T[];
  readonly #upTo: readonly number[];

  constructor(entries: readonly (readonly [choice: T, weight: number])[]) {
    let sum = 0;
    this.#choices = entries.map(([choice]) => choice);
    this.#upTo = entries.map(([, weight]) => {
      sum += weight;
      return sum;
    });
  }

  /** The choice at a place of 0 to 1. */
  at(place: number): T {
    const wanted = place * (this.#upTo[this.#upTo.length - 1] ?? 0);
    let low = 0;
    let high = this.#upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 0) > wanted) high = middle;
      else low = middle + 1;
    }
    return this.#choices[low] as T;
  }
}

/** A seeded source of chance: the same seed gives the same people. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, under 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whether something of this probability happens. */
  is(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  of<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)] as T;
  }

  /** One of the choices by weight. */
  by<T>(weights: Weights<T>): T {
    return weights.at(this.next());
  }
}

/** A number from a text, to seed by (FNV-1a). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
