import type { Encoding } from '../rows.ts';
import { decodeLines, encodingOf, lost, markOf } from './encoding.ts';
import type { ReadLimits } from './limits.ts';
import { UnreadableFile } from './unreadable.ts';

const newline = 10;
/** Bytes by which the encoding is told. */
const enough = 65_536;

/** A text that is read as it comes, in pieces that end with a line; the last may not. */
export interface StreamedText {
  encoding: Encoding;
  pieces: AsyncGenerator<string>;
}

/**
 * Text out of bytes.
 * @param hint the encoding where the bytes don't tell
 * @throws UnreadableFile in the midst, when a line is longer than a table's may be
 */
export async function streamText(
  content: AsyncGenerator<Buffer>,
  limits: ReadLimits,
  hint?: Encoding,
): Promise<StreamedText> {
  const { head, rest } = await headOf(content);
  const marked = markOf(head);
  const encoding = encodingOf(head, hint);
  const bytes = following(head.subarray(marked?.length ?? 0), rest);
  if (encoding === 'utf-8' || encoding === 'gb18030')
    return { encoding, pieces: withoutNul(piecesOf(bytes, encoding, limits)) };
  return { encoding, pieces: withoutNul(wholeLines(decoded(bytes, encoding), limits)) };
}

/** NUL, which no database takes, is damage as well. */
async function* withoutNul(pieces: AsyncGenerator<string>): AsyncGenerator<string> {
  for await (const piece of pieces)
    yield piece.includes('\0') ? piece.replaceAll('\0', lost) : piece;
}

async function headOf(
  content: AsyncGenerator<Buffer>,
): Promise<{ head: Buffer; rest: AsyncGenerator<Buffer> }> {
  const parts: Buffer[] = [];
  for (let size = 0; size < enough; ) {
    const next = await content.next();
    if (next.done) break;
    parts.push(next.value);
    size += next.value.length;
  }
  return { head: Buffer.concat(parts), rest: content };
}

async function* following(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

async function* piecesOf(
  bytes: AsyncIterable<Buffer>,
  encoding: 'utf-8' | 'gb18030',
  limits: ReadLimits,
): AsyncGenerator<string> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const part of bytes) {
    const last = part.lastIndexOf(newline);
    if (last < 0) {
      waiting.push(part);
      size += part.length;
      if (size > limits.line) throw new UnreadableFile('line');
      continue;
    }
    const whole = part.subarray(0, last + 1);
    yield decodeLines(waiting.length === 0 ? whole : Buffer.concat([...waiting, whole]), encoding);
    const rest = part.subarray(last + 1);
    waiting = rest.length === 0 ? [] : [rest];
    size = rest.length;
  }
  if (waiting.length > 0) yield decodeLines(Buffer.concat(waiting), encoding);
}

async function* decoded(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const part of bytes) yield decoder.decode(part, { stream: true });
  yield decoder.decode();
}

async function* wholeLines(
  texts: AsyncIterable<string>,
  limits: ReadLimits,
): AsyncGenerator<string> {
  let waiting = '';
  for await (const text of texts) {
    const last = text.lastIndexOf('\n');
    if (last < 0) {
      waiting += text;
      if (waiting.length > limits.line) throw new UnreadableFile('line');
      continue;
    }
    yield waiting + text.slice(0, last + 1);
    waiting = text.slice(last + 1);
  }
  if (waiting !== '') yield waiting;
}
