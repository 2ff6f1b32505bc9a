import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Queries } from '../../../server/database/steward.ts';
import { languageOf, Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { idempotencyKeyOf } from '../../../server/http/writing.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import type { Services } from '../../identity/services.ts';
import type { Profile } from '../rows.ts';
import { type CallingSystem, callingSystem, requireSource } from './caller.ts';
import { newestChange, readChanges, sealChanges } from './changes.ts';
import {
  BatchParams,
  BatchStatus,
  Changes,
  ChangesQuery,
  HandedInAnswer,
  HandIn,
  mostBytes,
  NotTakenQuery,
  SourceParams,
} from './contract.ts';
import { cursorOf, placeOf, secondsOf } from './cursor.ts';
import { networksOf } from './deliver/address.ts';
import { handIn } from './hand-in.ts';
import { statusOf } from './status.ts';
import { systemAdministration } from './system-routes.ts';

/** What the interface needs beside the services. */
export interface InterfaceParts {
  dictionary: Dictionary;
  profiles: () => readonly Profile[];
  /** Private ranges that webhooks may go to. */
  networks: readonly string[];
}

const tags = ['interface'];
const security = [{ signature: [] }];

/** Departments' own interface: rows handed in, changes told, both signed; and the desk where systems are made. */
export async function interfaceRoutes(
  app: FastifyInstance,
  services: Services,
  { dictionary, profiles, networks }: InterfaceParts,
): Promise<void> {
  systemAdministration(app, services, dictionary, profiles, networksOf(networks));
  await app.register(async (signed) => signedRoutes(signed, services, { dictionary, profiles }));
}

/** Calls of other systems: no cookie, a signature instead. */
function signedRoutes(
  app: FastifyInstance,
  services: Services,
  { dictionary, profiles }: Pick<InterfaceParts, 'dictionary' | 'profiles'>,
): void {
  const bodies = new WeakMap<FastifyRequest, Buffer>();
  const callers = new WeakMap<FastifyRequest, CallingSystem>();
  // The bytes as they came are what is signed: they are read before anybody parses them.
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: mostBytes },
    (request, body, done) => {
      bodies.set(request, body as Buffer);
      done(null, undefined);
    },
  );
  app.addHook('preValidation', async (request) => {
    const body = bodies.get(request);
    callers.set(request, await callingSystem(services, request, body ?? bodyless(request)));
    if (body) request.body = parsed(body);
  });
  const callerOf = (request: FastifyRequest): CallingSystem => {
    const system = callers.get(request);
    if (!system) throw new Problem('signature-refused');
    return system;
  };

  app.post(
    '/gather/:source',
    {
      bodyLimit: mostBytes,
      schema: {
        operationId: 'handInRows',
        summary: 'Hand rows in, as a department’s system; signed (docs/interface.md)',
        tags,
        security,
        params: SourceParams,
        headers: WritingHeaders,
        body: HandIn,
        response: {
          202: HandedInAnswer,
          ...refusals('signature-refused', 'forbidden', 'conflict', 'key-reused', 'too-large'),
        },
      },
    },
    async (request, reply) => {
      const system = callerOf(request);
      const { source } = request.params as Static<typeof SourceParams>;
      await requireSource(services, request, system, source);
      const body = bodies.get(request) ?? Buffer.alloc(0);
      const desk = { dictionary, profiles };
      const key = idempotencyKeyOf(request);
      const answer = await handIn(services, desk, system, request.body as HandIn, body, key);
      return reply.code(202).header('location', answer.address).send(answer);
    },
  );

  app.get(
    '/gather/:source/batches/:id',
    {
      schema: {
        operationId: 'getHandedIn',
        summary: 'How a batch stands that the system handed in, and its rows not taken; signed',
        tags,
        security,
        params: BatchParams,
        querystring: NotTakenQuery,
        response: { 200: BatchStatus, ...refusals('signature-refused', 'forbidden', 'not-found') },
      },
    },
    async (request) => {
      const system = callerOf(request);
      const { source, id } = request.params as Static<typeof BatchParams>;
      const { after = 0 } = request.query as Static<typeof NotTakenQuery>;
      await requireSource(services, request, system, source);
      const language = languageOf(request.headers['accept-language']);
      return services.database.asSystem(system.id, (tx) =>
        statusOf(tx, source, id, after, language),
      );
    },
  );

  app.get(
    '/changes',
    {
      schema: {
        operationId: 'listChanges',
        summary:
          'What changed in the archive, as far as the system’s subscription names it; signed',
        tags,
        security,
        querystring: ChangesQuery,
        response: { 200: Changes, ...refusals('signature-refused', 'bad-cursor', 'cursor-gone') },
      },
    },
    async (request) => {
      const system = callerOf(request);
      const { cursor, limit = 200 } = request.query as Static<typeof ChangesQuery>;
      return services.database.asSystem(system.id, async (tx) => {
        const now = services.clock();
        const isMore = await sealChanges(tx, now);
        const desk = { dictionary, vault: services.vault };
        const after = await afterOf(tx, cursor, now);
        const page = await readChanges(tx, desk, after, limit, now);
        return {
          items: page.items,
          next: cursorOf({ n: page.upto, at: secondsOf(now) }),
          more: isMore || !page.isAll,
        };
      });
    },
  );
}

/** @throws Problem bad-cursor, cursor-gone */
async function afterOf(tx: Queries, cursor: string | undefined, now: Date): Promise<number> {
  if (cursor === undefined) return 0;
  return cursor === 'now' ? newestChange(tx) : placeOf(cursor, now).n;
}

/** A writing call has a body, be it of no bytes: its digest must be signed all the same. */
const bodyless = ({ method }: FastifyRequest): Buffer | undefined =>
  method === 'GET' || method === 'HEAD' ? undefined : Buffer.alloc(0);

/** @throws Problem bad-request */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new Problem('bad-request', {
      detail: { zh: '请求正文不是有效的 JSON（UTF-8）', en: 'The body is not valid JSON in UTF-8' },
    });
  }
}
