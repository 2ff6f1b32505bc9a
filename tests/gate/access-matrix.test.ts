import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { departments, roles } from '../../features/identity/roles.ts';
import type { Caller } from '../support/app.ts';
import { Matrix, nobody, routesOf } from './matrix/cells.ts';
import { holdingsOf } from './matrix/leaks.ts';
import type { Operations, State } from './matrix/operation.ts';
import { operations as table } from './matrix/operations.ts';
import { setMember } from './matrix/operations-archive.ts';
import { areasOf, places, rangeOf } from './matrix/places.ts';
import { departmentGroups, everybody, type Who } from './matrix/rights.ts';
import { type Account, makeWorld, type PostOf, type World } from './matrix/world.ts';

// Every role × every operation of the OpenAPI × where the target lies × how it stands with the post. The
// expected answers follow from matrix/rights.ts, the operations stand in matrix/operations.ts.

const operations: Operations = table;

let world: World;
let matrix: Matrix;
let before: Map<string, string>;

const yesterday = '2026-06-14';
const tomorrow = '2026-06-16';

beforeAll(async () => {
  world = await makeWorld();
  before = await tracesOutside();
  matrix = new Matrix(world, await routesOf(world.t), operations, await holdingsOf(world));
});
afterAll(async () => {
  console.log(
    `access matrix: ${matrix.cells} cells, ${matrix.routes.length} operations, ${everybody.length} roles, ${matrix.leaks} leaks`,
  );
  await world.close();
});

const slow = 120_000;

function postOf(who: Who, days: Pick<PostOf, 'since' | 'until'> = {}): PostOf {
  return { role: who.role, department: who.department, area: areasOf[who.level].inside, ...days };
}

const signIn = (account: Account) => (): Promise<Caller> => world.t.signIn(account.username);

