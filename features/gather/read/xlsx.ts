import type { Read } from '../../../server/spreadsheet/cells.ts';
import { streamSheet } from '../../../server/spreadsheet/sheet-stream.ts';
import {
  type ArchiveBytes,
  bytesOfBuffer,
  bytesOfFile,
} from '../../../server/spreadsheet/unzip-stream.ts';
import type { FileBytes } from './bytes.ts';
import type { ReadLimits } from './limits.ts';
import { type ParsedRow, shortened } from './parsed.ts';
import { rowReasons } from './reasons.ts';
import { UnreadableFile } from './unreadable.ts';

/** The rows of a workbook's first sheet, in batches. @throws UnreadableWorkbook; UnreadableFile */
export async function* rowsOfBook(
  path: string,
  bytes: FileBytes,
  limits: ReadLimits,
): AsyncGenerator<ParsedRow[]> {
  const archive = bytes.packed
    ? await inMemory(bytes, limits)
    : counted(await bytesOfFile(path), bytes);
  try {
    // One more than is allowed, so that a header that is too long is seen to be.
    const { rows } = await streamSheet(archive, limits.columns + 1);
    for await (const batch of rows) yield batch.map((cells) => parsed(cells, limits));
  } finally {
    await archive.close();
  }
}

function counted(archive: ArchiveBytes, bytes: FileBytes): ArchiveBytes {
  return {
    ...archive,
    async read(from, length) {
      const part = await archive.read(from, length);
      bytes.count(part.length);
      return part;
    },
  };
}

async function inMemory(bytes: FileBytes, limits: ReadLimits): Promise<ArchiveBytes> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of bytes.content) {
    parts.push(part);
    size += part.length;
    if (size > limits.packedBook) throw new UnreadableFile('bomb');
  }
  return bytesOfBuffer(Buffer.concat(parts));
}

function parsed(read: readonly Read[], limits: ReadLimits): ParsedRow {
  let hasFormula = false;
  let isLong = false;
  const cells = read.map((cell) => {
    if (typeof cell === 'string') {
      if (cell.length > limits.cell) isLong = true;
      return cell;
    }
    if (cell === null) return '';
    if (typeof cell === 'object') {
      hasFormula = true;
      return '';
    }
    return typeof cell === 'boolean' ? (cell ? 'TRUE' : 'FALSE') : String(cell);
  });
  if (isLong) return { cells: shortened(cells, limits.columns), fault: rowReasons.cell };
  return hasFormula ? { cells, fault: rowReasons.formula } : { cells };
}
