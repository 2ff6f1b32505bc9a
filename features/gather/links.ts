import { sql } from '../../server/database/sql.ts';
import type { Queries } from '../../server/database/steward.ts';

/** Which resident a row means. */
export interface Link {
  batch: number;
  source: string;
  n: number;
  resident: string | null;
  household: string | null;
  decision: string;
  score: number | null;
}

const atOnce = 10_000;

/** Goes through the links of all batches that stand, some at a time, in the order of batch and row. */
export async function eachLink(tx: Queries, take: (links: Link[]) => void): Promise<void> {
  let [batch, n] = [0, 0];
  for (;;) {
    const links = await tx.rows(sql<Link>`
      select l.batch, b.source, l.n, l.resident, l.household, l.decision, l.score
        from gather_link l join gather_batch b on b.number = l.batch
       where (l.batch, l.n) > (${batch}, ${n}) order by l.batch, l.n limit ${atOnce}`);
    const last = links.at(-1);
    if (!last) return;
    take(links);
    batch = last.batch;
    n = last.n;
  }
}
