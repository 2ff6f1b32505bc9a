import Type, { type Static } from 'typebox';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Instant = Type.String({ format: 'date-time' });

/** Names a row: its batch, and its number in the file. */
export const RowParams = Type.Object({
  batch: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
  n: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
export type RowParams = Static<typeof RowParams>;

/** How many rows of a source wait within the post. */
export const Waiting = Type.Object({
  source: Type.String({ description: 'Key of the source' }),
  waiting: Type.Integer({ description: 'Not looked at yet' }),
  later: Type.Integer({ description: 'Left for later' }),
  since: Nullable(Instant),
});
export type Waiting = Static<typeof Waiting>;

export const WaitingList = Type.Object({
  items: Type.Array(Waiting),
  waiting: Type.Integer(),
  later: Type.Integer(),
  decides: Type.Boolean({ description: 'Whether the acting post decides about rows' }),
});
export type WaitingList = Static<typeof WaitingList>;

export const QueueQuery = Type.Object({
  source: Type.Optional(Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' })),
  state: Type.Optional(
    Type.Union([Type.Literal('waiting'), Type.Literal('later'), Type.Literal('decided')], {
      description:
        'waiting: not looked at yet, the earliest batch first. later: left for later. decided: by officials, the newest batch first',
    }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
export type QueueQuery = Static<typeof QueueQuery>;

export const QueueRow = Type.Object({
  batch: Type.Integer(),
  decision: Type.String({ description: 'ask while it waits; linked, parted' }),
  n: Type.Integer({ description: 'Row of the file, from 1' }),
  source: Type.String(),
  name: Nullable(Type.String()),
  sex: Nullable(Type.String()),
  birth: Nullable(Day),
  belief: Nullable(Type.Number({ description: 'What is believed of the likeliest, 0 to 1' })),
  candidates: Type.Integer(),
});
export type QueueRow = Static<typeof QueueRow>;

export const QueuePage = Type.Object({
  items: Type.Array(QueueRow),
  next: Nullable(Type.String({ description: 'Cursor of the next page, or null at the end' })),
});
export type QueuePage = Static<typeof QueuePage>;

/** What a row or a resident is told apart by. Ids and phones are masked. */
const told = {
  name: Nullable(Type.String()),
  sex: Nullable(Type.String()),
  birth: Nullable(Day),
  idMask: Nullable(Type.String()),
  phoneMask: Nullable(Type.String()),
  address: Nullable(Type.String()),
  householdNumber: Nullable(Type.String()),
};

/** One step of the waterfall: what a field added to or took from the belief. */
export const Step = Type.Object({
  field: Type.String({ description: 'id, name, birth, sex, phone, home, guardian, file' }),
  level: Type.String({ description: 'How the two agree in it' }),
  bits: Type.Number({ description: 'Doublings of the odds: above 0 it speaks for, below against' }),
});
export type Step = Static<typeof Step>;

export const Candidate = Type.Object({
  ...told,
  resident: Id,
  household: Nullable(Id),
  area: Type.String(),
  relation: Nullable(Type.String()),
  family: Type.Array(Type.String(), { description: 'Names of those who live there too' }),
  left: Nullable(Day),
  belief: Nullable(Type.Number({ description: '0 to 1; null where the row was not scored' })),
  steps: Type.Array(Step),
});
export type Candidate = Static<typeof Candidate>;

/** What a row states: an item with its value, or that it states one that the post does not see. */
export const StatedItem = Type.Object({
  category: Type.String(),
  item: Type.String(),
  value: Type.Union([
    Type.String(),
    Type.Number(),
    Type.Boolean(),
    Type.Array(Type.String()),
    Type.Null(),
  ]),
  sealed: Type.Boolean({ description: 'There is a value; it opens in the file, for a purpose' }),
});
export type StatedItem = Static<typeof StatedItem>;

export const ReviewRow = Type.Object({
  batch: Type.Integer(),
  n: Type.Integer(),
  version: Type.Integer(),
  decision: Type.String({ description: 'ask while it waits' }),
  source: Type.String(),
  fileName: Type.String(),
  day: Day,
  asOf: Nullable(Day),
  row: Type.Object({
    ...told,
    guardian: Nullable(Type.String()),
    items: Type.Array(StatedItem),
  }),
  candidates: Type.Array(Candidate),
  outside: Type.Integer({ description: 'Candidates of other areas, who are not shown' }),
  decided: Nullable(
    Type.Object({
      by: Nullable(Type.String()),
      at: Nullable(Instant),
      resident: Nullable(Id),
    }),
  ),
});
export type ReviewRow = Static<typeof ReviewRow>;

export const Decision = Type.Object(
  {
    decision: Type.Union([Type.Literal('linked'), Type.Literal('parted'), Type.Literal('later')], {
      description: 'linked: the row means `resident`. parted: nobody in the archive. later',
    }),
    resident: Type.Optional(Id),
  },
  { description: 'What becomes of a row that waits' },
);
export type Decision = Static<typeof Decision>;

export const TakenApart = Type.Object(
  {
    to: Type.Union([Type.Literal('queue'), Type.Literal('nobody'), Type.Literal('resident')], {
      description: 'Where the row goes: it waits again, means nobody, or means `resident`',
    }),
    resident: Type.Optional(Id),
  },
  { description: 'A link that was wrong: what the row wrote is taken back' },
);
export type TakenApart = Static<typeof TakenApart>;

export const Decided = Type.Object({
  batch: Type.Integer(),
  n: Type.Integer(),
  decision: Type.String(),
  resident: Nullable(Id),
  version: Type.Integer(),
  job: Nullable(
    Type.String({ format: 'uuid', description: 'The job that the archive follows by' }),
  ),
  remembered: Type.Boolean({ description: 'Whether the same row is known again later' }),
});
export type Decided = Static<typeof Decided>;

export const LineageQuery = Type.Object({
  record: Id,
  rows: Type.String({
    pattern: '^\\d{1,9}\\.\\d{1,9}(,\\d{1,9}\\.\\d{1,9}){0,199}$',
    description: 'batch.row of the facts asked about, with commas between',
  }),
});
export type LineageQuery = Static<typeof LineageQuery>;

/** How a row came to a record. */
export const RowLineage = Type.Object({
  batch: Type.Integer(),
  n: Type.Integer(),
  source: Type.String(),
  fileName: Type.String(),
  day: Day,
  takenAt: Instant,
  decision: Type.String({ description: 'id, scored, same, made, linked' }),
  belief: Nullable(Type.Number()),
  by: Nullable(Type.String({ description: 'The official who decided' })),
  decidedAt: Nullable(Instant),
  version: Type.Integer(),
  apart: Type.Boolean({ description: 'Whether the acting post may take the link apart' }),
});
export type RowLineage = Static<typeof RowLineage>;

export const Lineage = Type.Object({ items: Type.Array(RowLineage) });
export type Lineage = Static<typeof Lineage>;
