import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { languageOf, Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { idempotencyKeyOf } from '../../../server/http/writing.ts';
import { dayExists } from '../../archive/rules/day.ts';
import { acting } from '../../identity/gatekeeper.ts';
import {
  BatchList,
  BatchParams,
  BatchQuery,
  BatchStarted,
  BatchView,
  Reasons,
  StartBatch,
} from '../contract.ts';
import { batchInSight, lineOf, linkedBy, listBatches, viewOf } from './batches.ts';
import { fileOf } from './files.ts';
import { requireFit } from './look.ts';
import { requireProfile } from './profiles.ts';
import { reasonsOf } from './reasons.ts';
import type { DeskServices } from './services.ts';
import { continueBatch, startBatch, undoBatch } from './start.ts';

const tags = ['gather'];

/** Batches: listed, looked at, started, gone on with, undone. */
export function batchRoutes(app: FastifyInstance, services: DeskServices): void {
  listRoute(app, services);
  showRoutes(app, services);
  startRoute(app, services);
  actRoutes(app, services);
}

function listRoute(
  app: FastifyInstance,
  { database, sessions, cursors, shipped }: DeskServices,
): void {
  app.get(
    '/gather/batches',
    {
      schema: {
        operationId: 'listBatches',
        summary:
          'Batches of one’s own department, newest first; for the system administrator of all, as counts',
        tags,
        querystring: BatchQuery,
        response: { 200: BatchList, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'batches', async (actor) => {
        const { source, state, cursor, limit = 20 } = request.query as Static<typeof BatchQuery>;
        const before =
          cursor === undefined ? undefined : Number(cursors.read('batches', cursor)[0]);
        const rows = await database.withActor(actor, (tx) =>
          listBatches(tx, { source, state, before, limit }),
        );
        const last = rows.at(-1);
        const language = languageOf(request.headers['accept-language']);
        return {
          items: rows.map((row) => lineOf(row, { language, shipped })),
          next: last && rows.length === limit ? cursors.write('batches', [last.number]) : null,
          total: null,
        };
      }),
  );
}

function showRoutes(app: FastifyInstance, { database, sessions, shipped }: DeskServices): void {
  app.get(
    '/gather/batches/:number',
    {
      schema: {
        operationId: 'getBatch',
        summary: 'One batch: its counts, how far each step is, and what may be asked of it',
        tags,
        params: BatchParams,
        response: { 200: BatchView, ...refusals('not-found') },
      },
    },
    (request) =>
      acting(sessions, request, 'batches', async (actor): Promise<BatchView> => {
        const { number } = request.params as Static<typeof BatchParams>;
        return database.withActor(actor, async (tx) => {
          const row = await batchInSight(tx, number);
          const linked = row.state === 'matching' ? await linkedBy(tx, number) : row.linked;
          const language = languageOf(request.headers['accept-language']);
          return viewOf(row, {
            language,
            shipped,
            now: actor.now,
            linked,
            takes: actor.admin === null,
          });
        });
      }),
  );

  app.get(
    '/gather/batches/:number/reasons',
    {
      schema: {
        operationId: 'listBatchReasons',
        summary: 'Why rows of a batch were set aside and cells not taken, with counts; no content',
        tags,
        params: BatchParams,
        response: { 200: Reasons, ...refusals('not-found') },
      },
    },
    (request) =>
      acting(sessions, request, 'batches', async (actor) => {
        const { number } = request.params as Static<typeof BatchParams>;
        const language = languageOf(request.headers['accept-language']);
        return database.withActor(actor, async (tx) => {
          await batchInSight(tx, number);
          return reasonsOf(tx, number, language);
        });
      }),
  );
}

function startRoute(app: FastifyInstance, services: DeskServices): void {
  const { database, sessions, files, shipped, dictionary, write } = services;
  app.post(
    '/gather/batches',
    {
      schema: {
        operationId: 'gatherFile',
        summary: 'Gather a file that was handed in by a profile whose header it has; on record',
        tags,
        headers: WritingHeaders,
        body: StartBatch,
        response: { 202: BatchStarted, ...refusals('not-found', 'conflict') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'gather', async (actor) => {
        const {
          file: id,
          profile: name,
          day = actor.day,
        } = request.body as Static<typeof StartBatch>;
        idempotencyKeyOf(request);
        requireDay(day, actor.day);
        const found = await database.withActor(actor, async (tx) => {
          const file = await fileOf(tx, id).catch(absent);
          if (!file) return undefined;
          const { source } = file;
          return { file, profile: await requireProfile(tx, shipped, dictionary, { name, source }) };
        });
        if (found) await requireFit(files, found.file, found.profile);
        return write(request, reply, actor, async (tx) => {
          // A replay finds the file gone: it is answered before this is reached.
          if (!found) throw new Problem('not-found');
          const body = await startBatch(tx, services, {
            ...found,
            file: await fileOf(tx, id),
            day,
          });
          return { status: 202, body, location: `/api/v1/gather/batches/${body.number}` };
        });
      }),
  );
}

/** A file that is not there may have been gathered by the very call that is repeated. */
function absent(error: unknown): undefined {
  if (error instanceof Problem && error.key === 'not-found') return undefined;
  throw error;
}

function requireDay(day: string, today: string): void {
  if (dayExists(day) && day <= today) return;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'day',
        code: 'future',
        message: {
          zh: '文件日期：应为不晚于今天的日期',
          en: 'day: must be a day, today or before',
        },
      },
    ],
  });
}

const acts = [
  [
    'continuation',
    'continueBatch',
    'gather',
    'Go on with a batch whose job has stopped',
    continueBatch,
  ],
  [
    'undoing',
    'undoBatch',
    'batches',
    'Take back all that a batch wrote, by a job; on record',
    undoBatch,
  ],
] as const;

function actRoutes(app: FastifyInstance, services: DeskServices): void {
  const { sessions, write } = services;
  for (const [path, operationId, need, summary, act] of acts)
    app.post(
      `/gather/batches/:number/${path}`,
      {
        schema: {
          operationId,
          summary,
          tags,
          params: BatchParams,
          headers: WritingHeaders,
          response: { 202: BatchStarted, ...refusals('not-found', 'conflict') },
        },
      },
      (request, reply) =>
        acting(sessions, request, need, (actor) =>
          write(request, reply, actor, async (tx) => {
            const { number } = request.params as Static<typeof BatchParams>;
            const body = await act(tx, services, number);
            return { status: 202, body, location: `/api/v1/jobs/${body.job}` };
          }),
        ),
    );
}
