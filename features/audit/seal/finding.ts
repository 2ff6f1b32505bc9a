import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  entryOf,
  idOf,
  markLength,
  markOf,
  type Seal,
  type SealedEntry,
  sealHash,
} from './batch.ts';
import { eachLine, readLines } from './lines.ts';

/** What was found wrong, and where. */
export interface Finding {
  /**
   * altered, removed, inserted: an entry that is sealed, or lies among sealed ones. backdated: written after the
   * seal before which it claims to have been. seal_missing, seal_altered, seal_forged: the seal itself; forged is
   * one made without the key. cut_off: newer seals are known to have been there. witness: the file tells another story.
   */
  what:
    | 'altered'
    | 'removed'
    | 'inserted'
    | 'backdated'
    | 'seal_missing'
    | 'seal_altered'
    | 'seal_forged'
    | 'retired_forged'
    | 'cut_off'
    | 'witness';
  /** The seal it belongs to; null outside all seals. */
  seal: number | null;
  entry: SealedEntry | null;
}

interface Line {
  entry: SealedEntry;
  mark: Buffer;
}

/** The first entry of a batch that is not as it was sealed, or the seal itself; null when all are. */
export async function firstTouched(client: pg.ClientBase, seal: Seal): Promise<Finding | null> {
  const there: Line[] = [];
  const hashed = createHash('sha256');
  await eachLine(readLines(client, seal.from, seal.upto), (line) => {
    there.push({ entry: entryOf(line), mark: markOf(line) });
    hashed.update(line);
  });
  const marks = Buffer.concat(there.map(({ mark }) => mark));
  // The entries are those that were sealed; then it is the marks that were touched, and they name nothing.
  if (!marks.equals(seal.marks) && sealHash({ ...seal, marks }, hashed.digest()).equals(seal.hash))
    return { what: 'seal_altered', seal: seal.number, entry: null };
  return compareMarks(seal, there);
}

/**
 * Compares what is there with the marks of the seal, in order. An id that is in both but with another hash was
 * altered; one that is only there was inserted; one that is only sealed was removed.
 */
export function compareMarks(
  seal: Pick<Seal, 'number' | 'marks'>,
  there: readonly Line[],
): Finding | null {
  const sealed = Array.from({ length: seal.marks.length / markLength }, (_, at) =>
    seal.marks.subarray(at * markLength, (at + 1) * markLength),
  );
  const sealedIds = countOf(sealed.map(idOf));
  const thereIds = countOf(there.map(({ entry }) => entry.id));
  let at = 0;
  while (at < sealed.length && at < there.length && sealed[at]?.equals(there[at]?.mark ?? empty))
    at++;
  const mark = sealed[at];
  const line = there[at];
  const found = (what: Finding['what'], entry: SealedEntry): Finding => ({
    what,
    seal: seal.number,
    entry,
  });
  if (mark && !thereIds.has(idOf(mark)))
    return found('removed', { id: idOf(mark), at: instantIn(idOf(mark)) });
  if (line && (thereIds.get(line.entry.id) ?? 0) > (sealedIds.get(line.entry.id) ?? 0))
    return found('inserted', line.entry);
  if (line) return found('altered', line.entry);
  if (mark) return found('removed', { id: idOf(mark), at: instantIn(idOf(mark)) });
  return null;
}

/** The first entry, in sealed order, of the transactions [from, upto) that meets a condition. */
export async function firstWhere(
  client: pg.ClientBase,
  { from, upto }: Pick<Seal, 'from' | 'upto'>,
  meets: (entry: SealedEntry) => boolean,
): Promise<SealedEntry | null> {
  let first: SealedEntry | null = null;
  await eachLine(readLines(client, from, upto), (line) => {
    if (first) return;
    const entry = entryOf(line);
    if (meets(entry)) first = entry;
  });
  return first;
}

/** The millisecond in a UUIDv7, as PostgreSQL writes instants in UTC: of a removed entry it is all that is left. */
export function instantIn(id: string): string {
  const at = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
  return `${at.toISOString().replace('T', ' ').slice(0, 23)}+00`;
}

function countOf(ids: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

const empty = Buffer.alloc(0);
