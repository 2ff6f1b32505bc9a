import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { recordOpening } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { CategoryShape } from '../categories.ts';
import { changesOf } from '../changes.ts';
import { type Change, ChangePage, FileQuery } from '../contract.ts';
import { needsPurpose, requirePurpose } from '../file.ts';
import { type ArchiveServices, IdParams, singular } from './archive-services.ts';

type Entries = Static<typeof Change>[];

const Query = Type.Intersect([
  FileQuery,
  Type.Object({
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  }),
]);

/** The history of a record. */
export function changeRoutes(
  app: FastifyInstance,
  { database, sessions, cursors, dictionary }: ArchiveServices,
  shape: CategoryShape,
): void {
  app.get(
    `${shape.path}/:id/changes`,
    {
      schema: {
        operationId: `list${singular(shape.key)}Changes`,
        summary: 'What changed, newest first',
        tags: ['archive'],
        params: IdParams,
        querystring: Query,
        response: { 200: ChangePage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { cursor, limit = 20, purpose } = request.query as Static<typeof Query>;
        const before =
          cursor === undefined
            ? undefined
            : String(cursors.read(`${shape.path}/changes`, cursor)[0]);
        if (needsPurpose(actor)) requirePurpose(dictionary, purpose);
        const { items, looked } = await database.readTogether<{ items: Entries; looked: number }>(
          actor,
          (tx) => ({
            items: changesOf(tx, shape, id, before, limit),
            looked: recordOpening(tx, shape.key, id, purpose, 'open_changes'),
          }),
          { subjects: [id] },
        );
        if (looked === 0) throw new Problem('not-found');
        const last = items.at(-1);
        return {
          items,
          next:
            last && items.length === limit
              ? cursors.write(`${shape.path}/changes`, [last.id])
              : null,
          total: null,
        };
      }),
  );
}
