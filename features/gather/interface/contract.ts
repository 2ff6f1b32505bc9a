import Type, { type Static } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** Sensitive groups of items: a subscription names each, or is told nothing of it. */
export const namedGroups = [
  'contact',
  'identity',
  'health',
  'ethnic',
  'welfare',
  'minor',
  'economy',
] as const;
export type NamedGroup = (typeof namedGroups)[number];

export const SystemParams = Type.Object({ id: Id });

/** A system to be made: what it may do is never changed; another subscription is another system. */
export const NewSystem = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 60 }),
    source: Type.String({
      minLength: 1,
      maxLength: 40,
      description: 'The department it speaks for: a key of packs/archive/sources.yaml',
    }),
    area: Type.String({
      pattern: '^\\d{6,15}$',
      description: 'Code of the county, or of an area below',
    }),
    items: Type.Array(Type.String({ pattern: '^[a-z]+\\.[a-z][a-z0-9_]*$', maxLength: 80 }), {
      maxItems: 500,
      uniqueItems: true,
      description: 'Items it is told of, as resident.education; none: it only hands in',
    }),
    groups: Type.Array(Type.Enum(namedGroups), {
      uniqueItems: true,
      description: 'Sensitive groups that its items are of: each must be named',
    }),
    values: Type.Boolean({
      description: 'Whether changes come with their values, or only with the keys of the items',
    }),
    webhook: Type.Optional(
      Type.String({ maxLength: 500, description: 'Address to which changes are sent, https' }),
    ),
  },
  { additionalProperties: false },
);
export type NewSystem = Static<typeof NewSystem>;

export const MadeSystem = Type.Object({
  id: Id,
  secret: Type.String({ description: 'Told this once' }),
});
export type MadeSystem = Static<typeof MadeSystem>;

/** How sending to a system's address stands. */
const Sending = Type.Object({
  state: Type.Enum(['current', 'behind', 'failing', 'dead'] as const, {
    description: 'All received; some to be sent; refused, and tried again; given up',
  }),
  failingSince: nullable(Instant),
  nextAt: nullable(Instant),
  tries: Type.Integer(),
});

export const System = Type.Object({
  id: Id,
  name: Type.String(),
  source: Type.String(),
  sourceName: Type.String(),
  area: Type.Object({ code: Type.String(), name: Type.String() }),
  items: Type.Array(Type.Object({ key: Type.String(), label: Type.String() })),
  groups: Type.Array(Type.String()),
  values: Type.Boolean(),
  webhook: nullable(Type.String()),
  sending: nullable(Sending),
  madeAt: Instant,
  madeBy: Type.String(),
  secretSince: Instant,
  oldSecretUntil: nullable(Instant),
  endedAt: nullable(Instant),
  endedBy: nullable(Type.String()),
  endReason: nullable(Type.String()),
});
export type System = Static<typeof System>;

export const Systems = Type.Object({ items: Type.Array(System) });
export type Systems = Static<typeof Systems>;

/** What a system may be made of: sources, and items with their groups. */
export const Offer = Type.Object({
  sources: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Type.String(),
      handsIn: Type.Boolean({ description: 'Whether there is a profile for what it hands in' }),
    }),
  ),
  items: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Type.String(),
      category: Type.String(),
      group: Type.String(),
    }),
  ),
});
export type Offer = Static<typeof Offer>;

export const Delivery = Type.Object({
  id: Id,
  state: Type.Enum(['received', 'refused', 'dead'] as const),
  events: Type.Integer(),
  tries: Type.Integer(),
  answer: nullable(
    Type.String({ description: 'Status of the last answer, or a key of why there was none' }),
  ),
  firstAt: Instant,
  lastAt: Instant,
  cursor: Type.String({ description: 'From where it is sent again' }),
});
export type Delivery = Static<typeof Delivery>;

export const Deliveries = Type.Object({ items: Type.Array(Delivery) });
export type Deliveries = Static<typeof Deliveries>;

export const Rotate = Type.Object(
  {
    overlapDays: Type.Integer({
      minimum: 0,
      maximum: 30,
      description: 'For so many days the secret before stays good; 0: not at all',
    }),
  },
  { additionalProperties: false },
);
export const NewSecret = Type.Object({
  secret: Type.String({ description: 'Told this once' }),
  oldUntil: Instant,
});
export type NewSecret = Static<typeof NewSecret>;

