import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Language, Text } from '../../../server/errors.ts';
import { Problem } from '../../../server/errors.ts';
import type { BatchState } from '../batch/store.ts';
import type { CellFault, Reason } from '../rows.ts';
import type { BatchStatus } from './contract.ts';
import { rowReasons } from './reasons.ts';

/** Rows not taken that one answer tells. */
const rowsAtOnce = 500;

interface BatchRow {
  id: string;
  number: number;
  state: BatchState;
  problem: Text | null;
  day: string;
  staged: number;
  aside: number;
  linked: number;
  asked: number;
  unmatched: number;
  made: number;
  changed: number;
}

interface RowNotTaken {
  n: number;
  aside: Reason | null;
  faults: CellFault[] | null;
  decision: string | null;
}

/**
 * How a batch of the system stands, and which of its rows and cells were not taken, from `after` on.
 * @throws Problem not-found when it is none of this system's
 */
export async function statusOf(
  tx: Queries,
  source: string,
  id: string,
  after: number,
  language: Language,
): Promise<BatchStatus> {
  const batch = await tx.first(sql<BatchRow>`
    select id, number, state, problem, day, staged, aside, linked, asked, unmatched, made, changed
      from gather_batch where id = ${id} and source = ${source}`);
  if (!batch) throw new Problem('not-found');
  const rows = await rowsNotTaken(tx, batch.number, after);
  return {
    id: batch.id,
    batch: batch.number,
    state: batch.state,
    problem: batch.problem?.[language] ?? null,
    day: batch.day,
    counts: {
      rows: batch.staged,
      aside: batch.aside,
      linked: batch.linked,
      asked: batch.asked,
      unmatched: batch.unmatched,
      made: batch.made,
      changed: batch.changed,
    },
    notTaken: rows.flatMap((row) => told(row, language)),
    next: rows.length === rowsAtOnce ? (rows.at(-1)?.n ?? null) : null,
  };
}

function rowsNotTaken(tx: Queries, batch: number, after: number): Promise<RowNotTaken[]> {
  return tx.rows(sql<RowNotTaken>`
    select r.n, r.aside, r.faults, l.decision from gather_row r
      left join gather_link l on l.batch = r.batch and l.n = r.n
     where r.batch = ${batch} and r.n > ${after}
       and (r.aside is not null or r.faults is not null or l.decision in ('none', 'unplaced', 'parted', 'ask'))
     order by r.n limit ${sql.whole(rowsAtOnce)}`);
}

const byDecision: Readonly<Record<string, Reason>> = {
  none: rowReasons.nobody,
  unplaced: rowReasons.nobody,
  parted: rowReasons.nobody,
  ask: rowReasons.asked,
};

/** What is said of a row: of it as a whole, and of cells. Never what stood in a cell: whoever sent it knows. */
function told(
  { n, aside, faults, decision }: RowNotTaken,
  language: Language,
): BatchStatus['notTaken'] {
  const whole = aside ?? byDecision[decision ?? ''];
  return [
    ...(whole ? [{ row: n, column: null, code: whole.code, reason: whole.message[language] }] : []),
    ...(faults ?? []).map(({ column, code, message }) => ({
      row: n,
      column,
      code,
      reason: message[language],
    })),
  ];
}