/** Everything in the places outside, but for the audit: a digest for each table. */
async function tracesOutside(): Promise<Map<string, string>> {
  for (const place of Object.values(world.places)) await setMember(world, place, false);
  const outside = Object.values(places)
    .filter((code) => code !== places.inside)
    .map((code) => rangeOf(code).lo);
  const tables = await world.owner<{ name: string }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'area' and a.atttypid = 'int8'::regtype
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname not like 'audit%' order by 1`,
  );
  const digests = new Map<string, string>();
  for (const { name } of tables) {
    const [row] = await world.owner<{ digest: string }>(
      `select md5(coalesce(string_agg(to_jsonb(x)::text, '|' order by to_jsonb(x)::text), '')) as digest from ${name} x where area = any ($1)`,
      [outside],
    );
    digests.set(name, row?.digest ?? '');
  }
  return digests;
}

describe('the table of the matrix', () => {
  it('holds every operation of the OpenAPI, and no other', () => {
    expect(Object.keys(operations).sort()).toEqual(matrix.routes.map(({ id }) => id).sort());
  });

  it('meets no route that the OpenAPI leaves out', () => {
    const described = matrix.routes.map(
      ({ method, path }) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    );
    const open = ['GET /api/v1/openapi.json', 'GET /healthz', 'GET /readyz'];
    expect(listed(world.t.app.printRoutes({ commonPrefix: false }))).toEqual(
      [...described, ...open].sort(),
    );
  });

  it('holds every role and department', () => {
    expect([...new Set(everybody.map(({ role }) => role))].sort()).toEqual(
      Object.keys(roles).sort(),
    );
    expect(Object.keys(departmentGroups).sort()).toEqual([...departments].sort());
  });
});

/** Method and path of every route, out of fastify's drawing of its tree. */
function listed(tree: string): string[] {
  const above: string[] = [];
  const routes: string[] = [];
  for (const line of tree.split('\n')) {
    const found = /^([│ ]*)[├└]── (\S+)(?: \((.+)\))?$/.exec(line);
    if (!found) continue;
    const [, indent = '', part = '', methods = ''] = found;
    const depth = indent.length / 4;
    above.length = depth;
    above[depth] = part;
    for (const method of methods.split(', ').filter((one) => one !== '' && one !== 'HEAD'))
      routes.push(`${method} ${above.join('')}`);
  }
  return routes.sort();
}

describe('a post in force', () => {
  it.each(everybody)('$name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who));
    expect(await matrix.tryAll(who, 'in force', account, signIn(account))).toEqual([]);
  });
});

// Where nothing is in force the department does not matter.
const someOfEach = everybody.filter(
  ({ role }, i) => everybody.findIndex((other) => other.role === role) === i,
);

describe('a post that ended yesterday, or begins tomorrow', () => {
  it.each(someOfEach)('$name', { timeout: slow }, async (who) => {
    for (const [state, days] of [
      ['ended', { until: yesterday }],
      ['not begun', { since: tomorrow }],
    ] as const) {
      const account = await world.account(postOf(who, days));
      expect(await matrix.tryAll(who, state, account, signIn(account))).toEqual([]);
    }
  });
});

describe('a post that ended while the session was open', () => {
  it.each(someOfEach)('at midnight: $name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who, { until: '2026-06-15' }));
    const { clock } = world.t;
    const morning = clock.now;
    const lastMinute = async (): Promise<Caller> => {
      clock.now = new Date('2026-06-15T15:59:30Z');
      const caller = await world.t.signIn(account.username);
      expect((await caller.get('/session')).json().post).toBe(account.post);
      clock.now = new Date('2026-06-15T16:00:00Z');
      return caller;
    };
    try {
      expect(await matrix.tryAll(who, 'ended meanwhile', account, lastMinute)).toEqual([]);
    } finally {
      clock.now = morning;
    }
  });

  // Remembered by the server as still in force when the call comes: the database knows better.
  it.each(someOfEach)('between two calls: $name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who));
    const { clock } = world.t;
    const morning = clock.now;
    const end = (until: string | null) =>
      world.owner('update post set until = $2 where id = $1', [account.post, until]);
    let caller = await world.t.signIn(account.username);
    const remembered = async (): Promise<Caller> => {
      await end(null);
      // A minute later the server looks the session up anew, if it is still there.
      clock.now = new Date(clock.now.getTime() + 61_000);
      const session = await caller.get('/session');
      if (session.statusCode === 401) caller = await world.t.signIn(account.username);
      else expect(session.json().post).toBe(account.post);
      await end(yesterday);
      return caller;
    };
    try {
      expect(await matrix.tryAll(who, 'just ended', account, remembered)).toEqual([]);
    } finally {
      clock.now = morning;
    }
  });
});

describe('no post, no account, no session', () => {
  it.each(someOfEach)('a withdrawn account: $name', { timeout: slow }, async (who) => {
    const account = await world.account(postOf(who));
    const caller = await world.t.signIn(account.username);
    expect((await caller.get('/session')).statusCode).toBe(200);
    await world.owner('update account set active = false where id = $1', [account.id]);
    expect((await caller.get('/session')).statusCode).toBe(401);
    expect(await matrix.tryAll(who, 'withdrawn', account, async () => caller)).toEqual([]);
  });

  it('an account without a post', { timeout: slow }, async () => {
    const account = await world.account(null);
    expect(await matrix.tryAll(cadre(), 'no post', account, signIn(account))).toEqual([]);
  });

  it('nobody at all', { timeout: slow }, async () => {
    const account = await world.account(null);
    const state: State = 'not signed in';
    expect(await matrix.tryAll(cadre(), state, account, async () => nobody(world.t))).toEqual([]);
  });
});

/** Where rights play no part, the place of the target is that of a village cadre. */
function cadre(): Who {
  const found = everybody.find(({ name }) => name === 'village_cadre');
  if (!found) throw new Error('no cadre');
  return found;
}

describe('after all that', () => {
  it('nothing changed outside', async () => {
    expect(before.size).toBeGreaterThan(20);
    expect(await tracesOutside()).toEqual(before);
  });

  it('nothing leaked', () => {
    expect(matrix.leaks).toBe(0);
  });
});
