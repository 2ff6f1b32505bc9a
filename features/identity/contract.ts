import Type, { type Static } from 'typebox';
import { AreaCode, AreaName } from '../area/contract.ts';

export const RoleKey = Type.Union(
  [
    Type.Literal('grid_worker'),
    Type.Literal('village_cadre'),
    Type.Literal('township_officer'),
    Type.Literal('department_officer'),
    Type.Literal('child_director'),
    Type.Literal('child_supervisor'),
    Type.Literal('county_supervisor'),
    Type.Literal('city_supervisor'),
    Type.Literal('system_admin'),
    Type.Literal('security_admin'),
    Type.Literal('audit_admin'),
  ],
  { description: 'Roles of DOMAIN.md, section 3' },
);
export type RoleKey = Static<typeof RoleKey>;

const Day = Type.String({ format: 'date', description: 'A day, YYYY-MM-DD, in Asia/Shanghai' });

/** 岗位: a role in an area, from a day until a day (the last day counts). */
export const Post = Type.Object({
  id: Type.String({ format: 'uuid' }),
  role: RoleKey,
  department: Type.Union([Type.String(), Type.Null()], {
    description: 'Source key of a department officer',
  }),
  area: AreaName,
  from: Day,
  until: Type.Union([Day, Type.Null()]),
});
export type Post = Static<typeof Post>;

/** What the acting post may do; the console shows and hides by this and never works it out again. */
export const Abilities = Type.Object({
  readArchive: Type.Boolean(),
  openFiles: Type.Union([Type.Literal('yes'), Type.Literal('purpose'), Type.Literal('no')]),
  writeArchive: Type.Boolean(),
  manageAccounts: Type.Boolean(),
  readAudit: Type.Boolean(),
  manageSystem: Type.Boolean(),
});

export const SessionView = Type.Object({
  account: Type.Object({
    id: Type.String({ format: 'uuid' }),
    username: Type.String(),
    name: Type.String(),
  }),
  posts: Type.Array(Post, { description: 'Posts in force today' }),
  post: Type.Union([Type.String({ format: 'uuid' }), Type.Null()], {
    description: 'The post one acts under',
  }),
  abilities: Abilities,
  demo: Type.Boolean(),
  expiresAt: Type.String({ format: 'date-time' }),
});
export type SessionView = Static<typeof SessionView>;

export const SignIn = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 64 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
});

export const SwitchPost = Type.Object({ post: Type.String({ format: 'uuid' }) });

export const ChangePassword = Type.Object({
  current: Type.String({ minLength: 1, maxLength: 200 }),
  next: Type.String({ minLength: 12, maxLength: 200, description: 'At least 12 characters' }),
});

/** An account as the security administrator sees it: never anything of residents. */
export const Account = Type.Object({
  id: Type.String({ format: 'uuid' }),
  username: Type.String(),
  name: Type.String(),
  active: Type.Boolean(),
  lockedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  createdAt: Type.String({ format: 'date-time' }),
  posts: Type.Array(Type.Intersect([Post, Type.Object({ ended: Type.Boolean() })])),
});
export type Account = Static<typeof Account>;

export const AccountPage = Type.Object({
  items: Type.Array(Account),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Union([Type.Integer(), Type.Null()]),
});

export const NewAccount = Type.Object({
  username: Type.String({
    pattern: '^[a-z][a-z0-9._-]{1,31}$',
    description: 'Lower-case letters, digits, . _ -',
  }),
  name: Type.String({ minLength: 1, maxLength: 60 }),
  password: Type.String({ minLength: 12, maxLength: 200 }),
});

export const NewPost = Type.Object({
  role: RoleKey,
  area: AreaCode,
  department: Type.Optional(Type.String({ maxLength: 40 })),
  from: Type.Optional(Day),
  until: Type.Optional(Day),
});

export const EndPost = Type.Object({ until: Type.Optional(Day) });
