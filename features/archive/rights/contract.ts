import Type, { type Static } from 'typebox';
import { AreaName } from '../../area/contract.ts';
import { LookEntry } from '../../audit/contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Day = Type.String({ format: 'date' });
const Instant = Type.String({ format: 'date-time' });
const Key = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });
const Words = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '\\S', description });
const Value = Type.Union([
  Type.String({ maxLength: 2000 }),
  Type.Number(),
  Type.Boolean(),
  Type.Array(Type.String({ maxLength: 60 }), { maxItems: 60 }),
  Type.Null(),
]);

/** Who applies: the resident, a guardian (PIPL art. 31), a close relative of a dead person (art. 49), an agent. */
export const Asker = Type.Union([
  Type.Literal('self'),
  Type.Literal('guardian'),
  Type.Literal('relative'),
  Type.Literal('agent'),
]);
export type Asker = Static<typeof Asker>;

/** The grounds of PIPL art. 47, in its order, but that the period of retention is one of its own here. */
export const Ground = Type.Union([
  Type.Literal('purpose_ended'),
  Type.Literal('retention_over'),
  Type.Literal('consent_withdrawn'),
  Type.Literal('unlawful'),
  Type.Literal('other_law'),
]);
export type Ground = Static<typeof Ground>;

/** Parameters of packs/rights. */
export const RightsRules = Type.Object(
  { working_days: Type.Integer({ minimum: 1, maximum: 60 }) },
  { additionalProperties: false },
);
export type RightsRules = Static<typeof RightsRules>;

/** A copy is taken for this purpose and no other. */
export const CopyQuery = Type.Object({ purpose: Type.Literal('rights') });

const CopiedValue = Type.Object({
  value: Value,
  text: Nullable(Type.String({ description: 'The value in Chinese words' })),
  source: Type.String(),
  asOf: Day,
  enteredBy: Nullable(Type.String()),
  enteredAt: Nullable(Instant),
});

/** PIPL art. 45: a resident's whole file, in a form that a program reads. */
export const ResidentCopy = Type.Object({
  format: Type.Literal('minqing-resident-1'),
  madeAt: Instant,
  madeBy: Type.String(),
  resident: Type.Object({
    id: Id,
    name: Type.String(),
    area: AreaName,
    updatedAt: Instant,
    tags: Type.Array(Type.String()),
  }),
  items: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Type.String(),
      sensitivity: Type.String(),
      authority: Type.String(),
      kept: Type.String({ description: 'How long it is kept' }),
      ...CopiedValue.properties,
    }),
  ),
  besides: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Type.String(),
      reason: Nullable(Type.String()),
      ...CopiedValue.properties,
    }),
    { description: 'Values that stand beside the authority’s' },
  ),
  households: Type.Array(
    Type.Object({
      id: Id,
      number: Nullable(Type.String()),
      address: Nullable(Type.String()),
      relation: Nullable(Type.String()),
      registered: Type.Boolean(),
      since: Nullable(Day),
      until: Nullable(Day),
    }),
  ),
  premises: Type.Array(
    Type.Object({
      id: Id,
      name: Type.String(),
      role: Type.String(),
      since: Nullable(Day),
      until: Nullable(Day),
    }),
  ),
  documents: Type.Array(
    Type.Object({
      id: Id,
      kind: Type.String(),
      label: Type.String(),
      title: Nullable(Type.String()),
      takenOn: Nullable(Day),
      version: Type.Integer(),
      pages: Type.Integer(),
      uploadedAt: Instant,
      uploadedBy: Nullable(Type.String()),
      retiredAt: Nullable(Instant),
    }),
  ),
  history: Type.Array(
    Type.Object({
      at: Instant,
      kind: Type.String(),
      key: Nullable(Type.String()),
      label: Nullable(Type.String()),
      before: Value,
      after: Value,
      source: Nullable(Type.String()),
      asOf: Nullable(Day),
      by: Nullable(Type.String()),
      reason: Nullable(Type.String()),
    }),
  ),
  looks: Type.Array(LookEntry, { description: 'Who looked at the file or changed it' }),
  looksBefore: Type.Boolean({ description: 'There are older looks than the newest 2,000 given' }),
  requests: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('correction'), Type.Literal('deletion')]),
      askedAt: Instant,
      dueOn: Nullable(Day),
      state: Type.String(),
      decidedAt: Nullable(Instant),
    }),
  ),
});
export type ResidentCopy = Static<typeof ResidentCopy>;

