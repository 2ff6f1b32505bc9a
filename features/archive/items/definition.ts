import type { FieldError } from '../../../server/errors.ts';
import { readTable } from '../dictionary/catalogues.ts';
import { type Known, keysOf, readItem } from '../dictionary/items.ts';
import { refuseOpinions } from '../dictionary/opinions.ts';
import { type Entry, PackFile } from '../dictionary/pack-file.ts';
import type {
  Category,
  CodeTable,
  Dictionary,
  DictionaryFault,
  Item,
} from '../dictionary/types.ts';

/** An item in the form of the pack's files: the one in which a county's definitions are kept and handed on. */
export type PackItem = Record<string, unknown>;

const packNames: Readonly<Record<string, string>> = {
  freshMonths: 'fresh_months',
  maxLength: 'max_length',
};

/** An item as the pack's files write it, without what is left out there. */
export function packItemOf(item: Partial<Item>): PackItem {
  const entries = Object.entries(item)
    .filter(([, value]) => value !== undefined && value !== null && value !== false)
    .map(([name, value]) => [packNames[name] ?? name, value]);
  return Object.fromEntries(entries);
}

/** What an item of the category may name. */
export function knownOf(dictionary: Dictionary): Known {
  return {
    codes: dictionary.codes,
    sources: keysOf(dictionary.sources),
    retention: keysOf(dictionary.retention),
  };
}

/** Reads an item with the checks of the pack. @param entry in the pack's form */
export function itemFrom(entry: Entry, category: Category, dictionary: Dictionary): Item {
  const sections = dictionary.categories[category].sections.map(({ key }) => key);
  return readItem(entry, category, sections, knownOf(dictionary));
}

/** Reads a code table with the checks of the pack; its words are looked at as an item's are. */
export function tableFrom(entry: Entry): CodeTable {
  const table = readTable(entry);
  for (const code of table.codes) refuseOpinions(entry, '', code);
  return table;
}

/** Reads a definition that came as JSON, which is YAML too. */
export function fromJson<T>(
  definition: unknown,
  read: (entry: Entry) => T,
): { value: T | undefined; faults: DictionaryFault[] } {
  const faults: DictionaryFault[] = [];
  const top = new PackFile('', '', faults, JSON.stringify(definition)).top();
  return { value: top && read(top), faults };
}

/** A fault as the error of a form's field, which its English text names first. */
export function fieldErrorOf({ message }: DictionaryFault): FieldError {
  const name = message.en.split(':')[0] ?? '';
  const field = Object.entries(packNames).find(([, pack]) => pack === name)?.[0] ?? name;
  return { field, code: 'definition', message };
}
