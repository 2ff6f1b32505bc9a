import Type, { type Static } from 'typebox';
import { CategoryKey, ItemValue } from '../contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });

/** Rows that one file changes at most. */
export const mostBulkRows = 5_000;
/** Bytes of such a file, packed. */
export const mostBulkBytes = 10 * 1_048_576;
/** Days for which a sheet that was taken out can be brought back. */
export const sheetDays = 30;
/** Hours for which a file that was read can be applied, and its report fetched. */
export const bulkHours = 24;

/** What a row comes to. */
export const BulkStatus = Type.Union(
  [
    Type.Literal('same'),
    Type.Literal('changed'),
    Type.Literal('claim'),
    Type.Literal('moved'),
    Type.Literal('faulty'),
    Type.Literal('refused'),
  ],
  {
    description:
      'same: nothing to do. changed: will be written. claim: at least one value stands against the authority and will stand beside it. moved: somebody changed the record after the export; nothing is written. faulty: a field is wrong; nothing of the row is written. refused: not a record of this export, or not in sight',
  },
);
export type BulkStatus = Static<typeof BulkStatus>;

export const BulkRow = Type.Object({
  row: Type.Integer({ description: 'As the sheet counts, from 1' }),
  id: Nullable(Id),
  title: Type.String(),
  status: BulkStatus,
  changes: Type.Array(
    Type.Object({
      item: Type.String(),
      before: ItemValue,
      after: ItemValue,
      claim: Type.Boolean({ description: 'Against the authority: it will stand beside it' }),
    }),
  ),
  problems: Type.Array(Type.Object({ item: Nullable(Type.String()), message: Type.String() })),
  outcome: Nullable(
    Type.String({ description: 'After applying: written, claimed, same, moved, failed' }),
  ),
});
export type BulkRow = Static<typeof BulkRow>;

export const BulkCounts = Type.Record(Type.String(), Type.Integer());

export const BulkRead = Type.Object({ id: Id, category: CategoryKey, counts: BulkCounts });

export type BulkRead = Static<typeof BulkRead>;

export const BulkPage = Type.Object({
  id: Id,
  category: CategoryKey,
  counts: BulkCounts,
  job: Nullable(Type.String({ format: 'uuid', description: 'The job that applies it' })),
  items: Type.Array(BulkRow),
  next: Nullable(Type.Integer()),
  total: Type.Integer(),
});

export const BulkQuery = Type.Object({
  status: Type.Optional(BulkStatus),
  from: Type.Optional(Type.Integer({ minimum: 0, maximum: mostBulkRows })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

export const ApplyBulk = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 200 }) });
