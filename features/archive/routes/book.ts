import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { refusals } from '../../../server/http/described.ts';
import { AreaBook, AreaCode } from '../../area/contract.ts';
import { rangeOf } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { bookOf } from '../book.ts';
import type { ArchiveServices } from './archive-services.ts';

const Params = Type.Object({ code: AreaCode });

/** 一村一册 */
export function bookRoutes(app: FastifyInstance, { database, sessions }: ArchiveServices): void {
  app.get(
    '/areas/:code/book',
    {
      schema: {
        operationId: 'getAreaBook',
        summary: 'The book of an area: counts, ages, parts, tags, gaps',
        tags: ['areas'],
        params: Params,
        response: { 200: AreaBook, ...refusals('outside-scope') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', (actor) =>
        database.withActor(actor, async (tx) => {
          const { code } = request.params as Static<typeof Params>;
          const book = await bookOf(tx, code);
          await record(tx, {
            action: 'open_book',
            category: 'area',
            item: code,
            area: rangeOf(code).lo,
          });
          return book;
        }),
      ),
  );
}
