import type { Dictionary, Item } from '../../archive/dictionary.ts';
import { type Fact, sameValue } from '../../archive/rules/facts.ts';

/** What becomes of a value that a source states, beside the one in force. */
export type Outcome =
  /** It is written; the one before goes into the history. */
  | 'write'
  /** The same value: nothing to do. */
  | 'same'
  /** The one in force outranks it. */
  | 'lower'
  /** Neither outranks the other: both stand, and an official decides. */
  | 'conflict';

/**
 * Merges a stated value into a file (DESIGN.md, "How a fact flows"; packs/archive/sources.yaml): the item's
 * authority goes before all others, then the source of the lower rank, then the later day.
 */
export function outrank(
  dictionary: Pick<Dictionary, 'sources'>,
  item: Pick<Item, 'source'>,
  current: Fact | undefined,
  stated: Fact,
): Outcome {
  if (stated.v === null) return 'same';
  if (current === undefined || current.v === null) return 'write';
  const order = compareRank(dictionary, item, stated, current);
  if (sameValue(current.v, stated.v)) {
    // A better source, or the same one later, is the better witness of the same.
    return order < 0 || (order === 0 && stated.d > current.d) ? 'write' : 'same';
  }
  if (order !== 0) return order < 0 ? 'write' : 'lower';
  if (stated.d !== current.d) return stated.d > current.d ? 'write' : 'lower';
  // Of one source that says two things of one day, the one read first stands: its rows are not evidence against each other.
  return stated.s === current.s ? 'lower' : 'conflict';
}

/** Less than 0 when the first goes before the second. */
function compareRank(
  { sources }: Pick<Dictionary, 'sources'>,
  item: Pick<Item, 'source'>,
  one: Fact,
  other: Fact,
): number {
  const rank = ({ s }: Fact): number =>
    s === item.source ? 0 : (sources.find(({ key }) => key === s)?.rank ?? 1000);
  return rank(one) - rank(other);
}
