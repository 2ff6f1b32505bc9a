import type pg from 'pg';
import { Value } from 'typebox/value';
import { withClient } from '../../../server/database/connect.ts';
import { type Sql, sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import { AreaFileError } from '../import.ts';
import { ShapeFile } from './contract.ts';
import { checkShapes, shapeValues } from './store.ts';

const everywhere = { lo: 0, hi: 1e15 };

/**
 * Takes in a GeoJSON file of shapes as the owner, all of it or nothing.
 * @param text the file
 * @param now from when the shapes are in force
 * @returns how many shapes, and how many of them replaced one
 * @throws AreaFileError naming the feature and the place of each fault
 */
export async function importShapes(
  owner: pg.ClientConfig,
  text: string,
  now: Date,
): Promise<{ read: number; replaced: number }> {
  const file = fileOf(text);
  return withClient(owner, async (client) => {
    const tx = queriesOn(client);
    await client.query('begin');
    try {
      const rows = await checkShapes(tx, file, everywhere);
      const faults = rows.flatMap(({ row, code, faults: own }) =>
        own.map(
          ({ message }) => `第 ${row} 个 #${row} ${code ?? ''}：${message.zh} · ${message.en}`,
        ),
      );
      if (faults.length > 0) throw new AreaFileError(faults.slice(0, 20));
      for (const { code, rings } of rows)
        if (code !== null && rings)
          await tx.first(sql`select area_shape_put(${shapeValues(code, rings)}, ${now})`);
      await client.query('commit');
      return { read: rows.length, replaced: rows.filter(({ replaces }) => replaces).length };
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  });
}

function fileOf(text: string): ShapeFile {
  let read: unknown;
  try {
    read = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new AreaFileError(['不是 JSON 文件 · this is no JSON file']);
  }
  if (Value.Check(ShapeFile, read)) return read;
  throw new AreaFileError([
    '须为 GeoJSON 的 FeatureCollection，至多 2000 个要素 · must be a GeoJSON FeatureCollection of at most 2000 features',
  ]);
}

function queriesOn(client: pg.Client): Queries {
  const run = ({ text, values }: Sql): Promise<pg.QueryResult> =>
    client.query(text, values as unknown[]);
  return {
    rows: async (statement) => (await run(statement)).rows,
    first: async (statement) => (await run(statement)).rows[0],
    count: async (statement) => (await run(statement)).rowCount ?? 0,
  };
}
