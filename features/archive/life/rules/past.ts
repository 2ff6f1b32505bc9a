import type { Item } from '../../dictionary.ts';
import { decideEdit, type Fact, sameValue } from '../../rules/facts.ts';

/** A line of an item's history, in the order in which lines were written. */
export interface Line {
  kind: 'changed' | 'conflict' | 'confirmed';
  before: Fact | null;
  /** null for a value cleared before clearings kept their day. */
  after: Fact | null;
  /** The day on which it was written. */
  written: string;
}

/** What was in force on a day, and how sure that is. */
export interface Known {
  fact: Fact;
  /** No value is known for the day: this is the first one after it. */
  later: boolean;
}

/**
 * The value of an item in force at the end of a day, as the archive knows it today: what the archive would hold
 * had it been told only what is so on or before that day (valid time: as-of dates, not days of typing).
 *
 * @param lines the item's history in the order of writing
 * @param current the fact held now
 * @returns undefined when there is none: cleared by then, or never stated
 */
export function onDay(
  item: Pick<Item, 'source'>,
  lines: readonly Line[],
  current: Fact | undefined,
  day: string,
): Known | undefined {
  const first = lines.find(({ kind }) => kind === 'changed');
  // What stood before any line: only facts tell of a record's first values, history begins with the first change.
  const initial = first ? (first.before ?? undefined) : current;
  let held = initial && initial.d <= day ? initial : undefined;
  for (const line of lines) {
    const told = line.after ?? cleared(line);
    if (told.d > day) continue;
    // The decision was taken upon this very value: it stands. Otherwise it is taken anew for the day.
    const same = line.kind === 'changed' && sameFact(line.before ?? undefined, held);
    if (same || decideEdit(item, held, told) === 'write') held = told.v === null ? undefined : told;
  }
  if (held) return { fact: held, later: false };
  const all = [...(initial ? [initial] : []), ...lines.map((line) => line.after ?? cleared(line))];
  // Once something was known by that day and cleared, there was nothing.
  if (all.some(({ d }) => d <= day)) return undefined;
  const next = all
    .filter(({ v }) => v !== null)
    .sort((a, b) => (a.d < b.d ? -1 : a.d > b.d ? 1 : 0))[0];
  return next ? { fact: next, later: true } : undefined;
}

function cleared({ written }: Line): Fact {
  return { v: null, s: 'village', d: written };
}

function sameFact(one: Fact | undefined, other: Fact | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.d === other.d && one.s === other.s && sameValue(one.v, other.v);
}
