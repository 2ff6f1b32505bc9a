import Type, { type Static } from 'typebox';
import { AreaCode, AreaName } from '../../area/contract.ts';
import { CategoryKey, ItemValue, ItemView, page } from '../contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Instant = Type.String({ format: 'date-time' });
const Relation = Type.String({ minLength: 1, maxLength: 4, description: 'GB/T 4761 code' });
const Reason = Type.String({ minLength: 1, maxLength: 200 });
const Items = Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }), ItemValue);

/** Acts of life that are registered; `correct_event` cancels one of them. */
export const registered = [
  'birth',
  'death',
  'move_in',
  'move_out',
  'marriage',
  'divorce',
  'join_household',
  'split_household',
  'change_head',
  'change_grid',
] as const;
export const EventKind = Type.Enum([...registered]);
export type EventKind = (typeof registered)[number];

/** Somebody concerned by an act: in the archive, new, or arriving from another village. */
export const Person = Type.Object({
  resident: Type.Optional(Id),
  arrival: Type.Optional({ ...Id, description: 'move_in: the hand-over that lets the file come' }),
  id: Type.Optional({
    ...Id,
    description: 'birth, move_in: id of the new record, made by the client',
  }),
  items: Type.Optional(Items),
  relation: Type.Optional(Relation),
  registered: Type.Optional(Type.Boolean()),
});
export type Person = Static<typeof Person>;

/** An act of life as it is registered. Which fields a kind needs stands in rules/needs.ts. */
export const NewEvent = Type.Object({
  id: Type.Optional(Id),
  kind: EventKind,
  day: Day,
  household: Type.Optional({
    ...Id,
    description: 'The household concerned; for join_household the one joined',
  }),
  newHousehold: Type.Optional(
    Type.Object(
      { id: Type.Optional(Id), area: Type.Optional(AreaCode), items: Items },
      { description: 'move_in, split_household: the household that is made' },
    ),
  ),
  people: Type.Optional(Type.Array(Person, { maxItems: 30 })),
  head: Type.Optional({
    ...Id,
    description: 'Who is head from then on, when the head leaves and others stay; change_head',
  }),
  relations: Type.Optional(
    Type.Array(Type.Object({ resident: Id, relation: Relation }), {
      maxItems: 30,
      description: 'Relations to the new head, where they do not follow from the old ones',
    }),
  ),
  to: Type.Optional({
    ...AreaCode,
    description: 'change_grid: the grid; move_out: the village, when it is in this installation',
  }),
  place: Type.Optional(
    Type.String({ maxLength: 100, description: 'move_in, move_out: where from or to, outside' }),
  ),
  proof: Type.Object({
    kind: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,39}$',
      description: 'Code of the table life_proof',
    }),
    note: Type.Optional(Type.String({ maxLength: 100 })),
    document: Type.Optional({
      ...Id,
      description: 'A document in use of those concerned, of their household or of its dwelling',
    }),
  }),
  reason: Type.Optional(Type.String({ maxLength: 200 })),
});
export type NewEvent = Static<typeof NewEvent>;

export const Registered = Type.Object({
  id: Id,
  household: Nullable(Id),
  residents: Type.Array(Id),
});

export const Cancel = Type.Object({
  day: Type.Optional(Day),
  reason: Reason,
  proof: Type.Optional(NewEvent.properties.proof),
});

/** The document that proves an act, with the record that it is kept with. */
export const ProofDocument = Type.Object({ id: Id, category: CategoryKey, subject: Id });

export const Prove = Type.Object({
  document: {
    ...Id,
    description: 'A document in use of those concerned, of their household or of its dwelling',
  },
});

/** An act of life as it is shown. */
export const LifeEvent = Type.Object({
  id: Id,
  kind: Type.String(),
  day: Day,
  at: Instant,
  household: Nullable(Id),
  residents: Type.Array(Type.Object({ id: Id, name: Nullable(Type.String()) })),
  details: Type.Record(Type.String(), Type.Unknown()),
  proof: Type.String(),
  proofNote: Nullable(Type.String()),
  document: Nullable(ProofDocument),
  reason: Nullable(Type.String()),
  actor: Nullable(Type.String()),
  cancels: Nullable(Id),
  cancelled: Type.Boolean(),
});
export type LifeEvent = Static<typeof LifeEvent>;
export const LifeEventPage = page(LifeEvent);

