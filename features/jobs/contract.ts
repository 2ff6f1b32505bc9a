import Type, { type Static } from 'typebox';
import { AreaCode } from '../area/contract.ts';
import { RoleKey } from '../identity/contract.ts';

export const JobState = Type.Union(
  [
    Type.Literal('queued'),
    Type.Literal('running'),
    Type.Literal('pausing'),
    Type.Literal('cancelling'),
    Type.Literal('paused'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
    Type.Literal('refused'),
  ],
  {
    description:
      'A running job asked to pause or cancel does so after its step (pausing, cancelling). Refused: the post it was started under has ended',
  },
);
export type JobState = Static<typeof JobState>;

const Instant = Type.String({ format: 'date-time' });
const orNull = <T extends Type.TSchema>(type: T) => Type.Union([type, Type.Null()]);

/** A job as its starter and the system administrator see it; names of kinds and stages in the caller's language. */
export const Job = Type.Object({
  id: Type.String({ format: 'uuid' }),
  kind: Type.String(),
  label: Type.String({ description: 'Name of the kind' }),
  state: JobState,
  mine: Type.Boolean(),
  startedBy: orNull(
    Type.Object({
      name: orNull(Type.String({ description: 'Not shown to administrators' })),
      role: RoleKey,
      area: orNull(Type.Object({ code: AreaCode, name: Type.String() })),
    }),
  ),
  createdAt: Instant,
  startedAt: orNull(Instant),
  endedAt: orNull(Instant),
  progress: Type.Object({
    done: Type.Integer(),
    total: orNull(Type.Integer()),
    stage: orNull(Type.String()),
    perSecond: orNull(Type.Number({ description: 'Units a second, smoothed; while it runs' })),
    secondsLeft: orNull(Type.Integer({ description: 'Estimate; while it runs' })),
  }),
  failures: Type.Integer({ description: 'Since it was started or resumed by hand' }),
  nextTryAt: orNull(Instant),
  problem: orNull(
    Type.Object({ key: Type.String(), title: Type.String(), detail: orNull(Type.String()) }),
  ),
  result: orNull(
    Type.Object(
      {
        words: Type.String(),
        link: orNull(Type.String({ description: 'A page of the console or a file of the API' })),
      },
      { description: 'Shown under the post that started it' },
    ),
  ),
  can: Type.Object({ pause: Type.Boolean(), resume: Type.Boolean(), cancel: Type.Boolean() }),
});
export type Job = Static<typeof Job>;

export const JobPage = Type.Object({
  items: Type.Array(Job),
  next: Type.Union([Type.String(), Type.Null()]),
  total: Type.Union([Type.Integer(), Type.Null()]),
});
export type JobPage = Static<typeof JobPage>;

export const JobQuery = Type.Object({
  mine: Type.Optional(
    Type.Boolean({
      description: 'One’s own only; a system administrator is shown all in the area otherwise',
    }),
  ),
  live: Type.Optional(Type.Boolean({ description: 'Not yet at their end, or at it' })),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
