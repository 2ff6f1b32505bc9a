import type { Text } from '../../../server/errors.ts';
import type { ItemGroup } from '../../identity/roles.ts';
import { shapes, categories as shapesInOrder } from '../categories.ts';
import type { CategoryKey } from '../contract.ts';
import type { FormName } from './forms.ts';

export type Category = CategoryKey;
/** Keys of the five categories, in order. */
export const categories: readonly Category[] = shapesInOrder.map(({ key }) => key);

/** A storage group of items. */
export type Group = ItemGroup;
/** Categories whose records have documents (db/migrations/0008). */
export const documentCategories = ['resident', 'household', 'housing'] as const;
export type DocumentCategory = (typeof documentCategories)[number];

/** Items that the listing tables hold as columns too: no county can do without them. */
export const listed: Record<Category, readonly string[]> = {
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

export const sensitivities = [
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
  /** The named form (forms.ts) that the whole text must have. */
  form?: FormName;
  /** A regular expression the whole text must match; `help` then says how it is written. */
  pattern?: string;
  help?: Text;
  /** No longer asked for: what was recorded stays and is shown as such. */
  retired?: boolean;
  /** Place within the category; where left out, that of the pack. */
  order?: number;
}

export interface Code {
  code: string;
  zh: string;
  en: string;
  /** No longer chosen; where it stands it is still read. */
  retired?: boolean;
}
export interface CodeTable {
  name: string;
  /** The standard the codes come from, or `local`. */
  standard: string;
  label: Text;
  codes: Code[];
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

/** A kind of document that is kept with a record. */
export interface DocumentKind {
  key: string;
  label: Text;
  category: DocumentCategory;
  /** Who may see it, as with items. */
  group: Group;
  accept: ('image' | 'pdf')[];
  mostMb: number;
  retention: string;
  /** A record may have several. */
  many: boolean;
  /** Shown as missing while there is none. */
  wanted: boolean;
}

/** The item dictionary of packs/archive, checked. */
export interface Dictionary {
  categories: Record<Category, CategoryEntry>;
  codes: Record<string, CodeTable>;
  sources: SourceEntry[];
  purposes: Purpose[];
  retention: Retention[];
  tags: Tag[];
  documents: DocumentKind[];
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
  return shapes[category].groups;
}
