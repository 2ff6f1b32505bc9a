import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { AreaCode } from '../../area/contract.ts';
import { within } from '../../area/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { PlacedHousehold } from '../contract.ts';
import { HouseholdPoint, householdPoints, placedHouseholds } from '../points.ts';
import type { ArchiveServices } from './archive-services.ts';

/** A township and what lies in it: wider, points say nothing and cost much. */
const widest = 1_000_000;

/** Households as points on the map. */
export function pointRoutes(app: FastifyInstance, { sessions, database }: ArchiveServices): void {
  app.get(
    '/households/points',
    {
      schema: {
        operationId: 'listHouseholdPoints',
        summary: 'Households with a place on the map, within a township, village or grid',
        tags: ['archive'],
        querystring: Type.Object({ area: AreaCode }),
        response: {
          200: Type.Object({ items: Type.Array(HouseholdPoint) }),
          ...refusals('outside-scope'),
        },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { area } = request.query as { area: string };
        const range = within(actor.scope ?? { lo: 0, hi: 0 }, area);
        if (range.hi - range.lo > widest)
          throw new Problem('invalid', {
            errors: [
              {
                field: 'area',
                code: 'wide',
                message: {
                  zh: '区域：请选择一个乡镇（街道）、村（社区）或网格',
                  en: 'area: choose a township, a village or a grid',
                },
              },
            ],
          });
        return database.readTogether(actor, (tx) => ({ items: householdPoints(tx, range) }));
      }),
  );

  app.get(
    '/households/placed',
    {
      schema: {
        operationId: 'listPlacedHouseholds',
        summary:
          'All households of a grid with building and place: what a split of the grid goes by',
        tags: ['archive'],
        querystring: Type.Object({
          area: Type.String({ pattern: '^\\d{15}$', description: 'Code of a grid' }),
        }),
        response: {
          200: Type.Object({ items: Type.Array(PlacedHousehold) }),
          ...refusals('outside-scope'),
        },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { area } = request.query as { area: string };
        const range = within(actor.scope ?? { lo: 0, hi: 0 }, area);
        return database.readTogether(actor, (tx) => ({ items: placedHouseholds(tx, range) }));
      }),
  );
}
