import { categories } from '../../archive/dictionary/types.ts';
import type { Category, Dictionary, Item } from '../../archive/dictionary.ts';
import { dense } from '../clean/plain.ts';
import type { Draft, DraftColumn } from '../contract.ts';
import type { DetectedColumn } from '../read/detect.ts';
import type { FileFormat, KeyName, Profile, ProfileColumn } from '../rows.ts';

/** What is known of a file when its profile is proposed. */
export interface Shown {
  label: string;
  source: string;
  format: FileFormat;
  titles: readonly string[];
  columns: readonly DetectedColumn[];
}

/** By what a column was recognised; null when it was not. */
export type Why = 'profile' | 'label' | 'cells' | null;

type Guess = { why: Exclude<Why, null>; column: Omit<DraftColumn, 'column'> };

const shape = (name: string): string => dense(name).toUpperCase();

/**
 * Proposes what the columns of a file mean: by the names that known profiles have for them, those of the same source
 * first, by the labels of the dictionary, and by what the cells look like. Each key and item is given once.
 */
export function propose(
  shown: Shown,
  profiles: readonly Profile[],
  dictionary: Dictionary,
): { draft: Draft; why: Why[] } {
  const known = [...profiles].sort(
    (a, b) => Number(b.source === shown.source) - Number(a.source === shown.source),
  );
  const like = likeliest(shown, known);
  const ordered = like ? [like, ...known.filter((one) => one !== like)] : known;
  const guesses = shown.columns.map((column) => guess(column, ordered, dictionary, shown.source));
  const columns = eachOnce(shown.columns, guesses);
  const keys = columns.flatMap(({ key }) => (key ? [key] : []));
  const isLike = like !== undefined && like.source === shown.source;
  return {
    draft: {
      label: shown.label,
      subject: isLike ? like.subject : subjectOf(keys),
      person: isLike ? like.person : personOf(keys),
      format: shown.format,
      asOf: asOfOf(shown, columns, isLike ? like : undefined),
      sameRecord: sameRecordOf(keys, isLike ? like : undefined),
      states: isLike ? like.states : {},
      columns,
    },
    why: columns.map(({ key, items }, at) =>
      key !== undefined || items.length > 0 ? (guesses[at]?.why ?? null) : null,
    ),
  };
}

/** The profile that has the most of the file's columns, half of them at least. */
function likeliest(shown: Shown, profiles: readonly Profile[]): Profile | undefined {
  const names = new Set(shown.columns.map(({ column }) => shape(column)));
  const score = ({ columns }: Profile): number =>
    columns.filter(({ column }) => names.has(shape(column))).length / columns.length;
  const [best] = profiles
    .filter(({ source }) => source === shown.source)
    .sort((a, b) => score(b) - score(a));
  return best && score(best) >= 0.5 ? best : undefined;
}

function guess(
  detected: DetectedColumn,
  profiles: readonly Profile[],
  dictionary: Dictionary,
  source: string,
): Guess | undefined {
  const named = shape(detected.column);
  const columns = profiles.flatMap((profile) => profile.columns);
  const same = columns.find((one) => shape(one.column) === named && isMeant(one));
  if (same) return { why: 'profile', column: fromProfile(same, columns) };
  // A column that a profile of the source leaves out is left out here too.
  if (columns.some((one) => shape(one.column) === named && one.unused)) return undefined;
  const labelled = itemLabelled(detected, dictionary, source);
  if (labelled) return { why: 'label', column: ofItem(labelled, columns) };
  // Cells that are ids leave no doubt; a name that half fits would.
  if (detected.type === 'citizen_id')
    return { why: 'cells', column: { key: 'citizen_id', items: ['resident.citizen_id'] } };
  const part = columns.find((one) => isMeant(one) && isPartOf(shape(one.column), named));
  if (part && suits(detected, part)) return { why: 'profile', column: fromProfile(part, columns) };
  const looks = byCells(detected, dictionary, source, columns);
  return looks && { why: 'cells', column: looks };
}

const isMeant = ({ key, items }: ProfileColumn): boolean => key !== undefined || items.length > 0;

/** 现家庭住址 for 家庭住址; what is shorter than two characters is in everything. */
const isPartOf = (known: string, named: string): boolean =>
  known.length >= 2 && named.length >= 2 && (named.includes(known) || known.includes(named));

