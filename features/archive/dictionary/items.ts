import { dayExists } from '../rules/day.ts';
import { formNames } from './forms.ts';
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
    ...['retired', 'order', 'form'],
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
  if (entry.has('order')) readOrder(entry, item);
  readCodesOf(entry, item, known);
  readPattern(entry, item);
  readForm(entry, item);
  checkLength(entry, item);
  readBound(entry, item, 'min');
  readBound(entry, item, 'max');
  checkBounds(entry, item);
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
  if (!isText(item.type)) {
    entry.fault('pattern', '只有文字可以限格式', 'Only texts have a pattern');
    return;
  }
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

/** Between two places there is always a third: what is put between two items takes the middle. */
function readOrder(entry: Entry, item: Item): void {
  const order = entry.raw('order');
  if (typeof order === 'number' && order >= 0 && order <= 1_000_000) item.order = order;
  else entry.fault('order', '应为 0 至 1000000 的数', 'Must be a number from 0 to 1000000');
}

/** Longest texts, as rules/value.ts takes them where nothing is said. */
const longest = { text: 200, long_text: 2000 } as const;

const isText = (type: ItemType): type is keyof typeof longest => Object.hasOwn(longest, type);

function readForm(entry: Entry, item: Item): void {
  if (!entry.has('form')) return;
  if (item.type !== 'text') {
    entry.fault('form', '只有单行文字可以选书写格式', 'Only a text has a form');
    return;
  }
  item.form = entry.oneOf('form', formNames);
  if (item.pattern !== undefined)
    entry.fault(
      'form',
      '书写格式和正则表达式只能选一个',
      'Either a form or a pattern; take one out',
    );
}

function checkLength(entry: Entry, item: Item): void {
  if (item.maxLength === undefined) return;
  if (!isText(item.type)) {
    entry.fault('max_length', '只有文字可以限字数', 'Only texts have a length');
    return;
  }
  const most = longest[item.type];
  if (item.maxLength > most)
    entry.fault('max_length', `最多 ${most} 字`, `At most ${most} characters`);
}

function checkBounds(entry: Entry, { type, min, max }: Item): void {
  for (const [name, bound] of [
    ['min', min],
    ['max', max],
  ] as const)
    if (type === 'integer' && typeof bound === 'number' && !Number.isInteger(bound))
      entry.fault(name, '整数的上下限应为整数', 'The bound of whole numbers is one');
  if (typeof max === 'number' && max < (typeof min === 'number' ? min : 0))
    entry.fault(
      'max',
      min === undefined ? '小于 0，请先填最小值' : `不能小于最小值 ${min}`,
      min === undefined ? 'Below 0; give the least value too' : `May not be below the least ${min}`,
    );
  if (type === 'date' && typeof min === 'string' && typeof max === 'string' && max < min)
    entry.fault('max', `不能早于最早的 ${min}`, `May not be before ${min}`);
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