/** PIPL art. 46: what is said to be wrong, what is right, and how it is shown. */
export const NewCorrection = Type.Object(
  {
    asker: Asker,
    item: Key,
    value: Value,
    wrong: Words(500, 'What is wrong with the value on file'),
    proof: Words(500, 'The paper or circumstance that shows it'),
  },
  { additionalProperties: false },
);
export type NewCorrection = Static<typeof NewCorrection>;

/** PIPL art. 47. */
export const NewDeletion = Type.Object(
  { asker: Type.Union([Asker, Type.Literal('village')]), ground: Ground },
  { additionalProperties: false },
);
export type NewDeletion = Static<typeof NewDeletion>;

export const Decision = Type.Object(
  {
    accept: Type.Boolean(),
    answer: Type.Optional(
      Words(
        500,
        'Why not, in words that the resident can be told (PIPL art. 50); needed to refuse',
      ),
    ),
  },
  { additionalProperties: false },
);
export type Decision = Static<typeof Decision>;

/** That an application is on record: its id, and until when it is to be answered. */
export const Asked = Type.Object({
  id: Id,
  dueOn: Day,
  provisional: Type.Boolean({ description: 'The holidays of that year are not published yet' }),
});
export type Asked = Static<typeof Asked>;

export const Decided = Type.Object({
  id: Id,
  state: Type.String(),
  outcome: Nullable(
    Type.String({
      description:
        'corrected; beside: kept beside the authority’s value, which only the authority changes; same: it stood so already',
    }),
  ),
});
export type Decided = Static<typeof Decided>;

/** An application as it is listed: nothing of what it says. */
export const RightsRequest = Type.Object({
  kind: Type.Union([Type.Literal('correction'), Type.Literal('deletion')]),
  id: Id,
  resident: Type.Object({ id: Id, name: Nullable(Type.String()) }),
  area: AreaName,
  item: Nullable(Type.String()),
  ground: Nullable(Type.String()),
  asker: Nullable(Type.String()),
  askedAt: Instant,
  askedBy: Nullable(Type.String()),
  dueOn: Nullable(Day),
  provisional: Type.Boolean(),
  overdue: Type.Boolean(),
  state: Type.String({ description: 'open, accepted, refused, done' }),
  outcome: Nullable(Type.String()),
  decidedAt: Nullable(Instant),
  decidedBy: Nullable(Type.String()),
  mayDecide: Type.Boolean(),
  mayWithdraw: Type.Boolean({ description: 'Open, and put on record by oneself' }),
});
export type RightsRequest = Static<typeof RightsRequest>;

export const RightsQuery = Type.Object({
  resident: Type.Optional(Id),
  state: Type.Optional(
    Type.Union([Type.Literal('open'), Type.Literal('all')], { default: 'open' }),
  ),
});
export const RightsList = Type.Object({
  items: Type.Array(RightsRequest),
  next: Type.Null(),
  total: Type.Integer(),
  abilities: Type.Object({
    copy: Type.Boolean(),
    correct: Type.Boolean(),
    askDeletion: Type.Boolean(),
  }),
});
export type RightsList = Static<typeof RightsList>;

/** What an application to correct says. */
export const CorrectionView = Type.Object({
  id: Id,
  item: Type.String(),
  current: Type.Union([
    Type.Object({ value: Value, source: Type.String(), asOf: Day }),
    Type.Null(),
  ]),
  value: Value,
  wrong: Type.String(),
  proof: Type.String(),
  answer: Nullable(Type.String()),
});
export type CorrectionView = Static<typeof CorrectionView>;
export const CorrectionQuery = Type.Object({ purpose: Type.Optional(Key) });

/** What the retention job has deleted, by item: figures only. */
export const RetentionView = Type.Object({
  rules: Type.Array(
    Type.Object({
      key: Type.String(),
      label: Type.Object({ zh: Type.String(), en: Type.String() }),
    }),
  ),
  run: Nullable(
    Type.Object({
      startedAt: Instant,
      endedAt: Nullable(Instant),
      looked: Type.Integer(),
      records: Type.Integer(),
      documents: Type.Integer(),
      items: Type.Array(
        Type.Object({
          category: Type.String(),
          item: Type.String(),
          label: Type.Object({ zh: Type.String(), en: Type.String() }),
          values: Type.Integer(),
          history: Type.Integer(),
        }),
      ),
    }),
  ),
});
export type RetentionView = Static<typeof RetentionView>;
