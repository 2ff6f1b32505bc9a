import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { sealedColumns, sealedOrder } from './batch.ts';

const lineEnd = 10;

/**
 * The lines of all entries written by the transactions from one up to (but not with) another, in sealed order,
 * as the database sends them: pieces of many lines, cut anywhere.
 */
export function readLines(
  client: pg.ClientBase,
  from: number,
  upto: number,
): AsyncIterable<Buffer> {
  return client.query(
    copyTo(
      `copy (select ${sealedColumns} from audit_entry where xid >= ${BigInt(from)} and xid < ${BigInt(upto)}
        order by ${sealedOrder}) to stdout`,
      { highWaterMark: 1 << 20 },
    ),
  );
}

/** Calls `take` with each line, its end included. */
export async function eachLine(
  pieces: AsyncIterable<Buffer>,
  take: (line: Buffer) => void,
): Promise<void> {
  let rest: Buffer | null = null;
  for await (const piece of pieces) {
    const all: Buffer = rest ? Buffer.concat([rest, piece]) : piece;
    let start = 0;
    for (let end = all.indexOf(lineEnd); end >= 0; end = all.indexOf(lineEnd, start)) {
      take(all.subarray(start, end + 1));
      start = end + 1;
    }
    rest = start < all.length ? all.subarray(start) : null;
  }
}

/** Cuts a stream of lines into batches of known sizes, looking at nothing but where lines end. */
export class Cutter {
  #rest: Buffer | null = null;

  /**
   * Takes a piece of the stream and gives it on in parts of whole lines, none reaching over the end of a batch.
   * @param left how many lines the present batch still lacks; asked anew before each part
   */
  take(piece: Buffer, left: () => number, part: (bytes: Buffer, lines: number) => void): void {
    const all = this.#rest ? Buffer.concat([this.#rest, piece]) : piece;
    this.#rest = null;
    let start = 0;
    while (start < all.length) {
      const wanted = left();
      let lines = 0;
      let end = start;
      for (; lines < wanted; lines++) {
        const at = all.indexOf(lineEnd, end);
        if (at < 0) break;
        end = at + 1;
      }
      if (lines === 0) break;
      part(all.subarray(start, end), lines);
      start = end;
    }
    if (start < all.length) this.#rest = all.subarray(start);
  }
}
