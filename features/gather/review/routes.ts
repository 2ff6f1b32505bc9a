import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import type { Actor, Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { Problem } from '../../../server/errors.ts';
import { EditingHeaders, refusals } from '../../../server/http/described.ts';
import { idempotencyKeyOf, versionOf } from '../../../server/http/writing.ts';
import { wake } from '../../../server/jobs/start.ts';
import type { Dictionary } from '../../archive/dictionary.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import {
  Decided,
  Decision,
  Lineage,
  LineageQuery,
  QueuePage,
  QueueQuery,
  ReviewRow,
  RowParams,
  TakenApart,
  WaitingList,
} from './contract.ts';
import { type DecideDesk, decideRow, takeApart } from './decide.ts';
import { decisionsKind } from './job.ts';
import { decidesRows, lineageOf } from './lineage.ts';
import { queueOf, waitingRows } from './queue.ts';
import { showRow } from './shown.ts';

const tags = ['gather'];

/** Rows that an official decides about, and where gathered values come from. */
export function reviewRoutes(
  app: FastifyInstance,
  services: Services,
  dictionary: Dictionary,
): void {
  waitingRoute(app, services);
  queueRoute(app, services);
  rowRoute(app, services, dictionary);
  decisionRoute(app, services);
  apartRoute(app, services);
  lineageRoute(app, services);
}

/** @throws Problem forbidden */
function needDeciding(actor: Actor): void {
  if (!decidesRows(actor)) throw new Problem('forbidden');
}

const rowOf = (request: FastifyRequest): RowParams => request.params as RowParams;

function waitingRoute(app: FastifyInstance, { database, sessions }: Services): void {
  app.get(
    '/gather/review/figures',
    {
      schema: {
        operationId: 'countWaitingRows',
        summary:
          'How many rows wait within the post, by source; a department’s officer sees the figures of its own rows',
        tags,
        response: { 200: WaitingList },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor): Promise<Static<typeof WaitingList>> => {
        const items = await database.withActor(actor, waitingRows);
        const sum = (key: 'waiting' | 'later') => items.reduce((n, one) => n + one[key], 0);
        return {
          items,
          waiting: sum('waiting'),
          later: sum('later'),
          decides: decidesRows(actor),
        };
      }),
  );
}

function queueRoute(app: FastifyInstance, { database, sessions, cursors }: Services): void {
  app.get(
    '/gather/review',
    {
      schema: {
        operationId: 'listWaitingRows',
        summary: 'Rows of departments’ files that wait for an official, the earliest batch first',
        tags,
        querystring: QueueQuery,
        response: { 200: QueuePage },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', (actor) => {
        needDeciding(actor);
        return database.withActor(actor, (tx) => queueOf(tx, cursors, request.query as QueueQuery));
      }),
  );
}

function rowRoute(
  app: FastifyInstance,
  { database, sessions, vault }: Services,
  dictionary: Dictionary,
): void {
  app.get(
    '/gather/rows/:batch/:n',
    {
      schema: {
        operationId: 'getGatheredRow',
        summary: 'A row beside those it may mean, with what each field said; on record as a look',
        tags,
        params: RowParams,
        response: { 200: ReviewRow },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor) => {
        needDeciding(actor);
        const row = await database.withActor(actor, (tx) =>
          showRow(tx, { dictionary, vault }, rowOf(request)),
        );
        reply.header('etag', `"${row.version}"`);
        return row;
      }),
  );
}

function decisionRoute(app: FastifyInstance, services: Services): void {
  const { sessions, write } = services;
  app.post(
    '/gather/rows/:batch/:n/decision',
    {
      schema: {
        operationId: 'decideRow',
        summary: 'Say whom a row means: a resident, nobody, or later; If-Match holds its version',
        tags,
        params: RowParams,
        headers: EditingHeaders,
        body: Decision,
        response: {
          200: Decided,
          ...refusals('outside-scope', 'conflict', 'lost-update', 'version-needed'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        needDeciding(actor);
        idempotencyKeyOf(request);
        const seen = { ...rowOf(request), version: versionOf(request) };
        return write(request, reply, actor, async (tx) => {
          const body = await decideRow(tx, deskOf(services), seen, request.body as Decision);
          return { status: 200, body, version: body.version };
        });
      }),
  );
}

function apartRoute(app: FastifyInstance, services: Services): void {
  const { sessions, write } = services;
  app.post(
    '/gather/rows/:batch/:n/separation',
    {
      schema: {
        operationId: 'takeRowApart',
        summary: 'Take a wrong link apart: what the row wrote is taken back, and it goes elsewhere',
        tags,
        params: RowParams,
        headers: EditingHeaders,
        body: TakenApart,
        response: {
          200: Decided,
          ...refusals('outside-scope', 'conflict', 'lost-update', 'version-needed'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', (actor) => {
        needDeciding(actor);
        idempotencyKeyOf(request);
        const seen = { ...rowOf(request), version: versionOf(request) };
        return write(request, reply, actor, async (tx) => {
          const body = await takeApart(tx, deskOf(services), seen, request.body as TakenApart);
          return { status: 200, body, version: body.version };
        });
      }),
  );
}

function lineageRoute(app: FastifyInstance, { database, sessions }: Services): void {
  app.get(
    '/gather/lineage',
    {
      schema: {
        operationId: 'getLineage',
        summary: 'From which files and rows the values of a record came, and how they were linked',
        tags,
        querystring: LineageQuery,
        response: { 200: Lineage },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => ({
        items: await database.withActor(actor, (tx) =>
          lineageOf(tx, request.query as LineageQuery),
        ),
      })),
  );
}

function deskOf({ vault, jobs }: Services): DecideDesk {
  return {
    vault,
    async startJob(tx: Tx): Promise<string> {
      const kind = jobs.registry.kinds.get(decisionsKind);
      if (!kind) throw new Error(`${decisionsKind} is not registered`);
      // One that has not begun takes this act along: held here, no worker begins it before the act is there.
      const queued = await tx.first(sql<{ id: string }>`
        select id from job where kind = ${decisionsKind} and state = 'queued' and account = ${tx.actor.account}
           and post = ${tx.actor.post?.id ?? null} limit 1 for update skip locked`);
      if (!queued) return jobs.start(tx, kind, {});
      await wake(tx);
      return queued.id;
    },
  };
}
