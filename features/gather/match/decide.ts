import { type Field, fields, idLevel, levels, nameLevel, type Pattern } from './fields.ts';
import { beliefs, type Compared, factorOf, type Weights } from './learn.ts';

/** What becomes of a row. */
export type Decision = 'link' | 'ask' | 'none';

/** The two thresholds: from `link` on a row is linked by itself, from `ask` on an official is asked. */
export interface Thresholds {
  link: number;
  ask: number;
}

export const usualThresholds: Thresholds = { link: 0.99, ask: 0.05 };

export interface Verdict {
  decision: Decision;
  /** Index of the likeliest candidate; null when there is none. */
  best: number | null;
  /** What is believed of it, 0 to 1. */
  score: number;
  /** Candidates that an official is shown, the likeliest first, with what is believed of each. */
  shown: { at: number; belief: number }[];
}

/** Most candidates that are put before an official. */
const mostShown = 5;

const fileField = fields.indexOf('file');

/** What must have been believed of a row so that it is linked although another row of the file is of the same resident. */
export function beliefBeside(weights: Weights, { link }: Thresholds = usualThresholds): number {
  const [, free = 1, taken = 2] = levels.file.map((_, level) =>
    factorOf(weights, fileField, level, null),
  );
  const odds = (link / (1 - link)) * (free / taken);
  return odds / (1 + odds);
}

const idField = fields.indexOf('id');
const nameField = fields.indexOf('name');

/**
 * Whether a row may be linked to a candidate without asking, however much is believed. Siblings and twins agree in home,
 * phone, guardian and birth alike, so that these are no evidence against each other's names.
 */
function isNamed(pattern: Pattern): boolean {
  const name = pattern[nameField];
  if (name === nameLevel.equal || name === nameLevel.homophone) return true;
  const isRepaired = pattern[idField] === idLevel.repaired;
  return isRepaired && (name === nameLevel.near || name === nameLevel.missing);
}

/** Decides on a row from what is believed of its candidates. */
export function decide(
  weights: Weights,
  row: Compared,
  residents: number,
  { link, ask }: Thresholds = usualThresholds,
): Verdict {
  const believed = beliefs(weights, row, residents);
  believed.pop();
  const order = believed.map((_, i) => i).sort((a, b) => (believed[b] ?? 0) - (believed[a] ?? 0));
  const [best] = order;
  if (best === undefined) return { decision: 'none', best: null, score: 0, shown: [] };
  if (row.owner) return decideOnOwner(row, row.owner, believed, order);
  const score = believed[best] ?? 0;
  // Namesakes share the belief among them: together they are worth asking about.
  const together = believed.reduce((a, b) => a + b, 0);
  const isSure = score >= link && isNamed(row.patterns[best] ?? []);
  const decision = isSure ? 'link' : together >= ask ? 'ask' : 'none';
  const shown = order
    .map((at) => ({ at, belief: believed[at] ?? 0 }))
    .filter(({ belief }) => belief >= ask / mostShown)
    .slice(0, mostShown);
  return { decision, best, score, shown };
}

/**
 * The row has a resident's valid id, and another name. A slip of the pen is linked; otherwise the id may be somebody
 * else's, and an official sees its owner and those whom the rest of the row is like. Birth and sex are of no help: most
 * files have them from the id.
 */
function decideOnOwner(
  { patterns }: Compared,
  { at, isDisputed }: NonNullable<Compared['owner']>,
  believed: readonly number[],
  order: readonly number[],
): Verdict {
  const isSlip = patterns[at]?.[nameField] === nameLevel.near && !isDisputed;
  const shown = [at, ...order.filter((one) => one !== at)]
    .slice(0, mostShown)
    .map((one) => ({ at: one, belief: believed[one] ?? 0 }));
  return { decision: isSlip ? 'link' : 'ask', best: at, score: believed[at] ?? 0, shown };
}

/** One step of the explanation: what a field added, in bits: doublings of the odds. */
export interface Step {
  field: Field;
  level: string;
  bits: number;
}

/** Explains a candidate's weight field by field (a waterfall): the steps sum to the logarithm of its factor. */
export function explain(weights: Weights, pattern: Pattern, share: number | null): Step[] {
  return fields.flatMap((field, i) => {
    const level = pattern[i] ?? 0;
    if (level === 0) return [];
    const bits = Math.log2(factorOf(weights, i, level, share));
    return [{ field, level: levels[field][level] ?? 'missing', bits }];
  });
}
