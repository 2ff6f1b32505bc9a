import { dayOf } from '../../../server/clock.ts';
import type { Language } from '../../../server/errors.ts';
import type { Files } from '../../../server/files/files.ts';
import type { Category, Dictionary } from '../../archive/dictionary.ts';
import type { FactValue } from '../../archive/rules/facts.ts';
import { cleanerOf } from '../clean/cleaner.ts';
import { type Draft, type Preview, previewRows } from '../contract.ts';
import { dayOfFile } from '../profile/as-of.ts';
import { matchHeader } from '../profile/header.ts';
import { profileFrom } from '../profile/load.ts';
import { openRows } from '../read/open.ts';
import {
  type Cleaned,
  type CleanRow,
  isSetAside,
  type Profile,
  type ProfileColumn,
  type RawRow,
} from '../rows.ts';
import { draftText, faultsAt } from './draft.ts';
import type { HandedIn } from './files.ts';
import { withHead } from './head.ts';

/** Rows in which words of codes are looked for. */
const looked = 5_000;
const mostWords = 60;
/** What of a cell is shown. */
const shown = 120;

/** The key that a draft has until it is saved. */
const unsaved = 'draft';

/**
 * The first rows of a file before and after cleaning by a draft, what is not taken marked.
 * @throws Problem invalid when the file cannot be read as the draft says
 */
export async function preview(
  files: Files,
  dictionary: Dictionary,
  file: HandedIn,
  draft: Draft,
  { language, now }: { language: Language; now: Date },
): Promise<Preview> {
  const { profile, faults } = profileFrom(draftText(draft, unsaved, file.source), dictionary);
  if (!profile) {
    const told = faultsAt(faults, draft).map((one) => ({ ...one, message: one.message[language] }));
    return { faults: told, rows: [], unknown: [] };
  }
  return withHead(files, file.file_key, async (path) => {
    const rows = await openRows(path, profile.format);
    try {
      const fit = matchHeader(profile, rows.header);
      if (fit.fit === 'wrong') {
        const message = fit.message?.[language] ?? '';
        return { faults: [{ column: null, field: null, message }], rows: [], unknown: [] };
      }
      const today = dayOf(now);
      const asOf = dayOfFile(profile, rows.titles, today, today);
      const clean = cleanerOf(profile, { dictionary, fit, today, asOf });
      const wording = new Wording(dictionary, profile, fit.places, language);
      return await cleaned(rows, clean, wording);
    } finally {
      await rows.close();
    }
  });
}

async function cleaned(
  rows: AsyncIterable<RawRow[]>,
  clean: (row: RawRow) => Cleaned,
  wording: Wording,
): Promise<Preview> {
  const made: Preview['rows'] = [];
  const words = new Map<string, Preview['unknown'][number]>();
  let seen = 0;
  for await (const batch of rows) {
    for (const raw of batch) {
      const row = clean(raw);
      if (made.length < previewRows) made.push(wording.row(raw, row));
      countWords(words, row);
    }
    seen += batch.length;
    if (seen >= looked) break;
  }
  const unknown = [...words.values()].sort((a, b) => b.times - a.times).slice(0, mostWords);
  return { faults: [], rows: made, unknown };
}

function countWords(words: Map<string, Preview['unknown'][number]>, row: Cleaned): void {
  for (const { code, column, value = '' } of row.faults) {
    if (code !== 'unknown_code') continue;
    const word = value.trim();
    const found = words.get(`${column}\n${word}`);
    if (found) found.times++;
    else words.set(`${column}\n${word}`, { column, word, times: 1 });
  }
}

/** Rows of a preview in a reader's words. */
class Wording {
  readonly #dictionary: Dictionary;
  readonly #profile: Profile;
  readonly #places: readonly number[];
  readonly #language: Language;

  constructor(
    dictionary: Dictionary,
    profile: Profile,
    places: readonly number[],
    language: Language,
  ) {
    this.#dictionary = dictionary;
    this.#profile = profile;
    this.#places = places;
    this.#language = language;
  }

  row(raw: RawRow, row: Cleaned): Preview['rows'][number] {
    const cells = this.#profile.columns.map((column, at) => {
      const fault = row.faults.find((one) => one.column === column.column);
      return {
        column: column.column,
        before: (raw.cells[this.#places[at] ?? -1] ?? '').slice(0, shown),
        after: isSetAside(row) ? [] : this.#after(column, row),
        fault: fault?.message[this.#language] ?? null,
      };
    });
    return { n: raw.n, cells, aside: isSetAside(row) ? row.aside.message[this.#language] : null };
  }

  /** What a column's cell came to: the values that it states, else the key that it is. */
  #after(column: ProfileColumn, row: CleanRow): string[] {
    const values = [...column.items, ...column.headItems].flatMap((path) => {
      const value = row.items[path];
      return value === undefined ? [] : [this.#inWords(path, value)];
    });
    if (values.length > 0) return [...new Set(values)];
    if (column.key === 'relation') return this.#coded('family_relation', row.relation);
    if (column.key === 'sex') return this.#coded('sex', row.keys.sex);
    const key = column.key === undefined ? undefined : row.keys[column.key];
    if (key !== undefined) return [key];
    const { asOf } = this.#profile;
    const isAsOf = asOf.from === 'column' && asOf.column === column.column;
    return isAsOf && row.asOf !== null ? [row.asOf] : [];
  }

  #coded(table: string, code: string | undefined): string[] {
    return code === undefined ? [] : [this.#word(table, code)];
  }

  #inWords(path: string, value: FactValue): string {
    const [category = '', key = ''] = path.split('.');
    const item = this.#dictionary.item(category as Category, key);
    const one = (part: unknown): string =>
      item?.codes ? this.#word(item.codes, String(part)) : String(part);
    if (typeof value === 'boolean')
      return { zh: ['否', '是'], en: ['no', 'yes'] }[this.#language][Number(value)] ?? '';
    return Array.isArray(value) ? value.map(one).join('、') : one(value);
  }

  #word(table: string, code: string): string {
    const found = this.#dictionary.codes[table]?.codes.find((one) => one.code === code);
    return found?.[this.#language] ?? code;
  }
}
