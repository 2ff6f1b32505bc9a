import { existsSync } from 'node:fs';
import { join } from 'node:path';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import staticFiles from '@fastify/static';
import swagger from '@fastify/swagger';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Dictionary } from '../features/archive/dictionary.ts';
import { recordWords } from '../features/archive/record-words.ts';
import { loadRightsRules } from '../features/archive/rights/rules.ts';
import { archiveRoutes } from '../features/archive/routes.ts';
import { areaRoutes } from '../features/area/routes.ts';
import { loadPatternRules } from '../features/audit/pattern-rules.ts';
import { recordRefusals } from '../features/audit/refusal-hook.ts';
import { Refusals } from '../features/audit/refusals.ts';
import { auditRoutes } from '../features/audit/routes.ts';
import { interfaceRoutes } from '../features/gather/interface/routes.ts';
import { loadProfiles } from '../features/gather/profile/load.ts';
import { reviewRoutes } from '../features/gather/review/routes.ts';
import { gatherRoutes } from '../features/gather/routes.ts';
import { Attempts } from '../features/identity/attempts.ts';
import { demoAccounts } from '../features/identity/demo.ts';
import { identityRoutes } from '../features/identity/routes.ts';
import type { Services } from '../features/identity/services.ts';
import { Sessions } from '../features/identity/sessions.ts';
import { SingleSignOn } from '../features/identity/single-sign-on.ts';
import { systemRoutes } from '../features/identity/system-routes.ts';
import { jobRoutes } from '../features/jobs/routes.ts';
import type { BackupState } from './backup/state.ts';
import type { Clock } from './clock.ts';
import type { Config, SingleSignOnSettings } from './config.ts';
import { createVault } from './crypto.ts';
import type { Database } from './database/actor.ts';
import { sql } from './database/sql.ts';
import { Problem } from './errors.ts';
import type { Files } from './files/files.ts';
import { createCursors } from './http/cursor.ts';
import { ProblemDocument, withForm, withProblems, withWords } from './http/described.ts';
import { methodsKept } from './http/methods.ts';
import { refuseForeignOrigins } from './http/origin.ts';
import { answerWithProblems, sendProblem } from './http/problems.ts';
import { validateStrictly } from './http/validation.ts';
import { createWriter } from './http/writing.ts';
import { programFolder } from './installation.ts';
import type { Registry } from './jobs/kind.ts';
import { createJobs } from './jobs/start.ts';
import type { Keys } from './keys.ts';
import { jobKinds } from './kinds.ts';
import { gatherPack } from './packs.ts';

/** What the application is made of. */
export interface Parts {
  database: Database;
  keys: Pick<Keys, 'data' | 'blind'>;
  clock: Clock;
  files: Files;
  dictionary: Dictionary;
  version: string;
  demo: boolean;
  secureCookies: boolean;
  logLevel: string;
  /** Kinds of jobs that may be started; those of server/kinds.ts unless said. */
  kinds?: Registry;
  /** Proxies whose word on the caller's address is taken; none when left out. */
  trustProxy?: Config['trustProxy'];
  /** Refused sign-ins an address may have in a minute; no limit when left out. */
  signInLimit?: number;
  /** The provider of single sign-on; none when left out. */
  singleSignOn?: SingleSignOnSettings;
  /** How backups stand; as without any when left out. */
  backup?: () => BackupState;
  /** Address of the county’s own map tiles; none when left out. */
  tiles?: string;
  /** Private ranges of addresses that webhooks may go to; none when left out. */
  webhookNetworks?: readonly string[];
  /** Folder of the built console; left out in tests of the API. */
  consoleFolder?: string;
}

/** Thresholds of the auditor's patterns. */
const auditPack = join(programFolder, 'packs/audit');

/** What a county sets for residents' rights. */
const rightsPack = join(programFolder, 'packs/rights');

/** Bodies of the API are forms: a megabyte is far more than any of them. */
const bodyLimit = 1_048_576;

