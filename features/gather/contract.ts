import Type, { type Static } from 'typebox';
import { AreaCode } from '../area/contract.ts';
import { cleaners, encodings, fileKinds, keyNames, persons, subjects } from './rows.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const oneOf = <const V extends readonly string[]>(values: V) =>
  Type.Unsafe<V[number]>(Type.Union(values.map((value) => Type.Literal(value))));
const Id = Type.String({ format: 'uuid' });
const Words = Type.Object({ zh: Type.String(), en: Type.String() });
const Day = Type.String({ format: 'date', description: 'YYYY-MM-DD' });
const Count = Type.Integer();

/** Bytes of a file that is handed in. */
export const mostFileBytes = 2 * 1024 ** 3;
/** Hours for which a file that was handed in can be gathered. */
export const fileHours = 24;
/** Rows of a preview. */
export const previewRows = 50;
/** Rows that are taken out with what was wrong with them, at most. */
export const mostRejected = 200_000;

export const SourceKey = Type.String({
  pattern: '^[a-z][a-z-]{0,39}$',
  description: 'A source: a key of packs/archive/sources.yaml',
});
export const ProfileKey = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,39}(\\.v[0-9]{1,6})?$',
  description: 'A profile: of packs/gather, or a county’s own with its version, as key.v2',
});

/** Where a batch stands, for whoever looks at it: that of the batch, or that of its job where this stopped. */
export const BatchState = Type.Union(
  [
    Type.Literal('queued'),
    Type.Literal('staging'),
    Type.Literal('matching'),
    Type.Literal('merging'),
    Type.Literal('undoing'),
    Type.Literal('paused'),
    Type.Literal('stopped'),
    Type.Literal('done'),
    Type.Literal('undone'),
    Type.Literal('refused'),
  ],
  {
    description:
      'stopped: its job was cancelled, has failed or lost its post; it can be gone on with, or undone',
  },
);
export type BatchState = Static<typeof BatchState>;

export const BatchLine = Type.Object({
  number: Count,
  source: SourceKey,
  profile: Type.String(),
  profileLabel: Nullable(
    Type.String({
      description: 'Its name; null for a county’s own where the post does not see it',
    }),
  ),
  fileName: Type.String(),
  bytes: Type.Integer(),
  day: Day,
  state: BatchState,
  problem: Nullable(Type.String({ description: 'Why the file was refused' })),
  staged: Count,
  linked: Count,
  asked: Count,
  unmatched: Count,
  aside: Count,
  made: Count,
  changed: Count,
  by: Nullable(Type.String({ description: 'Who gathered it, where the post sees officials' })),
  house: Type.Boolean({ description: 'Gathered from the command line' }),
  at: Type.String({ format: 'date-time' }),
  endedAt: Nullable(Type.String({ format: 'date-time' })),
});
export type BatchLine = Static<typeof BatchLine>;

export const BatchList = Type.Object({
  items: Type.Array(BatchLine),
  next: Nullable(Type.String()),
  total: Type.Null(),
});
export const BatchQuery = Type.Object({
  source: Type.Optional(SourceKey),
  state: Type.Optional(oneOf(['live', 'done', 'undone', 'refused'])),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});

export const BatchStep = Type.Object({
  key: oneOf(['staging', 'matching', 'merging', 'undoing']),
  state: oneOf(['waiting', 'running', 'done']),
  done: Type.Integer({ description: 'Rows, or parts of the work' }),
  total: Nullable(Type.Integer()),
  unit: oneOf(['rows', 'parts']),
});
export type BatchStep = Static<typeof BatchStep>;

export const BatchView = Type.Object({
  ...BatchLine.properties,
  steps: Type.Array(BatchStep),
  job: Nullable(Id),
  secondsLeft: Nullable(Type.Number()),
  can: Type.Object({
    pause: Type.Boolean(),
    resume: Type.Boolean(),
    cancel: Type.Boolean(),
    continue: Type.Boolean(),
    undo: Type.Boolean(),
    takeRejected: Type.Boolean(),
  }),
});
export type BatchView = Static<typeof BatchView>;

export const BatchParams = Type.Object({
  number: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});

export const Reasons = Type.Object({
  rows: Type.Array(Type.Object({ code: Type.String(), words: Type.String(), times: Count })),
  cells: Type.Array(
    Type.Object({
      column: Type.String(),
      code: Type.String(),
      words: Type.String(),
      times: Count,
    }),
  ),
});
export type Reasons = Static<typeof Reasons>;

export const RejectedQuery = Type.Object({
  format: oneOf(['csv', 'xlsx']),
  what: Type.Optional(oneOf(['rows', 'cells', 'all'])),
  code: Type.Optional(Type.String({ pattern: '^[a-z_]{1,40}$', description: 'One reason alone' })),
  purpose: Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' }),
});

export const BatchStarted = Type.Object({ number: Count, job: Id });
export const StartBatch = Type.Object({
  file: Id,
  profile: ProfileKey,
  day: Type.Optional(Day),
});

/** A profile as it is chosen. */
export const ProfileLine = Type.Object({
  key: Type.String(),
  label: Words,
  source: SourceKey,
  own: Type.Boolean({ description: 'The county’s own, not a shipped one' }),
  version: Nullable(Type.Integer()),
  columns: Type.Array(Type.String()),
});
export type ProfileLine = Static<typeof ProfileLine>;
export const ProfileList = Type.Object({ items: Type.Array(ProfileLine) });

const Format = Type.Object({
  kind: oneOf(fileKinds),
  encoding: Type.Optional(oneOf(encodings)),
  separator: Type.Optional(Type.String({ minLength: 1, maxLength: 1 })),
  titleRows: Type.Integer({ minimum: 0, maximum: 30 }),
});

