import Type, { type Static } from 'typebox';
import { AreaName } from '../../area/contract.ts';
import { TakingReason } from '../../audit/contract.ts';
import { Post, RoleKey } from '../../identity/contract.ts';
import { CategoryKey } from '../contract.ts';

const Id = Type.String({ format: 'uuid' });

/** Which record is asked about: its number, and nothing of what stands in it. */
export const AccessQuery = Type.Object({ category: CategoryKey, record: Id });

/** Who can see a record, to Excel. */
export const TakeAccess = Type.Object({ ...AccessQuery.properties, reason: TakingReason });

/** Groups of items with a policy of their own; `list` stands for what lists show. */
export const AccessGroup = Type.Union([
  Type.Literal('list'),
  Type.Literal('file'),
  Type.Literal('contact'),
  Type.Literal('identity'),
  Type.Literal('health'),
  Type.Literal('ethnic'),
  Type.Literal('welfare'),
  Type.Literal('minor'),
  Type.Literal('economy'),
]);
export type AccessGroup = Static<typeof AccessGroup>;

export const Reach = Type.Union(
  [Type.Literal('open'), Type.Literal('purpose'), Type.Literal('no')],
  {
    description: 'Read at once; for one record under a stated purpose, on record; not at all',
  },
);
export type Reach = Static<typeof Reach>;

export const Why = Type.Union(
  [
    Type.Literal('area'),
    Type.Literal('administrator'),
    Type.Literal('department'),
    Type.Literal('role'),
  ],
  {
    description:
      'What decides: the record lies outside the post’s area; administrators read no residents; the department of the post; the role',
  },
);
export type Why = Static<typeof Why>;

/** Where the record lies: all that is told of it. */
const AskedRecord = Type.Object({ category: CategoryKey, area: AreaName });

const GroupReach = Type.Object({ group: AccessGroup, reach: Reach, why: Why });
export type GroupReach = Static<typeof GroupReach>;

const Holder = Type.Object({ id: Id, username: Type.String(), name: Type.String() });

/** Why one account sees a record, or does not: by post in force, by group of items. */
export const AccessOfAccount = Type.Object({
  account: Type.Intersect([Holder, Type.Object({ active: Type.Boolean() })]),
  record: AskedRecord,
  posts: Type.Array(
    Type.Object({
      post: Post,
      inside: Type.Boolean({ description: 'Whether the record lies in the post’s area' }),
      groups: Type.Array(GroupReach),
    }),
  ),
  overall: Type.Array(Type.Object({ group: AccessGroup, reach: Reach }), {
    description: 'The best of all posts; nothing for a withdrawn account',
  }),
});
export type AccessOfAccount = Static<typeof AccessOfAccount>;

/** Who sees a record: every post in force whose area holds it, with what it reaches. */
export const AccessToRecord = Type.Object({
  record: AskedRecord,
  counts: Type.Array(
    Type.Object({ group: AccessGroup, open: Type.Integer(), purpose: Type.Integer() }),
    { description: 'Accounts, by group' },
  ),
  holders: Type.Array(
    Type.Object({
      account: Holder,
      role: RoleKey,
      department: Type.Union([Type.String(), Type.Null()]),
      area: AreaName,
      groups: Type.Array(GroupReach),
    }),
    { description: 'Posts that see anything of it, those of the smallest area first' },
  ),
});
export type AccessToRecord = Static<typeof AccessToRecord>;
