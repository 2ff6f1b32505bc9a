import type { Dictionary, Item } from '../../archive/dictionary.ts';
import { checkCreditCode } from '../../archive/rules/credit-code.ts';
import type { FactValue } from '../../archive/rules/facts.ts';
import { bareNumber } from '../../archive/rules/text.ts';
import { checkValue } from '../../archive/rules/value.ts';
import type { HeaderFit } from '../profile/header.ts';
import type {
  Cleaned,
  CleanRow,
  KeyName,
  Profile,
  ProfileColumn,
  RawRow,
  Reason,
  RowKeys,
  Subject,
} from '../rows.ts';
import { addressKeyOf, addressOf } from './address.ts';
import { CodeWords, partsOfMany, truthOf } from './code.ts';
import { dayOf } from './day.ts';
import { birthIn, certificateOf, idOf, sexIn } from './id.ts';
import { nameOf } from './name.ts';
import { numberOf } from './number.ts';
import { phoneOf } from './phone.ts';
import { isFormula, isPlain, statesNothing, visible } from './plain.ts';
import { asideReasons, type CellReason, cellReasons } from './words.ts';

/** What cleaning needs to know beside the profile. */
export interface Circumstances {
  dictionary: Dictionary;
  /** Where the columns of the profile are in this file: `matchHeader`. */
  fit: Pick<HeaderFit, 'places'>;
  /** The day in Asia/Shanghai. */
  today: string;
  /** The as-of day of the whole file, for profiles that have no column for it: `dayOfFile`. */
  asOf: string | null;
}

/** Cleans one row; never throws for what a row holds. */
export type Cleaner = (raw: RawRow) => Cleaned;

type Apply = (cell: string, row: CleanRow) => void;
interface Step {
  at: number;
  /** Whether words such as 无 are no blanks here. */
  isCoded: boolean;
  column: ProfileColumn;
  apply: Apply;
}

/** An item that a column states. */
interface Stated {
  path: string;
  item: Item;
}

/**
 * Makes the cleaner of a profile's rows. What can be worked out once is worked out here; each cell then goes through
 * a test of its commonest form first.
 */
export function cleanerOf(profile: Profile, circumstances: Circumstances): Cleaner {
  const steps: Step[] = [];
  for (const [index, column] of profile.columns.entries()) {
    const at = circumstances.fit.places[index] ?? -1;
    const isAsOf = profile.asOf.from === 'column' && profile.asOf.column === column.column;
    const applied = [
      ...(isAsOf ? [asOfStep(column, circumstances)] : []),
      ...(isStated(column) ? [applyOf(column, circumstances)] : []),
    ];
    for (const apply of applied)
      if (at >= 0) steps.push({ at, column, apply, isCoded: codedCleaners.has(column.cleaner) });
  }
  const states = Object.entries(profile.states);
  const relation = relationOf(profile, circumstances);
  const fileDay = profile.asOf.from === 'column' ? null : circumstances.asOf;
  const isKnown = knownBy[profile.subject];
  return (raw) => {
    if (raw.fault) return { n: raw.n, cells: raw.cells, aside: raw.fault, faults: [] };
    const row: CleanRow = { n: raw.n, keys: {}, items: {}, asOf: fileDay, faults: [] };
    const { cells } = raw;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step;
      const cell = cells[step.at];
      if (cell === undefined || cell === '') continue;
      // No item takes as much, and expressions would take long over it.
      if (cell.length > longestCell) {
        refuse(row, step.column.column, cellReasons.long, cell);
        continue;
      }
      if (statesNothing(cell) && !(step.isCoded && cell.trim() !== '')) continue;
      if (cell.charCodeAt(0) === equals && isFormula(cell))
        refuse(row, step.column.column, cellReasons.formula, cell);
      else step.apply(cell, row);
    }
    relation?.(cells, row);
    const { keys } = row;
    if (keys.citizen_id !== undefined) {
      keys.birth ??= birthIn(keys.citizen_id);
      keys.sex ??= sexIn(keys.citizen_id);
      if (keys.spoiled_id !== undefined) delete keys.spoiled_id;
    }
    if (!isKnown(keys)) return { n: raw.n, cells, aside: asideReasons.no_key, faults: row.faults };
    for (const [path, value] of states) row.items[path] = value;
    return row;
  };
}

