import { lost } from './encoding.ts';
import type { ReadLimits } from './limits.ts';
import { markDamaged, type ParsedRow, shortened } from './parsed.ts';
import { rowReasons } from './reasons.ts';
import { UnreadableFile } from './unreadable.ts';

/** What became of a record that begins with, or holds, a quotation mark. */
type Quoted = { cells: string[]; end: number } | 'open' | 'malformed';

/**
 * Reads CSV (RFC 4180) with any separator, piece by piece. A quotation mark opens a cell only at its beginning;
 * elsewhere it is a character like others.
 */
export class CsvReader {
  readonly #separator: string;
  readonly #limits: ReadLimits;
  /** A record whose quotation mark is still open at the end of the pieces that came. */
  #open = '';

  constructor(separator: string, limits: ReadLimits) {
    this.#separator = separator;
    this.#limits = limits;
  }

  /**
   * @param piece ends with a line
   * @throws UnreadableFile when a quotation mark is open for longer than a cell may be
   */
  push(piece: string): ParsedRow[] {
    const text = this.#open === '' ? piece : this.#open + piece;
    this.#open = '';
    const rows = text.includes('"') ? this.#withQuotes(text) : this.#plain(text);
    // Asked once, behind the loop: asked before it, the compiler moves the question into it, and asks it of every row.
    if (text.includes(lost)) markDamaged(rows);
    if (this.#open.length > this.#limits.cell * 4) throw new UnreadableFile('quote');
    return rows;
  }

  /** @throws UnreadableFile when a quotation mark is still open */
  end(): void {
    if (this.#open !== '') throw new UnreadableFile('quote');
  }

  #plain(text: string): ParsedRow[] {
    const rows: ParsedRow[] = [];
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      const next = end < 0 ? text.length : end;
      if (next > at) rows.push(this.#line(text, at, next));
      at = next + 1;
    }
    return rows;
  }

  #withQuotes(text: string): ParsedRow[] {
    const rows: ParsedRow[] = [];
    let quote = text.indexOf('"');
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      const next = end < 0 ? text.length : end;
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      if (quote < 0 || quote > next) {
        if (next > at) rows.push(this.#line(text, at, next));
        at = next + 1;
        continue;
      }
      const record = this.#record(text, at);
      if (record === 'open') {
        this.#open = text.slice(at);
        break;
      }
      if (record === 'malformed') {
        const { cells } = this.#line(text, at, next);
        rows.push({ cells, fault: rowReasons.quote });
        at = next + 1;
        continue;
      }
      rows.push(this.#checked(record.cells, record.end - at));
      at = record.end;
    }
    return rows;
  }

  #line(text: string, from: number, end: number): ParsedRow {
    const to = text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    return this.#checked(text.slice(from, to).split(this.#separator), to - from);
  }

  #checked(cells: string[], length: number): ParsedRow {
    if (length > this.#limits.cell && cells.some((cell) => cell.length > this.#limits.cell))
      return { cells: shortened(cells, this.#limits.columns), fault: rowReasons.cell };
    return { cells };
  }

  /** The record that begins at `from`. */
  #record(text: string, from: number): Quoted {
    const separator = this.#separator;
    const cells: string[] = [];
    let line = text.indexOf('\n', from);
    if (line < 0) line = text.length;
    for (let at = from; ; ) {
      let end: number;
      if (text.charCodeAt(at) === 34) {
        const closing = closingQuote(text, at + 1);
        if (closing < 0) return 'open';
        const inner = text.slice(at + 1, closing);
        cells.push(inner.includes('"') ? inner.replaceAll('""', '"') : inner);
        end = closing + 1;
        if (end > line) {
          line = text.indexOf('\n', end);
          if (line < 0) line = text.length;
        }
      } else {
        const next = text.indexOf(separator, at);
        end = next < 0 || next > line ? line : next;
        const to = end === line && end > at && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
        cells.push(text.slice(at, to));
      }
      if (text.startsWith(separator, end)) {
        at = end + separator.length;
        continue;
      }
      if (end < line && text.charCodeAt(end) === 13) end += 1;
      if (end !== line) return 'malformed';
      return { cells, end: line + 1 };
    }
  }
}

/** Where a quoted cell ends; two marks are one character. */
function closingQuote(text: string, from: number): number {
  for (let at = from; ; at += 2) {
    at = text.indexOf('"', at);
    if (at < 0 || text.charCodeAt(at + 1) !== 34) return at;
  }
}
