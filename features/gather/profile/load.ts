import { readdirSync } from 'node:fs';
import { type Entry, PackFile, unique } from '../../archive/dictionary/pack-file.ts';
import type { Dictionary, DictionaryFault, Item, ItemType } from '../../archive/dictionary.ts';
import { checkValue } from '../../archive/rules/value.ts';
import { tablesOfKeys } from '../clean/cleaner.ts';
import {
  type AsOf,
  type CleanerName,
  cleaners,
  encodings,
  type FileFormat,
  fileKinds,
  type KeyName,
  keyNames,
  type Profile,
  type ProfileColumn,
  persons,
  subjects,
} from '../rows.ts';

/** Thrown by `loadProfiles` with every fault found, each with its file, line and remedy. */
export class ProfileError extends Error {
  readonly faults: DictionaryFault[];

  constructor(faults: DictionaryFault[]) {
    const lines = faults.map((f) => `${f.file}:${f.line} ${f.message.zh} / ${f.message.en}`);
    super(`The gathering profiles have faults:\n${lines.join('\n')}`);
    this.name = 'ProfileError';
    this.faults = faults;
  }
}

/**
 * Reads and checks the profiles of a folder such as packs/gather, by the name of their files.
 * @throws ProfileError with all faults
 */
export function loadProfiles(folder: string, dictionary: Dictionary): Profile[] {
  const faults: DictionaryFault[] = [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const seen = new Map<string, string>();
  const profiles = files.sort().flatMap((name) => {
    const file = new PackFile(folder, name, faults);
    const top = file.top();
    if (!top) return [];
    const profile = readProfile(top, dictionary);
    const before = seen.get(profile.key);
    if (before !== undefined)
      top.fault('key', `${before} 已用此名，请改名`, `${before} has that key; rename it`);
    seen.set(profile.key, name);
    return [profile];
  });
  if (faults.length > 0) throw new ProfileError(faults);
  return profiles;
}

/** Reads a profile from its text, as a wizard makes it; `profile` only when there is no fault. */
export function profileFrom(
  text: string,
  dictionary: Dictionary,
): { profile?: Profile; faults: DictionaryFault[] } {
  const faults: DictionaryFault[] = [];
  const top = new PackFile('', 'profile.yaml', faults, text).top();
  const profile = top && readProfile(top, dictionary);
  return faults.length === 0 && profile ? { profile, faults } : { faults };
}

function readProfile(top: Entry, dictionary: Dictionary): Profile {
  top.only(
    ...['key', 'label', 'source', 'subject', 'person', 'format', 'as_of', 'same_record'],
    ...['states', 'columns'],
  );
  const columns = unique(top.entries('columns'), 'column', (entry) =>
    readColumn(entry, dictionary),
  );
  const profile: Profile = {
    key: top.key(),
    label: top.label('label'),
    source: top.oneOf(
      'source',
      dictionary.sources.map(({ key }) => key),
    ),
    subject: top.oneOf('subject', subjects),
    person: top.oneOf('person', persons),
    format: readFormat(top.map('format')),
    columns,
    asOf: readAsOf(top, columns),
    sameRecord: readSameRecord(top, columns),
    states: readStates(top, dictionary),
  };
  checkKeys(top, columns);
  return profile;
}

function readFormat(entry: Entry | undefined): FileFormat {
  if (!entry) return { kind: 'csv', titleRows: 0 };
  entry.only('kind', 'encoding', 'separator', 'title_rows');
  const format: FileFormat = {
    kind: entry.oneOf('kind', fileKinds),
    titleRows: entry.has('title_rows') ? entry.integer('title_rows') : 0,
  };
  if (entry.has('encoding')) format.encoding = entry.oneOf('encoding', encodings);
  if (format.kind === 'csv') {
    const raw = entry.raw('separator');
    // A tab or a space is a separator, though no text.
    format.separator = typeof raw === 'string' && raw !== '' ? raw : entry.text('separator');
  } else if (entry.has('separator'))
    entry.fault('separator', '只有 csv 有分隔符，请删除', 'Only csv has a separator; delete it');
  if (/["\r\n]/.test(format.separator ?? ''))
    entry.fault(
      'separator',
      '分隔符不能是引号或换行',
      'A separator cannot be a quotation mark or a line end',
    );
  return format;
}

function readAsOf(top: Entry, columns: readonly ProfileColumn[]): AsOf {
  const entry = top.map('as_of');
  if (!entry) return { from: 'file' };
  entry.only('column', 'from');
  if (!entry.has('column')) return { from: entry.oneOf('from', ['title', 'file']) };
  const column = entry.oneOf(
    'column',
    columns.map((one) => one.column),
  );
  return { from: 'column', column };
}

/** Lists within a list: [[citizen_id], [household_number, name]]. */
function readSameRecord(top: Entry, columns: readonly ProfileColumn[]): KeyName[][] {
  const keys = columns.flatMap(({ key }) => (key === undefined ? [] : [key]));
  // The certificate of a disabled person begins with the citizen id.
  const known: readonly string[] = keys.includes('certificate') ? [...keys, 'citizen_id'] : keys;
  const sets = listIn(top, 'same_record').map((set) => (Array.isArray(set) ? set : []));
  const isKnown = sets.every((set) => set.length > 0 && set.every((key) => known.includes(key)));
  if (sets.length === 0 || !isKnown) {
    top.fault(
      'same_record',
      `应为识别项的组合，例如 [[citizen_id], [name, phone]]，可用：${known.join('、')}`,
      `Must be sets of keys such as [[citizen_id], [name, phone]]; there are: ${known.join(', ')}`,
    );
  }
  return sets as KeyName[][];
}

/** The value of a field as plain lists and texts. */
function listIn(entry: Entry, field: string): unknown[] {
  const node = entry.raw(field);
  const plain = hasJson(node) ? node.toJSON() : node;
  return Array.isArray(plain) ? plain : [];
}

function mapIn(entry: Entry, field: string): Record<string, unknown> {
  const node = entry.raw(field);
  const plain: unknown = hasJson(node) ? node.toJSON() : node;
  if (plain === undefined) return {};
  if (typeof plain === 'object' && plain !== null && !Array.isArray(plain))
    return plain as Record<string, unknown>;
  entry.fault(field, '应为 {文字: 代码} 的形式', 'Must be {word: code}');
  return {};
}

const hasJson = (node: unknown): node is { toJSON(): unknown } =>
  typeof node === 'object' && node !== null && 'toJSON' in node;

function readStates(top: Entry, dictionary: Dictionary): Profile['states'] {
  const states: Profile['states'] = {};
  for (const [path, value] of Object.entries(mapIn(top, 'states'))) {
    const item = itemAt(top, 'states', path, dictionary);
    if (!item) continue;
    const check = checkValue(item, value, dictionary, '9999-12-31');
    if (check.ok) states[path] = check.value;
    else top.fault('states', check.message.zh, check.message.en);
  }
  return states;
}

function itemAt(
  entry: Entry,
  field: string,
  path: string,
  dictionary: Dictionary,
): Item | undefined {
  const [category, key, ...rest] = path.split('.');
  const isSubject = subjects.find((one) => one === category);
  const item = isSubject && rest.length === 0 ? dictionary.item(isSubject, key ?? '') : undefined;
  if (item && !item.derived && !item.retired) return item;
  entry.fault(
    field,
    item
      ? `${path} 不能填写，请删除`
      : `没有项目 ${path}，应写作 类别.项目，例如 resident.education`,
    item
      ? `${path} is not filled in by anybody; delete it`
      : `There is no item ${path}; write category.item, as resident.education`,
  );
  return undefined;
}

function readColumn(entry: Entry, dictionary: Dictionary): ProfileColumn {
  entry.only(
    ...['column', 'key', 'items', 'head_items', 'cleaner', 'codes', 'by_sex', 'unused'],
    ...['optional'],
  );
  const items = readItems(entry, 'items', dictionary);
  const headItems = readItems(entry, 'head_items', dictionary);
  const key = entry.has('key') ? entry.oneOf('key', keyNames) : undefined;
  const found = [...items, ...headItems].map(({ item }) => item);
  const column: ProfileColumn = {
    column: entry.text('column'),
    items: items.map(({ path }) => path),
    headItems: headItems.map(({ path }) => path),
    cleaner: cleanerFor(entry, key, found),
    codes: readCodeMap(entry, key, found, dictionary),
    bySex: readBySex(entry, key, dictionary),
    optional: entry.flag('optional'),
  };
  if (key !== undefined) column.key = key;
  if (entry.has('unused')) column.unused = entry.label('unused');
  return column;
}

interface Found {
  path: string;
  item: Item;
}

function readItems(entry: Entry, field: string, dictionary: Dictionary): Found[] {
  if (!entry.has(field)) return [];
  const paths = listIn(entry, field);
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    entry.fault(field, '应为列表，例如 [resident.name]', 'Must be a list, as [resident.name]');
    return [];
  }
  return (paths as string[]).flatMap((path) => {
    const item = itemAt(entry, field, path, dictionary);
    return item ? [{ path, item }] : [];
  });
}

const cleanerOfKey: Record<KeyName, CleanerName> = {
  name: 'name',
  citizen_id: 'citizen_id',
  certificate: 'certificate',
  birth: 'date',
  sex: 'code',
  phone: 'phone',
  address: 'address',
  household_number: 'identifier',
  relation: 'code',
  area: 'identifier',
  guardian: 'name',
  guardian_phone: 'phone',
  house_code: 'identifier',
  credit_code: 'credit_code',
};

const cleanerOfType: Record<ItemType, CleanerName> = {
  text: 'text',
  long_text: 'text',
  code: 'code',
  codes: 'codes',
  date: 'date',
  integer: 'number',
  decimal: 'number',
  money: 'number',
  boolean: 'boolean',
  phone: 'phone',
  citizen_id: 'citizen_id',
  credit_code: 'credit_code',
};

/** Cleaners that make what an item of a type takes; of the others there is one, and no choice. */
const textCleaners: readonly CleanerName[] = [
  'text',
  'name',
  'address',
  'identifier',
  'certificate',
];

function cleanerFor(entry: Entry, key: KeyName | undefined, items: readonly Item[]): CleanerName {
  const first = items[0];
  const isAddress = first?.type === 'text' && /address/.test(first.key);
  const usual = key
    ? cleanerOfKey[key]
    : isAddress
      ? 'address'
      : first
        ? cleanerOfType[first.type]
        : 'text';
  const cleaner = entry.has('cleaner') ? entry.oneOf('cleaner', cleaners) : usual;
  if (key && cleaner !== cleanerOfKey[key])
    entry.fault(
      'cleaner',
      `识别项 ${key} 只能用 ${cleanerOfKey[key]}`,
      `The key ${key} takes ${cleanerOfKey[key]} only`,
    );
  for (const item of items) {
    const wanted = cleanerOfType[item.type];
    const fits = wanted === 'text' ? textCleaners.includes(cleaner) : cleaner === wanted;
    if (!fits)
      entry.fault(
        'items',
        `项目“${item.label.zh}”的类型是 ${item.type}，与清洗方式 ${cleaner} 不符`,
        `The item "${item.label.en}" is of the type ${item.type}, which ${cleaner} does not make`,
      );
    if (first && item.codes !== first.codes)
      entry.fault(
        'items',
        '同一列的项目须用同一张代码表',
        'The items of a column must have the same code table',
      );
  }
  return cleaner;
}

/** The code table of a column: that of its item, or of its key. */
function tableOf(
  key: KeyName | undefined,
  items: readonly Item[],
  dictionary: Dictionary,
): readonly string[] {
  const name = items[0]?.codes ?? (key && tablesOfKeys[key]) ?? '';
  return (dictionary.codes[name]?.codes ?? []).map(({ code }) => code);
}

function readCodeMap(
  entry: Entry,
  key: KeyName | undefined,
  items: readonly Item[],
  dictionary: Dictionary,
): Record<string, string> {
  const codes: Record<string, string> = {};
  if (!entry.has('codes')) return codes;
  const table = tableOf(key, items, dictionary);
  for (const [word, code] of Object.entries(mapIn(entry, 'codes'))) {
    if (typeof code === 'string' && table.includes(code)) codes[word] = code;
    else faultOfCode(entry, 'codes', code, table);
  }
  return codes;
}

function faultOfCode(entry: Entry, field: string, code: unknown, table: readonly string[]): void {
  const choice = table.slice(0, 20).join('、');
  if (table.length === 0)
    entry.fault(field, '这一列没有代码表，请删除', 'This column has no code table; delete it');
  else
    entry.fault(
      field,
      `没有代码“${code}”，须加引号，可用：${choice}`,
      `There is no code "${code}"; in quotes, one of: ${choice}`,
    );
}

function readBySex(
  entry: Entry,
  key: KeyName | undefined,
  dictionary: Dictionary,
): ProfileColumn['bySex'] {
  const bySex: ProfileColumn['bySex'] = {};
  if (!entry.has('by_sex')) return bySex;
  if (key !== 'relation')
    entry.fault('by_sex', '只有 relation 可按性别区分', 'Only the key relation goes by sex');
  const table = tableOf(key, [], dictionary);
  for (const [word, pair] of Object.entries(mapIn(entry, 'by_sex'))) {
    const [man, woman] = Array.isArray(pair) ? pair : [];
    if (table.includes(man) && table.includes(woman)) bySex[word] = [man, woman];
    else faultOfCode(entry, 'by_sex', pair, table);
  }
  return bySex;
}

/** Each key once; a column that is neither key nor item nor as-of day says why. */
function checkKeys(top: Entry, columns: readonly ProfileColumn[]): void {
  const keys = columns.flatMap(({ key }) => (key === undefined ? [] : [key]));
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice) top.fault('columns', `${twice} 只能由一列充当`, `Only one column can be the ${twice}`);
  const asOf = top.map('as_of')?.raw('column');
  const idle = columns.find(
    ({ column, key, items, headItems, unused }) =>
      !key && items.length + headItems.length === 0 && !unused && column !== asOf,
  );
  if (idle)
    top.fault(
      'columns',
      `列“${idle.column}”既不是识别项也没有对应项目，请用 unused 说明原因`,
      `The column "${idle.column}" is neither key nor item; say why in unused`,
    );
  if (columns.some(({ headItems }) => headItems.length > 0) && !keys.includes('relation'))
    top.fault(
      'columns',
      'head_items 需要有 relation 列',
      'head_items needs a column that is the relation',
    );
}
