import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { openRows } from '../../features/gather/read/open.ts';
import type { FileFormat } from '../../features/gather/rows.ts';
import { withClient } from '../../server/database/connect.ts';
import type { GatherSite } from './site.ts';

/** A file's rows as COPY reads them. */
interface Plain {
  path: string;
  columns: number;
  rows: number;
}

const escaped = (cell: string): string =>
  cell.replace(/[\\\n\r\t]/g, (one) => `\\${{ '\\': '\\', '\n': 'n', '\r': 'r', '\t': 't' }[one]}`);

/** Writes the rows of a department's file as text that COPY reads: what follows is then COPY alone. */
async function plainOf(path: string, format: FileFormat, to: string): Promise<Plain> {
  const rows = await openRows(path, format);
  const plain: Plain = { path: to, columns: rows.header.length, rows: 0 };
  async function* lines(): AsyncGenerator<string> {
    for await (const some of rows) {
      plain.rows += some.length;
      yield some.map(({ cells }) => `${cells.map(escaped).join('\t')}\n`).join('');
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(to));
  await rows.close();
  return plain;
}

/**
 * Copies the rows of files, as texts, into tables without anything on them.
 * @returns how many rows, and the seconds that COPY alone took
 */
export async function bareCopy(
  site: GatherSite,
  folder: string,
  files: readonly (readonly [source: string, path: string])[],
): Promise<{ rows: number; seconds: number }> {
  mkdirSync(folder, { recursive: true });
  let [rows, seconds] = [0, 0];
  for (const [source, path] of files) {
    const plain = await plainOf(path, site.profileOf(source).format, join(folder, source));
    await withClient(site.installation.reach.owner, async (client) => {
      const columns = Array.from({ length: plain.columns }, (_, i) => `c${i} text`);
      await client.query(`create table bare_copy (${columns.join(', ')})`);
      const started = performance.now();
      await pipeline(
        createReadStream(plain.path, { highWaterMark: 1 << 20 }),
        client.query(copyFrom('copy bare_copy from stdin')),
      );
      seconds += (performance.now() - started) / 1000;
      await client.query('drop table bare_copy');
    });
    rows += plain.rows;
  }
  return { rows, seconds };
}
