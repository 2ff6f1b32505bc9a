import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { sql } from '../../../server/database/sql.ts';
import type { Queries } from '../../../server/database/steward.ts';
import type { Text } from '../../../server/errors.ts';
import { levelOf } from '../queries.ts';
import { type AreaShape, Shape, type ShapeFile } from './contract.ts';
import {
  boxOf,
  type Fault,
  faultsAmong,
  faultsOfShape,
  type Known,
  type Rings,
  ringsOf,
  shapeOf,
  squareMetres,
} from './rules.ts';

interface Place {
  code: string;
  parent: string | null;
  level: number;
  name: string;
  geometry: Static<typeof Shape> | null;
}

interface ShapeRowRead extends Place {
  households: number;
  residents: number;
}

/** The shapes of an area and of those right under it, with kept counts; areas without one too. */
export async function shapesUnder(tx: Queries, code: string): Promise<AreaShape[]> {
  const rows = await tx.rows(sql<ShapeRowRead>`
    select a.code, a.parent, a.level, a.name, s.geometry,
           coalesce(t.households, 0) as households, coalesce(t.residents, 0) as residents
      from area a left join area_shape s on s.code = a.code and s.until is null
      left join lateral (
        select sum(n) filter (where measure = 'household')::int as households,
               sum(n) filter (where measure = 'resident')::int as residents
          from area_tally where county between a.lo / 1000000000 and (a.hi - 1) / 1000000000
           and area >= a.lo and area < a.hi and measure in ('household', 'resident')) t on true
     where a.retired_at is null and (a.code = ${code} or a.parent = ${code}) order by a.level, a.code limit 1000`);
  return rows.map(({ geometry, level, ...row }) => ({
    ...row,
    level: levelOf(level),
    shape: geometry,
  }));
}

/** A feature of a file, checked. */
export interface CheckedRow {
  row: number;
  code: string | null;
  name: string | null;
  replaces: boolean;
  rings: Rings | null;
  faults: Fault[];
}

/**
 * Checks the features of a file one by one and against each other: a shape of the file stands for the one
 * the area has had.
 * @param post the range whose areas may be named
 */
export async function checkShapes(
  tx: Queries,
  file: ShapeFile,
  post: { lo: number; hi: number },
): Promise<CheckedRow[]> {
  const asked = file.features.map(({ properties }, at) => ({
    row: at + 1,
    code: textOf(properties?.code ?? properties?.CODE),
    name: textOf(properties?.name ?? properties?.NAME),
  }));
  const named = await tx.rows(sql<Place>`
    select a.code, a.parent, a.level, a.name, s.geometry from area a
      left join area_shape s on s.code = a.code and s.until is null
     where a.retired_at is null and a.level >= 3 and a.lo >= ${post.lo} and a.hi <= ${post.hi}
       and (a.code = any(${asked.map(({ code }) => code ?? '')}::text[]) or a.name = any(${asked.map(({ name }) => name ?? '')}::text[]))`);
  const seen = new Set<string>();
  const rows = asked.map((one, at): CheckedRow & { place: Place | null } => {
    const place = placeFor(one, named);
    const { rings, faults } = readGeometry(file.features[at]?.geometry);
    if (!place) faults.unshift(noSuchArea(one));
    else if (seen.has(place.code)) faults.unshift(twice(place));
    if (place) seen.add(place.code);
    if (rings && place && faults.length === 0) faults.push(...faultsOfShape(rings, place.level));
    return {
      ...one,
      code: place?.code ?? one.code,
      name: place?.name ?? one.name,
      replaces: place?.geometry != null,
      rings,
      faults,
      place,
    };
  });
  const around = await neighbours(tx, named);
  const sound = rows.filter(({ faults }) => faults.length === 0);
  for (const { place, rings, faults } of sound) {
    if (!place || !rings) continue;
    const standing = (other: Place): Known | null => {
      const fresh = sound.find((row) => row.place?.code === other.code);
      const shape = fresh?.rings ?? (other.geometry && ringsOf(other.geometry));
      return shape ? { name: other.name, rings: shape } : null;
    };
    const above = around.find(({ code }) => code === place.parent);
    const siblings = around
      .filter(({ code, parent }) => parent === place.parent && code !== place.code)
      .map(standing)
      .filter((known) => known !== null);
    faults.push(...faultsAmong(rings, above ? standing(above) : null, siblings));
  }
  return rows.map(({ place: _place, ...row }) => row);
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? String(value).trim() || null : null;

function placeFor(
  { code, name }: { code: string | null; name: string | null },
  named: readonly Place[],
): Place | null {
  if (code !== null) return named.find((place) => place.code === code) ?? null;
  const same = named.filter((place) => place.name === name);
  return same.length === 1 ? (same[0] ?? null) : null;
}

function noSuchArea({ code, name }: { code: string | null; name: string | null }): Fault {
  const told = code ?? name;
  const message: Text =
    told === null
      ? { zh: '缺少 code（区划代码）或 name（名称）', en: 'The code or the name is missing' }
      : code === null
        ? {
            zh: `“${name}”不在本岗位范围内，或有多个同名区域，请写明 code`,
            en: `“${name}” is not in the acting post, or not the only one; give its code`,
          }
        : {
            zh: `代码 ${code} 不存在，或不在当前岗位范围内`,
            en: `${code} is no area in the acting post`,
          };
  return { code: 'area', at: null, message };
}

const twice = ({ name }: Place): Fault => ({
  code: 'twice',
  at: null,
  message: { zh: `“${name}”在文件中出现两次`, en: `${name} stands in the file twice` },
});

function readGeometry(geometry: unknown): { rings: Rings | null; faults: Fault[] } {
  if (Value.Check(Shape, geometry)) return { rings: ringsOf(geometry), faults: [] };
  return {
    rings: null,
    faults: [
      {
        code: 'geometry',
        at: null,
        message: {
          zh: '图形须为 GeoJSON 的 Polygon 或 MultiPolygon',
          en: 'The geometry must be a GeoJSON Polygon or MultiPolygon',
        },
      },
    ],
  };
}

/** Parents and siblings of the areas named. */
function neighbours(tx: Queries, named: readonly Place[]): Promise<Place[]> {
  const parents = [...new Set(named.map(({ parent }) => parent ?? ''))];
  return tx.rows(sql<Place>`
    select a.code, a.parent, a.level, a.name, s.geometry from area a
      left join area_shape s on s.code = a.code and s.until is null
     where a.retired_at is null and (a.code = any(${parents}::text[]) or a.parent = any(${parents}::text[]))`);
}

/** What the database's functions take of a shape: code, GeoJSON, box, size. */
export function shapeValues(code: string, rings: Rings) {
  return sql`${code}, ${JSON.stringify(shapeOf(rings))}::jsonb, ${boxOf(rings)}::double precision[], ${squareMetres(rings)}`;
}
