import { stringify } from 'yaml';
import { type Entry, PackFile } from '../dictionary/pack-file.ts';
import { categories, type Dictionary, type DictionaryFault } from '../dictionary/types.ts';
import { itemFrom, packItemOf, tableFrom } from './definition.ts';
import { refusalsOf, tableRefusalsOf } from './rules.ts';
import type { Change } from './store.ts';

/** The name under which faults of an import are told. */
const fileName = 'items.yaml';

/** What a county added or changed, in the form of the pack's files: code tables, then items by category. */
export function exported(pack: Dictionary, defined: Dictionary): string {
  const codes = Object.values(defined.codes).filter((table) => pack.codes[table.name] !== table);
  const items = categories.flatMap((category) => {
    const own = defined.categories[category].items.filter(
      (item) => pack.item(category, item.key) !== item,
    );
    return own.length > 0 ? [[category, own.map(packItemOf)]] : [];
  });
  return stringify({ codes, items: Object.fromEntries(items) });
}

/**
 * Reads what another county handed on, with the checks of the pack and of a single change.
 * @returns the changes; none of them counts while there are faults, each with its line
 */
export function imported(
  text: string,
  pack: Dictionary,
  defined: Dictionary,
): { changes: Change[]; faults: DictionaryFault[] } {
  const faults: DictionaryFault[] = [];
  const changes: Change[] = [];
  const top = new PackFile('', fileName, faults, text).top();
  if (!top) return { changes, faults };
  top.only('codes', 'items');
  const tables = { ...defined.codes };
  for (const entry of top.has('codes') ? top.entries('codes') : []) {
    const table = tableFrom(entry);
    const current = defined.codes[table.name];
    if (!current) {
      entry.fault('name', '没有这个代码表', 'There is no such table');
      continue;
    }
    for (const { message } of tableRefusalsOf(current, table))
      entry.fault('codes', message.zh, message.en);
    tables[table.name] = table;
    changes.push({ kind: 'codes', category: null, key: table.name, definition: { ...table } });
  }
  const withTables = { ...defined, codes: tables };
  const byCategory = top.has('items') ? top.map('items') : undefined;
  byCategory?.only(...categories);
  for (const category of categories) {
    if (!byCategory?.has(category)) continue;
    for (const entry of byCategory.entries(category))
      changes.push(itemChange(entry, category, pack, withTables));
  }
  return { changes, faults };
}

function itemChange(
  entry: Entry,
  category: (typeof categories)[number],
  pack: Dictionary,
  defined: Dictionary,
): Change {
  const item = itemFrom(entry, category, defined);
  const packed = pack.item(category, item.key);
  for (const { field, message } of refusalsOf(
    category,
    packed,
    defined.item(category, item.key),
    item,
  ))
    entry.fault(field, message.zh, message.en);
  return { kind: 'item', category, key: item.key, definition: packItemOf(item) };
}
