import { closeSync, createWriteStream, openSync, writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Cell, workbook } from '../../server/spreadsheet/workbook.ts';

/** Where the rows of a department go. */
export interface Sink {
  rows: number;
  add(cells: readonly string[]): void;
  close(): Promise<void>;
}

const atOnce = 1 << 20;

/** A file that is written a megabyte at a time. */
export class TextFile {
  readonly #file: number;
  readonly #encode: (text: string) => Buffer;
  #pending: string[] = [];
  #length = 0;

  constructor(path: string, encode: (text: string) => Buffer = (text) => Buffer.from(text)) {
    this.#file = openSync(path, 'w');
    this.#encode = encode;
  }

  add(line: string): void {
    this.#pending.push(line);
    this.#length += line.length + 1;
    if (this.#length > atOnce) this.#flush();
  }

  #flush(): void {
    if (this.#pending.length > 0)
      writeSync(this.#file, this.#encode(`${this.#pending.join('\n')}\n`));
    this.#pending = [];
    this.#length = 0;
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }
}

/** A CSV; no cell of these extracts holds a separator or a quote. */
export function csv(
  path: string,
  header: readonly string[],
  { separator = ',', isGb = false, mark = '' } = {},
): Sink {
  const file = new TextFile(path, isGb ? gb18030 : undefined);
  file.add(mark + header.join(separator));
  return {
    rows: 0,
    add(cells) {
      this.rows++;
      file.add(cells.join(separator));
    },
    close: async () => file.close(),
  };
}

/** JSON lines; `numbers` are the keys whose values are numbers. */
export function jsonLines(path: string, keys: readonly string[], numbers: readonly string[]): Sink {
  const file = new TextFile(path);
  return {
    rows: 0,
    add(cells) {
      this.rows++;
      const pairs = keys.map((key, i) => [
        key,
        numbers.includes(key) ? Number(cells[i]) : cells[i],
      ]);
      file.add(JSON.stringify(Object.fromEntries(pairs)));
    },
    close: async () => file.close(),
  };
}

/** A workbook with a title above the header. Its rows lie in memory: sheets are short beside text files. */
export function sheet(
  path: string,
  title: string,
  header: readonly string[],
  numbers: readonly number[] = [],
): Sink {
  const lines: Cell[][] = [];
  return {
    rows: 0,
    add(cells) {
      this.rows++;
      lines.push(
        cells.map((cell, i) => (cell === '' ? null : numbers.includes(i) ? Number(cell) : cell)),
      );
    },
    async close() {
      const columns = header.map((name) => ({ title: name, width: 20 }));
      const book = workbook(
        [{ name: 'Sheet1', columns, rows: lines, mark: title, headed: true }],
        title,
      );
      await pipeline(Readable.from(book), createWriteStream(path));
    },
  };
}

/** The characters of two bytes. */
function pairs(): Map<string, number> {
  const decoder = new TextDecoder('gb18030');
  const bytes = new Map<string, number>();
  for (let high = 0x81; high <= 0xfe; high++)
    for (let low = 0x40; low <= 0xfe; low++) {
      if (low === 0x7f) continue;
      const character = decoder.decode(Uint8Array.of(high, low));
      if ([...character].length === 1 && !bytes.has(character))
        bytes.set(character, (high << 8) | low);
    }
  return bytes;
}

let table: Map<string, number> | undefined;

/** A text in GB18030, as far as one or two bytes a character go. @throws RangeError for another character */
export function gb18030(text: string): Buffer {
  table ??= pairs();
  const buffer = Buffer.allocUnsafe(text.length * 2);
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) {
      buffer[at++] = code;
      continue;
    }
    const pair = table.get(text[i] ?? '');
    if (pair === undefined) throw new RangeError(`no two bytes for ${text[i]}`);
    buffer[at++] = pair >> 8;
    buffer[at++] = pair & 0xff;
  }
  return buffer.subarray(0, at);
}
