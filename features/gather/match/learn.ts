import { fields, levelSets, levels, type Pattern } from './fields.ts';

/**
 * Weights of a Fellegi–Sunter model (Fellegi and Sunter 1969), learnt from the data of one source:
 * for each field and level how often it is seen between a row and the resident it means (m), and between
 * a row and somebody else (u).
 */
export interface Weights {
  m: readonly (readonly number[])[];
  u: readonly (readonly number[])[];
  /** Share of the rows whose resident is in the archive. */
  coverage: number;
  /** How many bear a name, in so many people, of which the archive knows one bearer: `expectedBearers`. */
  alone?: number;
}

/**
 * How often a name that one resident bears is to be expected among as many people again, by Good and Turing: what is
 * seen once is rarer than it seems, the more so the fewer things are seen twice.
 * @param once how many names have one bearer
 * @param twice how many have two
 */
export function expectedBearers(once: number, twice: number): number {
  return Math.min(1, (2 * (twice + 1)) / (once + 1));
}

/** The candidates of one row, as far as the model sees them. */
export interface Compared {
  /** The pattern of each candidate. */
  patterns: readonly Pattern[];
  /** Of each candidate how common the agreeing name is: its share of the archive's residents. */
  shares: readonly (number | null)[];
  /** Index of the candidate that a valid id told; null where none did. */
  told: number | null;
  /** Whether the row has a valid id, known or not. */
  hasId: boolean;
  /** The candidate whose id the row has, though the name is another. */
  owner?: {
    at: number;
    /** Somebody in the owner's own household bears the name of the row: the id is likely theirs by mistake. */
    isDisputed: boolean;
  };
}

/**
 * How many rows of a batch have a valid id: of residents that the archive knew, and of nobody so far. From them
 * follows how likely any row of the source means somebody in the archive; rows without an id can hardly tell.
 */
export interface Census {
  known: number;
  /** Of people whom the batch itself brought. */
  brought: number;
  open: number;
}

const nameField = fields.indexOf('name');
/** A level that was never seen may yet be. */
const floor = 1e-6;

const empty = (): number[][] => fields.map((field) => levels[field].map(() => 0));

/** The sets of levels of each field within which shares add up to 1; `missing` is in none. */
const setsOf = fields.map((field) => levelSets[field] ?? [levels[field].map((_, i) => i).slice(1)]);

/** Shares of levels among patterns that were counted with weights; `missing` is left out of the sum. */
function sharesOf(counts: readonly (readonly number[])[], prior: number): number[][] {
  return counts.map((row, field) => {
    const shares = row.map(() => 1);
    for (const set of setsOf[field] ?? []) {
      const sum = seenIn(row, set) + prior * set.length;
      for (const level of set)
        shares[level] = sum === 0 ? floor : Math.max(floor, ((row[level] ?? 0) + prior) / sum);
    }
    return shares;
  });
}

const seenIn = (row: readonly number[], set: readonly number[]): number =>
  set.reduce((sum, level) => sum + (row[level] ?? 0), 0);

/** How often the levels are seen between a row and anybody: from pairs drawn at random. */
export function learnChance(pairs: Iterable<Pattern>): number[][] {
  const counts = empty();
  for (const pattern of pairs) count(counts, pattern, 1);
  return sharesOf(counts, 0.5);
}

function count(counts: number[][], pattern: Pattern, weight: number): void {
  pattern.forEach((level, field) => {
    const row = counts[field];
    if (row) row[level] = (row[level] ?? 0) + weight;
  });
}

/**
 * How much likelier the pattern is for the resident meant than for anybody else.
 * @param share of the archive's residents who bear the name that agrees; the rarer, the more it says
 */
export function factor({ m, u }: Weights, pattern: Pattern, share: number | null): number {
  let product = 1;
  pattern.forEach((level, field) => {
    if (level !== 0) product *= factorOf({ m, u }, field, level, share);
  });
  return product;
}

/** The same for one field. */
export function factorOf(
  { m, u }: Pick<Weights, 'm' | 'u'>,
  field: number,
  level: number,
  share: number | null,
): number {
  if (level === 0) return 1;
  const chance = field === nameField && share !== null ? share : u[field]?.[level];
  return (m[field]?.[level] ?? 1) / Math.max(floor * floor, chance ?? 1);
}

/**
 * What is believed of a row: of each candidate, and last that it is none of them; sums to 1.
 * @param residents how many residents it might be
 */
