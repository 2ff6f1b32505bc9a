import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { type Caller, callerWith, type TestApp } from '../../support/app.ts';
import { boundary, formOf } from '../../support/uploads.ts';
import type { Holdings, Layer, Sight } from './leaks.ts';
import {
  type Answer,
  type Call,
  type Cell,
  type Operation,
  type Operations,
  type State,
  same,
} from './operation.ts';
import { areasOf, placeAt, positions, rangeOf } from './places.ts';
import { groupsOf, may, seesMask, type Who } from './rights.ts';
import type { Account, World } from './world.ts';

/** An operation as the OpenAPI describes it. */
export interface Route {
  id: string;
  method: string;
  path: string;
  /** The answer when all is well. */
  ok: Answer;
}

/** Reads the operations out of the app's own OpenAPI document. */
export async function routesOf({ app }: TestApp): Promise<Route[]> {
  const document = (await app.inject({ url: '/api/v1/openapi.json' })).json<{
    paths: Record<string, Record<string, { operationId?: string; responses: object }>>;
  }>();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, responses }]) => ({
      id: operationId ?? `${method} ${path}`,
      method: method.toUpperCase(),
      path,
      ok: Object.keys(responses).find((status) => /^[23]/.test(status)) ?? '',
    })),
  );
}

/** Adds up over all cells. */
export class Matrix {
  cells = 0;
  leaks = 0;
  readonly world: World;
  readonly routes: readonly Route[];
  readonly operations: Operations;
  readonly #held: Holdings;

  constructor(world: World, routes: readonly Route[], operations: Operations, held: Holdings) {
    this.world = world;
    this.routes = routes;
    this.operations = operations;
    this.#held = held;
  }

  /**
   * Tries every operation as one account in one state.
   * @param caller the account's session, opened when it is called; once more before what ends sessions, and in
   *   the state 'just ended' before every call
   * @returns a line for each cell whose answer was not the expected one
   */
  async tryAll(
    who: Who,
    state: State,
    account: Account,
    caller: () => Promise<Caller>,
  ): Promise<string[]> {
    const wrong: string[] = [];
    let shared = await caller();
    // What ends sessions comes last.
    const ordered = [...this.routes].sort(
      (a, b) => Number(this.#endsSessions(a)) - Number(this.#endsSessions(b)),
    );
    for (const route of ordered) {
      if (this.#endsSessions(route)) shared = await caller();
      for (const operation of this.#entries(route)) {
        if (state === 'just ended') shared = await caller();
        for (const position of positionsOf(operation, state)) {
          const { places } = this.world;
          const cell: Cell = {
            world: this.world,
            who,
            state,
            position,
            account,
            caller: shared,
            there: places[placeAt(who.level, position)],
            home: places.inside,
            area: areasOf[who.level][position],
          };
          const faults = await this.#try(cell, route, operation);
          const name = [route.id, operation.as].filter(Boolean).join(' ');
          wrong.push(...faults.map((fault) => `${name}, ${state}, ${position}: ${fault}`));
        }
      }
    }
    return wrong;
  }

  #entries(route: Route): readonly Operation[] {
    return [this.operations[route.id] ?? []].flat() as Operation[];
  }

  #endsSessions(route: Route): boolean {
    return this.#entries(route).some(({ endsSessions }) => endsSessions);
  }

  async #try(cell: Cell, route: Route, operation: Operation): Promise<string[]> {
    this.cells++;
    await operation.before?.(cell);
    const call = operation.call?.(cell) ?? {};
    const traces = tracesOf(cell, operation);
    const before = await traces();
    const answer = await send(cell, route, operation, call);
    const got = answerOf(answer);
    const wanted = expected(cell, operation, route.ok);
    const faults = wanted.includes(got) ? [] : [`${got}, not ${wanted.join(' or ')}`];
    const isJson = String(answer.headers['content-type']).includes('json');
    const body = isJson ? JSON.parse(answer.body) : null;
    const isOk = got === route.ok;
    const leaks = this.#held.leaksIn(body, sightOf(cell, operation, call, isOk));
    this.leaks += leaks.length;
    faults.push(...leaks.slice(0, 3).map((leak) => `leak at ${leak}`));
    if (isOk && faults.length === 0 && allowed(cell, operation)) {
      const fault =
        operation.check?.(body as never, cell) ?? this.#missing(cell, operation, call, body);
      if (fault) faults.push(fault);
    }
    const after = await traces();
    await operation.after?.(cell);
    const isWrite = route.method !== 'GET';
    if (isOk && operation.recorded && after.entries === before.entries)
      faults.push('left no entry in the audit');
    if (!isOk && isWrite && after.version !== before.version)
      faults.push('was refused and written all the same');
    return faults;
  }

  /** A file shows all that it may: nothing of an open group is held back. */
  #missing(cell: Cell, operation: Operation, call: Call, body: unknown): string | undefined {
    const { target } = operation;
    const isFile =
      typeof body === 'object' && body !== null && 'abilities' in body && 'items' in body;
    if (!isFile || !target || !(target in groupsOf)) return undefined;
    const { layers } = sightOf(cell, operation, call, true);
    const has = this.#held.items.get(cell.there.records[target as 'resident']) ?? new Map();
    const due = [...has].filter(([, group]) => layers.has(group)).map(([key]) => key);
    const missing = due.filter((key) => !(key in (body.items as object)));
    return missing.length > 0 ? `does not show ${missing.join(', ')}` : undefined;
  }
}

function positionsOf(operation: Operation, state: State): Cell['position'][] {
  if (operation.only) return state === 'in force' ? ['parent', 'sibling'] : ['sibling'];
  return operation.target && state === 'in force' ? [...positions] : ['inside'];
}