/** The relation comes last, since it may depend on the sex. */
const isStated = ({ key, items }: ProfileColumn): boolean =>
  items.length > 0 || (key !== undefined && key !== 'relation');

const equals = 61;
/** Twice what a long text may have. */
const longestCell = 4_000;
const codedCleaners: ReadonlySet<string> = new Set(['code', 'codes', 'boolean']);

const isPersonKnown = (keys: RowKeys): boolean =>
  keys.name !== undefined ||
  keys.citizen_id !== undefined ||
  keys.spoiled_id !== undefined ||
  keys.phone !== undefined;

/** What a row can be known by, without which it is set aside. */
const knownBy: Record<Subject, (keys: RowKeys) => boolean> = {
  resident: isPersonKnown,
  household: (keys) => keys.household_number !== undefined || isPersonKnown(keys),
  housing: (keys) => keys.house_code !== undefined || keys.address !== undefined,
  premises: (keys) => keys.credit_code !== undefined || keys.address !== undefined,
};

/** What of a refused cell is kept. */
const shown = 60;

function refuse(row: CleanRow, column: string, reason: Reason, cell: string): void {
  row.faults.push({ column, ...reason, value: cell.slice(0, shown) });
}

function applyOf(column: ProfileColumn, circumstances: Circumstances): Apply {
  const items: Stated[] = [];
  for (const path of column.items) {
    const [category, key] = path.split('.') as [Parameters<Dictionary['item']>[0], string];
    const item = circumstances.dictionary.item(category, key);
    if (item) items.push({ path, item });
  }
  return makers[column.cleaner](new Column(column, items, circumstances));
}

/** What the makers of steps share: where a cleaned value goes. */
class Column {
  readonly column: ProfileColumn;
  readonly items: readonly Stated[];
  readonly circumstances: Circumstances;
  /** The fewest characters that any of the items allows. */
  readonly longest: number;
  readonly #hasPattern: boolean;

  constructor(column: ProfileColumn, items: readonly Stated[], circumstances: Circumstances) {
    this.column = column;
    this.items = items;
    this.circumstances = circumstances;
    this.longest = Math.min(...items.map(({ item }) => item.maxLength ?? 200), 1_000);
    this.#hasPattern = items.some(({ item }) => item.pattern !== undefined);
  }

  refuse(row: CleanRow, code: CellReason, cell: string): void {
    refuse(row, this.column.column, cellReasons[code], cell);
  }

  key(row: CleanRow, value: string): void {
    const { key } = this.column;
    if (key !== undefined && key !== 'relation') row.keys[key as keyof RowKeys] = value as never;
  }

  /** States a value that is known to be what `checkValue` would give. */
  stateSure(row: CleanRow, value: FactValue): void {
    for (const { path } of this.items) row.items[path] = value;
  }

  /** Whether a day that exists is within the bounds of all items. */
  allowsDay(day: string): boolean {
    for (const { item } of this.items) {
      const { min, max } = item;
      const last = max === 'today' ? this.circumstances.today : max;
      if ((typeof min === 'string' && day < min) || (typeof last === 'string' && day > last))
        return false;
    }
    return true;
  }

  /** States a text: plain ones need no further look. */
  stateText(row: CleanRow, text: string, cell: string): void {
    if (this.items.length === 0) return;
    const isSure = !this.#hasPattern && text.length <= this.longest && isPlain(text);
    if (isSure) this.stateSure(row, text);
    else this.state(row, text, cell);
  }

  /** States a value if the items' own rule takes it. */
  state(row: CleanRow, value: unknown, cell: string): void {
    const { dictionary, today } = this.circumstances;
    for (const { path, item } of this.items) {
      const check = checkValue(item, value, dictionary, today);
      if (!check.ok)
        refuse(row, this.column.column, { code: check.code, message: check.message }, cell);
      else if (check.value !== null) row.items[path] = check.value;
    }
  }
}