/** Puts the floors together: the API under /api/v1, its description, the console on all other paths. */
export async function createApp(parts: Parts): Promise<FastifyInstance> {
  const app = Fastify({
    logger: { level: parts.logLevel },
    bodyLimit,
    // Ids and search words stand in addresses: access lines are not written.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: parts.trustProxy ?? false,
    // A path that cannot be decoded meets no route, and none of the hooks below.
    frameworkErrors: (_error, request, reply) =>
      sendProblem(new Problem('bad-request'), request, reply),
  });
  const methodsOf = methodsKept(app);
  validateStrictly(app);
  answerWithProblems(app);
  await app.register(cookie);
  await app.register(helmet, {
    global: false,
    contentSecurityPolicy: { directives: policyFor(parts.tiles) },
    hsts: parts.secureCookies,
  });
  guardAnswers(app, parts.secureCookies);
  refuseForeignOrigins(app);
  app.addSchema(ProblemDocument);
  await app.register(swagger, {
    openapi: description(parts.version),
    refResolver: { buildLocalReference: ({ $id }) => String($id) },
    transform: ({ schema, url }) => ({ schema: withProblems(withForm(schema)), url }),
    transformObject: (made) => withWords('openapiObject' in made ? made.openapiObject : {}),
  });
  const services = servicesOf(parts);
  await app.register(
    async (api) => {
      api.addHook('onSend', (_request, reply, _payload, done) => {
        if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
        done();
      });
      recordRefusals(api, services);
      systemRoutes(api, services, {
        backup: parts.backup ?? (() => ({ last: null, archive: null })),
        version: parts.version,
        demo: parts.demo,
        demoAccounts: parts.demo ? demoAccounts : [],
      });
      identityRoutes(api, services);
      auditRoutes(api, services, loadPatternRules(auditPack), recordWords(parts.dictionary));
      jobRoutes(api, services);
      areaRoutes(api, services);
      archiveRoutes(api, services, parts.dictionary, loadRightsRules(rightsPack));
      await interfaceRoutes(api, services, {
        dictionary: parts.dictionary,
        profiles: () => loadProfiles(gatherPack, parts.dictionary),
        networks: parts.webhookNetworks ?? [],
      });
      reviewRoutes(api, services, parts.dictionary);
      gatherRoutes(api, services, parts.dictionary, loadProfiles(gatherPack, parts.dictionary));
      api.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
    },
    { prefix: '/api/v1' },
  );
  healthRoutes(app, parts.database);
  await serveConsole(app, parts.consoleFolder, methodsOf);
  return app;
}

function servicesOf(parts: Parts): Services {
  const vault = createVault(parts.keys);
  return {
    database: parts.database,
    sessions: new Sessions(parts.database, parts.clock),
    vault,
    cursors: createCursors(parts.keys.blind),
    clock: parts.clock,
    write: createWriter(parts.database, vault),
    jobs: createJobs(
      parts.kinds ??
        jobKinds(
          parts.files,
          { dictionary: parts.dictionary, vault },
          { networks: parts.webhookNetworks ?? [] },
        ),
      vault,
    ),
    files: parts.files,
    refusals: new Refusals(parts.database, parts.clock),
    attempts: new Attempts(parts.signInLimit ?? Number.POSITIVE_INFINITY, parts.clock),
    singleSignOn: parts.singleSignOn
      ? new SingleSignOn(parts.singleSignOn, vault, parts.clock)
      : null,
    secureCookies: parts.secureCookies,
    tiles: parts.tiles ?? null,
  };
}

/** Answers of the API are data, never a page: a few fixed headers. All others get helmet's whole set. */
function guardAnswers(app: FastifyInstance, secure: boolean): void {
  const forData = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api/')) reply.headers(forData);
    else await reply.helmet();
  });
}

