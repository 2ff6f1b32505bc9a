import pg from 'pg';

/**
 * A piece of SQL with its values, made by `sql`; `Row` is the shape of the rows it answers with.
 * Values never become part of the text: they are numbered parameters.
 */
export class Sql<Row = unknown> {
  /** The text between the values: always one piece more than there are values. */
  readonly pieces: readonly string[];
  readonly values: readonly unknown[];
  /** Only for the type checker: what a row looks like. */
  declare readonly row: Row;

  constructor(pieces: readonly string[], values: readonly unknown[]) {
    this.pieces = pieces;
    this.values = values;
  }

  /** The text with $1, $2 … in the place of the values. */
  get text(): string {
    let text = this.pieces[0] ?? '';
    for (let at = 1; at < this.pieces.length; at++) text += `$${at}${this.pieces[at]}`;
    return text;
  }
}

/**
 * SQL as SQL: `sql<Row>\`select … where id = ${id}\``. What is put in is a parameter, unless it is itself SQL.
 * Replaces a query builder's own template: written anew for every request, that one cost more than the query.
 */
export function sql<Row = unknown>(text: TemplateStringsArray, ...inner: unknown[]): Sql<Row> {
  const pieces: string[] = [text[0] ?? ''];
  const values: unknown[] = [];
  for (const [at, value] of inner.entries()) {
    append(pieces, values, value);
    pieces[pieces.length - 1] += text[at + 1] ?? '';
  }
  return new Sql<Row>(pieces, values);
}

/** The name of a column, table or alias from code, such as `r.area`; never from outside. */
sql.ref = (name: string): Sql => {
  let piece = references.get(name);
  if (!piece) {
    piece = new Sql([name.split('.').map(pg.escapeIdentifier).join('.')], []);
    references.set(name, piece);
  }
  return piece;
};

/** The name of a table from code; never from outside. */
sql.table = sql.ref;

/**
 * A whole number written into the text: for limits, which the planner must know to see that few rows follow.
 * @throws RangeError for anything else
 */
sql.whole = (number: number): Sql => {
  if (!Number.isSafeInteger(number)) throw new RangeError(`not a whole number: ${number}`);
  return new Sql([String(number)], []);
};

/** Values or pieces of SQL, one after the other. */
sql.join = (items: readonly unknown[], separator: Sql = comma): Sql => {
  const pieces: string[] = [''];
  const values: unknown[] = [];
  for (const [at, item] of items.entries()) {
    if (at > 0) append(pieces, values, separator);
    append(pieces, values, item);
  }
  return new Sql(pieces, values);
};

const references = new Map<string, Sql>();
const comma = new Sql([', '], []);

function append(pieces: string[], values: unknown[], value: unknown): void {
  if (!(value instanceof Sql)) {
    values.push(value);
    pieces.push('');
    return;
  }
  pieces[pieces.length - 1] += value.pieces[0] ?? '';
  for (let at = 1; at < value.pieces.length; at++) pieces.push(value.pieces[at] ?? '');
  for (const one of value.values) values.push(one);
}
