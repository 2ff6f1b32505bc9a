import type { CategoryKey } from '../../../features/archive/contract.ts';
import type { Caller } from '../../support/app.ts';
import type { Position } from './places.ts';
import type { Need, Who } from './rights.ts';
import type { Account, Place, World } from './world.ts';

/** How it stands with the account that calls. */
export type State =
  | 'in force'
  | 'no post'
  | 'ended'
  | 'ended meanwhile'
  /** Ended a moment ago, and the server remembers the session as it was. */
  | 'just ended'
  | 'not begun'
  | 'withdrawn'
  | 'not signed in';

/** One cell of the matrix: who calls, in what state, and where the target lies. */
export interface Cell {
  world: World;
  who: Who;
  state: State;
  position: Position;
  /** The account that calls. */
  account: Account;
  caller: Caller;
  /** The place where the target lies, and the one inside the post. */
  there: Place;
  home: Place;
  /** The area that lies in this position: the post's own, the one above it, or the one beside it. */
  area: string;
}

/** A status, with the key of the problem where there is one: `200`, `403 forbidden`. */
export type Answer = string;

/** What is sent. */
export interface Call {
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: object;
  /** A form with a file, in place of a body. */
  form?: { fields: Record<string, string>; file: Buffer };
  /** Sends the version of this record as If-Match. */
  ifMatch?: { category: CategoryKey; id: string };
  /** Sends this version as If-Match. */
  version?: number;
}

/**
 * How the matrix tries an operation. The answers follow from `need` and from where the target lies: allowed
 * and inside, the 2xx of the OpenAPI; without the right `403 forbidden`; outside `404 not-found`.
 */
export interface Operation {
  need: Need;
  /** The route asks for a session only, and refuses by what is in sight: the answer is `refused` without a post too. */
  bySight?: true;
  /** Says which of several entries of one operation failed. */
  as?: string;
  /** What `{id}` or `{code}` in the path names: a record of the category, or the area. Without a target only `inside` is tried. */
  target?: CategoryKey | 'area' | 'other';
  /** Only targets outside are tried: the same inside is another entry. */
  only?: 'outside';
  /** Parameters of the path beyond `{id}` and `{code}`, query, body, version. */
  call?: (cell: Cell) => Call;
  /** Brings the records into the state the call needs, behind the gate's back. */
  before?: (cell: Cell) => Promise<unknown>;
  /** Puts back what the call has changed for the cells after it. */
  after?: (cell: Cell) => Promise<unknown>;
  /** The answer to whoever has not the right. */
  refused?: Answer | ((who: Who, cell: Cell) => Answer);
  /** The answer inside, where all is well short of the call's success: it stops at a check behind the gate. */
  inside?: Answer | ((cell: Cell) => Answer | undefined);
  /** The answer for a target outside; `same` when the answer is the same and only its content differs. */
  outside?: Answer | ((cell: Cell) => Answer);
  /** The answer without a post, where `signed-in` is enough but nothing is in sight. */
  withoutPost?: Answer;
  /** The answer to a withdrawn account, where no session is needed. */
  withdrawn?: Answer;
  /** What a right answer holds: words on what is wrong with it, or nothing. */
  check?: (body: never, cell: Cell) => string | undefined;
  /** The item that the call reveals. */
  reveals?: (cell: Cell) => string;
  /** Shows every item of its target, sealed ones too. */
  opensAll?: true;
  /** Tells what was asked for and refused: ids and codes that callers named, wherever they lead. */
  echoes?: true;
  /** Leaves an entry in the audit about the target (DESIGN.md, rule 6). */
  recorded?: true;
  /** Ends sessions: runs in one of its own. */
  endsSessions?: true;
}

export const same = 'same';

/** One entry or several for each operationId. */
export type Operations = Readonly<Record<string, Operation | readonly Operation[]>>;
