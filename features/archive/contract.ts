import Type, { type Static } from 'typebox';
import { AreaCode, AreaName } from '../area/contract.ts';
import { DocumentKindView } from './documents/contract.ts';

export * from './documents/contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Instant = Type.String({ format: 'date-time' });

/** The five categories of record (DOMAIN.md, section 2). Paths: /residents, /households, /housing, /premises, /organisations. */
export const CategoryKey = Type.Union([
  Type.Literal('resident'),
  Type.Literal('household'),
  Type.Literal('housing'),
  Type.Literal('premises'),
  Type.Literal('organisation'),
]);
export type CategoryKey = Static<typeof CategoryKey>;

/** A value of an item: text, number, true/false, or several codes. */
export const ItemValue = Type.Union([
  Type.String(),
  Type.Number(),
  Type.Boolean(),
  Type.Array(Type.String()),
  Type.Null(),
]);

/** Of a value that came by a department's file. */
const gathered = {
  batch: Type.Optional(Type.Integer({ description: 'Batch by which it was gathered' })),
  row: Type.Optional(Type.Integer({ description: 'Row of that file, from 1' })),
};

/** A value with where it comes from. */
export const ItemView = Type.Object({
  value: ItemValue,
  source: Type.String({ description: 'Source key of the dictionary' }),
  asOf: Day,
  actor: Type.Optional(Type.String({ description: 'Name of the official who entered it' })),
  changedAt: Type.Optional(Instant),
  stale: Type.Optional(Type.Boolean()),
  ...gathered,
});
export type ItemView = Static<typeof ItemView>;

/** A value that stands against the one in force: an official's edit against an authoritative source. */
export const Conflict = Type.Object({
  id: Id,
  item: Type.String(),
  value: ItemValue,
  source: Type.String(),
  asOf: Day,
  actor: Nullable(Type.String()),
  reason: Nullable(Type.String()),
  at: Instant,
  ...gathered,
});
export type Conflict = Static<typeof Conflict>;

const listed = {
  id: Id,
  area: AreaName,
  tags: Type.Array(Type.String()),
  missing: Type.Array(Type.String(), { description: 'Required items without a value' }),
  stale: Type.Boolean({ description: 'An item is older than its limit' }),
  completeness: Type.Integer({ minimum: 0, maximum: 100 }),
  version: Type.Integer(),
  updatedAt: Instant,
};

/** Of residents and households: since when they are not here any more, and why. */
const left = Nullable(
  Type.Object({
    on: Day,
    how: Type.String({ description: 'death, moved_out; empty for a household; mistaken' }),
  }),
);

export const ResidentRow = Type.Object({
  ...listed,
  left,
  name: Type.String(),
  sex: Nullable(Type.String()),
  birth: Nullable(Day),
  age: Nullable(Type.Integer()),
  residenceKind: Nullable(Type.String()),
  idMask: Nullable(Type.String()),
  phoneMask: Nullable(Type.String()),
  household: Nullable(
    Type.Object({
      id: Id,
      number: Nullable(Type.String()),
      address: Nullable(Type.String()),
      relation: Nullable(Type.String()),
    }),
  ),
});
export type ResidentRow = Static<typeof ResidentRow>;

export const HouseholdRow = Type.Object({
  ...listed,
  left,
  number: Nullable(Type.String()),
  address: Nullable(Type.String()),
  head: Nullable(Type.String()),
  members: Type.Integer(),
});
export type HouseholdRow = Static<typeof HouseholdRow>;

/** The building that a dwelling is a part of; no name where it is out of sight. */
const OfBuilding = Nullable(Type.Object({ id: Id, name: Nullable(Type.String()) }));

export const HousingRow = Type.Object({
  ...listed,
  code: Nullable(Type.String()),
  address: Nullable(Type.String()),
  use: Nullable(Type.String()),
  safetyGrade: Nullable(Type.String()),
  building: OfBuilding,
});
export const PremisesRow = Type.Object({
  ...listed,
  name: Type.String(),
  kind: Nullable(Type.String()),
  address: Nullable(Type.String()),
  creditCode: Nullable(Type.String()),
  state: Nullable(Type.String()),
});
export const OrganisationRow = Type.Object({
  ...listed,
  name: Type.String(),
  kind: Nullable(Type.String()),
  head: Nullable(Type.String()),
  nextElection: Nullable(Day),
});

