import { randomUUID } from 'node:crypto';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type pg from 'pg';
import { inject } from 'vitest';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { demoPassword } from '../../features/identity/demo.ts';
import { createApp } from '../../server/app.ts';
import { archivePack } from '../../server/commands/demo.ts';
import { type Database, openDatabase } from '../../server/database/actor.ts';
import { ownerRole, serverRole, withClient } from '../../server/database/connect.ts';
import { superuser } from '../../server/database/embedded.ts';
import { type Keys, loadKeys } from '../../server/keys.ts';
import { asRole, cloneDatabase } from './cluster.ts';
import { templateName, testNow } from './template.ts';

/** An application on a database of its own, with a clock that tests turn. */
export interface TestApp {
  app: FastifyInstance;
  database: Database;
  keys: Keys;
  owner: pg.ClientConfig;
  server: pg.ClientConfig;
  clock: { now: Date };
  /** Runs SQL as the owner, behind the gate's back. */
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  signIn(username: string, password?: string): Promise<Caller>;
  close(): Promise<void>;
}

/** Somebody signed in. */
export interface Caller {
  cookie: string;
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<LightMyRequestResponse>;
}

/** Clones the template and puts an application on it; for a test file, in `beforeAll`. */
export async function startApp(): Promise<TestApp> {
  const { port, folder } = inject('cluster');
  const keys = loadKeys(folder);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = {
    host: '127.0.0.1',
    port,
    user: superuser,
    password: keys.superuserPassword,
    database: 'postgres',
  };
  await cloneDatabase(admin, templateName, name);
  const owner = asRole({ port, keys }, name, ownerRole);
  const server = asRole({ port, keys }, name, serverRole);
  const database = openDatabase(server, 4);
  const clock = { now: testNow };
  const app = await createApp({
    database,
    keys,
    clock: () => clock.now,
    dictionary: loadDictionary(archivePack),
    version: '0.0.0-test',
    demo: true,
    secureCookies: false,
    logLevel: 'silent',
  });
  return {
    app,
    database,
    keys,
    owner,
    server,
    clock,
    sql: (text, values = []) =>
      withClient(owner, async (client) => (await client.query(text, values)).rows),
    signIn: (username, password = demoPassword) => signIn(app, username, password),
    async close() {
      await app.close();
      await database.close();
      await withClient(admin, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

async function signIn(app: FastifyInstance, username: string, password: string): Promise<Caller> {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username, password },
  });
  if (answer.statusCode !== 201)
    throw new Error(`sign-in of ${username}: ${answer.statusCode} ${answer.body}`);
  return callerWith(app, String(answer.headers['set-cookie']).split(';')[0] ?? '');
}

/** A caller with a cookie. */
export function callerWith(app: FastifyInstance, cookie: string): Caller {
  const call = (options: InjectOptions): Promise<LightMyRequestResponse> => app.inject(options);
  return {
    cookie,
    get: (path, headers = {}) =>
      call({ method: 'GET', url: `/api/v1${path}`, headers: { cookie, ...headers } }),
    send: (method, path, body, headers = {}) =>
      call({
        method,
        url: `/api/v1${path}`,
        headers: { cookie, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      }),
  };
}
