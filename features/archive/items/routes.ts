import type { FastifyInstance } from 'fastify';
import type { Static } from 'typebox';
import { binary, EditingHeaders, refusals } from '../../../server/http/described.ts';
import { sendFile } from '../../../server/http/send-file.ts';
import { versionOf } from '../../../server/http/writing.ts';
import { xlsxType } from '../../../server/spreadsheet/taken.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { ArchiveServices } from '../routes/archive-services.ts';
import { changeItem, changeTable, checkItem, importItems } from './change.ts';
import { codeUses } from './code-uses.ts';
import {
  Changed,
  ChangeItem,
  ChangeTable,
  CheckItem,
  CodeUses,
  County,
  CountyItems,
  ItemFigures,
  ItemHistory,
  ItemHistoryQuery,
  ItemParams,
  ItemsExport,
  ItemsImport,
  TableParams,
  TakeItems,
} from './contract.ts';
import { exported } from './exchange.ts';
import { takeItems } from './sheet.ts';
import { historyOf, servedCounty } from './store.ts';
import { viewOf } from './view.ts';

const tags = ['items'];
const path = '/areas/:code/items';

/** A county's own items: its system administrator's, who sees definitions and figures and no value of anybody. */
export function itemRoutes(app: FastifyInstance, services: ArchiveServices): void {
  readingRoutes(app, services);
  usesRoute(app, services);
  sheetRoute(app, services);
  writingRoutes(app, services);
}

function readingRoutes(
  app: FastifyInstance,
  { database, sessions, dictionaries, jobs }: ArchiveServices,
): void {
  const { pack } = dictionaries;
  app.get(
    path,
    {
      schema: {
        operationId: 'getCountyItems',
        summary: 'The items and code tables of a county, and what it changed of the pack',
        tags,
        params: County,
        response: { 200: CountyItems },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, async (tx) => {
          const county = await servedCounty(tx, (request.params as Static<typeof County>).code);
          const { version, dictionary } = await dictionaries.defined(tx, county.county);
          reply.header('etag', `"${version}"`);
          return viewOf(pack, dictionary, county, version);
        }),
      ),
  );

  app.post(
    `${path}/check`,
    {
      schema: {
        operationId: 'checkCountyItem',
        summary: 'What a change of an item would touch, in figures; writes nothing',
        tags,
        params: County,
        body: CheckItem,
        response: { 200: ItemFigures },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) => {
        const { category, definition } = request.body as Static<typeof CheckItem>;
        const { code } = request.params as Static<typeof County>;
        return database.withActor(actor, (tx) =>
          checkItem(tx, { dictionaries, jobs }, code, category, definition),
        );
      }),
  );

  app.get(
    `${path}/history`,
    {
      schema: {
        operationId: 'getItemHistory',
        summary:
          'The changes of an item, or without a category of a code table: what, who, when, why',
        tags,
        params: County,
        querystring: ItemHistoryQuery,
        response: { 200: ItemHistory },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, async (tx) => {
          const { county } = await servedCounty(tx, (request.params as Static<typeof County>).code);
          const { category, key } = request.query as Static<typeof ItemHistoryQuery>;
          return { items: await historyOf(tx, county, category, key) };
        }),
      ),
  );

  app.get(
    `${path}/export`,
    {
      schema: {
        operationId: 'exportCountyItems',
        summary: 'What the county added or changed, to hand on to another',
        tags,
        params: County,
        response: { 200: ItemsExport },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, async (tx) => {
          const { county } = await servedCounty(tx, (request.params as Static<typeof County>).code);
          const { dictionary } = await dictionaries.defined(tx, county);
          return { yaml: exported(pack, dictionary) };
        }),
      ),
  );
}

