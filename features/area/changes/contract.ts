import Type, { type Static } from 'typebox';
import { AreaCode } from '../contract.ts';

const Name = Type.String({ minLength: 1, maxLength: 40, pattern: '\\S' });
const Grid = Type.String({ pattern: '^\\d{15}$', description: 'Code of a grid' });

/** The area that a merge or a move leads to: one that stands, or a new one. */
const Target = Type.Object({
  code: Type.Optional(AreaCode),
  name: Type.Optional(Name),
});

const ids = (description: string) =>
  Type.Optional(Type.Array(Type.String({ format: 'uuid' }), { maxItems: 5000, description }));

/** What one grid takes over of another: a new grid, or one of the same village. */
export const SplitPart = Type.Object({
  name: Type.Optional(Name),
  to: Type.Optional(Grid),
  households: ids('Households that go there, with those who live there'),
  buildings: ids(
    'Buildings and compounds that go there, with every dwelling in them and its households, unless another part names those',
  ),
});
export type SplitPart = Static<typeof SplitPart>;

/** What is to be changed in the tree of areas: townships, villages and grids. */
export const AreaChange = Type.Union(
  [
    Type.Object({
      kind: Type.Literal('add'),
      parent: AreaCode,
      name: Name,
      code: Type.Optional(AreaCode),
    }),
    Type.Object({ kind: Type.Literal('rename'), code: AreaCode, name: Name }),
    Type.Object({
      kind: Type.Literal('merge'),
      codes: Type.Array(AreaCode, {
        minItems: 1,
        maxItems: 50,
        description: 'The areas that end; the one merged into may be among them',
      }),
      into: Target,
    }),
    Type.Object({
      kind: Type.Literal('split'),
      code: Grid,
      parts: Type.Array(SplitPart, {
        minItems: 1,
        maxItems: 20,
        description: 'What leaves the grid; all else stays',
      }),
    }),
    Type.Object({
      kind: Type.Literal('move'),
      code: AreaCode,
      parent: AreaCode,
      newCode: Type.Optional(AreaCode),
    }),
    Type.Object({ kind: Type.Literal('retire'), code: AreaCode }),
  ],
  { description: 'A change of the tree of areas' },
);
export type AreaChange = Static<typeof AreaChange>;

/** A code before and after a change, with the names. */
export const CodeMove = Type.Object({
  code: Type.String(),
  name: Type.String(),
  to: Type.Union([Type.String(), Type.Null()]),
  toName: Type.Union([Type.String(), Type.Null()]),
});
export type CodeMove = Static<typeof CodeMove>;

/** What a change would do. */
export const ChangePreview = Type.Object({
  code: Type.String({ description: 'The area that the change leads to' }),
  name: Type.String(),
  codes: Type.Array(CodeMove),
  records: Type.Record(Type.String(), Type.Integer(), {
    description: 'How many records of each category get a new code',
  }),
  posts: Type.Integer({ description: 'Posts that move to the new area' }),
  parts: Type.Array(
    Type.Object({
      code: Type.String(),
      name: Type.String(),
      households: Type.Integer(),
      residents: Type.Integer(),
      buildings: Type.Integer(),
    }),
    {
      description: 'Of a split: the parts in the order asked for, and last what stays in the grid',
    },
  ),
});
export type ChangePreview = Static<typeof ChangePreview>;

export const AreaChangeAsked = Type.Object({
  id: Type.Optional(Type.String({ format: 'uuid' })),
  change: AreaChange,
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
});

/** A change as its history shows it. */
export const AreaChangeMade = Type.Object({
  id: Type.String(),
  at: Type.String(),
  kind: Type.String(),
  code: Type.String(),
  name: Type.String(),
  codes: Type.Array(CodeMove),
  reason: Type.String(),
  by: Type.Union([Type.String(), Type.Null()]),
  job: Type.Union([Type.String(), Type.Null()]),
  records: Type.Integer({ description: 'Records that carry their new code' }),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
});
export type AreaChangeMade = Static<typeof AreaChangeMade>;

/** An area as it stood on a day, and what became of it. */
export const AreaThen = Type.Object({
  code: Type.String(),
  name: Type.String(),
  parent: Type.Union([Type.String(), Type.Null()]),
  stands: Type.Boolean({ description: 'Whether it stood on that day' }),
  now: Type.Union([Type.Object({ code: Type.String(), name: Type.String() }), Type.Null()], {
    description: 'The area that its records lie in today; null for one that was closed empty',
  }),
});
export type AreaThen = Static<typeof AreaThen>;