/** A column of a profile as the wizard has it. */
export const DraftColumn = Type.Object({
  column: Type.String({ minLength: 1, maxLength: 200 }),
  key: Type.Optional(oneOf(keyNames)),
  items: Type.Array(Type.String({ maxLength: 80 }), { maxItems: 8 }),
  headItems: Type.Optional(Type.Array(Type.String({ maxLength: 80 }), { maxItems: 8 })),
  cleaner: Type.Optional(oneOf(cleaners)),
  codes: Type.Optional(
    Type.Record(Type.String({ maxLength: 100 }), Type.String({ maxLength: 40 })),
  ),
  bySex: Type.Optional(
    Type.Record(
      Type.String({ maxLength: 100 }),
      Type.Array(Type.String({ maxLength: 40 }), { minItems: 2, maxItems: 2 }),
    ),
  ),
  optional: Type.Optional(Type.Boolean()),
});
export type DraftColumn = Static<typeof DraftColumn>;

/** A profile while it is being made. */
export const Draft = Type.Object({
  label: Type.String({ minLength: 1, maxLength: 60 }),
  subject: oneOf(subjects),
  person: oneOf(persons),
  format: Format,
  asOf: Type.Object({
    from: oneOf(['column', 'title', 'file']),
    column: Type.Optional(Type.String({ maxLength: 200 })),
  }),
  sameRecord: Type.Array(Type.Array(oneOf(keyNames), { maxItems: 6 }), { maxItems: 6 }),
  states: Type.Optional(Type.Record(Type.String({ maxLength: 80 }), Type.Unknown())),
  columns: Type.Array(DraftColumn, { minItems: 1, maxItems: 200 }),
});
export type Draft = Static<typeof Draft>;

/** A file that was handed in, as its first rows show it. */
export const FileLook = Type.Object({
  id: Id,
  fileName: Type.String(),
  bytes: Type.Integer(),
  same: Nullable(Type.Integer({ description: 'The batch in which the very file was gathered' })),
  format: Format,
  packed: Type.Boolean(),
  titles: Type.Array(Type.String()),
  hasHeader: Type.Boolean(),
  columns: Type.Array(
    Type.Object({
      column: Type.String(),
      type: Type.String(),
      filled: Count,
      values: Type.Array(Type.String()),
      why: Nullable(oneOf(['profile', 'label', 'cells'])),
    }),
  ),
  rows: Type.Integer({ description: 'Rows looked at' }),
  fits: Type.Array(
    Type.Object({
      profile: Type.String(),
      fit: oneOf(['right', 'reordered', 'wrong']),
      words: Nullable(Type.String()),
    }),
  ),
  draft: Draft,
});
export type FileLook = Static<typeof FileLook>;

export const FileParams = Type.Object({ id: Id });
export const LookAgain = Type.Object({ format: Format });

export const DraftFault = Type.Object({
  column: Nullable(Type.String()),
  field: Nullable(Type.String()),
  message: Type.String(),
});
export type DraftFault = Static<typeof DraftFault>;

export const Preview = Type.Object({
  faults: Type.Array(DraftFault, { description: 'Of the profile; with any there are no rows' }),
  rows: Type.Array(
    Type.Object({
      n: Count,
      cells: Type.Array(
        Type.Object({
          column: Type.String(),
          before: Type.String(),
          after: Type.Array(Type.String()),
          fault: Nullable(Type.String()),
        }),
      ),
      aside: Nullable(Type.String()),
    }),
  ),
  unknown: Type.Array(Type.Object({ column: Type.String(), word: Type.String(), times: Count }), {
    description: 'Words of code columns that no code stands for',
  }),
});
export type Preview = Static<typeof Preview>;

export const SaveProfile = Type.Object({
  key: Type.Optional(
    Type.String({
      pattern: '^[a-z][a-z0-9_]{0,39}$',
      description: 'Of an own profile: makes its next version',
    }),
  ),
  draft: Draft,
});
export const ProfileSaved = Type.Object({ key: Type.String(), version: Type.Integer() });

const AreaRef = Type.Object({ code: Type.String(), name: Type.String(), level: Type.String() });
export const QualityQuery = Type.Object({
  area: Type.Optional(AreaCode),
});
export const QualityItem = Type.Object({
  item: Type.String({ description: 'category.item' }),
  total: Count,
  filled: Count,
  stale: Count,
});
export const QualitySource = Type.Object({
  source: SourceKey,
  batch: Nullable(
    Type.Object({
      number: Count,
      batches: Type.Integer({ description: 'Of how many counties the last batches are added up' }),
      day: Day,
      endedAt: Nullable(Type.String({ format: 'date-time' })),
      staged: Count,
      aside: Count,
      linked: Count,
      asked: Count,
      unmatched: Count,
    }),
  ),
  items: Type.Array(QualityItem),
  rows: Type.Array(Type.Object({ code: Type.String(), words: Type.String(), times: Count })),
  cells: Type.Array(Type.Object({ code: Type.String(), words: Type.String(), times: Count })),
  linked: Count,
  asked: Count,
});
export const Quality = Type.Object({
  area: AreaRef,
  countedAt: Nullable(Type.String({ format: 'date-time' })),
  batchesOpen: Type.Boolean({ description: 'Whether the post sees the batches themselves' }),
  sources: Type.Array(QualitySource),
  children: Type.Array(
    Type.Object({
      area: AreaRef,
      sources: Type.Array(
        Type.Object({
          source: SourceKey,
          total: Count,
          filled: Count,
          stale: Count,
          linked: Count,
          asked: Count,
          cells: Count,
        }),
      ),
    }),
  ),
});
export type Quality = Static<typeof Quality>;