export const Withdraw = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }) },
  { additionalProperties: false },
);

export const Webhook = Type.Object(
  {
    address: nullable(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false },
);

export const Replay = Type.Object(
  {
    from: Type.String({
      maxLength: 60,
      description: '`oldest` of what is kept, `now`, or a cursor',
    }),
  },
  { additionalProperties: false },
);

export const SourceParams = Type.Object({
  source: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
});
export const BatchParams = Type.Object({
  source: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
  id: Id,
});

/** Rows at most in one call, and the bytes of its body. */
export const mostRows = 5_000;
export const mostBytes = 5 * 1024 * 1024;

const Cell = Type.Union([
  Type.String({ maxLength: 2_000 }),
  Type.Number(),
  Type.Boolean(),
  Type.Null(),
]);

export const HandIn = Type.Object(
  {
    profile: Type.Optional(
      Type.String({ maxLength: 40, description: 'Where the source has several profiles' }),
    ),
    day: Type.Optional(
      Type.String({
        format: 'date',
        description: 'The day of which rows speak that tell none; today',
      }),
    ),
    rows: Type.Array(Type.Record(Type.String(), Cell), {
      minItems: 1,
      maxItems: mostRows,
      description:
        'Rows by the names of the profile’s columns (姓名), of keys (citizen_id) or of items (resident.education)',
    }),
  },
  { additionalProperties: false },
);
export type HandIn = Static<typeof HandIn>;

export const HandedInAnswer = Type.Object({
  id: Id,
  batch: Type.Integer(),
  rows: Type.Integer(),
  address: Type.String({ description: 'Where the batch tells how it stands' }),
});
export type HandedInAnswer = Static<typeof HandedInAnswer>;

export const NotTakenQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0, description: 'Rows behind this one' })),
});

const NotTaken = Type.Object({
  row: Type.Integer({ description: 'Counted from 1, as it was handed in' }),
  column: nullable(Type.String({ description: 'null: the row as a whole' })),
  code: Type.String(),
  reason: Type.String(),
});

export const BatchStatus = Type.Object({
  id: Id,
  batch: Type.Integer(),
  state: Type.Enum([
    'queued',
    'staging',
    'matching',
    'merging',
    'done',
    'undoing',
    'undone',
    'refused',
  ] as const),
  problem: nullable(Type.String()),
  day: Day,
  counts: Type.Object({
    rows: Type.Integer(),
    aside: Type.Integer({ description: 'Set aside' }),
    linked: Type.Integer({ description: 'Linked to a resident' }),
    asked: Type.Integer({ description: 'An official is asked whom they mean' }),
    unmatched: Type.Integer({ description: 'Of nobody within the area of the system' }),
    made: Type.Integer({ description: 'Records made' }),
    changed: Type.Integer({ description: 'Values written' }),
  }),
  notTaken: Type.Array(NotTaken),
  next: nullable(Type.Integer({ description: 'Give as `after` for more of the rows not taken' })),
});
export type BatchStatus = Static<typeof BatchStatus>;

export const ChangesQuery = Type.Object({
  cursor: Type.Optional(
    Type.String({
      maxLength: 60,
      description: 'Of the page before, or `now`; left out: from the oldest that is kept',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 200 })),
});

const ItemNow = Type.Object({
  value: Type.Unknown({ description: 'As it stands when it is told; null when there is none' }),
  asOf: nullable(Day),
  source: nullable(Type.String()),
});

export const Changed = Type.Object({
  id: Type.String({ description: 'The same when it is told again' }),
  type: Type.Enum(['archive.changed', 'archive.removed'] as const, {
    description: 'removed: deleted, or in the area no more; nothing else is told of it',
  }),
  at: Instant,
  category: Type.String(),
  record: Id,
  items: Type.Array(Type.String(), { description: 'Keys of the items that changed' }),
  values: Type.Optional(Type.Record(Type.String(), ItemNow)),
});
export type Changed = Static<typeof Changed>;

export const Changes = Type.Object({
  items: Type.Array(Changed),
  next: Type.String({ description: 'The cursor from which to go on' }),
  more: Type.Boolean({ description: 'Whether there is more at once' }),
});
export type Changes = Static<typeof Changes>;
