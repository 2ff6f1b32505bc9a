import Type from 'typebox';
import { TakingReason } from '../../audit/contract.ts';
import { CategoryKey, Label } from '../contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T, options: { description?: string } = {}) =>
  Type.Union([schema, Type.Null()], options);
const Instant = Type.String({ format: 'date-time' });

export const County = Type.Object({
  code: Type.String({ pattern: '^\\d{6}$', description: 'Code of the county' }),
});
export const ItemKey = Type.String({ pattern: '^[a-z][a-z0-9_]{0,39}$' });
const Bound = Type.Union([Type.Number(), Type.String({ maxLength: 10 })]);
const Words = Type.Object({
  zh: Type.String({ maxLength: 100 }),
  en: Type.String({ maxLength: 200 }),
});

/** An item as a county defines it. */
export const ItemDefinition = Type.Object({
  key: ItemKey,
  label: Words,
  help: Type.Optional(Words),
  type: Type.String({ maxLength: 20 }),
  codes: Type.Optional(Type.String({ maxLength: 40 })),
  group: Type.String({ maxLength: 20 }),
  sensitivity: Type.String({ maxLength: 20 }),
  source: Type.String({ maxLength: 40 }),
  retention: Type.String({ maxLength: 40 }),
  section: Type.String({ maxLength: 40 }),
  required: Type.Boolean(),
  derived: Type.Optional(Type.Boolean()),
  freshMonths: Type.Optional(Type.Integer()),
  min: Type.Optional(Bound),
  max: Type.Optional(Bound),
  maxLength: Type.Optional(Type.Integer()),
  pattern: Type.Optional(Type.String({ maxLength: 200 })),
  retired: Type.Optional(Type.Boolean()),
  form: Type.Optional(Type.String({ maxLength: 20 })),
  order: Type.Optional(
    Type.Number({ description: 'Place in the category; the items of the pack stand ten apart' }),
  ),
});
export const CodeDefinition = Type.Object({
  code: Type.String({ minLength: 1, maxLength: 40 }),
  zh: Type.String({ maxLength: 60 }),
  en: Type.String({ maxLength: 120 }),
  retired: Type.Optional(Type.Boolean()),
});

const Origin = Type.Union([Type.Literal('pack'), Type.Literal('changed'), Type.Literal('own')], {
  description: 'As in the pack, changed by the county, or the county’s own',
});
export const CountyItems = Type.Object({
  county: Type.Object({ code: Type.String(), name: Type.String() }),
  version: Type.Integer({ description: 'Counts up with every change: the ETag' }),
  categories: Type.Array(
    Type.Object({
      key: CategoryKey,
      label: Label,
      groups: Type.Array(Type.String()),
      sections: Type.Array(Type.Object({ key: Type.String(), label: Label })),
      items: Type.Array(
        Type.Intersect([
          ItemDefinition,
          Type.Object({
            origin: Origin,
            place: Type.Number({
              description: 'Where it stands: its order, or the place of the pack',
            }),
            listed: Type.Boolean({ description: 'A column of the lists: cannot be retired' }),
            tags: Type.Array(Label, { description: 'Tags whose rule reads it' }),
          }),
        ]),
      ),
    }),
  ),
  tables: Type.Array(
    Type.Object({
      name: Type.String(),
      standard: Type.String({ description: 'The standard it follows, or `local`' }),
      label: Label,
      origin: Origin,
      codes: Type.Array(CodeDefinition),
      usedBy: Type.Array(Label),
    }),
  ),
  sources: Type.Array(Type.Object({ key: Type.String(), label: Label })),
  retention: Type.Array(Type.Object({ key: Type.String(), label: Label })),
});

/** A count of people that is told without telling of any one of them. */
const Few = Type.Union([Type.Integer(), Type.Null()], {
  description: 'Null: one to four. Small counts are not told',
});

/** In how many records each code of a table stands, so that one knows before it is retired. */
export const CodeUses = Type.Object({
  codes: Type.Array(Type.Object({ code: Type.String(), records: Few })),
  uncounted: Type.Array(Label, {
    description: 'Items that use the table and are encrypted: nobody counts them',
  }),
});

export const CheckItem = Type.Object({ category: CategoryKey, definition: ItemDefinition });
export const ItemFigures = Type.Object({
  records: Type.Integer({ description: 'Records of the category in the county' }),
  filled: Type.Integer({ description: 'Have a value' }),
  newlyIncomplete: Type.Integer({ description: 'Complete now, and would lack it' }),
  stale: Type.Integer({ description: 'Have a value past the limit' }),
  codes: Nullable(Type.Record(Type.String(), Few, { description: 'How many hold each code' })),
  tags: Type.Array(Label),
  listed: Type.Boolean(),
  recount: Type.Boolean({ description: 'Saving starts a recount of the category' }),
});

const Reason = Type.String({ minLength: 2, maxLength: 200 });
export const ChangeItem = Type.Object({
  definition: Nullable(ItemDefinition, { description: 'Null: as in the pack again' }),
  reason: Reason,
});
export const ChangeTable = Type.Object({
  codes: Nullable(Type.Array(CodeDefinition, { maxItems: 500 }), {
    description: 'Null: as in the pack again',
  }),
  reason: Reason,
});
export const Changed = Type.Object({
  version: Type.Integer(),
  job: Nullable(Type.String({ description: 'The recount that was started' })),
});
export const ItemParams = Type.Object({
  ...County.properties,
  category: CategoryKey,
  key: ItemKey,
});
export const TableParams = Type.Object({ ...County.properties, name: ItemKey });

export const ItemHistoryQuery = Type.Object({
  category: Type.Optional(CategoryKey),
  key: ItemKey,
});
export const ItemHistory = Type.Object({
  items: Type.Array(
    Type.Object({
      version: Type.Integer(),
      definition: Nullable(Type.Record(Type.String(), Type.Unknown()), {
        description: 'In the form of the pack; null: as in the pack again',
      }),
      reason: Type.String(),
      by: Type.String(),
      at: Instant,
    }),
  ),
});
export const ItemsExport = Type.Object({
  yaml: Type.String({ description: 'What the county added or changed, in the form of the pack' }),
});
export const ItemsImport = Type.Object({
  yaml: Type.String({ minLength: 1, maxLength: 500_000 }),
  reason: Reason,
});
/** The items, code tables and changes of a county to Excel. */
export const TakeItems = Type.Object({ reason: TakingReason });
