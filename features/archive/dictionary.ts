import {
  readCodes,
  readPurpose,
  readRetention,
  readSource,
  readTag,
} from './dictionary/catalogues.ts';
import { readDocument } from './dictionary/documents.ts';
import { type Known, keysOf, readCategory } from './dictionary/items.ts';
import { PackFile } from './dictionary/pack-file.ts';
import {
  type Category,
  type CategoryEntry,
  categories,
  type Dictionary,
  DictionaryError,
  type DictionaryFault,
  type Item,
} from './dictionary/types.ts';

export type * from './dictionary/types.ts';
export { categories, DictionaryError, documentCategories, groupsOf } from './dictionary/types.ts';

/**
 * Reads and checks the dictionary of a folder such as packs/archive.
 * @throws DictionaryError with all faults, each with its file, line and remedy
 */
export function loadDictionary(folder: string): Dictionary {
  const faults: DictionaryFault[] = [];
  const open = (file: string) => new PackFile(folder, file, faults);

  const codes = readCodes(folder, open);
  const sources = open('sources.yaml').list(readSource);
  const retention = open('retention.yaml').list(readRetention);
  const purposes = open('purposes.yaml').list(readPurpose);
  const tags = open('tags.yaml').list(readTag);
  const documents = open('documents.yaml').list((entry) => readDocument(entry, retention));
  const known: Known = { codes, sources: keysOf(sources), retention: keysOf(retention) };
  const read = (category: Category) => readCategory(open(`${category}.yaml`), category, known);
  const byCategory: Record<Category, CategoryEntry> = {
    resident: read('resident'),
    household: read('household'),
    housing: read('housing'),
    premises: read('premises'),
    organisation: read('organisation'),
  };
  if (faults.length > 0) throw new DictionaryError(faults);

  return withIndex({
    categories: byCategory,
    codes,
    sources,
    purposes,
    retention,
    tags,
    documents,
  });
}

/** A dictionary whose items are found by their keys. */
export function withIndex(dictionary: Omit<Dictionary, 'item'>): Dictionary {
  const index = new Map<string, Item>();
  for (const category of categories) {
    for (const item of dictionary.categories[category].items)
      index.set(`${category}.${item.key}`, item);
  }
  return { ...dictionary, item: (category, key) => index.get(`${category}.${key}`) };
}
