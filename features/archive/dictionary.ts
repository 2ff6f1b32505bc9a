import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { Text } from '../../server/errors.ts';
import type { CategoryKey } from './contract.ts';
import { dayExists } from './rules/day.ts';
import { tagRules } from './rules/tag-rules.ts';

/** The five categories of record (DOMAIN.md, section 2). */
export type Category = CategoryKey;
export const categories = ['resident', 'household', 'housing', 'premises', 'organisation'] as const;

/**
 * The storage groups of each category: one table and one policy each (db/migrations/0004).
 * `file` is for public, internal and personal items only.
 */
const groups = {
  resident: ['file', 'contact', 'identity', 'health', 'ethnic', 'welfare', 'minor'],
  household: ['file', 'economy'],
  housing: ['file'],
  premises: ['file'],
  organisation: ['file'],
} as const satisfies Record<Category, readonly string[]>;
export type Group = (typeof groups)[Category][number];

/** Items that the listing tables hold as columns too: no county can do without them. */
const listed: Record<Category, readonly string[]> = {
  resident: ['name', 'sex', 'birth', 'residence_kind', 'citizen_id', 'phone'],
  household: ['number', 'address', 'head'],
  housing: ['code', 'address', 'use', 'safety_grade'],
  premises: ['name', 'kind', 'address', 'credit_code', 'state'],
  organisation: ['name', 'kind', 'head', 'next_election'],
};

export const itemTypes = [
  'text',
  'long_text',
  'code',
  'codes',
  'date',
  'integer',
  'decimal',
  'money',
  'boolean',
  'phone',
  'citizen_id',
  'credit_code',
] as const;
export type ItemType = (typeof itemTypes)[number];

const sensitivities = [
  'public',
  'internal',
  'personal',
  'sensitive',
  'minor',
  'restricted',
] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** One item of the dictionary: what it is, where it is stored, who is its authority. */
export interface Item {
  key: string;
  label: Text;
  type: ItemType;
  /** Name of the code table, for `code` and `codes`. */
  codes?: string;
  group: Group;
  sensitivity: Sensitivity;
  /** The authoritative source: a key of sources.yaml. */
  source: string;
  retention: string;
  section: string;
  /** Counts for completeness. */
  required: boolean;
  /** Worked out by the system and never edited. */
  derived: boolean;
  /** A value this many months old, or older, is stale. */
  freshMonths?: number;
  /** Least value: a number, or a day for dates. */
  min?: number | string;
  /** Greatest value: a number or `this_year`, or for dates a day or `today`. */
  max?: number | string;
  maxLength?: number;
  /** A regular expression the whole text must match; `help` then says how it is written. */
  pattern?: string;
  help?: Text;
}

export interface CodeTable {
  name: string;
  /** The standard the codes come from, or `local`. */
  standard: string;
  label: Text;
  codes: { code: string; zh: string; en: string }[];
}
export interface Section {
  key: string;
  label: Text;
}
export interface CategoryEntry {
  label: Text;
  sections: Section[];
  items: Item[];
}
/** Where a value can come from; a lower rank is believed before a higher one. */
export interface SourceEntry {
  key: string;
  label: Text;
  rank: number;
}
export interface Purpose {
  key: string;
  label: Text;
}
/** How long an item is kept: `years` after the event `from`. */
export interface Retention {
  key: string;
  label: Text;
  from: 'left' | 'closed' | 'ended';
  years: number;
}
/** A tag that follows from items by a rule of rules/tag-rules.ts. */
export interface Tag {
  key: string;
  label: Text;
  color: string;
  /** The category whose items the rule reads. */
  scope: 'resident' | 'household';
  rule: string;
  /** A resident's tag that the household shows too. */
  lifts: boolean;
}

/** The item dictionary of packs/archive, checked. */
export interface Dictionary {
  categories: Record<Category, CategoryEntry>;
  codes: Record<string, CodeTable>;
  sources: SourceEntry[];
  purposes: Purpose[];
  retention: Retention[];
  tags: Tag[];
  /** The item of that key, or undefined. */
  item(category: Category, key: string): Item | undefined;
}

/** What is wrong in a pack, where, and how to mend it. */
export interface DictionaryFault {
  file: string;
  line: number;
  message: Text;
}

/** Thrown by `loadDictionary` with every fault found, not only the first. */
export class DictionaryError extends Error {
  readonly faults: DictionaryFault[];

  constructor(faults: DictionaryFault[]) {
    const lines = faults.map((f) => `${f.file}:${f.line} ${f.message.zh} / ${f.message.en}`);
    super(`The item dictionary has faults:\n${lines.join('\n')}`);
    this.name = 'DictionaryError';
    this.faults = faults;
  }
}

/** The storage groups of a category, `file` first. */
export function groupsOf(category: Category): readonly Group[] {
  return groups[category];
}

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

  const index = new Map<string, Item>();
  for (const category of categories) {
    for (const item of byCategory[category].items) index.set(`${category}.${item.key}`, item);
  }
  return {
    categories: byCategory,
    codes,
    sources,
    purposes,
    retention,
    tags,
    item: (category, key) => index.get(`${category}.${key}`),
  };
}