const makers: Record<ProfileColumn['cleaner'], (column: Column) => Apply> = {
  text: (column) => (cell, row) => {
    const text = isPlain(cell) ? cell : visible(cell);
    if (text === '') return;
    column.key(row, text);
    column.stateText(row, text, cell);
  },

  name: (column) => (cell, row) => {
    const { name, fault } = nameOf(cell);
    if (fault !== undefined) column.refuse(row, fault, cell);
    // Several owners in one cell are nobody's name, but they are what the item holds.
    if (fault === 'name_many') return column.stateText(row, visible(cell), cell);
    if (name === undefined || name === '') return;
    column.key(row, name);
    column.stateText(row, name, cell);
  },

  citizen_id: (column) => {
    const { today } = column.circumstances;
    return (cell, row) => {
      const read = idOf(cell, today);
      if (read.fault === undefined) {
        row.keys.citizen_id = read.id;
        return column.stateSure(row, read.id);
      }
      column.refuse(row, read.fault, cell);
      if (read.spoiled !== '') row.keys.spoiled_id ??= read.spoiled;
    };
  },

  certificate: (column) => {
    const { today } = column.circumstances;
    return (cell, row) => {
      const certificate = certificateOf(cell);
      if (certificate.fault === undefined) {
        row.keys.certificate = certificate.certificate;
        column.state(row, certificate.certificate, cell);
      } else column.refuse(row, certificate.fault, cell);
      const read = idOf(certificate.certificate?.slice(0, 18) ?? cell, today);
      if (read.fault === undefined) row.keys.citizen_id ??= read.id;
      else {
        if (certificate.fault === undefined) column.refuse(row, read.fault, cell);
        if (read.spoiled !== '') row.keys.spoiled_id ??= read.spoiled;
      }
    };
  },

  date: (column) => {
    const { today } = column.circumstances;
    const { key } = column.column;
    return (cell, row) => {
      const { day, fault } = dayOf(cell);
      if (fault !== undefined) return column.refuse(row, fault, cell);
      const isFuture = key === 'birth' && day > today;
      if (isFuture && column.items.length === 0) return column.refuse(row, 'date_future', cell);
      if (!isFuture) column.key(row, day);
      if (column.allowsDay(day)) column.stateSure(row, day);
      else column.state(row, day, cell);
    };
  },

  phone: (column) => (cell, row) => {
    const { phone, fault } = phoneOf(cell);
    if (fault !== undefined) column.refuse(row, fault, cell);
    if (phone === undefined) return;
    column.key(row, phone);
    column.stateSure(row, phone);
  },

  number: (column) => (cell, row) => {
    const text = numberOf(cell);
    if (text === undefined) return column.refuse(row, 'number', cell);
    column.state(row, text, cell);
  },

  code: (column) => {
    const words = wordsOf(column);
    const isSex = column.column.key === 'sex';
    return (cell, row) => {
      const code = words.of(cell);
      if (code !== undefined) {
        if (!isSex || code === '1' || code === '2') column.key(row, code);
        return column.stateSure(row, code);
      }
      if (!statesNothing(cell)) column.refuse(row, 'unknown_code', cell);
    };
  },

  codes: (column) => {
    const words = wordsOf(column);
    return (cell, row) => {
      const whole = words.of(cell);
      const codes = whole === undefined ? partsOfMany(cell).map((part) => words.of(part)) : [whole];
      if (!codes.includes(undefined)) return column.state(row, codes, cell);
      // Half a list would stand as the whole of it.
      if (!statesNothing(cell)) column.refuse(row, 'unknown_code', cell);
    };
  },

  address: (column) => {
    let before = '';
    let text = '';
    let compared: string | undefined;
    return (cell, row) => {
      // Rows of a household follow each other.
      if (cell !== before) {
        text = addressOf(cell);
        compared = addressKeyOf(text);
        before = cell;
      }
      if (text === '') return;
      if (column.column.key === 'address') {
        row.keys.address = text;
        if (compared !== undefined) row.keys.address_key = compared;
      }
      column.stateText(row, text, cell);
    };
  },

  boolean: (column) => (cell, row) => {
    const value = truthOf(cell);
    if (value !== undefined) column.stateSure(row, value);
    else if (!statesNothing(cell)) column.refuse(row, 'boolean', cell);
  },

  credit_code: (column) => (cell, row) => {
    const check = checkCreditCode(visible(cell));
    if (!check.ok) {
      // Kept for comparison: what was registered under it is registered under it.
      column.key(row, bareNumber(visible(cell)));
      if (column.items.length > 0) column.state(row, visible(cell), cell);
      else column.refuse(row, 'credit_code', cell);
      return;
    }
    column.key(row, check.code);
    column.stateSure(row, check.code);
  },

  identifier: (column) => {
    const isArea = column.column.key === 'area';
    return (cell, row) => {
      const text = isIdentifier(cell) ? cell : bareNumber(visible(cell));
      if (isArea && !/^\d{6,12}$/.test(text)) return column.refuse(row, 'area', cell);
      column.key(row, text);
      column.stateText(row, text, cell);
    };
  },
};

