import { createHash, type Hash } from 'node:crypto';
import type pg from 'pg';
import { isGenuine, isLate, type Seal, sealHash } from './batch.ts';
import { type Finding, firstTouched, firstWhere } from './finding.ts';
import { Cutter, readLines } from './lines.ts';
import type { SealEnd } from './seals.ts';

/** Seals that follow each other, and what the first of them rests on. */
export interface Stretch {
  before: SealEnd;
  seals: readonly Seal[];
}

/**
 * The seals of a stretch by themselves: numbered without a gap, each resting on the one before, made with the key.
 * @returns the first that is not
 */
export function checkSeals({ before, seals }: Stretch, key: Buffer): Finding | null {
  let last = before;
  for (const seal of seals) {
    if (seal.number !== last.number + 1)
      return { what: 'seal_missing', seal: last.number + 1, entry: null };
    if (!isGenuine(key, seal)) return { what: 'seal_forged', seal: seal.number, entry: null };
    const rests =
      seal.previous.equals(last.hash) &&
      seal.from === last.upto &&
      seal.total === last.total + seal.entries;
    if (!rests) return { what: 'seal_altered', seal: seal.number, entry: null };
    last = seal;
  }
  return null;
}

/**
 * Reads the entries of a stretch and compares them with its seals. As long as the hashes agree no single entry is
 * looked at; where one does not, the marks of the seal name the first entry that was touched.
 * @param read called with how many entries were found in order
 */
export async function checkEntries(
  client: pg.ClientBase,
  { before, seals }: Stretch,
  read: (entries: number) => void,
): Promise<Finding | null> {
  const differs = await firstDiffering(client, seals, read);
  const late = await firstBackdated(client, { before, seals }, differs ?? seals.length);
  if (late || differs === null) return late;
  // An entry inserted behind the last of a batch shows only in the hash of the next one, or as one too many.
  for (const seal of seals.slice(Math.max(0, differs - 1), differs + 1)) {
    const found = await firstTouched(client, seal);
    if (found) return found;
  }
  return { what: 'seal_altered', seal: seals[differs]?.number ?? null, entry: null };
}

async function firstBackdated(
  client: pg.ClientBase,
  { before, seals }: Stretch,
  end: number,
): Promise<Finding | null> {
  for (const [at, seal] of seals.slice(0, end).entries()) {
    if (seal.late === 0) continue;
    const { completeAt } = seals[at - 1] ?? before;
    const entry = await firstWhere(client, seal, (one) => isLate(one, completeAt));
    return { what: 'backdated', seal: seal.number, entry };
  }
  return null;
}

/** The place of the first seal whose hash is not that of the entries there; the number of seals when some are left over. */
async function firstDiffering(
  client: pg.ClientBase,
  seals: readonly Seal[],
  read: (entries: number) => void,
): Promise<number | null> {
  const [first] = seals;
  const last = seals.at(-1);
  if (!first || !last) return null;
  let at = 0;
  let lines = 0;
  let hashed: Hash = createHash('sha256');
  let differs: number | null = null;
  const cutter = new Cutter();
  const left = (): number => (seals[at]?.entries ?? Number.POSITIVE_INFINITY) - lines;
  const part = (bytes: Buffer, count: number): void => {
    if (differs !== null) return;
    const seal = seals[at];
    if (!seal) {
      differs = seals.length;
      return;
    }
    hashed.update(bytes);
    lines += count;
    if (lines < seal.entries) return;
    if (!sealHash(seal, hashed.digest()).equals(seal.hash)) {
      differs = at;
      return;
    }
    read(seal.entries);
    hashed = createHash('sha256');
    lines = 0;
    at++;
  };
  for await (const piece of readLines(client, first.from, last.upto))
    cutter.take(piece, left, part);
  // Some are gone: the last batch is not full.
  if (differs === null && at < seals.length) differs = at;
  return differs;
}
