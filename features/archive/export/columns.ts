import type { Static } from 'typebox';
import type { Cell, Column } from '../../../server/spreadsheet/workbook.ts';
import type {
  CategoryKey,
  HouseholdRow,
  HousingRow,
  OrganisationRow,
  PremisesRow,
  ResidentRow,
} from '../contract.ts';
import type { Dictionary } from '../dictionary.ts';
import { tagGroups } from '../rules/tags.ts';
import { words } from './words.ts';

/** What all listing rows have alike, as lists show them. */
type Row = Static<typeof HousingRow>;

interface Listed<R> extends Column {
  cell: (row: R) => Cell;
}

/** A column of the sheet by an item of the dictionary: its label, codes in words. */
type Make = <R>(item: string, width: number, value: (row: R) => string | null) => Listed<R>;

const dayOr = (day: string | null): Cell => (day === null ? null : { day });

/** Columns of an exported list: those of the list on the page, codes as words, numbers masked as there. */
export function columnsOf(dictionary: Dictionary, category: CategoryKey): Listed<never>[] {
  const make: Make = (item, width, value) => {
    const known = dictionary.item(category, item);
    const word = wordsOf(dictionary, known?.codes);
    return { title: known?.label.zh ?? item, width, cell: (row) => word(value(row)) };
  };
  return [
    ...own[category](make, dictionary),
    ...lastColumns(dictionary, category),
  ] as Listed<never>[];
}

/** Codes of a table in words; a text that is no code stays as it is. */
export function wordsOf(dictionary: Dictionary, table: string | undefined) {
  const known = new Map(
    (table ? (dictionary.codes[table]?.codes ?? []) : []).map(({ code, zh }) => [code, zh]),
  );
  return (code: string | null): string | null => (code === null ? null : (known.get(code) ?? code));
}

/**
 * Tags that tell of nothing sensitive: the others stand in no list that leaves the house (DOMAIN.md, sections 2
 * and 6), and no list is taken out by them.
 */
export function takenTags(dictionary: Dictionary): ReadonlySet<string> {
  const groups = [...tagGroups(dictionary)];
  return new Set(
    groups.filter(([, of]) => of.every((group) => group === 'file')).map(([tag]) => tag),
  );
}

function lastColumns(dictionary: Dictionary, category: CategoryKey): Listed<Row>[] {
  const taken = takenTags(dictionary);
  const tagName = new Map(dictionary.tags.map(({ key, label }) => [key, label.zh]));
  const itemName = (key: string): string => dictionary.item(category, key)?.label.zh ?? key;
  const tags: Listed<Row> = {
    title: words.columns.tags,
    width: 20,
    cell: (row) =>
      row.tags
        .filter((tag) => taken.has(tag))
        .map((tag) => tagName.get(tag) ?? tag)
        .join('、') || null,
  };
  return [
    ...(category === 'resident' || category === 'household' ? [tags] : []),
    { title: words.columns.area, width: 18, cell: (row) => row.area.name },
    { title: words.columns.completeness, width: 10, cell: (row) => row.completeness },
    {
      title: words.columns.missing,
      width: 24,
      cell: (row) => row.missing.map(itemName).join('、') || null,
    },
    { title: words.columns.stale, width: 10, cell: (row) => (row.stale ? words.yes : null) },
    {
      title: words.columns.updated,
      width: 12,
      cell: (row) => ({ day: words.day(new Date(row.updatedAt)) }),
    },
  ];
}

type Own<R> = (make: Make, dictionary: Dictionary) => Listed<R>[];

const resident: Own<ResidentRow> = (make, dictionary) => {
  const household = (item: string): string => dictionary.item('household', item)?.label.zh ?? item;
  const relation = wordsOf(dictionary, 'family_relation');
  return [
    make('name', 12, (row: ResidentRow) => row.name),
    make('sex', 6, (row: ResidentRow) => row.sex),
    { ...make('birth', 12, () => null), cell: (row) => dayOr(row.birth) },
    { title: words.columns.age, width: 6, cell: (row) => row.age },
    make('citizen_id', 22, (row: ResidentRow) => row.idMask),
    make('phone', 15, (row: ResidentRow) => row.phoneMask),
    { title: household('number'), width: 18, cell: (row) => row.household?.number ?? null },
    { title: household('address'), width: 28, cell: (row) => row.household?.address ?? null },
    {
      title: words.columns.relation,
      width: 12,
      cell: (row) => relation(row.household?.relation ?? null),
    },
    make('residence_kind', 12, (row: ResidentRow) => row.residenceKind),
  ];
};

const household: Own<HouseholdRow> = (make) => [
  make('number', 18, (row: HouseholdRow) => row.number),
  make('address', 32, (row: HouseholdRow) => row.address),
  make('head', 12, (row: HouseholdRow) => row.head),
  { title: words.columns.members, width: 8, cell: (row) => row.members },
];

const housing: Own<Static<typeof HousingRow>> = (make) => [
  make('code', 20, (row: Static<typeof HousingRow>) => row.code),
  make('address', 32, (row: Static<typeof HousingRow>) => row.address),
  make('use', 10, (row: Static<typeof HousingRow>) => row.use),
  make('safety_grade', 12, (row: Static<typeof HousingRow>) => row.safetyGrade),
];

const premises: Own<Static<typeof PremisesRow>> = (make) => [
  make('name', 28, (row: Static<typeof PremisesRow>) => row.name),
  make('kind', 14, (row: Static<typeof PremisesRow>) => row.kind),
  make('address', 32, (row: Static<typeof PremisesRow>) => row.address),
  make('credit_code', 22, (row: Static<typeof PremisesRow>) => row.creditCode),
  make('state', 10, (row: Static<typeof PremisesRow>) => row.state),
];

const organisation: Own<Static<typeof OrganisationRow>> = (make) => [
  make('name', 28, (row: Static<typeof OrganisationRow>) => row.name),
  make('kind', 16, (row: Static<typeof OrganisationRow>) => row.kind),
  make('head', 12, (row: Static<typeof OrganisationRow>) => row.head),
  { ...make('next_election', 14, () => null), cell: (row) => dayOr(row.nextElection) },
];

const own: Readonly<Record<CategoryKey, Own<never>>> = {
  resident,
  household,
  housing,
  premises,
  organisation,
};