/** Capitals, digits and hyphens: an identifier as it is kept. */
function isIdentifier(cell: string): boolean {
  for (let i = 0; i < cell.length; i++) {
    const code = cell.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 45)) return false;
  }
  return true;
}

function wordsOf({ column, items, circumstances }: Column): CodeWords {
  const table = items[0]?.item.codes ?? (column.key && tablesOfKeys[column.key]) ?? '';
  const codes = circumstances.dictionary.codes[table]?.codes ?? [];
  return new CodeWords(
    codes.filter(({ retired }) => !retired),
    column.codes,
  );
}

/** The tables of keys that are codes without being an item. */
export const tablesOfKeys: Partial<Record<KeyName, string>> = {
  sex: 'sex',
  relation: 'family_relation',
};

function asOfStep(column: ProfileColumn, { today }: Circumstances): Apply {
  return (cell, row) => {
    const { day, fault } = dayOf(cell);
    if (fault !== undefined) return refuse(row, column.column, cellReasons[fault], cell);
    if (day > today) return refuse(row, column.column, cellReasons.date_future, cell);
    row.asOf = day;
  };
}

/** The relation to the head, which may depend on the sex (子女), and what the head's row alone states. */
function relationOf(
  profile: Profile,
  circumstances: Circumstances,
): ((cells: readonly string[], row: CleanRow) => void) | undefined {
  const index = profile.columns.findIndex(({ key }) => key === 'relation');
  const column = profile.columns[index];
  const at = circumstances.fit.places[index] ?? -1;
  if (!column || at < 0) return undefined;
  const table = circumstances.dictionary.codes[tablesOfKeys.relation ?? '']?.codes ?? [];
  const words = new CodeWords(table, column.codes);
  const bySex = {
    '1': new CodeWords([], mapped(column.bySex, 0)),
    '2': new CodeWords([], mapped(column.bySex, 1)),
  };
  const ofHead = headSteps(profile, circumstances);
  return (cells, row) => {
    const cell = cells[at] ?? '';
    if (cell.length > longestCell || statesNothing(cell)) return;
    const sex = row.keys.sex ?? (row.keys.citizen_id && sexIn(row.keys.citizen_id));
    const code = (sex && bySex[sex].of(cell)) ?? words.of(cell);
    // 子女 of nobody knows which sex is right as far as it goes.
    if (code === undefined && !sex && bySex['1'].of(cell) !== undefined) return;
    if (code === undefined) return refuse(row, column.column, cellReasons.unknown_code, cell);
    row.relation = code;
    if (code === headCode) for (const step of ofHead) step(cells, row);
  };
}

const headCode = '02';

function headSteps(
  profile: Profile,
  circumstances: Circumstances,
): ((cells: readonly string[], row: CleanRow) => void)[] {
  return profile.columns.flatMap((column, index) => {
    const at = circumstances.fit.places[index] ?? -1;
    if (column.headItems.length === 0 || at < 0) return [];
    const apply = applyOf({ ...column, key: undefined, items: column.headItems }, circumstances);
    return (cells: readonly string[], row: CleanRow) => {
      const cell = cells[at] ?? '';
      // What was refused once needs no second fault.
      const isRefused = row.faults.some((fault) => fault.column === column.column);
      if (!isRefused && !statesNothing(cell)) apply(cell, row);
    };
  });
}

const mapped = (bySex: Record<string, [string, string]>, which: 0 | 1): Record<string, string> =>
  Object.fromEntries(Object.entries(bySex).map(([word, codes]) => [word, codes[which]]));
