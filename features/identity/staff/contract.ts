import Type, { type Static } from 'typebox';
import { AreaCode } from '../../area/contract.ts';
import { Post } from '../contract.ts';

/** A staff list: a workbook or a CSV file of people and their posts, a post a row. */
export const StaffList = Type.Object({
  file: Type.String({
    minLength: 4,
    maxLength: 900_000,
    pattern: '^[A-Za-z0-9+/]+={0,2}$',
    description:
      'The file, base 64: an .xlsx workbook (its first sheet), or CSV in UTF-8 or GB18030, with the columns 姓名, 账号, 区划代码, 岗位, and if wanted 部门, 起, 止, 手机',
  }),
  leavers: Type.Optional({
    ...AreaCode,
    description:
      'The list is complete for this area: posts in it that the list does not name end. Left out: none ends that the list does not say to end',
  }),
});
export type StaffList = Static<typeof StaffList>;

export const ApplyStaffList = Type.Intersect([
  StaffList,
  Type.Object({
    plan: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'The plan that was looked at; refused when another would be carried out now',
    }),
  }),
]);

/** What a row comes to. */
export const Outcome = Type.Union(
  [
    Type.Literal('account'),
    Type.Literal('post'),
    Type.Literal('end'),
    Type.Literal('unchanged'),
    Type.Literal('fault'),
  ],
  {
    description:
      'account: a new account with this post; post: a new post of an account; end: another last day of a post; unchanged: so already; fault: cannot be carried out',
  },
);
export type Outcome = Static<typeof Outcome>;

export const Remark = Type.Union(
  [
    Type.Literal('keeps-start'),
    Type.Literal('keeps-end'),
    Type.Literal('ended'),
    Type.Literal('over'),
  ],
  {
    description:
      'keeps-start, keeps-end: the post that stands has another first day, or a last day where the list has none, and keeps it; ended: it was ended before; over: the days of the row are past, and nothing is made of it',
  },
);
export type Remark = Static<typeof Remark>;

export const RowFault = Type.Object({
  column: Type.String({ description: 'The column as the product calls it' }),
  message: Type.String({ description: 'What is wrong and how to mend it' }),
});
export type RowFault = Static<typeof RowFault>;

const PlannedPost = Type.Omit(Post, ['id']);

export const StaffRow = Type.Object({
  row: Type.Integer({ description: 'Line of the table, the heading counted' }),
  name: Type.String(),
  username: Type.String(),
  phone: Type.String({ description: 'As it stands in the file; it is not kept' }),
  outcome: Outcome,
  post: Type.Union([PlannedPost, Type.Null()]),
  remark: Type.Union([Remark, Type.Null()]),
  faults: Type.Array(RowFault),
});
export type StaffRow = Static<typeof StaffRow>;

export const Leaver = Type.Object({ username: Type.String(), name: Type.String(), post: Post });
export type Leaver = Static<typeof Leaver>;

export const StaffPlan = Type.Object({
  rows: Type.Array(StaffRow),
  leavers: Type.Array(Leaver),
  unused: Type.Array(Type.String(), { description: 'Columns of the file that are not read' }),
  plan: Type.String({ description: 'Names this plan when it is carried out' }),
});
export type StaffPlan = Static<typeof StaffPlan>;

export const MadeHolder = Type.Object({
  name: Type.String(),
  username: Type.String(),
  password: Type.String({ description: 'One-time password, told this once' }),
});
export type MadeHolder = Static<typeof MadeHolder>;

export const StaffDone = Type.Object({
  made: Type.Array(MadeHolder),
  posts: Type.Integer({ description: 'Posts given' }),
  ended: Type.Integer({ description: 'Posts given another last day' }),
  left: Type.Integer({ description: 'Posts ended that the list does not name' }),
});
export type StaffDone = Static<typeof StaffDone>;
