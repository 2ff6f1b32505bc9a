import type { Vault } from '../../../server/crypto.ts';
import type { CategoryShape } from '../../archive/categories.ts';
import type { Fact, Facts, FactValue } from '../../archive/rules/facts.ts';
import { outrank } from './outrank.ts';
import type { BatchStep, MergeDesk, Merged, Standing } from './records.ts';

/** What a staged row states. */
export interface Stated {
  n: number;
  as_of: string | null;
  items: Record<string, FactValue>;
  /** Values of encrypted groups, encrypted. */
  sealed: string | null;
}

/** All values of a row by `category.item`, readable. */
export function valuesOf(
  row: Pick<Stated, 'items' | 'sealed'>,
  vault: Vault,
): Record<string, FactValue> {
  if (row.sealed === null) return row.items;
  return { ...row.items, ...(JSON.parse(vault.open(row.sealed)) as Record<string, FactValue>) };
}

/** The facts that a row states of one category. @param day of the file, where the row tells none */
export function factsStated(
  { vault, source, batch }: Pick<MergeDesk, 'vault' | 'source' | 'batch'>,
  shape: CategoryShape,
  row: Stated,
  day: string,
): Facts {
  return statedIn(shape, valuesOf(row, vault), row, { source, batch, day });
}

/** The same of values that are readable already. */
export function statedIn(
  shape: CategoryShape,
  values: Record<string, FactValue>,
  row: Pick<Stated, 'n' | 'as_of'>,
  { source, batch, day }: { source: string; batch: number; day: string },
): Facts {
  const start = `${shape.key}.`;
  const facts: Facts = {};
  for (const [key, value] of Object.entries(values)) {
    if (!key.startsWith(start) || value === null) continue;
    facts[key.slice(start.length)] = {
      v: value,
      s: source,
      d: row.as_of ?? day,
      b: batch,
      n: row.n,
    };
  }
  return facts;
}

/** Merges what rows state into a record, batch by batch, and within one in the order of their days and then of their numbers. */
export function mergeInto(
  { dictionary }: Pick<MergeDesk, 'dictionary'>,
  shape: CategoryShape,
  standing: Standing,
  stated: readonly Facts[],
): Merged {
  const after: Facts = { ...standing.facts };
  const claims: { item: string; fact: Fact }[] = [];
  const steps: BatchStep[] = [];
  for (const facts of stated) {
    for (const [key, fact] of Object.entries(facts)) {
      const item = dictionary.item(shape.key, key);
      if (!item) continue;
      const becomes = outrank(dictionary, item, after[key], fact);
      if (becomes === 'conflict') claims.push({ item: key, fact });
      if (becomes !== 'write') continue;
      const { before } = stepOf(steps, fact.b ?? 0);
      if (!(key in before)) before[key] = after[key] ?? null;
      after[key] = fact;
    }
  }
  return { standing, made: false, after, steps, claims, more: {} };
}

/** The step of a batch; a new one when another batch was at work. */
function stepOf(steps: BatchStep[], batch: number): BatchStep {
  const last = steps.at(-1);
  if (last?.batch === batch) return last;
  const step: BatchStep = { batch, before: {} };
  steps.push(step);
  return step;
}
