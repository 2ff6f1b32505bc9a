import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { newId } from '../../../server/ids.ts';
import { workbook } from '../../../server/spreadsheet/workbook.ts';
import { within } from '../../area/queries.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import { mostAtOnce, xlsx } from '../export/contract.ts';
import { requirePurpose } from '../file.ts';
import {
  ArrivalPage,
  Cancel,
  DeparturePage,
  Directory,
  DirectoryQuery,
  EventExportQuery,
  EventFilter,
  LifeEventPage,
  NewEvent,
  Prove,
  Refusal,
  Registered,
} from '../life/contract.ts';
import { cancelEvent, residentsOf } from '../life/correct.ts';
import { eventsOf } from '../life/events.ts';
import { arrivals, departures, findVillages, refuseArrival } from '../life/handover.ts';
import { proveEvent } from '../life/prove.ts';
import { registerEvent } from '../life/register.ts';
import { registerSheets, registerWords } from '../life/register-sheet.ts';
import { marksFor } from '../watermark.ts';
import { type ArchiveServices, deskHeld, IdParams } from './archive-services.ts';

const tags = ['life'];
const Paging = Type.Object({
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
});
const EventsQuery = Type.Object({ ...Paging.properties, ...EventFilter.properties });
const first = '00000000-0000-0000-0000-000000000000';
const last = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Acts of life, and files that go from village to village. */
export function lifeRoutes(app: FastifyInstance, services: ArchiveServices): void {
  const { database, sessions, dictionary, dictionaries, write, cursors } = services;

  app.post(
    '/life-events',
    {
      schema: {
        operationId: 'registerLifeEvent',
        summary:
          'Register a birth, death, move, marriage, change of household, head or grid, with its proof',
        tags,
        headers: WritingHeaders,
        body: NewEvent,
        response: { 201: Registered, ...refusals('conflict', 'not-found') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) => {
        const event = request.body as Static<typeof NewEvent>;
        const subjects = [
          ...(event.people?.flatMap(({ resident }) => resident ?? []) ?? []),
          ...(event.head ? [event.head] : []),
        ];
        return write(
          request,
          reply,
          actor,
          async (tx) => ({
            status: 201,
            body: await registerEvent(tx, await deskHeld(services, tx), event),
          }),
          { subjects },
        );
      }),
  );

  app.post(
    '/life-events/:id/cancellation',
    {
      schema: {
        operationId: 'cancelLifeEvent',
        summary: 'Cancel an act of life that was registered by mistake; both stay in the register',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: Cancel,
        response: { 201: Registered, ...refusals('conflict', 'not-found') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', async (actor) => {
        const { id } = request.params as Static<typeof IdParams>;
        const subjects = () => database.withActor(actor, (tx) => residentsOf(tx, id));
        return write(
          request,
          reply,
          actor,
          async (tx) => ({
            status: 201,
            body: await cancelEvent(
              tx,
              await deskHeld(services, tx),
              id,
              request.body as Static<typeof Cancel>,
            ),
          }),
          { subjects },
        );
      }),
  );

  app.post(
    '/life-events/:id/proof',
    {
      schema: {
        operationId: 'proveLifeEvent',
        summary: 'Give an act of life registered without one the document that proves it',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: Prove,
        response: { 204: Type.Null(), ...refusals('conflict', 'not-found') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof IdParams>;
          await proveEvent(tx, id, (request.body as Static<typeof Prove>).document);
          return { status: 204 };
        }),
      ),
  );

  app.get(
    '/life-events',
    {
      schema: {
        operationId: 'listLifeEvents',
        summary: 'The register of acts of life of an area, latest first',
        tags,
        querystring: EventsQuery,
        response: { 200: LifeEventPage, ...refusals('bad-cursor', 'outside-scope') },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { cursor, limit = 20, ...filter } = request.query as Static<typeof EventsQuery>;
        const range = within(actor.scope ?? { lo: 0, hi: 1 }, filter.area);
        const at = cursor === undefined ? undefined : cursors.read('/life-events', cursor);
        const items = await database.withActor(actor, async (tx) => {
          await record(tx, { action: 'open_past' });
          return eventsOf(tx, range, filter, at && [String(at[0]), String(at[1])], limit);
        });
        const end = items.at(-1);
        return {
          items,
          next:
            end && items.length === limit ? cursors.write('/life-events', [end.day, end.id]) : null,
          total: null,
        };
      }),
  );

  app.get(
    '/life-events/export',
    {
      schema: {
        operationId: 'exportLifeEvents',
        summary:
          'The register of acts of life as Excel, up to 5,000; on record, for a purpose. No marriage or divorce is in it',
        tags: ['exports'],
        querystring: EventExportQuery,
        response: {
          200: {
            description: 'The workbook',
            content: { [xlsx]: { schema: { type: 'string', format: 'binary' } } },
          },
          ...refusals('outside-scope'),
        },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'archive', async (actor, session) => {
        const { purpose, ...filter } = request.query as Static<typeof EventExportQuery>;
        requirePurpose(dictionary, purpose);
        const known = await dictionaries.of(actor);
        const marks = marksFor({ actor, session, purpose }, dictionary);
        const entry = newId(actor.now.getTime());
        const { title } = registerWords;
        const file = await database.withActor(
          actor,
          async (tx) => {
            const taking = { filter, purpose, marks, entry, most: mostAtOnce };
            const sheets = await registerSheets(tx, known, taking);
            return Buffer.concat(await Array.fromAsync(workbook(sheets, title)));
          },
          { snapshot: true },
        );
        return sendFile(reply, xlsx, `${title}-${actor.day}.xlsx`, file);
      }),
  );

  app.get(
    '/arrivals',
    {
      schema: {
        operationId: 'listArrivals',
        summary: 'Files from other villages that wait to be taken over',
        tags,
        querystring: Paging,
        response: { 200: ArrivalPage, ...refusals('bad-cursor') },
      },
    },
    (request) => handovers(services, request, { path: '/arrivals', from: first, read: arrivals }),
  );

  app.post(
    '/arrivals/:id/refusal',
    {
      schema: {
        operationId: 'refuseArrival',
        summary: 'The person does not live here: the file stays with the old village',
        tags,
        params: IdParams,
        headers: WritingHeaders,
        body: Refusal,
        response: { 204: Type.Null(), ...refusals('conflict', 'not-found') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'write-files', (actor) =>
        write(request, reply, actor, async (tx) => {
          const { id } = request.params as Static<typeof IdParams>;
          await refuseArrival(tx, id, (request.body as Static<typeof Refusal>).reason);
          return { status: 204 };
        }),
      ),
  );

  app.get(
    '/departures',
    {
      schema: {
        operationId: 'listDepartures',
        summary: 'Files that left for another village, and what became of them',
        tags,
        querystring: Paging,
        response: { 200: DeparturePage, ...refusals('bad-cursor') },
      },
    },
    (request) =>
      handovers(services, request, { path: '/departures', from: last, read: departures }),
  );

  app.get(
    '/areas/directory',
    {
      schema: {
        operationId: 'findVillage',
        summary: 'Villages of the whole installation by name: where somebody moves to',
        tags: ['areas'],
        querystring: DirectoryQuery,
        response: { 200: Directory },
      },
    },
    (request) =>
      acting(sessions, request, 'archive', async (actor) => {
        const { q, limit = 20 } = request.query as Static<typeof DirectoryQuery>;
        return database.withActor(actor, async (tx) => ({
          items: await findVillages(tx, q, limit),
        }));
      }),
  );
}

/** A page of files on their way, in the order of their ids; looking at the list is on record. */
function handovers<Row extends { id: string }>(
  { database, sessions, cursors }: ArchiveServices,
  request: FastifyRequest,
  list: {
    path: string;
    /** Before the first id. */
    from: string;
    read: (tx: Tx, from: string, limit: number) => Promise<Row[]>;
  },
) {
  return acting(sessions, request, 'write-files', async (actor) => {
    const { cursor, limit = 20 } = request.query as Static<typeof Paging>;
    const from = cursor === undefined ? list.from : String(cursors.read(list.path, cursor)[0]);
    const items = await database.withActor(actor, async (tx) => {
      await record(tx, { action: 'list_arrivals' });
      return list.read(tx, from, limit);
    });
    const end = items.at(-1);
    const next = end && items.length === limit ? cursors.write(list.path, [end.id]) : null;
    return { items, next, total: null };
  });
}
