import { isUtf8 } from 'node:buffer';
import type { Encoding } from '../rows.ts';

/** What GB18030 and UTF-8 leave where bytes are neither; a file that holds it lost the character before. */
export const lost = '\ufffd';

const gb18030 = new TextDecoder('gb18030', { fatal: true });
const gb18030Lossy = new TextDecoder('gb18030');
const newline = 10;

/** The byte order mark that the bytes begin with. */
export function markOf(head: Buffer): { encoding: Encoding; length: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { encoding: 'utf-8', length: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  // GB18030 has a mark as well, seldom seen.
  if (head[0] === 0x84 && head[1] === 0x31 && head[2] === 0x95 && head[3] === 0x33)
    return { encoding: 'gb18030', length: 4 };
  return undefined;
}

/**
 * The encoding of a file by its first bytes: by its mark, otherwise by what most of its lines are.
 * @param hint what counts where the bytes don't tell
 */
export function encodingOf(head: Buffer, hint: Encoding = 'utf-8'): Encoding {
  const marked = markOf(head);
  if (marked) return marked.encoding;
  let utf8 = 0;
  let gb = 0;
  for (const line of linesOf(head)) {
    if (isAscii(line)) continue;
    if (isUtf8Chinese(line)) utf8 += 1;
    else if (isGb2312(line)) gb += 1;
  }
  if (utf8 === gb) return hint === 'gb18030' ? 'gb18030' : 'utf-8';
  return utf8 > gb ? 'utf-8' : 'gb18030';
}

/**
 * The text of whole lines. A line whose bytes are not of the file's encoding is read in the other one where it is
 * plainly that; where it is neither, what cannot be read becomes `lost`.
 */
export function decodeLines(block: Buffer, encoding: 'utf-8' | 'gb18030'): string {
  if (encoding === 'utf-8')
    return isUtf8(block) ? block.toString('utf8') : lineByLine(block, encoding);
  if (!holdsUtf8Lines(block)) {
    try {
      return gb18030.decode(block);
    } catch {
      // one of the lines is damaged
    }
  }
  return lineByLine(block, encoding);
}

function lineByLine(block: Buffer, encoding: 'utf-8' | 'gb18030'): string {
  const parts: string[] = [];
  for (const line of linesOf(block)) parts.push(decodeLine(line, encoding));
  return parts.join('');
}

function decodeLine(line: Buffer, encoding: 'utf-8' | 'gb18030'): string {
  if (encoding === 'utf-8') {
    if (isUtf8(line)) return line.toString('utf8');
    return isGb2312(line) ? gb18030.decode(line) : line.toString('utf8');
  }
  if (isUtf8Chinese(line)) return line.toString('utf8');
  return gb18030Lossy.decode(line);
}

function* linesOf(block: Buffer): Generator<Buffer> {
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf(newline, at);
    const next = end < 0 ? block.length : end + 1;
    yield block.subarray(at, next);
    at = next;
  }
}

function holdsUtf8Lines(block: Buffer): boolean {
  for (let at = 0; at < block.length; ) {
    const end = block.indexOf(newline, at);
    const next = end < 0 ? block.length : end + 1;
    if (isUtf8Chinese(block.subarray(at, next))) return true;
    at = next;
  }
  return false;
}

function isAscii(line: Buffer): boolean {
  for (let i = 0; i < line.length; i++) if ((line[i] ?? 0) > 0x7f) return false;
  return true;
}

/**
 * Whether a line is UTF-8 and holds nothing but what Chinese tables hold. 女 in GB18030 is a letter of Latin in UTF-8:
 * of two bytes only the middle dot is let pass.
 */
function isUtf8Chinese(line: Buffer): boolean {
  let wide = false;
  for (let i = 0; i < line.length; i++) {
    const byte = line[i] ?? 0;
    if (byte < 0x80) continue;
    if (byte === 0xc2 && line[i + 1] === 0xb7) {
      i += 1;
      continue;
    }
    // What begins otherwise is no character of three or four bytes; most lines of GB18030 end here.
    if (byte < 0xe2 || byte > 0xf0 || ((line[i + 1] ?? 0) & 0xc0) !== 0x80) return false;
    if (((line[i + 2] ?? 0) & 0xc0) !== 0x80) return false;
    wide = true;
    i += byte === 0xf0 ? 3 : 2;
  }
  return wide && isUtf8(line);
}

/**
 * Whether a line is plainly GB18030: nearly every character one of GB 2312. Bytes of UTF-8 taken for GB18030 give
 * characters outside of it, half of them at least.
 */
function isGb2312(line: Buffer): boolean {
  let common = 0;
  let rare = 0;
  for (let i = 0; i < line.length; i++) {
    const first = line[i] ?? 0;
    if (first < 0x80) continue;
    const second = line[i + 1] ?? 0;
    const isCommon =
      second >= 0xa1 && second <= 0xfe && ((first >= 0xb0 && first <= 0xf7) || isSign(first));
    if (isCommon) common += 1;
    else rare += 1;
    i += second >= 0x30 && second <= 0x39 ? 3 : 1;
  }
  if (rare * 8 > common) return false;
  try {
    gb18030.decode(line);
    return common > 0;
  } catch {
    return false;
  }
}

/** Signs and full-width letters of GB 2312. */
const isSign = (first: number): boolean => first >= 0xa1 && first <= 0xa9;
