import { dayExists } from '../rules/day.ts';
import { refuseOpinions } from './opinions.ts';
import { type Entry, type PackFile, unique } from './pack-file.ts';
import {
  type Category,
  type CategoryEntry,
  type CodeTable,
  groupsOf,
  type Item,
  type ItemType,
  itemTypes,
  listed,
  sensitivities,
} from './types.ts';

/** What an item may name: code tables, sources, retentions. */
export interface Known {
  codes: Record<string, CodeTable>;
  sources: ReadonlySet<string>;
  retention: ReadonlySet<string>;
}

/** The keys of some entries. */
export function keysOf(entries: readonly { key: string }[]): Set<string> {
  return new Set(entries.map(({ key }) => key));
}

/** A category's file: its sections and its items, those that the lists need among them. */
export function readCategory(file: PackFile, category: Category, known: Known): CategoryEntry {
  const top = file.top();
  if (!top) return { label: { zh: '', en: '' }, sections: [], items: [] };
  top.only('category', 'label', 'sections', 'items');
  top.oneOf('category', [category]);
  const sections = unique(top.entries('sections'), 'key', (entry) => {
    entry.only('key', 'label');
    return { key: entry.key(), label: entry.label('label') };
  });
  const sectionKeys = [...keysOf(sections)];
  const items = unique(top.entries('items'), 'key', (entry) =>
    readItem(entry, category, sectionKeys, known),
  );
  const keys = keysOf(items);
  for (const key of listed[category].filter((needed) => !keys.has(needed))) {
    top.fault('items', `缺少列表所需的项目 ${key}`, `The lists need the item ${key}; add it`);
  }
  return { label: top.label('label'), sections, items };
}

/** An item of a category's file, or one that a county defines in the same form. */
export function readItem(entry: Entry, category: Category, sections: string[], known: Known): Item {
  entry.only(
    ...['key', 'label', 'type', 'codes', 'group', 'sensitivity', 'source', 'retention', 'section'],
    ...['required', 'derived', 'fresh_months', 'min', 'max', 'max_length', 'pattern', 'help'],
    ...['retired', 'order'],
  );
  const item: Item = {
    key: entry.key(),
    label: entry.label('label'),
    type: entry.oneOf('type', itemTypes),
    group: entry.oneOf('group', groupsOf(category)),
    sensitivity: entry.oneOf('sensitivity', sensitivities),
    source: entry.oneOf('source', [...known.sources]),
    retention: entry.oneOf('retention', [...known.retention]),
    section: entry.oneOf('section', sections),
    required: entry.flag('required'),
    derived: entry.flag('derived'),
  };
  if (entry.has('fresh_months')) item.freshMonths = entry.integer('fresh_months', 1);
  if (entry.has('max_length')) item.maxLength = entry.integer('max_length', 1);
  if (entry.has('help')) item.help = entry.label('help');
  if (entry.flag('retired')) item.retired = true;
  if (entry.has('order')) item.order = entry.integer('order');
  readCodesOf(entry, item, known);
  readPattern(entry, item);
  readBound(entry, item, 'min');
  readBound(entry, item, 'max');
  checkSecrecy(entry, item);
  refuseOpinions(entry, item.key, item.label, item.help);
  return item;
}

function readCodesOf(entry: Entry, item: Item, known: Known): void {
  const coded = item.type === 'code' || item.type === 'codes';
  if (coded) item.codes = entry.oneOf('codes', Object.keys(known.codes));
  else if (entry.has('codes')) {
    entry.fault(
      'codes',
      '只有 code 和 codes 类型可用代码表',
      'Only type code or codes has a table',
    );
  }
}

function readPattern(entry: Entry, item: Item): void {
  if (!entry.has('pattern')) return;
  const pattern = entry.text('pattern');
  try {
    new RegExp(pattern, 'u');
    item.pattern = pattern;
  } catch {
    entry.fault('pattern', '正则表达式有误', 'Not a regular expression; correct it');
  }
  // Without it the person who is refused would not learn how to write the value.
  if (!item.help) entry.fault('pattern', '请用 help 说明写法', 'Say in help how it is written');
}

function readBound(entry: Entry, item: Item, name: 'min' | 'max'): void {
  const value = entry.raw(name);
  if (value === undefined) return;
  if (boundFits(item.type, name, value)) item[name] = value;
  else {
    entry.fault(
      name,
      '数字类型写数字（或 this_year），日期类型写 "YYYY-MM-DD"（或 today）',
      'A number (or this_year) for numbers, "YYYY-MM-DD" in quotes (or today) for dates',
    );
  }
}

function boundFits(type: ItemType, name: string, value: unknown): value is number | string {
  if (type === 'date') {
    if (name === 'max' && value === 'today') return true;
    return typeof value === 'string' && dayExists(value);
  }
  if (type !== 'integer' && type !== 'decimal' && type !== 'money') return false;
  return typeof value === 'number' || (name === 'max' && value === 'this_year');
}

/** A sensitive item in the open group would be read by everyone whose post covers the area. */
function checkSecrecy(entry: Entry, item: Item): void {
  const open = ['public', 'internal', 'personal'].includes(item.sensitivity);
  if (item.group !== 'file' || open) return;
  entry.fault(
    'group',
    `${item.sensitivity} 项目不能放在 file 组`,
    `An item that is ${item.sensitivity} may not be in the group file; name a guarded group`,
  );
}
