import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { type Language, languageOf } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { categories, type Dictionary } from '../../archive/dictionary.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import type { Profile } from '../rows.ts';
import {
  Deliveries,
  MadeSystem,
  NewSecret,
  NewSystem,
  Offer,
  Replay,
  Rotate,
  System,
  SystemParams,
  Systems,
  Webhook,
  Withdraw,
} from './contract.ts';
import type { Networks } from './deliver/address.ts';
import { readDeliveries } from './deliveries.ts';
import {
  addSystem,
  readSystem,
  readSystems,
  replayFrom,
  rotateSecret,
  type SystemDesk,
  setWebhook,
  withdrawSystem,
} from './systems.ts';

const tags = ['gather'];

/** Other systems of departments, made and withdrawn by the security administrator. */
export function systemAdministration(
  app: FastifyInstance,
  services: Services,
  dictionary: Dictionary,
  profiles: () => readonly Profile[],
  networks: Networks,
): void {
  const { sessions, database, write, vault } = services;
  const desk: SystemDesk = { dictionary, vault, networks };

  app.get(
    '/gather/systems',
    {
      schema: {
        operationId: 'listSystems',
        summary: 'Other systems of departments within the area served',
        tags,
        response: { 200: Systems },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) =>
        database.withActor(actor, async (tx) => ({
          items: await readSystems(tx, desk, languageFor(request)),
        })),
      ),
  );

  app.get(
    '/gather/systems/offer',
    {
      schema: {
        operationId: 'getSystemOffer',
        summary: 'Departments and items that a system can be made of',
        tags,
        response: { 200: Offer },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) =>
        database.withActor(actor, async () =>
          offerOf(dictionary, profiles(), languageFor(request)),
        ),
      ),
  );

  app.post(
    '/gather/systems',
    {
      schema: {
        operationId: 'addSystem',
        summary: 'Make a system; its secret is told this once',
        tags,
        headers: WritingHeaders,
        body: NewSystem,
        response: { 201: MadeSystem },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id, secret, lo } = await addSystem(tx, desk, request.body as NewSystem);
          await record(tx, { action: 'add_system', category: 'system', subject: id, area: lo });
          return { status: 201, body: { id, secret }, location: `/api/v1/gather/systems/${id}` };
        }),
      ),
  );

  app.get(
    '/gather/systems/:id',
    {
      schema: {
        operationId: 'getSystemById',
        summary: 'One system',
        tags,
        params: SystemParams,
        response: { 200: System },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) =>
        database.withActor(actor, (tx) =>
          readSystem(tx, desk, idOf(request), languageFor(request)),
        ),
      ),
  );

  app.get(
    '/gather/systems/:id/deliveries',
    {
      schema: {
        operationId: 'listDeliveries',
        summary: 'What was sent to a system and how it answered; nothing of residents',
        tags,
        params: SystemParams,
        response: { 200: Deliveries },
      },
    },
    (request) =>
      acting(sessions, request, 'security', (actor) =>
        database.withActor(actor, async (tx) => {
          await readSystem(tx, desk, idOf(request));
          return { items: await readDeliveries(tx, idOf(request)) };
        }),
      ),
  );

  app.post(
    '/gather/systems/:id/secret',
    {
      schema: {
        operationId: 'rotateSystemSecret',
        summary: 'Give a system another secret; the one before stays good for some days',
        tags,
        params: SystemParams,
        headers: WritingHeaders,
        body: Rotate,
        response: { 201: NewSecret, ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { overlapDays } = request.body as Static<typeof Rotate>;
          const body = await rotateSecret(tx, vault, idOf(request), overlapDays);
          await record(tx, about('rotate_system_secret', request));
          return { status: 201, body };
        }),
      ),
  );

  app.post(
    '/gather/systems/:id/withdraw',
    {
      schema: {
        operationId: 'withdrawSystem',
        summary: 'Withdraw a system, for a reason: at once, and for good',
        tags,
        params: SystemParams,
        headers: WritingHeaders,
        body: Withdraw,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { reason } = request.body as Static<typeof Withdraw>;
          await withdrawSystem(tx, idOf(request), reason);
          await record(tx, { ...about('withdraw_system', request), detail: reason.trim() });
          return { status: 204 };
        }),
      ),
  );

  app.put(
    '/gather/systems/:id/webhook',
    {
      schema: {
        operationId: 'setSystemWebhook',
        summary: 'Set the address to which changes are sent, or take it away',
        tags,
        params: SystemParams,
        headers: WritingHeaders,
        body: Webhook,
        response: { 204: Type.Null(), ...refusals('conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { address } = request.body as Static<typeof Webhook>;
          await setWebhook(tx, desk, idOf(request), address);
          await record(tx, about('set_system_webhook', request));
          return { status: 204 };
        }),
      ),
  );

  app.post(
    '/gather/systems/:id/replay',
    {
      schema: {
        operationId: 'replaySystem',
        summary: 'Send changes again from a cursor, the oldest, or go on from now',
        tags,
        params: SystemParams,
        headers: WritingHeaders,
        body: Replay,
        response: { 204: Type.Null(), ...refusals('conflict', 'cursor-gone') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'security', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { from } = request.body as Static<typeof Replay>;
          await replayFrom(tx, idOf(request), from);
          await record(tx, about('replay_system', request));
          return { status: 204 };
        }),
      ),
  );
}

const languageFor = ({ headers }: FastifyRequest): Language =>
  languageOf(headers['accept-language']);

const idOf = ({ params }: { params: unknown }): string =>
  (params as Static<typeof SystemParams>).id;

const about = (
  action: 'rotate_system_secret' | 'withdraw_system' | 'set_system_webhook' | 'replay_system',
  request: { params: unknown },
) => ({ action, category: 'system', subject: idOf(request) }) as const;

function offerOf(
  dictionary: Dictionary,
  profiles: readonly Profile[],
  language: 'zh' | 'en',
): Offer {
  return {
    sources: dictionary.sources
      .filter(({ key }) => key !== 'resident')
      .map(({ key, label }) => ({
        key,
        label: label[language],
        handsIn: profiles.some(({ source }) => source === key),
      })),
    items: categories.flatMap((category) =>
      dictionary.categories[category].items.map(({ key, label, group }) => ({
        key: `${category}.${key}`,
        label: label[language],
        category,
        group,
      })),
    ),
  };
}
