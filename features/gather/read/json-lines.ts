import { lost } from './encoding.ts';
import type { ReadLimits } from './limits.ts';
import { markDamaged, type ParsedRow, shortened } from './parsed.ts';
import { rowReasons } from './reasons.ts';
import { UnreadableFile } from './unreadable.ts';

type Line = Record<string, unknown>;

/** Names of the objects in the first lines, in the order in which they come. */
export function namesIn(piece: string, most: number): string[] {
  const names = new Set<string>();
  for (const line of piece.split('\n', 1_000)) {
    const read = objectIn(line);
    for (const name of Object.keys(read ?? {})) names.add(name);
    if (names.size > most) throw new UnreadableFile('columns');
  }
  return [...names];
}

/** Reads JSON lines: an object each, whose names are the header. A name that is left out is a blank cell. */
export class JsonLinesReader {
  readonly #names: readonly string[];
  readonly #known: ReadonlySet<string>;
  readonly #limits: ReadLimits;
  #unended = false;

  constructor(names: readonly string[], limits: ReadLimits) {
    this.#names = names;
    this.#known = new Set(names);
    this.#limits = limits;
  }

  push(given: string): ParsedRow[] {
    // NUL, written as JSON writes it.
    const piece = given.includes('\\u0000') ? given.replaceAll('\\u0000', lost) : given;
    const lines = piece.split('\n');
    const rows: ParsedRow[] = [];
    for (const line of lines) if (line.trim() !== '') rows.push(this.#row(line));
    if (piece.includes(lost)) markDamaged(rows);
    const last = lines.at(-1) ?? '';
    this.#unended = last.trim() !== '' && rows.at(-1)?.fault === rowReasons.json;
    return rows;
  }

  /** @throws UnreadableFile when the last line was cut */
  end(): void {
    if (this.#unended) throw new UnreadableFile('cut');
  }

  #row(line: string): ParsedRow {
    const read = objectIn(line);
    if (!read) return { cells: shortened([line], 1), fault: rowReasons.json };
    const cells: string[] = [];
    for (const name of this.#names) {
      const cell = textOf(read[name]);
      if (cell === undefined) return { cells: shortened([line], 1), fault: rowReasons.nested };
      cells.push(cell);
    }
    for (const name in read)
      if (!this.#known.has(name)) return { cells: shortened([line], 1), fault: rowReasons.many };
    if (line.length > this.#limits.cell && cells.some((cell) => cell.length > this.#limits.cell))
      return { cells: shortened(cells, this.#limits.columns), fault: rowReasons.cell };
    return { cells };
  }
}

/** A number with more digits than one can hold exactly, such as a citizen id without quotes. */
const longNumber = /:\s*-?\d{16,}/;

/** What `context` of a reviver tells: the number as it is written. */
type Source = { source?: string };

function objectIn(line: string): Line | undefined {
  const first = line.trimStart().charCodeAt(0);
  if (first !== 123) return undefined;
  try {
    const read: unknown = longNumber.test(line) ? JSON.parse(line, asWritten) : JSON.parse(line);
    return typeof read === 'object' && read !== null ? (read as Line) : undefined;
  } catch {
    return undefined;
  }
}

function asWritten(this: unknown, _name: string, value: unknown, context?: Source): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  return context?.source ?? value;
}

/** A value as a cell; a list of plain values with semicolons between; undefined for what is nested. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return undefined;
  const parts = value.map((one) => (typeof one === 'object' ? undefined : textOf(one)));
  return parts.includes(undefined) ? undefined : parts.join(';');
}