export const page = <T extends Type.TSchema>(row: T) =>
  Type.Object({
    items: Type.Array(row),
    next: Nullable(Type.String({ description: 'Cursor of the next page, or null at the end' })),
    total: Nullable(
      Type.Integer({ description: 'Where it is cheap, or asked for by count=exact' }),
    ),
  });

/** Filters of the lists. `area` narrows the scope of the post, it never widens it. */
export const ListQuery = Type.Object({
  area: Type.Optional(AreaCode),
  tag: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
  missing: Type.Optional(
    Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$', description: 'Item that has no value' }),
  ),
  stale: Type.Optional(Type.Boolean()),
  incomplete: Type.Optional(Type.Boolean({ description: 'Completeness under 100' })),
  ageFrom: Type.Optional(Type.Integer({ minimum: 0, maximum: 150 })),
  ageTo: Type.Optional(Type.Integer({ minimum: 0, maximum: 150 })),
  residenceKind: Type.Optional(Type.String({ pattern: '^[a-z_]{1,20}$' })),
  building: Type.Optional(
    Type.String({
      format: 'uuid',
      description:
        'Dwellings of a building or compound, the households that live in them, or the residents of those',
    }),
  ),
  left: Type.Optional(
    Type.Boolean({ description: 'Those who died or moved away; without it those who are here' }),
  ),
  posts: Type.Optional(Type.Literal('all', { description: 'Span all of one’s posts in force' })),
  count: Type.Optional(Type.Literal('exact')),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
export type ListQuery = Static<typeof ListQuery>;

export const FileAbilities = Type.Object({
  edit: Type.Boolean(),
  editable: Type.Array(Type.String(), {
    description: 'Items that the acting post may propose a value for',
  }),
  reveal: Type.Array(Type.String(), {
    description: 'Sealed items that may be revealed, one at a time, with a purpose',
  }),
});

const file = {
  ...listed,
  path: Type.Array(AreaName),
  items: Type.Record(Type.String(), ItemView),
  conflicts: Type.Array(Conflict),
  staleItems: Type.Array(Type.String()),
  abilities: FileAbilities,
};

export const Member = Type.Object({
  resident: Id,
  name: Type.String(),
  sex: Nullable(Type.String()),
  birth: Nullable(Day),
  age: Nullable(Type.Integer()),
  relation: Nullable(Type.String({ description: 'GB/T 4761 code' })),
  registered: Type.Boolean(),
  since: Nullable(Day),
  residenceKind: Nullable(Type.String()),
  idMask: Nullable(Type.String()),
  phoneMask: Nullable(Type.String()),
  tags: Type.Array(Type.String()),
  completeness: Type.Integer(),
});
export const LinkedHousing = Type.Object({
  id: Id,
  code: Nullable(Type.String()),
  address: Nullable(Type.String()),
  use: Nullable(Type.String()),
  safetyGrade: Nullable(Type.String()),
  kind: Type.String({ description: 'lives, owns, rents' }),
});
export const LinkedPremises = Type.Object({
  id: Id,
  name: Type.String(),
  state: Nullable(Type.String()),
  role: Type.String({ description: 'legal_person, operator' }),
  resident: Id,
});
export const LinkedHousehold = Type.Object({
  id: Id,
  number: Nullable(Type.String()),
  address: Nullable(Type.String()),
  relation: Nullable(Type.String()),
  registered: Type.Boolean(),
});

export const HouseholdFile = Type.Object({
  ...file,
  left,
  number: Nullable(Type.String()),
  address: Nullable(Type.String()),
  head: Nullable(Type.String()),
  members: Type.Array(Member),
  housing: Type.Array(LinkedHousing),
  premises: Type.Array(LinkedPremises),
});
export const ResidentFile = Type.Object({
  ...file,
  left,
  name: Type.String(),
  sex: Nullable(Type.String()),
  birth: Nullable(Day),
  age: Nullable(Type.Integer()),
  residenceKind: Nullable(Type.String()),
  idMask: Nullable(Type.String()),
  phoneMask: Nullable(Type.String()),
  households: Type.Array(LinkedHousehold),
  premises: Type.Array(LinkedPremises),
});
export const HousingFile = Type.Object({
  ...file,
  code: Nullable(Type.String()),
  address: Nullable(Type.String()),
  building: OfBuilding,
  households: Type.Array(LinkedHousehold),
});
export const PremisesFile = Type.Object({
  ...file,
  name: Type.String(),
  people: Type.Array(Type.Object({ resident: Id, name: Type.String(), role: Type.String() })),
});
export const OrganisationFile = Type.Object({ ...file, name: Type.String() });

/** A file is opened under a purpose by those who need one (supervisors). */
export const FileQuery = Type.Object({
  purpose: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
});

const Items = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), ItemValue);

