import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { languageOf } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { acting, gathersAs } from '../../identity/gatekeeper.ts';
import { Quality, QualityQuery } from '../contract.ts';
import { qualityOf } from './quality.ts';
import type { DeskServices } from './services.ts';

/** How good the departments' data is, as figures of an area. */
export function qualityRoutes(app: FastifyInstance, { database, sessions }: DeskServices): void {
  app.get(
    '/gather/quality',
    {
      schema: {
        operationId: 'getGatherQuality',
        summary:
          'By source: how full and how fresh its items are, what was not taken, not found, asked; of an area and those under it. Figures alone',
        tags: ['gather'],
        querystring: QualityQuery,
        response: { 200: Quality, ...refusals('outside-scope') },
      },
    },
    (request) =>
      acting(sessions, request, 'quality', (actor) => {
        const { area } = request.query as Static<typeof QualityQuery>;
        const language = languageOf(request.headers['accept-language']);
        const batchesOpen = gathersAs('batches', actor.post?.role);
        return database.withActor(actor, (tx) => qualityOf(tx, { area, language, batchesOpen }));
      }),
  );
}
