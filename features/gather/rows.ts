import type { Text } from '../../server/errors.ts';
import type { FactValue } from '../archive/rules/facts.ts';

/** Why a row or a cell cannot be used: a stable key (`words.ts`). */
export interface Reason {
  code: string;
  message: Text;
}

/** A row of a file as it came. */
export interface RawRow {
  /** Counts data rows from 1; title rows, the header and blank lines are not counted. */
  n: number;
  /** As many as the header has, unless `fault` says otherwise. */
  cells: string[];
  /** The row cannot be read right: bytes of no encoding, cells too many or too few, a cell too long … */
  fault?: Reason;
}

/** The subjects that a file can speak of. */
export const subjects = ['resident', 'household', 'housing', 'premises'] as const;
export type Subject = (typeof subjects)[number];

/** Who the person of the keys is, seen from the subject. */
export const persons = ['self', 'head', 'owner', 'legal_person'] as const;
export type Person = (typeof persons)[number];

/** What a column can be for the matching. */
export const keyNames = [
  'name',
  'citizen_id',
  'certificate',
  'birth',
  'sex',
  'phone',
  'address',
  'household_number',
  'relation',
  'area',
  'guardian',
  'guardian_phone',
  'house_code',
  'credit_code',
] as const;
export type KeyName = (typeof keyNames)[number];

/** An address in parts that can be compared; a part that is not in it is empty. */
export interface AddressParts {
  /** Without 村, 社区, 村委会 … behind it. */
  village: string;
  group: string;
  house: string;
}

/** What a row is matched by, each in one form. Of `Profile.person`. What is not there, or not valid, is left out. */
export interface RowKeys {
  name?: string;
  /** 18 characters, its check digit right; from a disabled person's certificate where there is no other. */
  citizen_id?: string;
  /** What stands in place of the id and is none: half-width, in capitals, without spaces. Never with `citizen_id`. */
  spoiled_id?: string;
  /** The disabled person's certificate, whole. */
  certificate?: string;
  /** YYYY-MM-DD; from the valid citizen id where the file has no such column. */
  birth?: string;
  /** From the valid citizen id where the file has no such column. */
  sex?: '1' | '2';
  /** 11 digits, or a landline as 0570-1234567. */
  phone?: string;
  address?: string;
  /** `village|group|house` of `AddressParts`; only where a village and a house are told. */
  address_key?: string;
  household_number?: string;
  /** Code of the area, 12 digits. */
  area?: string;
  guardian?: string;
  guardian_phone?: string;
  house_code?: string;
  credit_code?: string;
}

/** A cell that was not taken, with what it held. The row stands all the same. */
export interface CellFault extends Reason {
  /** As the header of the file calls it. */
  column: string;
  value?: string;
}

/** A row made clean: what it is matched by, and the values it states. */
export interface CleanRow {
  n: number;
  keys: RowKeys;
  /** By `category.item`, as `resident.education`; each valid for its item. A blank cell states nothing. */
  items: Record<string, FactValue>;
  /** The relation to the head: a code of family_relation. */
  relation?: string;
  /** The day on which the values were so; null where none is told or it is not valid. */
  asOf: string | null;
  faults: CellFault[];
}

/** A row that cannot be used at all, as it came, with the reason. */
export interface SetAside {
  n: number;
  cells: string[];
  aside: Reason;
  /** The faults of its cells, where they were looked at. */
  faults: CellFault[];
}

export type Cleaned = CleanRow | SetAside;

/** Whether a row was set aside. */
export const isSetAside = (row: Cleaned): row is SetAside => 'aside' in row;

export const fileKinds = ['csv', 'jsonl', 'xlsx'] as const;
export type FileKind = (typeof fileKinds)[number];
export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be'] as const;
export type Encoding = (typeof encodings)[number];

/** How a file is read. Whether it is packed with gzip is seen in its first bytes. */
export interface FileFormat {
  kind: FileKind;
  /** Of csv and jsonl; one that a byte order mark or the bytes contradict is not believed. */
  encoding?: Encoding;
  /** Of csv. */
  separator?: string;
  /** Rows above the header that are not blank. */
  titleRows: number;
}

/** The work of a cleaner: what a column's cells are. */
export const cleaners = [
  'text',
  'name',
  'citizen_id',
  'certificate',
  'date',
  'phone',
  'number',
  'code',
  'codes',
  'address',
  'boolean',
  'credit_code',
  'identifier',
] as const;
export type CleanerName = (typeof cleaners)[number];

/** A column of a profile. */
export interface ProfileColumn {
  /** As the header names it. */
  column: string;
  key?: KeyName;
  /** `category.item` each: the same cell may state more than one. */
  items: string[];
  /** Stated by the row of the head of household alone, as household.head. */
  headItems: string[];
  cleaner: CleanerName;
  /** What departments write → code of the item's table; the table's own words are known anyway. */
  codes: Record<string, string>;
  /** Of a relation: what is one code of a man and another of a woman, as 子女. */
  bySex: Record<string, [man: string, woman: string]>;
  /** Where it has neither key nor item: why. */
  unused?: Text;
  /** A file without this column still fits. */
  optional: boolean;
}

/** Where the as-of day stands. */
export type AsOf =
  | { from: 'column'; column: string }
  /** Within a title row, as （2026年10月）: the last day of that month, or today. */
  | { from: 'title' }
  /** The day of the file, which the caller gives. */
  | { from: 'file' };

/** A department's file: how it is read and what its columns mean. */
export interface Profile {
  key: string;
  label: Text;
  /** A key of packs/archive/sources.yaml. */
  source: string;
  subject: Subject;
  person: Person;
  format: FileFormat;
  columns: ProfileColumn[];
  asOf: AsOf;
  /**
   * Two rows of this source are the same record when they agree in all keys of the first of these sets that both
   * have whole.
   */
  sameRecord: KeyName[][];
  /** Values that every row states by being there, as veteran = true. */
  states: Record<string, FactValue>;
}
