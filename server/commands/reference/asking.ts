import { createHash } from 'node:crypto';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { RoleKey } from '../../../features/identity/contract.ts';
import { departments, roles } from '../../../features/identity/roles.ts';
import type { Database } from '../../database/actor.ts';
import { type Schema, sampleOf } from './schema-text.ts';

/** An operation as the OpenAPI document has it. */
export interface Operation {
  method: string;
  path: string;
  operationId?: string;
  summary?: string;
  tags?: string[];
  parameters?: {
    name: string;
    in: 'query' | 'path' | 'header';
    required?: boolean;
    description?: string;
    schema: Schema;
  }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; content?: Record<string, { schema: Schema }> }>;
}

/** What the routes said when they were asked. */
export interface Asked {
  /** False for what anyone may call. */
  signedIn: boolean;
  /** Whether it is another system that calls, by its signature. */
  signed: boolean;
  /** Roles that are let through to the data; `none` is an account without a post. */
  who: readonly (RoleKey | 'none')[];
  /** Whether some role must state a purpose. */
  purpose: boolean;
  /** Whether it takes an Idempotency-Key. */
  idempotent: boolean;
  /** Whether it needs If-Match. */
  versioned: boolean;
}

interface Persona {
  role: RoleKey | 'none';
  department: string | null;
}

const personas: readonly Persona[] = [
  { role: 'none', department: null },
  ...(Object.keys(roles) as RoleKey[]).flatMap((role): Persona[] =>
    role === 'department_officer'
      ? departments.map((department) => ({ role, department }))
      : [{ role, department: null }],
  ),
];

const tokenOf = (at: number): string => String(at).padStart(43, 'x');
const hashOf = (at: number): string => createHash('sha256').update(tokenOf(at)).digest('hex');

/**
 * A database that knows a session for each role and nothing else: whoever gets past the route's own
 * checks ends here. Makes the API's reference without a PostgreSQL, and no statement of it can be wrong
 * about who is let through.
 */
export function doorOnly(): Database {
  const sessions = new Map(personas.map((persona, at) => [hashOf(at), persona]));
  const reached = (): never => {
    throw new Error('reached the data');
  };
  return {
    withActor: reached,
    readTogether: reached,
    asOthers: reached,
    asSystem: reached,
    gate: async ({ text, values }) => {
      // Keeping the session awake, and noting a refusal, are no data.
      if (text.includes('gate_seen') || text.includes('gate_note_refused')) return [];
      // No county has items of its own.
      if (text.includes('gate_items')) return [];
      if (!text.includes('gate_session')) return reached();
      const persona = sessions.get((values[0] as Buffer).toString('hex'));
      return persona ? [sessionOf(persona) as never] : [];
    },
    listen: (_channel, { heard }) => {
      heard();
      return { ready: Promise.resolve(), close: async () => {} };
    },
    close: async () => {},
  };
}

function sessionOf({ role, department }: Persona): object {
  const id = '01970000-0000-7000-8000-000000000001';
  const range = { lo: '0', hi: '1000000000000000', code: '33', area: '', level: 1 };
  const post = { id, role, department, ...range, since: '2026-01-01', until: null };
  return {
    id,
    stage: 'open',
    method: 'password',
    account: id,
    username: role,
    name: role,
    demo: false,
    active_post: role === 'none' ? null : id,
    expires_at: '2100-01-01T00:00:00Z',
    posts: role === 'none' ? [] : [post],
  };
}

/** Words for parameters that must match a pattern. */
const words = [
  '330881002205',
  '1.1',
  '330881002205001',
  '330881',
  'visit',
  'phone',
  'username',
  'abc',
  '0'.repeat(64),
];

/**
 * Asks an operation, as nobody and as each role, how far it lets them.
 * @param app an application on `doorOnly()`
 * @param items sealed items by category path, for the bodies that must name one
 * @throws Error when no sample passes the operation's schema
 */
export async function ask(
  app: FastifyInstance,
  operation: Operation,
  items: Readonly<Record<string, readonly string[]>>,
): Promise<Asked> {
  const bodies = bodiesOf(operation, items);
  const send = (cookie: string, body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: operation.method.toUpperCase() as 'GET',
      url: addressOf(operation),
      headers: { ...(cookie ? { cookie: `minqing_session=${cookie}` } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
  const stranger = await send('', bodies[0]);
  const who = new Set<Asked['who'][number]>();
  let [purpose, idempotent, versioned] = [false, false, false];
  for (const [at, { role }] of personas.entries()) {
    for (const body of bodies) {
      const kind = kindOf(operation, await send(tokenOf(at), body));
      purpose ||= kind === 'purpose-required';
      versioned ||= kind === 'version-needed';
      if (kind === 'forbidden' || kind === 'no-post') continue;
      who.add(role);
      if (idempotent) continue;
      const refused = await send(tokenOf(at), body, { 'if-match': '"1"', 'idempotency-key': 'ä' });
      idempotent = refused.body.includes('"field":"Idempotency-Key"');
    }
  }
  return {
    signedIn: kindOf(operation, stranger) === 'not-signed-in',
    signed: kindOf(operation, stranger) === 'signature-refused',
    who: [...who],
    purpose,
    idempotent,
    versioned,
  };
}

function kindOf({ method, path }: Operation, answer: LightMyRequestResponse): string {
  if (!String(answer.headers['content-type']).startsWith('application/problem+json')) return '';
  const { type, errors } = answer.json() as { type: string; errors?: unknown };
  const kind = type.split('/').at(-1) ?? '';
  if (kind === 'invalid')
    throw new Error(`no sample fits ${method} ${path}: ${JSON.stringify(errors)}`);
  return kind;
}

function addressOf({ path, parameters = [] }: Operation): string {
  const needed = parameters.filter((one) => one.in !== 'header' && one.required);
  const query = new URLSearchParams();
  let url = path;
  for (const { name, in: place, schema } of needed) {
    const value = String(sampleOf(schema, words));
    if (place === 'path') url = url.replace(`{${name}}`, encodeURIComponent(value));
    else query.set(name, value);
  }
  return query.size > 0 ? `${url}?${query}` : url;
}

/** One body, or, where a sealed item must be named, one for each item: roles differ by group. */
function bodiesOf(
  { path, requestBody }: Operation,
  items: Readonly<Record<string, readonly string[]>>,
): unknown[] {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return [undefined];
  const body = sampleOf(schema, words) as Record<string, unknown>;
  const sealed = path.endsWith('/reveals') ? items[path.split('/').at(-3) ?? ''] : undefined;
  return sealed ? sealed.map((item) => ({ ...body, item })) : [body];
}
