import Type, { type Static } from 'typebox';
import { AreaCode } from '../area/contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const Key = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });
const Cursor = Type.Optional(Type.String({ maxLength: 400 }));

/** What an entry is about (features/audit/actions.ts). */
export const KindKey = Type.Union([
  Type.Literal('look'),
  Type.Literal('change'),
  Type.Literal('session'),
  Type.Literal('account'),
  Type.Literal('job'),
  Type.Literal('reading'),
  Type.Literal('refusal'),
]);

const Official = Type.Object({ id: Id, username: Type.String(), name: Type.String() });
const Post = Type.Object({
  id: Id,
  role: Type.String(),
  department: Nullable(Type.String({ description: 'Source key, of a department officer' })),
  area: Type.Object({ code: AreaCode, name: Type.String() }),
});
const Place = Type.Object({ code: AreaCode, name: Type.String() });

/** One entry of the record of what was seen and done. */
export const AuditEntry = Type.Object({
  id: Id,
  at: Instant,
  account: Nullable(Official),
  role: Nullable(Type.String()),
  post: Nullable(Post),
  kind: KindKey,
  action: Type.String({
    description: 'open_file, reveal, edit, create, sign_in, refused …: features/audit/actions.ts',
  }),
  category: Nullable(Type.String()),
  subject: Nullable(Type.String({ description: 'Id of the record concerned: its file number' })),
  item: Nullable(Type.String()),
  purpose: Nullable(Type.String()),
  area: Nullable(Place),
  operation: Nullable(Type.String({ description: 'The operation of this API that was refused' })),
  detail: Nullable(Type.String({ description: 'Why it was refused, or further words' })),
  times: Type.Integer({ description: 'More than 1: the same refusal, repeated within a minute' }),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = Type.Object({
  items: Type.Array(AuditEntry),
  next: Nullable(Type.String()),
  total: Nullable(Type.Integer()),
});

export const AuditQuery = Type.Object({
  kind: Type.Optional(KindKey),
  action: Type.Optional(Type.String({ maxLength: 40 })),
  account: Type.Optional(Id),
  who: Type.Optional(
    Type.String({ minLength: 1, maxLength: 40, description: 'User name or whole name' }),
  ),
  role: Type.Optional(Key),
  post: Type.Optional(Id),
  subject: Type.Optional(Id),
  area: Type.Optional(AreaCode),
  purpose: Type.Optional(Key),
  from: Type.Optional(Type.String({ format: 'date', description: 'First day, Asia/Shanghai' })),
  until: Type.Optional(Type.String({ format: 'date', description: 'Last day, Asia/Shanghai' })),
  cursor: Cursor,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});
export type AuditQuery = Static<typeof AuditQuery>;

/** 谁看过: one act on a record, as those see it whose post covers the record. */
export const LookEntry = Type.Object({
  id: Id,
  at: Instant,
  account: Nullable(Type.Object({ id: Id, name: Type.String() })),
  system: Nullable(Type.String({ description: 'Another system that was sent what changed' })),
  own: Type.Boolean({ description: 'One’s own act' }),
  role: Nullable(Type.String()),
  post: Nullable(Post),
  kind: KindKey,
  action: Type.String(),
  item: Nullable(Type.String()),
  purpose: Nullable(Type.String()),
});
export type LookEntry = Static<typeof LookEntry>;
export const LookPage = Type.Object({
  items: Type.Array(LookEntry),
  next: Nullable(Type.String()),
  total: Nullable(Type.Integer()),
});

/** Patterns that an auditor may look for: pointers for a person, not judgements. */
export const PatternKey = Type.Union([
  Type.Literal('many_files'),
  Type.Literal('at_night'),
  Type.Literal('relatives'),
  Type.Literal('refusals'),
]);
export type PatternKey = Static<typeof PatternKey>;

export const PatternQuery = Type.Object({
  from: Type.Optional(Day),
  until: Type.Optional(Day),
});

/** One place in the record that meets a pattern. */
export const PatternHit = Type.Object({
  account: Nullable(Official),
  from: Instant,
  until: Instant,
  files: Type.Integer({ description: 'Different files' }),
  acts: Type.Integer({ description: 'Looks, or refusals' }),
  most: Nullable(
    Type.Integer({ description: 'many_files: most files within one span of that length' }),
  ),
  tie: Nullable(
    Type.Union([Type.Literal('same_name'), Type.Literal('same_household')], {
      description: 'relatives: why the file is listed',
    }),
  ),
  category: Nullable(Type.String()),
  subject: Nullable(Type.String({ description: 'File number; whose it is, is not told' })),
});
export type PatternHit = Static<typeof PatternHit>;

/** The thresholds in force (packs/audit/patterns.yaml). */
export const PatternRules = Type.Object({
  many_files: Type.Object({
    files: Type.Integer({ minimum: 2, maximum: 10_000 }),
    minutes: Type.Integer({ minimum: 1, maximum: 1440 }),
  }),
  at_night: Type.Object({
    from: Type.Integer({ minimum: 12, maximum: 23 }),
    until: Type.Integer({ minimum: 0, maximum: 11 }),
  }),
  refusals: Type.Object({ times: Type.Integer({ minimum: 2, maximum: 1000 }) }),
  days: Type.Integer({ minimum: 1, maximum: 92, description: 'Longest period looked through' }),
});
export type PatternRules = Static<typeof PatternRules>;

export const PatternView = Type.Object({
  pattern: PatternKey,
  from: Day,
  until: Day,
  rules: PatternRules,
  items: Type.Array(PatternHit),
});

/** What is sealed, what waits, and what the last verification said. */
export const SealState = Type.Object({
  last: Nullable(
    Type.Object({
      number: Type.Integer(),
      sealedAt: Instant,
      entries: Type.Integer({ description: 'Entries under all seals' }),
      hash: Type.String({ description: 'SHA-256, hexadecimal: compare it with a witness' }),
    }),
  ),
  unsealed: Type.Object({ entries: Type.Integer(), oldest: Nullable(Instant) }),
  check: Nullable(
    Type.Object({
      at: Instant,
      firstSeal: Nullable(Type.Integer()),
      lastSeal: Nullable(Type.Integer()),
      entries: Type.Integer(),
      unsealed: Type.Integer(),
      milliseconds: Type.Integer(),
      witnessed: Type.Boolean(),
      finding: Nullable(
        Type.Object({
          what: Type.String(),
          seal: Nullable(Type.Integer()),
          entry: Nullable(Type.Object({ id: Type.String(), at: Type.String() })),
        }),
      ),
    }),
  ),
  retiredBefore: Nullable(Instant),
});
export type SealState = Static<typeof SealState>;

/** Lists of the house's own matters that can be taken out as Excel; those of residents: features/archive/export. */
export const ListKey = Type.Union([
  Type.Literal('accounts'),
  Type.Literal('audit'),
  Type.Literal('items'),
  Type.Literal('access'),
]);
export type ListKey = Static<typeof ListKey>;

/** Why a list is taken out: stands in the file and in the record. */
export const TakingReason = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '\\S',
  description: 'Why; stands in the file and in the record',
});

const { cursor: _cursor, limit: _limit, ...auditFilters } = AuditQuery.properties;
/** The record to Excel, with the filters of the list. */
export const TakeAudit = Type.Object({ reason: TakingReason, ...auditFilters });

/** Entries in one file at most; the newest are taken. */
export const mostEntries = 10_000;