/** What pages may load: of other places only the county’s own map tiles, from exactly that host. */
function policyFor(tiles: string | undefined) {
  if (tiles === undefined) return policy;
  const { origin } = new URL(tiles);
  return {
    ...policy,
    imgSrc: [...policy.imgSrc, origin],
    connectSrc: [...policy.connectSrc, origin],
  };
}

const policy = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  // Ant Design writes its styles into the page.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
  frameAncestors: ["'none'"],
  objectSrc: ["'none'"],
  upgradeInsecureRequests: null,
};

function description(version: string) {
  return {
    openapi: '3.1.0' as const,
    info: {
      title: 'Minqing 民情',
      version,
      description:
        'The archive of every household, the desk where every request is settled, the table at which neighbours decide.',
    },
    components: {
      securitySchemes: {
        session: { type: 'apiKey' as const, in: 'cookie' as const, name: 'minqing_session' },
        signature: {
          type: 'apiKey' as const,
          in: 'header' as const,
          name: 'Signature',
          description: 'HTTP Message Signatures (RFC 9421) by HMAC-SHA256: docs/interface.md',
        },
      },
    },
    security: [{ session: [] }],
    tags: [
      { name: 'system', description: 'The installation.' },
      { name: 'session', description: 'Signing in and out, and the post one acts under.' },
      { name: 'accounts', description: 'Accounts and posts: the security administrator’s.' },
      { name: 'audit', description: 'What was seen and done: the audit administrator’s.' },
      { name: 'jobs', description: 'Long work: how far it is, and the ways to hold it.' },
      { name: 'areas', description: 'The tree of areas, and the book of an area (一村一册).' },
      { name: 'archive', description: 'The five categories of record, and what ties them.' },
      {
        name: 'items',
        description: 'The items that a county adds or changes: its system administrator’s.',
      },
      {
        name: 'documents',
        description: 'Copies of papers kept with a record: never shown without a watermark.',
      },
      {
        name: 'exports',
        description:
          'What leaves the system: Excel and PDF, for a purpose, with a watermark, on record.',
      },
      {
        name: 'rights',
        description: 'What a resident may ask of the archive: a copy, correction, deletion (PIPL).',
      },
      {
        name: 'life',
        description: 'Acts of life, past days, files handed over.',
      },
      {
        name: 'gather',
        description:
          'Departments’ data: files gathered in batches, profiles, quality; rows that wait, and where values come from; other systems.',
      },
      {
        name: 'interface',
        description: 'Departments’ own interface: rows handed in and changes told, signed.',
      },
      { name: 'drafts', description: 'Forms not yet handed in; only their writer sees them.' },
    ],
  };
}

function healthRoutes(app: FastifyInstance, database: Database): void {
  app.get('/healthz', { schema: { hide: true } }, () => ({ status: 'ok' }));
  app.get('/readyz', { schema: { hide: true } }, async () => {
    try {
      await database.gate(sql`select 1`);
    } catch {
      throw new Problem('unavailable', { retryAfter: 5 });
    }
    return { status: 'ready' };
  });
}

async function serveConsole(
  app: FastifyInstance,
  folder: string | undefined,
  methodsOf: (path: string) => string[],
): Promise<void> {
  const there = folder !== undefined && existsSync(join(folder, 'index.html'));
  if (there) {
    await app.register(staticFiles, {
      root: folder,
      wildcard: false,
      // Built files carry a hash in their names; the page itself is asked for anew.
      setHeaders: (reply, path) =>
        reply.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        ),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const page =
      there &&
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      (request.headers.accept ?? '').includes('text/html');
    if (page)
      return reply.type('text/html').header('cache-control', 'no-cache').sendFile('index.html');
    const methods = methodsOf(request.url.split('?')[0] ?? '');
    if (methods.length === 0) return sendProblem(new Problem('not-found'), request, reply);
    reply.header('allow', methods.join(', '));
    return sendProblem(new Problem('method-not-allowed'), request, reply);
  });
}