/** A new record. `id` may be made by the client (UUIDv7), so that a replay is the same record. */
export const NewRecord = Type.Object({
  id: Type.Optional(Id),
  area: AreaCode,
  items: Items,
  reason: Type.Optional(Type.String({ maxLength: 200 })),
  building: Type.Optional(
    Type.String({
      format: 'uuid',
      description: 'Only for a dwelling: the building of its grid that it is a part of',
    }),
  ),
  household: Type.Optional(
    Type.Object(
      {
        id: Id,
        relation: Type.String({ maxLength: 4 }),
        registered: Type.Optional(Type.Boolean()),
        since: Type.Optional(Day),
      },
      { description: 'Only for a resident: the household joined' },
    ),
  ),
});
export type NewRecord = Static<typeof NewRecord>;

/** An edit; `null` clears an item. Needs If-Match with the version that was read. */
export const EditRecord = Type.Object({
  items: Items,
  reason: Type.String({ minLength: 1, maxLength: 200 }),
  asOf: Type.Optional(Day),
});

export const Written = Type.Object({
  id: Id,
  version: Type.Integer(),
  conflicts: Type.Array(Type.String(), {
    description: 'Items whose proposed value stands beside that of the authoritative source',
  }),
});

export const NewMember = Type.Object({
  resident: Id,
  relation: Type.String({ minLength: 1, maxLength: 4 }),
  registered: Type.Optional(Type.Boolean()),
  since: Type.Optional(Day),
  reason: Type.Optional(Type.String({ maxLength: 200 })),
});
export const NewHousingLink = Type.Object({
  housing: Id,
  kind: Type.Union([Type.Literal('lives'), Type.Literal('owns'), Type.Literal('rents')]),
});
export const NewPremisesLink = Type.Object({
  resident: Id,
  role: Type.Union([Type.Literal('legal_person'), Type.Literal('operator')]),
});

export const Reveal = Type.Object({
  item: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
  purpose: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
});
export const Revealed = Type.Object({
  item: Type.String(),
  view: Nullable(ItemView),
  conflicts: Type.Array(Conflict),
});

export const Change = Type.Object({
  id: Id,
  at: Instant,
  category: CategoryKey,
  subject: Id,
  subjectName: Nullable(Type.String()),
  kind: Type.String({
    description: 'created, changed, conflict, confirmed, linked, unlinked; event: an act of life',
  }),
  event: Nullable(
    Type.Object(
      {
        id: Id,
        kind: Type.String(),
        day: Day,
        proof: Nullable(Type.String()),
        household: Nullable(Id),
        residents: Type.Array(Type.Object({ id: Id, name: Nullable(Type.String()) })),
        toName: Nullable(Type.String()),
        place: Nullable(Type.String()),
        /** The document that proves it, where the acting post may know of it. */
        document: Nullable(Type.Object({ id: Id, category: CategoryKey, subject: Id })),
        proven: Type.Boolean({ description: 'Whether a document proves it at all' }),
        cancelled: Type.Boolean(),
        cancels: Nullable(Type.String({ description: 'Kind of the act cancelled' })),
      },
      { description: 'Of an act of life' },
    ),
  ),
  item: Nullable(Type.String()),
  before: Nullable(ItemValue),
  after: Nullable(ItemValue),
  sealed: Type.Boolean({ description: 'The values belong to a sealed item and are not shown' }),
  source: Nullable(Type.String()),
  asOf: Nullable(Day),
  actor: Nullable(Type.String()),
  reason: Nullable(Type.String()),
  other: Type.Union(
    [
      Type.Object({
        category: CategoryKey,
        id: Id,
        name: Nullable(Type.String()),
        as: Nullable(Type.String({ description: 'Code of the relation, kind or role' })),
      }),
      Type.Null(),
    ],
    { description: 'Of linked and unlinked: the record at the other end; no name out of sight' },
  ),
});
export const ChangePage = page(Change);

