import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { type LookEntry, LookPage } from '../../audit/contract.ts';
import { looksAt } from '../../audit/looks.ts';
import { recordOpening } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { CategoryShape } from '../categories.ts';
import { FileQuery } from '../contract.ts';
import { needsPurpose, requirePurpose } from '../file.ts';
import { type ArchiveServices, IdParams, singular } from './archive-services.ts';

const Query = Type.Intersect([
  FileQuery,
  Type.Object({
    cursor: Type.Optional(Type.String({ maxLength: 400 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
  }),
]);

/** 谁看过: who opened or changed a record, when, under which post, for what purpose. */
export function lookRoutes(
  app: FastifyInstance,
  { database, sessions, cursors, dictionary }: ArchiveServices,
  shape: CategoryShape,
): void {
  const list = `${shape.path}/looks`;
  app.get(
    `${shape.path}/:id/looks`,
    {
      schema: {
        operationId: `list${singular(shape.key)}Looks`,
        summary: 'Who opened or changed the record, newest first',
        tags: ['archive'],
        params: IdParams,
        querystring: Query,
        response: { 200: LookPage },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const { cursor, limit = 20, purpose } = request.query as Static<typeof Query>;
        const before =
          cursor === undefined ? undefined : (cursors.read(list, cursor) as [string, string]);
        if (needsPurpose(actor)) requirePurpose(dictionary, purpose);
        const { items, looked } = await database.readTogether<{
          items: LookEntry[];
          looked: number;
        }>(actor, (tx) => ({
          items: looksAt(tx, id, before, limit),
          looked: recordOpening(tx, shape.key, id, purpose, 'read_looks'),
        }));
        if (looked === 0) throw new Problem('not-found');
        const last = items.at(-1);
        return {
          items,
          next: last && items.length === limit ? cursors.write(list, [last.at, last.id]) : null,
          total: null,
        };
      }),
  );
}