/** Whether the call is allowed and its target inside. */
function allowed({ state, who }: Cell, { need }: Operation): boolean {
  return need === 'public' || need === 'signed-in' || (state === 'in force' && may(who, need));
}

/** The answer that DOMAIN.md, section 3, asks for; where it is a refusal in any case, each that may come. */
function expected(cell: Cell, operation: Operation, ok: Answer): Answer[] {
  const { need } = operation;
  const { state, who } = cell;
  if (need === 'public') {
    const answer = resolve(operation.inside, cell) ?? ok;
    return [state === 'withdrawn' ? (operation.withdrawn ?? answer) : answer];
  }
  if (state === 'withdrawn' || state === 'not signed in') return ['401 not-signed-in'];
  if (state === 'in force') return [inForce(cell, operation, ok)];
  if (need === 'signed-in')
    return [
      (operation.only ? resolve(operation.outside, cell) : operation.withoutPost) ??
        resolve(operation.inside, cell) ??
        ok,
    ];
  if (operation.bySight) return [refusedTo(cell, operation)];
  // What the post was not even good for while it was in force is refused before the database is asked.
  const before = state === 'just ended' && !may(who, need) ? [inForce(cell, operation, ok)] : [];
  return ['403 no-post', ...before];
}

function inForce(cell: Cell, operation: Operation, ok: Answer): Answer {
  const { need, outside } = operation;
  const { who, position } = cell;
  if (!may(who, need)) return refusedTo(cell, operation);
  if (position === 'inside') return resolve(operation.inside, cell) ?? ok;
  const answer = resolve(outside, cell) ?? '404 not-found';
  return answer === same ? ok : answer;
}

const refusedTo = (cell: Cell, { refused }: Operation): Answer =>
  (typeof refused === 'function' ? refused(cell.who, cell) : refused) ?? '403 forbidden';

function resolve(answer: Operation['inside'], cell: Cell): Answer | undefined {
  return typeof answer === 'function' ? answer(cell) : answer;
}

const everywhere = { lo: 0, hi: 1e15 };

/** What DOMAIN.md lets the answer show. */
function sightOf(
  { who, state, position, area, world, ...cell }: Cell,
  operation: Operation,
  { query }: Call,
  isOk: boolean,
): Sight {
  const range = state === 'in force' ? rangeOf(areasOf[who.level].inside) : null;
  const underPurpose = who.files === 'for a purpose' && query?.purpose !== undefined;
  const layers = new Set<Layer>([
    'list',
    ...who.reads,
    ...(underPurpose ? ['file'] : []),
    ...(operation.opensAll ? who.reveals : []),
    ...who.tags.map((group) => `tags of ${group}`),
    ...groupsOf.resident.filter((group) => seesMask(who, group)).map((group) => `mask of ${group}`),
  ]);
  const target = operation.target ?? '';
  const echoed = isOk && operation.echoes ? everywhere : null;
  return {
    content: who.serves === 'archive' ? range : null,
    areas: range,
    ids: echoed ?? (who.serves === 'audit' ? range : null),
    layers,
    revealed:
      isOk && operation.reveals
        ? operation.reveals({ who, state, position, area, world, ...cell })
        : null,
    category: target in groupsOf ? (target as 'resident') : null,
  };
}

async function send(
  { caller, world, there, area }: Cell,
  { method, path }: Route,
  { target }: Operation,
  { params, query, body, form, ifMatch, version }: Call,
): Promise<LightMyRequestResponse> {
  const id = target && target in groupsOf ? there.records[target as 'resident'] : undefined;
  const named: Record<string, string | undefined> = { id, code: area, ...params };
  const filledIn = path
    .replace(/^\/api\/v1/, '')
    .replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(named[name] ?? ''));
  const url = query ? `${filledIn}?${new URLSearchParams(query)}` : filledIn;
  if (method === 'GET') return caller.get(url);
  const [row] = ifMatch
    ? await world.owner<{ version: number }>(
        `select version from ${ifMatch.category} where id = $1`,
        [ifMatch.id],
      )
    : [];
  return caller.send(method as 'POST', url, form ? formOf(form.fields, form.file) : body, {
    ...(form ? { 'content-type': `multipart/form-data; boundary=${boundary}` } : {}),
    'idempotency-key': randomUUID(),
    ...(row ? { 'if-match': `"${row.version}"` } : {}),
    ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
  });
}

/** The status, and of a problem its key. */
function answerOf({ statusCode, headers, body }: LightMyRequestResponse): Answer {
  if (!String(headers['content-type']).startsWith('application/problem+json'))
    return `${statusCode}`;
  return `${statusCode} ${String(JSON.parse(body).type).replace('/problems/', '')}`;
}

/** What a call leaves behind: the target's version, and entries of the audit about it. */
function tracesOf({ world, there, account }: Cell, { target, recorded }: Operation) {
  const category = target && target in groupsOf ? (target as 'resident') : undefined;
  return async (): Promise<{ version: number; entries: number }> => {
    if (!category) return { version: 0, entries: 0 };
    const id = there.records[category];
    const [row] = await world.owner<{ version: number; entries: number }>(
      `select version, ${recorded ? '(select count(*)::int from audit_entry where subject = $1 and account = $2)' : '$2::text::uuid is null'} as entries
         from ${category} where id = $1`,
      [id, account.id],
    );
    return row ?? { version: 0, entries: 0 };
  };
}

/** Somebody without a session. */
export const nobody = ({ app }: TestApp): Caller => callerWith(app, '');
