import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../server/errors.ts';
import { refusals } from '../../server/http/described.ts';
import { acting } from '../identity/gatekeeper.ts';
import type { Services } from '../identity/services.ts';
import { buildingRoutes } from './buildings/routes.ts';
import { areaChangeRoutes } from './changes/routes.ts';
import { AreaCode, AreaName, AreaPage, AreaQuery } from './contract.ts';
import { listAreas, pathTo } from './queries.ts';
import { areaShapeRoutes } from './shapes/routes.ts';

const AreaWithPath = Type.Intersect([AreaName, Type.Object({ path: Type.Array(AreaName) })]);
const Code = Type.Object({ code: AreaCode });

/** The tree of areas, as far as the acting post sees it. */
export function areaRoutes(app: FastifyInstance, services: Services): void {
  const { database, sessions, cursors } = services;
  areaChangeRoutes(app, services);
  areaShapeRoutes(app, services);
  buildingRoutes(app, services);
  app.get(
    '/areas',
    {
      schema: {
        operationId: 'listAreas',
        summary:
          'Areas under a parent, or by name, initials or level; without any of these the post’s own',
        tags: ['areas'],
        querystring: AreaQuery,
        response: { 200: AreaPage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { cursor, limit = 100, ...filter } = request.query as Static<typeof AreaQuery>;
        const after = cursor === undefined ? undefined : String(cursors.read('areas', cursor)[0]);
        const { items } = await database.readTogether(actor, (tx) => ({
          items: listAreas(tx, { ...filter, after, limit }),
        }));
        const last = items.at(-1);
        return {
          items,
          next: last && items.length === limit ? cursors.write('areas', [last.code]) : null,
          total: null,
        };
      }),
  );

  app.get(
    '/areas/:code',
    {
      schema: {
        operationId: 'getArea',
        summary: 'An area and the way down to it',
        tags: ['areas'],
        params: Code,
        response: { 200: AreaWithPath },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { code } = request.params as Static<typeof Code>;
        const { path } = await database.readTogether(actor, (tx) => ({ path: pathTo(tx, code) }));
        const area = path.at(-1);
        if (!area) throw new Problem('not-found');
        return { ...area, path };
      }),
  );
}