// ------------------------------------------------------------------ what each file holds

interface Known {
  codes: Record<string, CodeTable>;
  sources: ReadonlySet<string>;
  retention: ReadonlySet<string>;
}

function keysOf(entries: readonly { key: string }[]): Set<string> {
  return new Set(entries.map(({ key }) => key));
}

/** DOMAIN.md, section 6: no label for opinion, belief or petitioning. */
const refusedKey = /party_member|political|religio|belief|petition|faith/;
const refusedLabel = /党员|政治面貌|信仰|宗教|信访|上访/;

function refuseOpinions(entry: Entry, key: string, label: Text): void {
  if (!refusedKey.test(key) && !refusedLabel.test(label.zh)) return;
  entry.fault(
    'label',
    '不收集政治面貌、信仰和信访情况，请删除此项',
    'Opinion, belief and petitioning are not collected; remove this',
  );
}

function readCodes(folder: string, open: (file: string) => PackFile): Record<string, CodeTable> {
  const tables: Record<string, CodeTable> = Object.create(null);
  const files = listFolder(path.join(folder, 'codes')).filter((file) => file.endsWith('.yaml'));
  for (const file of files.sort()) {
    const top = open(`codes/${file}`).top();
    if (!top) continue;
    top.only('name', 'standard', 'label', 'codes');
    const name = top.key('name');
    if (name !== path.basename(file, '.yaml')) {
      top.fault('name', '名称应与文件名一致', 'The name must be that of the file');
    }
    const entries = unique(top.entries('codes'), 'code', (entry) => {
      entry.only('code', 'zh', 'en');
      return { code: entry.text('code'), zh: entry.text('zh'), en: entry.text('en') };
    });
    tables[name] = {
      name,
      standard: top.text('standard'),
      label: top.label('label'),
      codes: entries,
    };
  }
  return tables;
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // without tables every `codes:` is a fault that says so
  }
}

function readSource(entry: Entry): SourceEntry {
  entry.only('key', 'label', 'rank');
  return { key: entry.key(), label: entry.label('label'), rank: entry.integer('rank') };
}

function readPurpose(entry: Entry): Purpose {
  entry.only('key', 'label');
  return { key: entry.key(), label: entry.label('label') };
}

function readRetention(entry: Entry): Retention {
  entry.only('key', 'label', 'from', 'years');
  return {
    key: entry.key(),
    label: entry.label('label'),
    from: entry.oneOf('from', ['left', 'closed', 'ended']),
    years: entry.integer('years'),
  };
}

function readTag(entry: Entry): Tag {
  entry.only('key', 'label', 'color', 'scope', 'rule', 'lifts');
  const key = entry.key();
  const label = entry.label('label');
  refuseOpinions(entry, key, label);
  return {
    key,
    label,
    color: entry.text('color'),
    scope: entry.oneOf('scope', ['resident', 'household']),
    rule: entry.oneOf('rule', Object.keys(tagRules)),
    lifts: entry.flag('lifts'),
  };
}

