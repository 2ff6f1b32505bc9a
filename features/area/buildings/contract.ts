import Type, { type Static } from 'typebox';
import { AreaCode, AreaName } from '../contract.ts';
import { Shape } from '../shapes/contract.ts';

const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Id = Type.String({ format: 'uuid' });
const Name = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' });
const Count = Type.Integer({ minimum: 1, maximum: 200 });
const Reason = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });

/** Somewhere in China: latitude first, or a place of a map service's own grid far off, is refused. */
const Point = Type.Tuple(
  [Type.Number({ minimum: 73, maximum: 136 }), Type.Number({ minimum: 3, maximum: 54 })],
  { description: 'Longitude and latitude, WGS84 (CGCS2000), degrees' },
);

export const BuildingKind = Type.Union([Type.Literal('building'), Type.Literal('compound')], {
  description: 'A building, or a compound (小区, 院落) of several',
});
export type BuildingKind = Static<typeof BuildingKind>;

/** A building or compound as lists show it. */
export const Building = Type.Object({
  id: Id,
  area: AreaName,
  kind: BuildingKind,
  name: Type.String(),
  parent: Nullable(
    Type.Object(
      { id: Id, name: Nullable(Type.String({ description: 'Null where it is out of sight' })) },
      { description: 'The compound that it stands in' },
    ),
  ),
  floors: Nullable(Count),
  units: Nullable(Count),
  at: Nullable(Point),
  outline: Nullable(Shape),
  retiredOn: Nullable(Type.String({ format: 'date' })),
  housing: Type.Integer({
    description: 'Dwellings that name it, those of its buildings with them',
  }),
  households: Type.Integer({ description: 'Households that live in those' }),
  version: Type.Integer(),
});
export type Building = Static<typeof Building>;

/** A line of its history. */
export const BuildingChange = Type.Object({
  at: Type.String({ format: 'date-time' }),
  kind: Type.String({ description: 'added, edited, retired' }),
  before: Type.Record(Type.String(), Type.Unknown()),
  after: Type.Record(Type.String(), Type.Unknown()),
  reason: Nullable(Type.String()),
  by: Nullable(Type.String()),
});
export type BuildingChange = Static<typeof BuildingChange>;

/** A building with its history, newest first. */
export const BuildingFile = Type.Intersect([
  Building,
  Type.Object({ changes: Type.Array(BuildingChange) }),
]);
export type BuildingFile = Static<typeof BuildingFile>;

const fields = {
  name: Name,
  parent: Nullable(Id),
  floors: Nullable(Count),
  units: Nullable(Count),
  at: Nullable(Point),
  outline: Nullable(Shape),
};

/** A new building or compound. `id` may be made by the client (UUIDv7), so that a replay is the same one. */
export const NewBuilding = Type.Object({
  id: Type.Optional(Id),
  area: AreaCode,
  kind: BuildingKind,
  ...Type.Partial(Type.Object(fields)).properties,
  name: Name,
  reason: Type.Optional(Reason),
});
export type NewBuilding = Static<typeof NewBuilding>;

/** An edit: what is left out stays. Needs If-Match with the version that was read. */
export const EditBuilding = Type.Object({
  ...Type.Partial(Type.Object(fields)).properties,
  reason: Reason,
});
export type EditBuilding = Static<typeof EditBuilding>;

export const RetireBuilding = Type.Object({
  reason: Reason,
  on: Type.Optional(
    Type.String({ format: 'date', description: 'Since when it does not stand; today unless said' }),
  ),
});
export type RetireBuilding = Static<typeof RetireBuilding>;

export const BuildingWritten = Type.Object({ id: Id, version: Type.Integer() });
