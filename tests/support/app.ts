import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';
import type pg from 'pg';
import type { Static } from 'typebox';
import { inject } from 'vitest';
import { loadDictionary } from '../../features/archive/dictionary.ts';
import { actorOfHolder } from '../../features/identity/actor.ts';
import { demoPassword } from '../../features/identity/demo.ts';
import { Sessions } from '../../features/identity/sessions.ts';
import { createApp, type Parts } from '../../server/app.ts';
import { archivePack } from '../../server/commands/demo.ts';
import { createVault, hashToken } from '../../server/crypto.ts';
import { type Database, openDatabase } from '../../server/database/actor.ts';
import { ownerRole, serverRole, stewardRole, withClient } from '../../server/database/connect.ts';
import { openSteward } from '../../server/database/steward.ts';
import type { Bucket } from '../../server/files/bucket.ts';
import { type Files, openFiles } from '../../server/files/files.ts';
import { createRegistry, type JobKind } from '../../server/jobs/kind.ts';
import { createJobs } from '../../server/jobs/start.ts';
import { createWorker, type Worker, type WorkerParts } from '../../server/jobs/worker.ts';
import { type Keys, loadKeys } from '../../server/keys.ts';
import { jobKinds } from '../../server/kinds.ts';
import { asRole, asSuperuser, cloneDatabase } from './cluster.ts';
import { templateName, testNow } from './template.ts';

/** An application on a database of its own, with a clock that tests turn. */
export interface TestApp {
  app: FastifyInstance;
  database: Database;
  keys: Keys;
  files: Files;
  /** Where the files lie, sealed. */
  dataFolder: string;
  owner: pg.ClientConfig;
  server: pg.ClientConfig;
  steward: pg.ClientConfig;
  clock: { now: Date };
  /** Runs SQL as the owner, behind the gate's back. */
  sql<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  signIn(username: string, password?: string): Promise<Caller>;
  /** Starts a job as whoever is signed in, as a route would. @returns its id */
  startJob<K extends JobKind>(caller: Caller, kind: K, input: Static<K['input']>): Promise<string>;
  /** Another worker of this process on the application's database and clock; does nothing until told to. */
  worker(more?: Partial<Pick<WorkerParts, 'places' | 'tell' | 'clock' | 'steward'>>): Worker;
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

/**
 * Clones the template and puts an application on it; for a test file, in `beforeAll`.
 * @param settings what the application is made of, where it differs from the usual; `kinds` beside those of production,
 *   `bucket` where files go instead of a folder
 */
export async function startApp({
  kinds = [],
  bucket,
  ...settings
}: Omit<Partial<Parts>, 'kinds'> & {
  kinds?: readonly JobKind[];
  bucket?: Bucket;
} = {}): Promise<TestApp> {
  const { port, folder } = inject('cluster');
  const keys = loadKeys(folder);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await cloneDatabase(asSuperuser({ port, keys }), templateName, name);
  const owner = asRole({ port, keys }, name, ownerRole);
  const server = asRole({ port, keys }, name, serverRole);
  const steward = asRole({ port, keys }, name, stewardRole);
  const database = openDatabase(server, 4);
  const dataFolder = mkdtempSync(join(tmpdir(), 'minqing-test-'));
  const files = openFiles({ dataFolder, bucket }, keys);
  const dictionary = loadDictionary(archivePack);
  const registry = createRegistry([
    ...jobKinds(
      files,
      { dictionary, vault: createVault(keys) },
      { networks: settings.webhookNetworks ?? [] },
    ).kinds.values(),
    ...kinds,
  ]);
  const jobs = createJobs(registry, createVault(keys));
  const opened: { stop(): Promise<void> }[] = [];
  const clock = { now: testNow };
  const sessions = new Sessions(database, () => clock.now);
  const app = await createApp({
    database,
    keys,
    clock: () => clock.now,
    files,
    dictionary,
    version: '0.0.0-test',
    demo: true,
    secureCookies: false,
    logLevel: 'silent',
    kinds: registry,
    ...settings,
  });
  return {
    app,
    database,
    keys,
    files,
    dataFolder,
    owner,
    server,
    steward,
    clock,
    sql: (text, values = []) =>
      withClient(owner, async (client) => (await client.query(text, values)).rows),
    signIn: (username, password = demoPassword) => signIn(app, username, password),
    async startJob(caller, kind, input) {
      const session = await sessions.find(hashToken(caller.cookie.split('=')[1] ?? ''));
      return database.withActor(sessions.actor(session), (tx) => jobs.start(tx, kind, input));
    },
    worker(more = {}) {
      const asSteward = openSteward(steward, 6);
      const worker = createWorker({
        steward: asSteward,
        database,
        vault: createVault(keys),
        clock: () => clock.now,
        actorOf: actorOfHolder,
        registry,
        places: 3,
        reach: steward,
        ...more,
      });
      opened.push({
        async stop() {
          await worker.stop();
          await asSteward.close();
        },
      });
      return worker;
    },
    async close() {
      for (const one of opened) await one.stop();
      await app.close();
      await database.close();
      rmSync(dataFolder, { recursive: true, force: true });
      await withClient(asSuperuser({ port, keys }), (client) =>
        client.query(`drop database ${name} with (force)`),
      );
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
