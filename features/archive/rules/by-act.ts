import type { Category } from '../dictionary.ts';

/**
 * Whether an item is stated by an act of life alone: with a death the membership ends, counts let go of the person and
 * retention begins (life/README.md), which no plain edit does. That somebody is away for work (`residence_kind`) is no
 * departure: it stays an item as any other.
 */
export const byActAlone = (category: Category, item: string): boolean =>
  category === 'resident' && item === 'death';