export function beliefs(weights: Weights, row: Compared, residents: number): number[] {
  const each = weights.coverage / Math.max(1, residents);
  const odds = row.patterns.map(
    (pattern, i) => each * factor(weights, pattern, row.shares[i] ?? null),
  );
  const none = 1 - weights.coverage;
  const sum = odds.reduce((a, b) => a + b, none);
  return [...odds, none].map((odd) => odd / sum);
}

/** Before anything is known: agreement is usual between a row and its resident. */
const first: Readonly<Record<(typeof fields)[number], readonly number[]>> = {
  id: [1, 0.9, 0.01, 0.99, 0.1],
  name: [1, 0.94, 0.03, 0.02, 0.01],
  birth: [1, 0.95, 0.04, 0.01],
  sex: [1, 0.99, 0.01],
  phone: [1, 0.7, 0.3],
  home: [1, 0.6, 0.2, 0.1, 0.1],
  guardian: [1, 0.7, 0.2, 0.1],
  file: [1, 0.95, 0.05],
};

/**
 * Learns the weights by expectation and maximisation over the rows of a source. Rows whose valid id told
 * their resident teach with certainty, the others as far as they are believed.
 * @param chance of `learnChance`
 * @param census of the whole batch, where the rows are a sample of it
 */
export function learnWeights(
  rows: readonly Compared[],
  chance: readonly (readonly number[])[],
  residents: number,
  census?: Census,
  rounds = 25,
): Weights {
  let weights: Weights = { m: fields.map((field) => first[field]), u: chance, coverage: 0.95 };
  for (let round = 0; round < rounds; round++) {
    const next = maximise(rows, weights, residents, census);
    const moved = Math.abs(next.coverage - weights.coverage) + distance(next.m, weights.m);
    weights = next;
    if (moved < 1e-6) break;
  }
  return weights;
}

function maximise(
  rows: readonly Compared[],
  weights: Weights,
  residents: number,
  census?: Census,
): Weights {
  const counts = empty();
  const all = { rows: 0, covered: 0 };
  const open = { rows: 0, covered: 0 };
  for (const row of rows) {
    const believed = row.told === null ? beliefs(weights, row, residents) : null;
    let covered = 0;
    row.patterns.forEach((pattern, i) => {
      const belief = believed ? (believed[i] ?? 0) : i === row.told ? 1 : 0;
      count(counts, pattern, belief);
      covered += belief;
    });
    for (const some of row.told === null && row.hasId ? [all, open] : [all]) {
      some.rows++;
      some.covered += covered;
    }
  }
  return {
    m: withPrior(sharesOf(counts, 0), counts),
    u: weights.u,
    coverage: census ? coverageOf(census, open, all) : coveredOf(all),
  };
}

interface Covered {
  rows: number;
  covered: number;
}

/** Half a row beyond each count: nothing is ever certain. */
const coveredOf = ({ rows, covered }: Covered): number => (covered + 0.5) / (rows + 1);

/** Fewer rows with an id say too little of the others. */
const fewestWithId = 50;

function coverageOf(census: Census, open: Covered, all: Covered): number {
  const { known, brought } = census;
  const rows = known + brought + census.open;
  if (rows < fewestWithId) return coveredOf(all);
  const ofOpen = open.rows === 0 ? 0 : (open.covered / open.rows) * census.open;
  return coveredOf({ rows, covered: known + ofOpen });
}

/** Rows that what is usual weighs as much as: a file of a few rows must not teach from its own guesses. */
const usualRows = 30;

/** Where a source gave little to learn from, what is usual stands beside it. */
function withPrior(shares: number[][], counts: readonly (readonly number[])[]): number[][] {
  return shares.map((row, field) => {
    const name = fields[field];
    const usual = name ? first[name] : [];
    return row.map((share, level) => {
      const set = setsOf[field]?.find((one) => one.includes(level));
      if (!set) return 1;
      const n = seenIn(counts[field] ?? [], set);
      return (share * n + usualRows * (usual[level] ?? 0)) / (n + usualRows);
    });
  });
}

function distance(one: Weights['m'], other: Weights['m']): number {
  return one.reduce(
    (sum, row, field) =>
      sum +
      row.reduce(
        (inner, share, level) => inner + Math.abs(share - (other[field]?.[level] ?? 0)),
        0,
      ),
    0,
  );
}