/** Whether a column's cells are what a half-fitting name would have them be. */
function suits({ type }: DetectedColumn, { cleaner }: ProfileColumn): boolean {
  if (type === 'citizen_id') return cleaner === 'citizen_id' || cleaner === 'certificate';
  if (type === 'phone') return cleaner === 'phone';
  if (type === 'date') return cleaner === 'date';
  return !['citizen_id', 'certificate', 'phone', 'date', 'credit_code'].includes(cleaner);
}

function fromProfile(
  { key, items, headItems, cleaner, codes, bySex, optional }: ProfileColumn,
  all: readonly ProfileColumn[],
): Guess['column'] {
  const words = { ...wordsKnown(items, all), ...codes };
  return {
    ...(key === undefined ? {} : { key }),
    items: [...items],
    ...(headItems.length > 0 ? { headItems: [...headItems] } : {}),
    cleaner,
    ...(Object.keys(words).length > 0 ? { codes: words } : {}),
    ...(Object.keys(bySex).length > 0 ? { bySex } : {}),
    ...(optional ? { optional } : {}),
  };
}

/** The words that any profile knows for an item's codes. */
function wordsKnown(items: readonly string[], all: readonly ProfileColumn[]) {
  const first = items[0];
  if (first === undefined) return {};
  return Object.assign({}, ...all.filter((one) => one.items[0] === first).map((one) => one.codes));
}

interface Found {
  path: string;
  item: Item;
}

function itemsOf(dictionary: Dictionary, wanted: readonly Category[] = categories): Found[] {
  return wanted.flatMap((category) =>
    dictionary.categories[category].items
      .filter(({ derived, retired }) => !derived && !retired)
      .map((item) => ({ path: `${category}.${item.key}`, item })),
  );
}

const gathered: readonly Category[] = ['resident', 'household', 'housing', 'premises'];

/** The item of that label, of the source's own before others'; the type must be what the cells are. */
function itemLabelled(
  { column, type }: DetectedColumn,
  dictionary: Dictionary,
  source: string,
): Found | undefined {
  const named = shape(column);
  const fitting = itemsOf(dictionary, gathered).filter(
    ({ item }) =>
      (shape(item.label.zh) === named ||
        shape(item.label.en) === named ||
        shape(item.key) === named) &&
      isOfType(item, type),
  );
  return fitting.find(({ item }) => item.source === source) ?? fitting[0];
}

function isOfType({ type }: Item, seen: DetectedColumn['type']): boolean {
  if (seen === 'citizen_id') return type === 'citizen_id';
  if (seen === 'phone') return type === 'phone' || type === 'text';
  return !['citizen_id', 'phone'].includes(type) || seen === 'text';
}

/** Items that rows are known by as well. */
const keyOfItem: Readonly<Record<string, KeyName>> = {
  'resident.name': 'name',
  'resident.citizen_id': 'citizen_id',
  'resident.birth': 'birth',
  'resident.sex': 'sex',
  'resident.phone': 'phone',
  'resident.registered_address': 'address',
  'resident.guardian': 'guardian',
  'household.number': 'household_number',
  'household.address': 'address',
  'housing.code': 'house_code',
  'housing.address': 'address',
  'premises.credit_code': 'credit_code',
  'premises.address': 'address',
};

function ofItem({ path }: Found, all: readonly ProfileColumn[]): Guess['column'] {
  const key = keyOfItem[path];
  const codes = wordsKnown([path], all);
  return {
    ...(key ? { key } : {}),
    items: [path],
    ...(Object.keys(codes).length > 0 ? { codes } : {}),
  };
}

function byCells(
  { column, type, values }: DetectedColumn,
  dictionary: Dictionary,
  source: string,
  all: readonly ProfileColumn[],
): Guess['column'] | undefined {
  switch (type) {
    case 'phone':
      return { key: 'phone', items: ['resident.phone'] };
    case 'name':
      return { key: 'name', items: ['resident.name'] };
    case 'address':
      return { key: 'address', items: [] };
    case 'date':
      return /出生|生日/.test(column) ? { key: 'birth', items: ['resident.birth'] } : undefined;
    case 'code': {
      const found = itemOfWords(values, dictionary, source, all);
      return found && ofItem(found, all);
    }
    default:
      return undefined;
  }
}

