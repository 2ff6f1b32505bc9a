import type { Vault } from '../../../server/crypto.ts';
import { countyOf } from '../../area/queries.ts';
import { type CategoryShape, shapes } from '../categories.ts';
import type { CategoryKey } from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import { sealed } from '../facts-store.ts';
import { listingOf, summaryOf } from '../listing.ts';
import type { Facts } from '../rules/facts.ts';
import { measuresOf } from '../tally.ts';
import { tokensOf } from '../tokens.ts';

/** Rows of one village for COPY, by table; made from facts in the very way that single records are written. */
export class Sheet {
  readonly #rows = new Map<string, { columns: string[]; lines: string[] }>();
  readonly #tally = new Map<string, number>();
  readonly #dictionary: Dictionary;
  readonly #vault: Vault;
  /** When everything was written. */
  readonly at: string;

  constructor(dictionary: Dictionary, vault: Vault, at: string) {
    this.#dictionary = dictionary;
    this.#vault = vault;
    this.at = at;
  }

  /** Adds a row; values in the order of their names. */
  add(table: string, row: Record<string, unknown>): void {
    let rows = this.#rows.get(table);
    if (!rows) {
      rows = { columns: Object.keys(row), lines: [] };
      this.#rows.set(table, rows);
    }
    rows.lines.push(Object.values(row).map(cell).join('\t'));
  }

  /**
   * Adds a record with its facts, tokens and counts.
   * @param more listing columns that don't follow from facts, and overrides of tags or order
   * @returns its tags
   */
  record(
    category: CategoryKey,
    id: string,
    area: number,
    facts: Facts,
    more: Record<string, unknown> & { tags?: string[] } = {},
  ): string[] {
    const shape = shapes[category];
    const summary = summaryOf(this.#dictionary, shape, facts);
    const tags = more.tags ?? summary.tags;
    const county = countyOf(area);
    this.add(category, {
      county,
      id,
      area,
      ...listingOf(shape, facts),
      missing: summary.missing,
      completeness: summary.completeness,
      fresh_until: summary.freshUntil,
      sort_key: summary.sortKey,
      updated_at: this.at,
      ...more,
      tags,
    });
    for (const [group, own] of this.#grouped(shape, facts))
      this.add(`${category}_${group}`, { county, id, area, facts: own });
    for (const token of tokensOf(category, facts, { tags, missing: summary.missing }, this.#vault))
      this.add('archive_token', { token, area, id, county });
    for (const [measure, n] of measuresOf(category, { ...summary, tags })) {
      const key = `${area} ${measure}`;
      this.#tally.set(key, (this.#tally.get(key) ?? 0) + n);
    }
    return tags;
  }

  #grouped(shape: CategoryShape, facts: Facts): Map<string, Facts> {
    const groups = new Map<string, Facts>();
    for (const [key, fact] of Object.entries(facts)) {
      const group = this.#dictionary.item(shape.key, key)?.group ?? 'file';
      const own = groups.get(group) ?? {};
      own[key] = sealed(this.#vault, group, fact);
      groups.set(group, own);
    }
    return groups;
  }

  /** Tables with their columns and rows, parents before children. */
  tables(): { table: string; columns: string[]; text: string }[] {
    for (const [key, n] of this.#tally) {
      const [area = '', measure] = key.split(' ');
      this.add('area_tally', { county: countyOf(Number(area)), area: Number(area), measure, n });
    }
    return [...this.#rows]
      .sort(([a], [b]) => rankOf(a) - rankOf(b))
      .map(([table, { columns, lines }]) => ({ table, columns, text: `${lines.join('\n')}\n` }));
  }
}

const parents = ['building', 'household', 'resident', 'housing', 'premises', 'organisation'];

function rankOf(table: string): number {
  const at = parents.indexOf(table);
  return at < 0 ? parents.length : at;
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return escaped(`{${value.map((one) => `"${String(one)}"`).join(',')}}`);
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  return /[\\\t\n\r]/.test(text)
    ? text
        .replaceAll('\\', '\\\\')
        .replaceAll('\t', '\\t')
        .replaceAll('\n', '\\n')
        .replaceAll('\r', '\\r')
    : text;
}
