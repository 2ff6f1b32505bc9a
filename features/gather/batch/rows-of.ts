import type { Vault } from '../../../server/crypto.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { cleanerOf } from '../clean/cleaner.ts';
import { type Counted, Tally } from '../clean/tally.ts';
import { dayOfFile } from '../profile/as-of.ts';
import { matchHeader } from '../profile/header.ts';
import { openRows } from '../read/open.ts';
import type { Profile, RawRow } from '../rows.ts';
import { Refused } from './refused.ts';
import { stager } from './stage.ts';

/** A file that is read. */
export interface FileTask {
  path: string;
  profile: Profile;
  /** The day of the file, where it tells none. */
  day: string;
  today: string;
}

/** Rows ready to be staged. */
export interface Chunk {
  /** What `stage` takes. */
  json: string;
  /** Number of the last row. */
  last: number;
}

/** Of some readers of one file each makes every so-manieth chunk. */
export interface Lane {
  turn: number;
  of: number;
}

/** Rows a chunk: one transaction. */
const rowsAtOnce = 4000;

/**
 * The rows of a file made clean and ready to be staged.
 * @returns what was counted of the rows that this lane made
 * @throws Refused when the file does not fit the profile; Problem invalid when it cannot be read
 */
export async function* laneOf(
  { path, profile, day, today }: FileTask,
  { dictionary, vault }: { dictionary: Dictionary; vault: Vault },
  { turn, of }: Lane,
): AsyncGenerator<Chunk, Counted> {
  const rows = await openRows(path, profile.format);
  try {
    const fit = matchHeader(profile, rows.header);
    if (fit.message && fit.fit === 'wrong') throw new Refused(fit.message);
    const asOf = dayOfFile(profile, rows.titles, day, today);
    const clean = cleanerOf(profile, { dictionary, fit, today, asOf });
    const ready = stager(dictionary, vault, today);
    const tally = new Tally();
    let number = 0;
    for await (const some of inChunks(rows)) {
      if (number++ % of !== turn) continue;
      const cleaned = some.map(clean);
      for (const row of cleaned) tally.add(row);
      yield { json: JSON.stringify(cleaned.map(ready)), last: some.at(-1)?.n ?? 0 };
    }
    return tally.counted();
  } finally {
    await rows.close();
  }
}

async function* inChunks(rows: AsyncIterable<RawRow[]>): AsyncGenerator<RawRow[]> {
  let chunk: RawRow[] = [];
  for await (const some of rows) {
    chunk = chunk.length === 0 ? some : chunk.concat(some);
    if (chunk.length < rowsAtOnce) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** All rows of a file, read in this thread. @throws as `laneOf` does, and Refused when not one of its rows can be used */
export async function* chunksOf(
  task: FileTask,
  desk: { dictionary: Dictionary; vault: Vault },
): AsyncGenerator<Chunk> {
  refuseHopeless([yield* laneOf(task, desk, { turn: 0, of: 1 })]);
}

/** @throws Refused when what was counted tells that it is plainly the wrong file */
export function refuseHopeless(counted: readonly Counted[]): void {
  const hopeless = Tally.of(counted).refusal();
  if (hopeless) throw new Refused(hopeless.message);
}
