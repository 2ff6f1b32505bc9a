import Type, { type Static } from 'typebox';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Key = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });

/** A kind of document of the dictionary. */
export const DocumentKindView = Type.Object({
  key: Type.String(),
  label: Type.Object({ zh: Type.String(), en: Type.String() }),
  category: Type.String(),
  group: Type.String(),
  accept: Type.Array(Type.String(), { description: 'image (JPG, PNG, WebP), pdf' }),
  mostMb: Type.Integer(),
  many: Type.Boolean(),
  wanted: Type.Boolean(),
});

/** The fields of an upload's form; they stand before the part `file`. */
export const DocumentForm = Type.Object(
  {
    id: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'UUIDv7 made by the client, so that a replay is the same document',
      }),
    ),
    kind: Key,
    title: Type.Optional(
      Type.String({ maxLength: 60, description: 'What tells it from others of its kind' }),
    ),
    takenOn: Type.Optional(Type.String({ format: 'date', description: 'Day of the paper' })),
    replaces: Type.Optional(
      Type.String({
        format: 'uuid',
        description: 'The version in force that this one takes the place of',
      }),
    ),
  },
  { additionalProperties: false },
);
export type DocumentForm = Static<typeof DocumentForm>;

/** The form with its file, for the API's description. */
export const DocumentUpload = Type.Object({
  ...DocumentForm.properties,
  file: Type.String({ format: 'binary' }),
});

/** One version of a document. */
export const DocumentView = Type.Object({
  id: Id,
  kind: Type.String(),
  title: Nullable(Type.String()),
  takenOn: Nullable(Type.String({ format: 'date' })),
  mediaType: Type.String(),
  size: Type.Integer({ description: 'Bytes of what was uploaded' }),
  pages: Type.Array(Type.Object({ width: Type.Integer(), height: Type.Integer() })),
  series: Type.String({ format: 'uuid', description: 'The same for all versions of a document' }),
  version: Type.Integer(),
  current: Type.Boolean({ description: 'The version in force' }),
  uploadedAt: Instant,
  uploadedBy: Nullable(Type.String()),
  retired: Nullable(
    Type.Object({ at: Instant, by: Nullable(Type.String()), reason: Nullable(Type.String()) }),
  ),
  sealed: Type.Boolean({ description: 'Shown only for a stated purpose' }),
  proves: Type.Boolean({
    description: 'An act of life in force rests on it: it is not taken out of use',
  }),
  abilities: Type.Object({
    download: Type.Boolean(),
    replace: Type.Boolean(),
    retire: Type.Boolean(),
  }),
});
export type DocumentView = Static<typeof DocumentView>;

export const DocumentList = Type.Object({
  items: Type.Array(DocumentView),
  next: Type.Null(),
  total: Type.Integer(),
  missing: Type.Array(Type.String(), {
    description: 'Kinds that are wanted and of which there is none',
  }),
  upload: Type.Array(Type.String(), { description: 'Kinds that the acting post may upload' }),
});
export type DocumentList = Static<typeof DocumentList>;

export const DocumentAdded = Type.Object({ id: Id, series: Id, version: Type.Integer() });
export type DocumentAdded = Static<typeof DocumentAdded>;

/** Why a document is shown; needed where its group is sealed. */
export const DocumentQuery = Type.Object({ purpose: Type.Optional(Key) });
/** A copy that leaves the system always has a purpose. */
export const DownloadQuery = Type.Object({ purpose: Key });

export const DocumentParams = Type.Object({ id: Id });
export const DocumentPageParams = Type.Object({
  id: Id,
  page: Type.Integer({ minimum: 1, maximum: 30 }),
});

export const RetireDocument = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 200 }),
});