/** Words of one letter, yes and no stand in too many tables. */
const tellsNothing = /^(.|是|否|有|无|\d+)$/;

/** The item whose codes or their words all the cells are. */
function itemOfWords(
  values: readonly string[],
  dictionary: Dictionary,
  source: string,
  all: readonly ProfileColumn[],
): Found | undefined {
  const telling = values.filter((value) => !tellsNothing.test(value));
  if (telling.length < 2) return undefined;
  const fitting = itemsOf(dictionary, gathered).filter(({ path, item }) => {
    const table = dictionary.codes[item.codes ?? '']?.codes ?? [];
    const words = new Set(
      [
        ...table.flatMap(({ zh, en, code }) => [zh, en, code]),
        ...Object.keys(wordsKnown([path], all)),
      ].map(shape),
    );
    return telling.every((value) => words.has(shape(value)));
  });
  return fitting.find(({ item }) => item.source === source) ?? fitting[0];
}

/** The columns with their guesses; whoever comes second is left without what was given already. */
function eachOnce(
  detected: readonly DetectedColumn[],
  guesses: readonly (Guess | undefined)[],
): DraftColumn[] {
  const order = { profile: 0, label: 1, cells: 2 };
  const surest = guesses
    .flatMap((guessed, at) => (guessed ? [{ at, ...guessed }] : []))
    .sort((a, b) => order[a.why] - order[b.why]);
  const given = new Set<string>();
  const made = new Map<number, Omit<DraftColumn, 'column'>>();
  for (const { at, column } of surest) {
    const { key, ...rest } = column;
    const items = column.items.filter((path) => !given.has(path));
    const isFree = key !== undefined && !given.has(`key ${key}`);
    if (!isFree && items.length === 0) continue;
    for (const path of items) given.add(path);
    if (isFree) given.add(`key ${key}`);
    made.set(at, { ...rest, items, ...(isFree ? { key } : {}) });
  }
  return detected.map(({ column }, at) => ({ column, ...(made.get(at) ?? { items: [] }) }));
}

function subjectOf(keys: readonly KeyName[]): Draft['subject'] {
  if (keys.includes('house_code')) return 'housing';
  if (keys.includes('credit_code')) return 'premises';
  return 'resident';
}

const personOf = (keys: readonly KeyName[]): Draft['person'] =>
  (({ housing: 'owner', premises: 'legal_person', household: 'head', resident: 'self' }) as const)[
    subjectOf(keys)
  ];

const tellsDay = /更新|登记|建档|发证|办理|变更|截至|核定|统计|采集/;

function asOfOf(
  { columns, titles }: Shown,
  meant: readonly DraftColumn[],
  like: Profile | undefined,
): Draft['asOf'] {
  const of = like?.asOf;
  const named = (name: string) => columns.find(({ column }) => shape(column) === shape(name));
  const there = of?.from === 'column' ? named(of.column) : undefined;
  if (there) return { from: 'column', column: there.column };
  if (of && of.from !== 'column') return of;
  const free = columns.find(
    ({ column, type }, at) =>
      (type === 'date' || tellsDay.test(column)) &&
      tellsDay.test(column) &&
      meant[at]?.key === undefined,
  );
  if (free) return { from: 'column', column: free.column };
  return {
    from: titles.some((title) => /\d{4}\s*年\s*\d{1,2}\s*月/.test(title)) ? 'title' : 'file',
  };
}

/** By which keys two rows are the same record: the surest first. */
const usualSets: readonly KeyName[][] = [
  ['house_code'],
  ['credit_code'],
  ['citizen_id'],
  ['household_number', 'name'],
  ['name', 'phone'],
  ['name', 'birth'],
  ['name', 'address'],
  ['name'],
  ['address'],
  ['phone'],
];

function sameRecordOf(keys: readonly KeyName[], like: Profile | undefined): KeyName[][] {
  const known: readonly KeyName[] = keys.includes('certificate') ? [...keys, 'citizen_id'] : keys;
  const isKnown = (set: readonly KeyName[]): boolean => set.every((key) => known.includes(key));
  const own = like?.sameRecord.filter(isKnown) ?? [];
  if (own.length > 0) return own;
  return usualSets
    .filter(isKnown)
    .slice(0, 3)
    .map((set) => [...set]);
}
