import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { Problem } from '../../../server/errors.ts';
import { refusals } from '../../../server/http/described.ts';
import { AreaCode } from '../../area/contract.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { shapes } from '../categories.ts';
import { needsPurpose, requirePurpose } from '../file.ts';
import { PastBook, PastHousehold, PastList, PastQuery, PastResident } from '../life/contract.ts';
import { pastGroups, pastHousehold, pastResident } from '../life/past.ts';
import { pastBook, pastList } from '../life/past-book.ts';
import { type ArchiveServices, IdParams } from './archive-services.ts';

const tags = ['life'];
const first = '00000000-0000-0000-0000-000000000000';
const CodeParams = Type.Object({ code: AreaCode });
const BookQuery = Type.Object({ on: PastQuery.properties.on });
const ListQuery = Type.Object({
  on: PastQuery.properties.on,
  category: Type.Enum(['resident', 'household']),
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
});

/** What was so on a past day. */
export function pastRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions, dictionary, dictionaries, cursors } = services;
  const files = [
    ['household', 'Household', PastHousehold, pastHousehold],
    ['resident', 'Resident', PastResident, pastResident],
  ] as const;
  for (const [key, name, response, read] of files) {
    app.get(
      `${shapes[key].path}/:id/past`,
      {
        schema: {
          operationId: `get${name}Past`,
          summary:
            'The state at the end of a past day, as known today: values by their as-of dates',
          tags,
          params: IdParams,
          querystring: PastQuery,
          response: { 200: response },
        },
      },
      (request) =>
        acting(sessions, request, 'archive', async (actor) => {
          const { id } = request.params as Static<typeof IdParams>;
          const { on, purpose } = request.query as Static<typeof PastQuery>;
          requirePast(on, actor.day);
          if (needsPurpose(actor)) requirePurpose(dictionary, purpose);
          const underPurpose = needsPurpose(actor);
          const open = underPurpose ? [...actor.open, 'file'] : actor.open;
          const groups = pastGroups(shapes[key], open);
          return database.withActor(
            actor,
            async (tx): Promise<object> =>
              read(tx, await dictionaries.of(actor), groups, id, on, purpose),
            underPurpose ? { subjects: [id] } : {},
          );
        }),
    );
  }

  app.get(
    '/areas/:code/past',
    {
      schema: {
        operationId: 'getAreaPast',
        summary: 'How many lived in a village or township on a past day, and what happened since',
        tags,
        params: CodeParams,
        querystring: BookQuery,
        response: { 200: PastBook, ...refusals('outside-scope') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', (actor) => {
        const { on } = request.query as Static<typeof BookQuery>;
        requirePast(on, actor.day);
        return database.withActor(actor, async (tx) => {
          await record(tx, { action: 'open_book' });
          return pastBook(tx, (request.params as Static<typeof CodeParams>).code, on);
        });
      }),
  );

  app.get(
    '/areas/:code/past/records',
    {
      schema: {
        operationId: 'listAreaPast',
        summary: 'Residents or households of a village on a past day',
        tags,
        params: CodeParams,
        querystring: ListQuery,
        response: { 200: PastList, ...refusals('outside-scope', 'bad-cursor') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { code } = request.params as Static<typeof CodeParams>;
        const { on, category, cursor, limit = 50 } = request.query as Static<typeof ListQuery>;
        requirePast(on, actor.day);
        const after = cursor === undefined ? first : String(cursors.read('/past', cursor)[0]);
        const items = await database.withActor(actor, async (tx) => {
          await record(tx, { action: 'open_book' });
          return pastList(tx, category as 'resident' | 'household', code, on, after, limit);
        });
        const end = items.at(-1);
        return {
          items,
          next: end && items.length === limit ? cursors.write('/past', [end.id]) : null,
          total: null,
        };
      }),
  );
}

/** @throws Problem invalid for a day to come */
function requirePast(on: string, today: string): void {
  if (on <= today) return;
  throw new Problem('invalid', {
    errors: [
      {
        field: 'on',
        code: 'future',
        message: { zh: '日期：不能晚于今天', en: 'on: not after today' },
      },
    ],
  });
}