/** Which acts of the register: of an area, of kinds, of a period. */
export const EventFilter = Type.Object({
  area: Type.Optional(AreaCode),
  kind: Type.Optional(Type.Enum([...registered, 'correct_event'])),
  from: Type.Optional(Type.String({ format: 'date', description: 'First day, as it happened' })),
  to: Type.Optional(Type.String({ format: 'date', description: 'Last day' })),
});
export type EventFilter = Static<typeof EventFilter>;
export const EventExportQuery = Type.Object({
  ...EventFilter.properties,
  purpose: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
});

/** A value as it was in force on a past day. */
export const PastItem = Type.Intersect([
  ItemView,
  Type.Object({
    later: Type.Boolean({
      description: 'No value is known for the day: this is the first one after it',
    }),
    differs: Type.Boolean({ description: 'Another value, or none, is in force today' }),
  }),
]);
export type PastItem = Static<typeof PastItem>;

export const PastQuery = Type.Object({
  on: Type.String({ format: 'date', description: 'The state at the end of this day' }),
  purpose: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' })),
});

const past = {
  id: Id,
  on: Day,
  /** Where it was; null when it was not here on the day. */
  area: Nullable(AreaName),
  here: Type.Boolean({ description: 'Whether it was in the area of the acting post on the day' }),
  items: Type.Record(Type.String(), PastItem),
  /** Items that are filled today and were not on the day. */
  absent: Type.Array(Type.String()),
};
export const PastMember = Type.Object({
  resident: Id,
  name: Nullable(Type.String({ description: 'null where the file is with another village' })),
  relation: Nullable(Type.String()),
  since: Nullable(Day),
  until: Nullable(Day),
  now: Type.Boolean({ description: 'Lives there today in the same relation' }),
});
export const PastHousehold = Type.Object({
  ...past,
  members: Type.Array(PastMember),
  joined: Type.Array(
    Type.Object({ resident: Id, name: Nullable(Type.String()), since: Nullable(Day) }),
    {
      description: 'Members of today who were not on the day',
    },
  ),
});
export const PastResident = Type.Object({
  ...past,
  households: Type.Array(
    Type.Object({
      id: Id,
      address: Nullable(Type.String()),
      relation: Nullable(Type.String()),
      since: Nullable(Day),
      until: Nullable(Day),
      now: Type.Boolean(),
    }),
  ),
});

/** 一村一册 as it was on a past day. */
export const PastBook = Type.Object({
  area: AreaName,
  on: Day,
  counts: Type.Object({ households: Type.Integer(), residents: Type.Integer() }),
  today: Type.Object({ households: Type.Integer(), residents: Type.Integer() }),
  since: Type.Object(
    {
      births: Nullable(Type.Integer()),
      deaths: Nullable(Type.Integer()),
      movedIn: Nullable(Type.Integer()),
      movedOut: Nullable(Type.Integer()),
    },
    { description: 'null for figures that the role may not see, or under five above the township' },
  ),
});
export const PastList = page(
  Type.Object({
    id: Id,
    name: Nullable(Type.String()),
    address: Nullable(Type.String()),
    now: Type.Boolean({ description: 'Is here today' }),
  }),
);

/** A file on its way: enough to recognise the person, and no more. */
export const Arrival = Type.Object({
  id: Id,
  name: Type.String(),
  sex: Nullable(Type.String()),
  birthYear: Nullable(Type.Integer()),
  from: Type.String({ description: 'Village moved out of' }),
  day: Day,
  state: Type.String(),
});
export type Arrival = Static<typeof Arrival>;
export const ArrivalPage = page(Arrival);
/** A file that left: what the old village keeps. */
export const Departure = Type.Object({
  id: Id,
  resident: Id,
  name: Type.String(),
  to: Type.String(),
  day: Day,
  state: Type.String(),
  reason: Nullable(Type.String()),
  decidedAt: Nullable(Instant),
});
export type Departure = Static<typeof Departure>;
export const DeparturePage = page(Departure);
export const Refusal = Type.Object({ reason: Reason });

export const DirectoryQuery = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 40 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, default: 20 })),
});
export const Directory = Type.Object({
  items: Type.Array(Type.Object({ code: Type.String(), name: Type.String(), path: Type.String() })),
});
