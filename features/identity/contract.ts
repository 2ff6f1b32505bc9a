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
  decideRows: Type.Boolean({
    description: 'Whether the post says whom a row of a department’s file means',
  }),
  changeAreas: Type.Boolean(),
  manageAccounts: Type.Boolean(),
  readAudit: Type.Boolean(),
  manageSystem: Type.Boolean(),
  gather: Type.Boolean({ description: 'Gathers the files of the department that the post names' }),
  seeBatches: Type.Boolean(),
  seeQuality: Type.Boolean({ description: 'Figures of the departments’ data, of the post’s area' }),
});

export const Stage = Type.Union(
  [
    Type.Literal('second_factor'),
    Type.Literal('password'),
    Type.Literal('enrol'),
    Type.Literal('open'),
  ],
  {
    description:
      'What is still to be done: second_factor (give a code), password (change the first password), enrol (set up the second factor, for administrators). Until the session is open nothing else answers',
  },
);

export const Method = Type.Union(
  [Type.Literal('password'), Type.Literal('oidc'), Type.Literal('command')],
  {
    description:
      'How one signed in: by password or by single sign-on; command: whoever holds the server acts under one’s post from the command line',
  },
);

export const SessionView = Type.Object({
  account: Type.Object({
    id: Type.String({ format: 'uuid' }),
    username: Type.String(),
    name: Type.String(),
  }),
  stage: Stage,
  method: Method,
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
  next: Type.String({
    maxLength: 200,
    description:
      'At least 12 characters, 5 of them different; not a common password, not holding the user name, not the present one',
  }),
});

const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'Six digits of the authenticator app, or one of the recovery codes',
});

export const PassCode = Type.Object({ code: Code });

/** What proves again who is there: the password (not after single sign-on), and a code where a second factor is set. */
export const Proof = Type.Object({
  password: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  code: Type.Optional(Code),
});

/** One's own second factor. */
export const SecondFactor = Type.Object({
  set: Type.Boolean(),
  since: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  required: Type.Boolean({ description: 'Administrators cannot do without' }),
  exempt: Type.Boolean({ description: 'A fixed account of the demo: takes none' }),
  codesLeft: Type.Integer({ description: 'Recovery codes not yet used' }),
});
export type SecondFactor = Static<typeof SecondFactor>;

export const NewSecret = Type.Object({
  secret: Type.String({ description: 'Base 32, to be typed where no QR code can be read' }),
  uri: Type.String({ description: 'otpauth:// address for the QR code' }),
});
export type NewSecret = Static<typeof NewSecret>;

export const RecoveryCodes = Type.Object({
  recoveryCodes: Type.Array(Type.String(), {
    description: 'Each good once, shown this once',
  }),
});

export const Confirmed = Type.Intersect([RecoveryCodes, Type.Object({ session: SessionView })]);

/** A session as its owner sees it: enough to know one's own devices again. */
export const OwnSession = Type.Object({
  id: Type.String({ format: 'uuid' }),
  current: Type.Boolean(),
  browser: Type.Union([Type.String(), Type.Null()]),
  system: Type.Union([Type.String(), Type.Null()]),
  method: Method,
  complete: Type.Boolean({ description: 'False while a step of signing in is still to be done' }),
  startedAt: Type.String({ format: 'date-time' }),
  seenAt: Type.String({ format: 'date-time', description: 'Last request, to the minute' }),
  expiresAt: Type.String({ format: 'date-time' }),
});
export type OwnSession = Static<typeof OwnSession>;

export const OwnSessions = Type.Object({ items: Type.Array(OwnSession) });

/** A post as the security administrator sees it, past and future ones too. */
export const GivenPost = Type.Intersect([
  Post,
  Type.Object({
    ended: Type.Boolean(),
    state: Type.Union([Type.Literal('past'), Type.Literal('present'), Type.Literal('future')]),
  }),
]);
export type GivenPost = Static<typeof GivenPost>;

/** Who at the provider of single sign-on opens an account. */
export const BoundSubject = Type.Object({
  issuer: Type.String(),
  subject: Type.String({ description: 'Whoever that is there, under whatever user name' }),
  since: Type.String({ format: 'date-time' }),
});

/** An account as the security administrator sees it: never anything of residents. */
export const Account = Type.Object({
  id: Type.String({ format: 'uuid' }),
  username: Type.String(),
  name: Type.String(),
  active: Type.Boolean(),
  lockedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  demo: Type.Boolean({
    description: 'A fixed account of the demo: open to everybody, without second factor',
  }),
  passwordChange: Type.Boolean({ description: 'Still has its first, one-time password' }),
  secondFactorSince: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  singleSignOn: Type.Union([BoundSubject, Type.Null()], {
    description: 'Null until a first sign-in by single sign-on was completed',
  }),
  inCharge: Type.Boolean({
    description:
      'Whether the caller may change it: not one’s own, and no post of it reaches beyond one’s area',
  }),
  createdAt: Type.String({ format: 'date-time' }),
  posts: Type.Array(GivenPost, { description: 'Those within the administrator’s area' }),
});
export type Account = Static<typeof Account>;

export const AccountPage = Type.Object({
  items: Type.Array(Account),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Union([Type.Integer(), Type.Null()], { description: 'Told with the first page' }),
});

export const AccountQuery = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
  q: Type.Optional(
    Type.String({ maxLength: 60, description: 'Part of the name, or beginning of the user name' }),
  ),
  area: Type.Optional(AreaCode),
  role: Type.Optional(RoleKey),
  active: Type.Optional(Type.Boolean()),
  locked: Type.Optional(Type.Boolean()),
});
export type AccountQuery = Static<typeof AccountQuery>;

/** Accounts in one file at most. */
export const mostAccounts = 5_000;

const { cursor: _cursor, limit: _limit, ...accountFilters } = AccountQuery.properties;
/** The list of accounts to Excel, with the filters of the list. */
export const TakeAccounts = Type.Object({
  reason: Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: '\\S',
    description: 'Why; stands in the file and in the record',
  }),
  ...accountFilters,
});

const PersonName = Type.String({ minLength: 1, maxLength: 60, pattern: '\\S' });

export const NewAccount = Type.Object({
  username: Type.String({
    pattern: '^[a-z][a-z0-9._-]{1,31}$',
    description: 'Lower-case letters, digits, . _ -',
  }),
  name: PersonName,
  password: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'Left out: a one-time password is made. Either must be changed at first sign-in',
    }),
  ),
});

export const MadeAccount = Type.Object({
  id: Type.String({ format: 'uuid' }),
  password: Type.Optional(Type.String({ description: 'The one-time password, told this once' })),
});
export type MadeAccount = Static<typeof MadeAccount>;

export const OneTimePassword = Type.Object({
  password: Type.String({ description: 'Told this once; to be changed at first sign-in' }),
});
export type OneTimePassword = Static<typeof OneTimePassword>;

export const ReleaseSubject = Type.Object({
  reason: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
});

export const ChangeAccount = Type.Object({
  active: Type.Optional(Type.Boolean()),
  name: Type.Optional(PersonName),
});

export const NewPost = Type.Object({
  role: RoleKey,
  area: AreaCode,
  department: Type.Optional(Type.String({ maxLength: 40 })),
  from: Type.Optional(Day),
  until: Type.Optional(Day),
});
export type NewPost = Static<typeof NewPost>;

export const EndPost = Type.Object({ until: Type.Optional(Day) });