function readCategory(file: PackFile, category: Category, known: Known): CategoryEntry {
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

function readItem(entry: Entry, category: Category, sections: string[], known: Known): Item {
  entry.only(
    ...['key', 'label', 'type', 'codes', 'group', 'sensitivity', 'source', 'retention', 'section'],
    ...['required', 'derived', 'fresh_months', 'min', 'max', 'max_length', 'pattern', 'help'],
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
  readCodesOf(entry, item, known);
  readPattern(entry, item);
  readBound(entry, item, 'min');
  readBound(entry, item, 'max');
  checkSecrecy(entry, item);
  refuseOpinions(entry, item.key, item.label);
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

/** Reads each entry, and names the second one of a key. */
function unique<T>(entries: Entry[], field: keyof T & string, read: (entry: Entry) => T): T[] {
  const seen = new Set<unknown>();
  return entries.map((entry) => {
    const value = read(entry);
    const key = value[field];
    if (seen.has(key) && key !== '') {
      entry.fault(
        field,
        `重复：${key}，请改名或删除`,
        `${key} is there already; rename or remove it`,
      );
    }
    seen.add(key);
    return value;
  });
}

// ------------------------------------------------------------------ reading YAML with its lines

/** One file of the pack; what is wrong with it goes to `faults`. */
class PackFile {
  readonly file: string;
  readonly faults: DictionaryFault[];
  readonly #lines = new LineCounter();
  readonly #contents: unknown;

  constructor(folder: string, file: string, faults: DictionaryFault[]) {
    this.file = file;
    this.faults = faults;
    const text = this.#read(path.join(folder, file));
    if (text === undefined) return;
    const document = parseDocument(text, { lineCounter: this.#lines });
    for (const error of document.errors) {
      const why = error.message.split('\n')[0] ?? error.code;
      this.fault(error.pos[0], `YAML 格式有误：${why}`, `Not YAML: ${why}`);
    }
    if (document.errors.length === 0) this.#contents = document.contents ?? undefined;
  }

  fault(offset: number, zh: string, en: string): void {
    const line = Math.max(1, this.#lines.linePos(offset).line);
    this.faults.push({ file: this.file, line, message: { zh, en } });
  }

  /** The file as one map, or undefined when it could not be read. */
  top(): Entry | undefined {
    if (this.#contents === undefined) return undefined;
    return this.entry(this.#contents);
  }

  /** The file as a list of entries with a `key` of their own. */
  list<T extends { key: string }>(read: (entry: Entry) => T): T[] {
    if (this.#contents === undefined) return [];
    if (!isSeq(this.#contents)) {
      this.fault(0, '应为列表，每项以 "- " 开头', 'Must be a list, each entry after "- "');
      return [];
    }
    return unique(this.entriesOf(this.#contents.items), 'key', read);
  }

  entriesOf(nodes: readonly unknown[]): Entry[] {
    return nodes.map((node) => this.entry(node)).filter((entry) => entry !== undefined);
  }

  entry(node: unknown): Entry | undefined {
    if (isMap(node)) return new Entry(this, node);
    this.fault(offsetOf(node), '应为 "键: 值" 的形式', 'Must be pairs of "key: value"');
    return undefined;
  }

  #read(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      this.fault(
        0,
        '文件不存在或无法读取，请补上',
        'The file is not there or not readable; add it',
      );
      return undefined;
    }
  }
}

const noLabel: Text = { zh: '', en: '' };
const keyShape = /^[a-z][a-z0-9_]{0,39}$/;

/** A map of a pack's file. What is missing or wrong is a fault, and a harmless value is returned. */
class Entry {
  readonly #file: PackFile;
  readonly #map: YAMLMap;

  constructor(file: PackFile, map: YAMLMap) {
    this.#file = file;
    this.#map = map;
  }

  /** Records a fault at the field, or at the entry where the field is missing. */
  fault(field: string, zh: string, en: string): void {
    const pair = this.#map.items.find(({ key }) => isScalar(key) && key.value === field);
    this.#file.fault(offsetOf(pair?.key ?? this.#map), `${field}：${zh}`, `${field}: ${en}`);
  }

  has(field: string): boolean {
    return this.#map.has(field);
  }

  raw(field: string): unknown {
    return this.#map.get(field) ?? undefined;
  }

  /** Refuses fields with other names: most often a slip of the pen. */
  only(...allowed: string[]): void {
    for (const { key } of this.#map.items) {
      const name = isScalar(key) ? String(key.value) : '?';
      if (allowed.includes(name)) continue;
      this.fault(
        name,
        `不认识的字段，可用：${allowed.join('、')}`,
        `Unknown field; there are: ${allowed.join(', ')}`,
      );
    }
  }

  text(field: string): string {
    const value = this.raw(field);
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') {
      // YAML reads 01 as the number 1, and true as a truth value.
      this.fault(field, '请加引号', 'Put it in quotes');
    } else {
      this.fault(field, '请填写', 'Fill it in');
    }
    return '';
  }

  key(field = 'key'): string {
    const value = this.text(field);
    // Departments' keys have a hyphen, as in public-security.
    if (value === '' || keyShape.test(value.replaceAll('-', '_'))) return value;
    this.fault(
      field,
      '用小写字母开头，只含小写字母、数字和下划线，不超过 40 个字符',
      'Begin with a small letter; small letters, digits and underscores, at most 40',
    );
    return value;
  }

  label(field: string): Text {
    const node = this.#map.get(field, true);
    if (!isMap(node)) {
      this.fault(field, '应写作 {zh: …, en: …}', 'Must be {zh: …, en: …}');
      return noLabel;
    }
    const both = new Entry(this.#file, node);
    both.only('zh', 'en');
    return { zh: both.text('zh'), en: both.text('en') };
  }

  oneOf<T extends string>(field: string, allowed: readonly T[]): T {
    const value = this.raw(field);
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    const choice = allowed.join(', ');
    this.fault(
      field,
      `“${value ?? ''}”不可用，可用：${choice}`,
      `"${value ?? ''}" is unknown; there are: ${choice}`,
    );
    return (allowed[0] ?? '') as T;
  }

  integer(field: string, least = 0): number {
    const value = this.raw(field);
    if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
    this.fault(field, `应为不小于 ${least} 的整数`, `Must be an integer of ${least} or more`);
    return least;
  }

  /** A truth value that is false when it is left out. */
  flag(field: string): boolean {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'boolean') return value ?? false;
    this.fault(field, '应为 true 或 false', 'Must be true or false');
    return false;
  }

  entries(field: string): Entry[] {
    const node = this.#map.get(field, true);
    if (isSeq(node)) return this.#file.entriesOf(node.items);
    this.fault(field, '应为列表，每项以 "- " 开头', 'Must be a list, each entry after "- "');
    return [];
  }
}

function offsetOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node)) return 0;
  const { range } = node;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : 0;
}
