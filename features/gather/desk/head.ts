import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../../server/errors.ts';
import { FileMissing, type Files } from '../../../server/files/files.ts';

/** So much of a file of text tells how it is written. */
const enough = 8 * 1_048_576;
const lineEnd = 10;

/**
 * Opens the beginning of a sealed file for `work`: whole lines of a text, all of a workbook, whose table of contents
 * stands at its end. The content lies in a folder that only this user may open, and goes with it.
 */
export async function withHead<T>(
  files: Files,
  key: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  return inFolder(files, key, beginning, work);
}

/** Opens all of a sealed file for `work`. */
export async function withWhole<T>(
  files: Files,
  key: string,
  work: (path: string, folder: string) => Promise<T>,
): Promise<T> {
  return inFolder(files, key, (parts) => parts, work);
}

async function inFolder<T>(
  files: Files,
  key: string,
  partsOf: (parts: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
  work: (path: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'minqing-gather-'));
  try {
    const path = join(folder, 'file');
    const content = Readable.from(partsOf(files.get(key)));
    await pipeline(content, createWriteStream(path, { mode: 0o600 }));
    return await work(path, folder);
  } catch (error) {
    if (error instanceof FileMissing) throw new Problem('not-found');
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* beginning(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let size = 0;
  let isBook: boolean | undefined;
  let isPacked = false;
  let isLittle = false;
  for await (const part of parts) {
    if (isBook === undefined) {
      isBook = isZip(part);
      isPacked = isGzip(part);
      isLittle = part[0] === 0xff && part[1] === 0xfe;
    }
    size += part.length;
    if (isBook || size < enough) {
      yield part;
      continue;
    }
    // A line that is cut would read as a file that was cut; in UTF-16 its end has a second byte.
    yield isPacked ? part : part.subarray(0, part.lastIndexOf(lineEnd) + (isLittle ? 2 : 1));
    return;
  }
}

/** Whether a file begins as a workbook does. */
export const isZip = (head: Buffer): boolean =>
  head.length >= 4 && head.readUInt32BE(0) === 0x504b0304;
/** Whether a file is packed by gzip. */
export const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b;