function usesRoute(
  app: FastifyInstance,
  { database, sessions, dictionaries }: ArchiveServices,
): void {
  app.get(
    '/areas/:code/code-tables/:name/uses',
    {
      schema: {
        operationId: 'countCodeUses',
        summary:
          'In how many records of the county each code of a table stands; small counts are not told',
        tags,
        params: TableParams,
        response: { 200: CodeUses },
      },
    },
    (request) =>
      acting(sessions, request, 'system', (actor) =>
        database.withActor(actor, async (tx) => {
          const { code, name } = request.params as Static<typeof TableParams>;
          const { county } = await servedCounty(tx, code);
          const { dictionary } = await dictionaries.defined(tx, county);
          return codeUses(tx, county, dictionary, name);
        }),
      ),
  );
}

function sheetRoute(
  app: FastifyInstance,
  { database, sessions, dictionaries }: ArchiveServices,
): void {
  app.post(
    `${path}/sheet`,
    {
      schema: {
        operationId: 'exportItemSheet',
        summary:
          'The items, code tables and changes of a county as Excel; definitions only. On record, with the reason',
        tags,
        params: County,
        body: TakeItems,
        response: { 200: binary(xlsxType, 'The workbook') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'system', async (actor, session) => {
        const { reason } = request.body as Static<typeof TakeItems>;
        const file = await database.withActor(actor, async (tx) => {
          const county = await servedCounty(tx, (request.params as Static<typeof County>).code);
          const { dictionary: defined } = await dictionaries.defined(tx, county.county);
          return takeItems(tx, session, { pack: dictionaries.pack, defined, county, reason });
        });
        return sendFile(reply, xlsxType, `档案项目-${actor.day}.xlsx`, file);
      }),
  );
}

function writingRoutes(
  app: FastifyInstance,
  { sessions, dictionaries, jobs, write }: ArchiveServices,
): void {
  const desk = { dictionaries, jobs };
  const response = { 200: Changed, ...refusals('lost-update', 'version-needed') };

  app.put(
    `${path}/:category/:key`,
    {
      schema: {
        operationId: 'changeCountyItem',
        summary:
          'Add, change, retire an item of the county, or go back to the pack; in force at once',
        tags,
        headers: EditingHeaders,
        params: ItemParams,
        body: ChangeItem,
        response,
      },
    },
    (request, reply) =>
      acting(sessions, request, 'system', (actor, { name }) => {
        const { code, category, key } = request.params as Static<typeof ItemParams>;
        const { definition, reason } = request.body as Static<typeof ChangeItem>;
        const act = { code, name, reason, version: versionOf(request) };
        return write(request, reply, actor, async (tx) => {
          const body = await changeItem(tx, desk, act, category, key, definition);
          return { status: 200, body, version: body.version };
        });
      }),
  );

  app.put(
    '/areas/:code/code-tables/:name',
    {
      schema: {
        operationId: 'changeCountyTable',
        summary:
          'Add, rename, order, retire the codes of a table that is no standard’s; in force at once',
        tags,
        headers: EditingHeaders,
        params: TableParams,
        body: ChangeTable,
        response,
      },
    },
    (request, reply) =>
      acting(sessions, request, 'system', (actor, { name: by }) => {
        const { code, name } = request.params as Static<typeof TableParams>;
        const { codes, reason } = request.body as Static<typeof ChangeTable>;
        const act = { code, name: by, reason, version: versionOf(request) };
        return write(request, reply, actor, async (tx) => {
          const body = await changeTable(tx, desk, act, name, codes);
          return { status: 200, body, version: body.version };
        });
      }),
  );

  app.post(
    `${path}/import`,
    {
      schema: {
        operationId: 'importCountyItems',
        summary: 'Take over the items of another county, all or none; faults are told by line',
        tags,
        headers: EditingHeaders,
        params: County,
        body: ItemsImport,
        response,
      },
    },
    (request, reply) =>
      acting(sessions, request, 'system', (actor, { name }) => {
        const { code } = request.params as Static<typeof County>;
        const { yaml, reason } = request.body as Static<typeof ItemsImport>;
        const act = { code, name, reason, version: versionOf(request) };
        return write(request, reply, actor, async (tx) => {
          const body = await importItems(tx, desk, act, yaml);
          return { status: 200, body, version: body.version };
        });
      }),
  );
}
