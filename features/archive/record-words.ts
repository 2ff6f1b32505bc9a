import type { ArchiveWords } from '../audit/record-list.ts';
import type { CategoryKey } from './contract.ts';
import type { Dictionary } from './dictionary.ts';

/** What keys of the archive that stand in the record are called, for the sheet that is taken out of it. */
export function recordWords(dictionary: Dictionary): ArchiveWords {
  const categories: Readonly<Record<string, { label: { zh: string } }>> = dictionary.categories;
  return {
    category: (key) => categories[key]?.label.zh ?? key,
    item: (category, key) =>
      (categories[category] && dictionary.item(category as CategoryKey, key)?.label.zh) ?? key,
    purpose: (key) => dictionary.purposes.find((one) => one.key === key)?.label.zh ?? key,
  };
}
