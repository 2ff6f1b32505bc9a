import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Tx } from '../../../server/database/actor.ts';
import { sql } from '../../../server/database/sql.ts';
import { type Language, languageOf, Problem } from '../../../server/errors.ts';
import { refusals, WritingHeaders } from '../../../server/http/described.ts';
import { record } from '../../audit/queries.ts';
import { acting } from '../../identity/gatekeeper.ts';
import type { Services } from '../../identity/services.ts';
import { AreaCode } from '../contract.ts';
import { AreaShape, ShapeFile, ShapeRow } from './contract.ts';
import { hectares, squareMetres } from './rules.ts';
import { type CheckedRow, checkShapes, shapesUnder, shapeValues } from './store.ts';

const tags = ['areas'];
const notInCharge = '42501';

function viewOf(
  { rings, faults, ...row }: CheckedRow,
  language: Language,
): Static<typeof ShapeRow> {
  return {
    ...row,
    hectares: rings && hectares(squareMetres(rings)),
    faults: faults.map(({ message, ...fault }) => ({ ...fault, message: message[language] })),
  };
}

/** Checks a file for the acting post. */
async function checked(tx: Tx, file: ShapeFile): Promise<CheckedRow[]> {
  const { post } = tx.actor;
  if (!post) throw new Problem('no-post');
  return checkShapes(tx, file, post);
}

/** @throws Problem invalid naming each fault by the number of its feature; forbidden */
async function putShapes(tx: Tx, rows: readonly CheckedRow[]): Promise<void> {
  const errors = rows.flatMap(({ row, faults }) =>
    faults.map(({ code, message }) => ({ field: `features[${row - 1}]`, code, message })),
  );
  if (errors.length > 0) throw new Problem('invalid', { errors });
  for (const { code, rings } of rows) {
    if (code === null || rings === null) continue;
    try {
      await tx.first(sql`select gate_area_shape(${shapeValues(code, rings)}, ${tx.actor.now})`);
    } catch (error) {
      if ((error as { code?: string }).code !== notInCharge) throw error;
      throw new Problem('forbidden');
    }
    await record(tx, {
      action: 'change_area',
      area: Number(code) * 10 ** (15 - code.length),
      detail: `shape ${code}`,
    });
  }
}

/** The shapes of areas: drawn, checked, taken in from a file. */
export function areaShapeRoutes(
  app: FastifyInstance,
  { database, sessions, write, tiles }: Services,
): void {
  app.get(
    '/areas/shapes',
    {
      schema: {
        operationId: 'listAreaShapes',
        summary: 'The shapes of an area and of those right under it, with kept counts',
        tags,
        querystring: Type.Object({ area: AreaCode }),
        response: {
          200: Type.Object({
            items: Type.Array(AreaShape),
            tiles: Type.Union([Type.String(), Type.Null()], {
              description: 'Address of the county’s own raster tiles; null for a plain ground',
            }),
          }),
        },
      },
    },
    (request) =>
      acting(sessions, request, 'signed-in', async (actor) => {
        const { area } = request.query as { area: string };
        const { items } = await database.readTogether(actor, (tx) => ({
          items: shapesUnder(tx, area),
        }));
        return { items, tiles };
      }),
  );

  app.post(
    '/areas/shapes/check',
    {
      schema: {
        operationId: 'checkAreaShapes',
        summary:
          'What is wrong with shapes, row by row and with the place of each fault; nothing is kept',
        tags,
        body: ShapeFile,
        response: { 200: Type.Object({ rows: Type.Array(ShapeRow) }) },
      },
    },
    (request: FastifyRequest) =>
      acting(sessions, request, 'areas', (actor) =>
        database.withActor(actor, async (tx) => {
          const language = languageOf(request.headers['accept-language']);
          const rows = await checked(tx, request.body as ShapeFile);
          return { rows: rows.map((row) => viewOf(row, language)) };
        }),
      ),
  );

  app.put(
    '/areas/shapes',
    {
      schema: {
        operationId: 'putAreaShapes',
        summary: 'Put shapes in force: all of them, or none when one has a fault',
        tags,
        headers: WritingHeaders,
        body: ShapeFile,
        response: { 204: Type.Null(), ...refusals('invalid') },
      },
    },
    (request, reply) =>
      acting(sessions, request, 'areas', (actor) =>
        write(request, reply, actor, async (tx) => {
          await putShapes(tx, await checked(tx, request.body as ShapeFile));
          return { status: 204 };
        }),
      ),
  );
}
