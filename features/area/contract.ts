import Type, { type Static } from 'typebox';

/** A statistical code: 2, 4, 6, 9 or 12 digits, or 15 for a grid under a village (DESIGN.md, rule 3). */
export const AreaCode = Type.String({
  pattern: '^(\\d{2}|\\d{4}|\\d{6}|\\d{9}|\\d{12}|\\d{15})$',
  description: 'Statistical code of 2, 4, 6, 9 or 12 digits; 15 for a grid',
});

export const AreaLevel = Type.Union(
  [
    Type.Literal('province'),
    Type.Literal('city'),
    Type.Literal('county'),
    Type.Literal('township'),
    Type.Literal('village'),
    Type.Literal('grid'),
  ],
  { description: 'Level in the tree of areas' },
);
export type AreaLevel = Static<typeof AreaLevel>;

/** An area as it stands in crumbs and beside a record. */
export const AreaName = Type.Object({
  code: AreaCode,
  name: Type.String(),
  level: AreaLevel,
});
export type AreaName = Static<typeof AreaName>;

/** An area in a list: with its parent and what lies under it. */
export const Area = Type.Object({
  code: AreaCode,
  name: Type.String(),
  level: AreaLevel,
  parent: Type.Union([AreaCode, Type.Null()]),
  children: Type.Integer({ description: 'Number of areas directly under it' }),
  households: Type.Integer(),
  residents: Type.Integer(),
});
export type Area = Static<typeof Area>;

export const AreaPage = Type.Object({
  items: Type.Array(Area),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Union([Type.Integer(), Type.Null()]),
});

/** A figure; `null` stands for a number under 5 that the viewer's level is not shown (DOMAIN.md, section 5). */
const Figure = Type.Union([Type.Integer(), Type.Null()]);

/** 一村一册: the book of an area. */
export const AreaBook = Type.Object({
  area: AreaName,
  path: Type.Array(AreaName, { description: 'From the province down to the area itself' }),
  counts: Type.Object({
    households: Type.Integer(),
    residents: Type.Integer(),
    housing: Type.Integer(),
    premises: Type.Integer(),
    organisations: Type.Integer(),
  }),
  pyramid: Type.Array(
    Type.Object({
      from: Type.Integer({ description: 'Youngest age of the band, years' }),
      to: Type.Union([Type.Integer(), Type.Null()]),
      male: Type.Integer(),
      female: Type.Integer(),
    }),
    { description: 'Bands of five years; empty above township level' },
  ),
  children: Type.Array(Area),
  tags: Type.Array(Type.Object({ tag: Type.String(), category: Type.String(), count: Figure })),
  gaps: Type.Object({
    completeness: Type.Object({ household: Figure, resident: Figure }),
    missing: Type.Array(
      Type.Object({ category: Type.String(), item: Type.String(), count: Figure }),
    ),
    stale: Type.Array(Type.Object({ category: Type.String(), count: Figure })),
  }),
  organisations: Type.Array(
    Type.Object({
      id: Type.String(),
      name: Type.String(),
      kind: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type AreaBook = Static<typeof AreaBook>;

export const AreaQuery = Type.Object({
  parent: Type.Optional(AreaCode),
  q: Type.Optional(
    Type.String({ maxLength: 60, description: 'Part of a name, or pinyin initials' }),
  ),
  level: Type.Optional(AreaLevel),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })),
});
