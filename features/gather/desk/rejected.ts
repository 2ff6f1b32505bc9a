import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Files } from '../../../server/files/files.ts';
import { aboutWords, takenSheets } from '../../../server/spreadsheet/taken.ts';
import { type Cell, workbook } from '../../../server/spreadsheet/workbook.ts';
import { openRows } from '../read/open.ts';
import type { Profile, RawRow } from '../rows.ts';
import { withWhole } from './head.ts';
import type { FaultyRow } from './reasons.ts';

/** Rows that are taken out with what was wrong with them. */
export interface Taking {
  fileKey: string;
  profile: Profile;
  rows: readonly FaultyRow[];
  title: string;
  marks: readonly string[];
  /** Id of the entry in the audit. */
  entry: string;
  purpose: string;
  at: string;
  format: 'csv' | 'xlsx';
}

const words = {
  row: '数据行',
  why: '原因',
  notice: '含个人信息，只用于所述用途，用后删除；更正后请重新导出整份文件再归集',
} as const;

/**
 * The rows as they came, read again from the sealed file, with 原因 in a column of its own. Made whole before a byte of
 * it is sent, in a folder of this user that goes with the last byte.
 */
export async function rejectedFile(files: Files, taking: Taking): Promise<Readable> {
  const folder = await mkdtemp(join(tmpdir(), `minqing-rejected-${process.pid}-`));
  const clear = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'out');
    await withWhole(files, taking.fileKey, async (source) => {
      const open = await openRows(source, taking.profile.format);
      try {
        const rows = withReasons(open, taking.rows);
        const made =
          taking.format === 'csv'
            ? csv(open.header, rows, taking)
            : book(open.header, rows, taking);
        await pipeline(Readable.from(made), createWriteStream(path, { mode: 0o600 }));
      } finally {
        await open.close();
      }
    });
    return createReadStream(path).once('close', () => void clear());
  } catch (error) {
    await clear();
    throw error;
  }
}

interface Out {
  raw: RawRow;
  why: string;
}

/** Rows of the file and reasons, both in the order of the rows. */
async function* withReasons(
  rows: AsyncIterable<RawRow[]>,
  wanted: readonly FaultyRow[],
): AsyncGenerator<Out> {
  let at = 0;
  if (wanted.length === 0) return;
  for await (const batch of rows) {
    for (const raw of batch) {
      const next = wanted[at];
      if (!next) return;
      if (raw.n !== next.n) continue;
      yield { raw, why: next.why };
      at++;
    }
  }
}

function book(
  header: readonly string[],
  rows: AsyncIterable<Out>,
  taking: Taking,
): AsyncGenerator<Buffer> {
  const { title, marks, entry, purpose, at } = taking;
  async function* cells(): AsyncGenerator<Cell[]> {
    for await (const { raw, why } of rows)
      yield [raw.n, ...header.map((_, place) => raw.cells[place] ?? ''), why];
  }
  const columns = [
    { title: words.row, width: 8 },
    ...header.map((name) => ({ title: name, width: 18 })),
    { title: words.why, width: 60 },
  ];
  const about: Cell[][] = [
    [aboutWords.who, marks[0] ?? ''],
    [aboutWords.at, at],
    [aboutWords.purpose, purpose],
    [aboutWords.list, title],
    [aboutWords.count, taking.rows.length],
    [aboutWords.entry, entry],
    [aboutWords.note, words.notice],
  ];
  return workbook(
    takenSheets([{ title: words.why, columns, rows: cells() }], { marks, entry, about }),
    title,
  );
}

async function* csv(
  header: readonly string[],
  rows: AsyncIterable<Out>,
  taking: Taking,
): AsyncGenerator<string> {
  const line = (cells: readonly string[]): string => `${cells.map(quoted).join(',')}\r\n`;
  yield `\ufeff${line([`${taking.marks.join('  ')}  ${taking.purpose}  ${aboutWords.entry} ${taking.entry}  ${words.notice}`])}`;
  yield line([words.row, ...header, words.why]);
  for await (const { raw, why } of rows)
    yield line([String(raw.n), ...header.map((_, place) => raw.cells[place] ?? ''), why]);
}

/** A cell that a spreadsheet would run as a formula begins with an apostrophe, which it takes for a text. */
function quoted(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
