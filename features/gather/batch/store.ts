import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Text } from '../../../server/errors.ts';
import type { Weights } from '../match/learn.ts';

/** Where a batch stands. */
export type BatchState =
  | 'queued'
  | 'staging'
  | 'matching'
  | 'merging'
  | 'done'
  | 'undoing'
  | 'undone'
  | 'refused';

export interface Batch {
  id: string;
  number: number;
  source: string;
  profile: string;
  file_name: string;
  file_key: string;
  digest: Buffer;
  bytes: number;
  lo: number;
  hi: number;
  /** The day of the file. */
  day: string;
  state: BatchState;
  problem: Text | null;
  staged: number;
  aside: number;
  linked: number;
  asked: number;
  unmatched: number;
  made: number;
  changed: number;
  weights: Weights | null;
  /** The other system that handed it in. */
  system: string | null;
}

/** What is known of a file before it is gathered. */
export type NewBatch = Pick<
  Batch,
  'id' | 'source' | 'profile' | 'file_name' | 'file_key' | 'digest' | 'bytes' | 'lo' | 'hi' | 'day'
>;

/** The batch of the same file of that source, unless it was undone or refused: a file is gathered once. */
export function sameFile(tx: Queries, source: string, digest: Buffer): Promise<Batch | undefined> {
  return tx.first(sql<Batch>`select * from gather_batch
    where source = ${source} and digest = ${digest} and state not in ('undone', 'refused')`);
}

export async function addBatch(tx: Queries, batch: NewBatch, now: Date): Promise<number> {
  const { id, source, profile, file_name, file_key, digest, bytes, lo, hi, day } = batch;
  const made = await tx.first(sql<{ number: number }>`
    insert into gather_batch (id, source, profile, file_name, file_key, digest, bytes, lo, hi, day, created_at)
    values (${id}, ${source}, ${profile}, ${file_name}, ${file_key}, ${digest}, ${bytes}, ${lo}, ${hi}, ${day}, ${now})
    returning number`);
  if (!made) throw new Error('no batch was made');
  return made.number;
}

export function batchOf(tx: Queries, number: number): Promise<Batch | undefined> {
  return tx.first(sql<Batch>`select * from gather_batch where number = ${number}`);
}

/** Batches in the order of their numbers given, without what they learnt. */
export async function batchesOf(tx: Queries, numbers: readonly number[]): Promise<Batch[]> {
  const found = await tx.rows(sql<Batch>`
    select b.id, b.number, b.source, b.profile, b.file_name, b.file_key, b.digest, b.bytes, b.lo, b.hi, b.day, b.state, b.problem,
           b.staged, b.aside, b.linked, b.asked, b.unmatched, b.made, b.changed, b.system, null as weights
      from unnest(${numbers}::int[]) with ordinality as k(number, turn) join gather_batch b on b.number = k.number
     order by k.turn`);
  return found;
}

/** Brings what the planner knows of tables up to date that were just filled. */
export async function analyze(tx: Queries): Promise<void> {
  await tx.count(sql`analyze gather_row (batch, n), gather_link (batch, n, resident, decision),
    gather_person (id, citizen, name, pinyin, phone, birth, household), gather_home`);
}

/** The newest batches first. */
export function newestBatches(tx: Queries, limit: number): Promise<Batch[]> {
  return tx.rows(sql<Batch>`select * from gather_batch order by id desc limit ${limit}`);
}

export function setState(
  tx: Queries,
  number: number,
  state: BatchState,
  ended: Date | null = null,
  problem: Text | null = null,
): Promise<number> {
  return tx.count(sql`update gather_batch set state = ${state}, ended_at = ${ended},
    problem = ${problem && JSON.stringify(problem)} where number = ${number}`);
}

export function keepWeights(tx: Queries, number: number, weights: Weights): Promise<number> {
  return tx.count(
    sql`update gather_batch set weights = ${JSON.stringify(weights)} where number = ${number}`,
  );
}

/** Adds up what became of the rows. */
export function countUp(
  tx: Queries,
  number: number,
  made: number,
  changed: number,
): Promise<number> {
  return tx.count(sql`
    update gather_batch b set staged = r.staged, aside = r.aside, linked = l.linked, asked = l.asked, unmatched = l.unmatched,
           made = ${made}, changed = ${changed}
      from (select count(*)::int as staged, count(*) filter (where aside is not null)::int as aside
              from gather_row where batch = ${number}) r,
           (select count(*) filter (where resident is not null)::int as linked,
                   count(*) filter (where decision = 'ask')::int as asked,
                   count(*) filter (where decision in ('none', 'unplaced'))::int as unmatched
              from gather_link where batch = ${number}) l
     where b.number = ${number}`);
}
