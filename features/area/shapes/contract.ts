import Type, { type Static } from 'typebox';
import { AreaCode, AreaLevel } from '../contract.ts';

/** Longitude and latitude, WGS84 in degrees (CGCS2000 is the same to within a few centimetres; GCJ-02 and BD-09 are not). */
export const Position = Type.Tuple([Type.Number(), Type.Number()], {
  description: 'Longitude and latitude, WGS84 (CGCS2000), degrees',
});
export type Position = Static<typeof Position>;

// GeoJSON allows a height as third number; it is left out when the shape is kept.
const Ring = Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 4 }), {
  maxItems: 5000,
});

/** A shape as GeoJSON (RFC 7946): one polygon or several, with holes. */
export const Shape = Type.Union([
  Type.Object({
    type: Type.Literal('Polygon'),
    coordinates: Type.Array(Ring, { minItems: 1, maxItems: 100 }),
  }),
  Type.Object({
    type: Type.Literal('MultiPolygon'),
    coordinates: Type.Array(Type.Array(Ring, { minItems: 1, maxItems: 100 }), {
      minItems: 1,
      maxItems: 200,
    }),
  }),
]);
export type Shape = Static<typeof Shape>;

/** What is wrong with a shape, and where. */
export const ShapeFault = Type.Object({
  code: Type.String({
    description:
      'range, swapped, open, short, crosses, size, outside, covers, large, geometry, area, twice',
  }),
  at: Type.Union([Position, Type.Null()], { description: 'The place of the fault' }),
  message: Type.String(),
});

/** The shape of an area as the map draws it, with kept counts. */
export const AreaShape = Type.Object({
  code: AreaCode,
  name: Type.String(),
  level: AreaLevel,
  parent: Type.Union([AreaCode, Type.Null()]),
  shape: Type.Union([Shape, Type.Null()], { description: 'Null while none was drawn' }),
  households: Type.Integer(),
  residents: Type.Integer(),
});
export type AreaShape = Static<typeof AreaShape>;

/** A file of shapes: `properties.code` names the area, or `properties.name` where that is the only one of its name. */
export const ShapeFile = Type.Object({
  type: Type.Literal('FeatureCollection'),
  features: Type.Array(
    Type.Object({
      type: Type.Literal('Feature'),
      properties: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
      geometry: Type.Unknown(),
    }),
    { maxItems: 2000 },
  ),
});
export type ShapeFile = Static<typeof ShapeFile>;

/** One feature of a file, and what is wrong with it. */
export const ShapeRow = Type.Object({
  row: Type.Integer({ description: 'Number of the feature, from 1' }),
  code: Type.Union([Type.String(), Type.Null()]),
  name: Type.Union([Type.String(), Type.Null()]),
  hectares: Type.Union([Type.Number(), Type.Null()]),
  replaces: Type.Boolean({ description: 'Whether the area has a shape already' }),
  faults: Type.Array(ShapeFault),
});
export type ShapeRow = Static<typeof ShapeRow>;