export const SearchQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 60 }),
  area: Type.Optional(AreaCode),
  category: Type.Optional(CategoryKey),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
});
export const SearchHit = Type.Object({
  category: CategoryKey,
  id: Id,
  title: Type.String(),
  detail: Nullable(Type.String({ description: 'Address, household number' })),
  sex: Nullable(Type.String()),
  age: Nullable(Type.Integer()),
  phoneMask: Nullable(Type.String()),
  area: AreaName,
  post: Id,
});
export const SearchPage = Type.Object({
  items: Type.Array(SearchHit),
  next: Type.Null(),
  total: Type.Null(),
});

/** A text in both languages. */
export const Label = Type.Object({ zh: Type.String(), en: Type.String() });
export const DictionaryView = Type.Object({
  categories: Type.Record(
    Type.String(),
    Type.Object({
      label: Label,
      sections: Type.Array(Type.Object({ key: Type.String(), label: Label })),
      items: Type.Array(
        Type.Object({
          key: Type.String(),
          label: Label,
          help: Type.Optional(Label),
          type: Type.String(),
          codes: Type.Optional(Type.String()),
          group: Type.String(),
          sensitivity: Type.String(),
          source: Type.String(),
          section: Type.String(),
          required: Type.Boolean(),
          derived: Type.Boolean(),
          min: Type.Optional(Type.Union([Type.Number(), Type.String()])),
          max: Type.Optional(Type.Union([Type.Number(), Type.String()])),
          maxLength: Type.Optional(Type.Integer()),
          form: Type.Optional(
            Type.String({ description: 'How the text is written: a name of dictionary/forms.ts' }),
          ),
          freshMonths: Type.Optional(Type.Integer()),
          retired: Type.Optional(
            Type.Boolean({ description: 'No longer asked for; what was recorded is shown' }),
          ),
        }),
      ),
    }),
  ),
  codes: Type.Record(
    Type.String(),
    Type.Object({
      label: Label,
      codes: Type.Array(
        Type.Object({
          code: Type.String(),
          zh: Type.String(),
          en: Type.String(),
          retired: Type.Optional(Type.Boolean()),
        }),
      ),
    }),
  ),
  sources: Type.Array(Type.Object({ key: Type.String(), label: Label })),
  purposes: Type.Array(Type.Object({ key: Type.String(), label: Label })),
  tags: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Label,
      color: Type.String(),
      scope: Type.String(),
      shown: Type.Boolean({
        description: 'Stands beside names for the acting post, which may filter by it',
      }),
    }),
  ),
  documents: Type.Array(DocumentKindView),
});

export const Draft = Type.Object({ key: Type.String(), body: Type.Unknown(), updatedAt: Instant });
export const SaveDraft = Type.Object({ body: Type.Record(Type.String(), Type.Unknown()) });
export const DraftKey = Type.Object({ key: Type.String({ pattern: '^[a-z0-9:-]{1,80}$' }) });

/** A household of a grid with what tells where it belongs: what a split of the grid goes by. */
export const PlacedHousehold = Type.Object({
  id: Type.String(),
  address: Type.Union([Type.String(), Type.Null()]),
  members: Type.Integer(),
  building: Type.Union([Type.String(), Type.Null()], {
    description: 'The building or compound that it lives in',
  }),
  at: Type.Union([Type.Tuple([Type.Number(), Type.Number()]), Type.Null()], {
    description: 'Its place on the map, or that of its dwelling or building',
  }),
});
export type PlacedHousehold = Static<typeof PlacedHousehold>;
