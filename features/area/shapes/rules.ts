import * as polyclip from 'polyclip-ts';
import type { Text } from '../../../server/errors.ts';
import type { Position, Shape } from './contract.ts';

/** A fault of a shape, and the place of it. */
export interface Fault {
  code: string;
  at: Position | null;
  message: Text;
}

/** Polygons with their rings, outer first: the form that all rules reckon with. */
export type Rings = Position[][][];

/** How far shapes may deviate; shares of the smaller area. */
export const tolerance = { outside: 0.01, covers: 0.01 };

/** A neighbour or parent to compare with. */
export interface Known {
  name: string;
  rings: Rings;
}

/** The shape's polygons, with two numbers a position and to 7 places (a centimetre). */
export function ringsOf(shape: Shape): Rings {
  const polygons = shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates;
  return polygons.map((polygon) =>
    polygon.map((ring) => ring.map(([x = 0, y = 0]): Position => [rounded(x), rounded(y)])),
  );
}

const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

/** The GeoJSON that is kept. */
export function shapeOf(rings: Rings): Shape {
  const [only] = rings;
  return rings.length === 1 && only
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: rings };
}

const vertexLimit = 20_000;
const radius = 6_371_008.8;
const radians = Math.PI / 180;

/** Area in square metres, on the sphere's local plane: right to a few per thousand for a county. */
export function squareMetres(rings: Rings): number {
  let sum = 0;
  for (const polygon of rings)
    polygon.forEach((ring, at) => {
      sum += (at === 0 ? 1 : -1) * ringArea(ring);
    });
  return sum;
}

function ringArea(ring: readonly Position[]): number {
  let sum = 0;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[x1, y1], [x2, y2]] = [ring[i] as Position, ring[i + 1] as Position];
    sum += (x2 - x1) * radians * (2 + Math.sin(y1 * radians) + Math.sin(y2 * radians));
  }
  return Math.abs((sum * radius * radius) / 2);
}

/** The box around a shape: west, south, east, north. */
export function boxOf(rings: Rings): [number, number, number, number] {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const ring of rings.flat())
    for (const [x, y] of ring) {
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    }
  return box;
}

/**
 * What is wrong with a shape by itself: coordinates, closed rings, crossings, size.
 * @param level 3 county to 6 grid, 7 a building or compound: tells what size is sensible
 * @returns at most one fault of each kind, with its place
 */
export function faultsOfShape(rings: Rings, level: number): Fault[] {
  const all = rings.flat(2);
  if (all.length > vertexLimit)
    return [
      {
        code: 'large',
        at: null,
        message: {
          zh: `顶点过多（${all.length} 个），请简化到 ${vertexLimit} 个以内`,
          en: `Too many vertices (${all.length}); simplify to at most ${vertexLimit}`,
        },
      },
    ];
  const strange = all.find(([x, y]) => !inChina(x, y));
  if (strange) return [strangePlace(strange)];
  for (const ring of rings.flat()) {
    const fault = faultOfRing(ring);
    if (fault) return [fault];
  }
  for (const polygon of rings) {
    const at = crossingOf(polygon);
    if (at)
      return [
        {
          code: 'crosses',
          at,
          message: {
            zh: `边界自己交叉（${placeWords(at)}附近），请调整顶点`,
            en: `The outline crosses itself near ${placeWords(at)}; move the vertices`,
          },
        },
      ];
  }
  const metres = squareMetres(rings);
  const [least, most] = sizes[level] ?? [100, 1e13];
  if (metres >= least && metres <= most) return [];
  return [
    {
      code: 'size',
      at: rings[0]?.[0]?.[0] ?? null,
      message: {
        zh: `面积 ${hectares(metres)} 公顷，不合常理，请核对`,
        en: `${hectares(metres)} hectares is no likely size; check it`,
      },
    },
  ];
}

/** Sensible sizes in square metres by level: from a building (7) to the largest county. */
const sizes: Readonly<Record<number, readonly [number, number]>> = {
  3: [1e6, 3e11],
  4: [1e5, 5e10],
  5: [1e4, 1e10],
  6: [200, 1e10],
  7: [10, 1e7],
};

export const hectares = (metres: number): number => Math.round(metres / 100) / 100;

const inChina = (x: number, y: number): boolean => x >= 73 && x <= 136 && y >= 3 && y <= 54;

const placeWords = ([x, y]: Position): string => `${x.toFixed(5)}, ${y.toFixed(5)}`;

function strangePlace(at: Position): Fault {
  const [x, y] = at;
  if (inChina(y, x))
    return {
      code: 'swapped',
      at: [y, x],
      message: {
        zh: `坐标 ${placeWords(at)} 像是把经纬度写反了，应先经度后纬度`,
        en: `${placeWords(at)} looks like latitude first; longitude comes first`,
      },
    };
  return {
    code: 'range',
    at: null,
    message: {
      zh: `坐标 ${placeWords(at)} 不在国内，请用 WGS84（CGCS2000）经纬度`,
      en: `${placeWords(at)} is not in China; give WGS84 (CGCS2000) degrees`,
    },
  };
}

function faultOfRing(ring: readonly Position[]): Fault | undefined {
  const [first] = ring;
  const last = ring.at(-1);
  if (!first || !last || ring.length < 4)
    return {
      code: 'short',
      at: first ?? null,
      message: { zh: '边界至少要有三个顶点', en: 'An outline needs at least three vertices' },
    };
  if (!same(first, last))
    return {
      code: 'open',
      at: last,
      message: {
        zh: `边界没有闭合（${placeWords(last)}），终点应与起点相同`,
        en: `The outline is not closed at ${placeWords(last)}; it must end where it began`,
      },
    };
  return undefined;
}

const same = ([ax, ay]: Position, [bx, by]: Position): boolean => ax === bx && ay === by;

interface Edge {
  a: Position;
  b: Position;
  ring: number;
  at: number;
  of: number;
}

/** Where two edges of a polygon cross or lie on each other; neighbours may share their end. */
function crossingOf(polygon: readonly Position[][]): Position | undefined {
  const edges: Edge[] = polygon.flatMap((ring, index) =>
    ring.slice(1).map((b, at) => ({
      a: ring[at] as Position,
      b,
      ring: index,
      at,
      of: ring.length - 1,
    })),
  );
  // Swept from west to east: only edges whose spans overlap are compared.
  edges.sort((one, other) => Math.min(one.a[0], one.b[0]) - Math.min(other.a[0], other.b[0]));
  for (const [i, one] of edges.entries()) {
    const east = Math.max(one.a[0], one.b[0]);
    if (same(one.a, one.b)) return one.a;
    for (let j = i + 1; j < edges.length; j++) {
      const other = edges[j] as Edge;
      if (Math.min(other.a[0], other.b[0]) > east) break;
      const at = meeting(one, other);
      if (at) return at;
    }
  }
  return undefined;
}

function meeting(one: Edge, other: Edge): Position | undefined {
  const gap = Math.abs(one.at - other.at);
  const neighbours = one.ring === other.ring && (gap === 1 || gap === one.of - 1);
  if (neighbours) {
    // Neighbours share an end; a spike that comes back on itself is a fault.
    const shared = same(one.b, other.a) ? one.b : one.a;
    const [p, q] = same(one.b, other.a) ? [one.a, other.b] : [one.b, other.a];
    const turn = cross(shared, p, q);
    const along = (p[0] - shared[0]) * (q[0] - shared[0]) + (p[1] - shared[1]) * (q[1] - shared[1]);
    return turn === 0 && along > 0 ? shared : undefined;
  }
  const d1 = cross(one.a, one.b, other.a);
  const d2 = cross(one.a, one.b, other.b);
  const d3 = cross(other.a, other.b, one.a);
  const d4 = cross(other.a, other.b, one.b);
  if (d1 * d2 < 0 && d3 * d4 < 0) {
    const share = d1 / (d1 - d2);
    return [
      other.a[0] + share * (other.b[0] - other.a[0]),
      other.a[1] + share * (other.b[1] - other.a[1]),
    ];
  }
  if (d1 === 0 && onEdge(one, other.a)) return other.a;
  if (d2 === 0 && onEdge(one, other.b)) return other.b;
  if (d3 === 0 && onEdge(other, one.a)) return one.a;
  if (d4 === 0 && onEdge(other, one.b)) return one.b;
  return undefined;
}

const cross = (o: Position, p: Position, q: Position): number =>
  (p[0] - o[0]) * (q[1] - o[1]) - (p[1] - o[1]) * (q[0] - o[0]);

const onEdge = ({ a, b }: Edge, [x, y]: Position): boolean =>
  x >= Math.min(a[0], b[0]) &&
  x <= Math.max(a[0], b[0]) &&
  y >= Math.min(a[1], b[1]) &&
  y <= Math.max(a[1], b[1]);

type Clip = Parameters<typeof polyclip.union>[0];

/** How shapes lie to each other: inside the parent, and no sibling covered. Shares below the tolerance pass. */
export function faultsAmong(
  rings: Rings,
  parent: Known | null,
  siblings: readonly Known[],
): Fault[] {
  const metres = squareMetres(rings);
  const faults: Fault[] = [];
  if (parent) {
    const outside = polyclip.difference(rings as Clip, parent.rings as Clip) as Rings;
    const share = squareMetres(outside) / metres;
    const at = centreOf(outside);
    if (share > tolerance.outside && at)
      faults.push({
        code: 'outside',
        at,
        message: {
          zh: `有 ${percent(share)} 在“${parent.name}”之外（${placeWords(at)}附近）`,
          en: `${percent(share)} lies outside ${parent.name}, near ${placeWords(at)}`,
        },
      });
  }
  const box = boxOf(rings);
  for (const { name, rings: other } of siblings) {
    if (!boxesMeet(box, boxOf(other))) continue;
    const common = polyclip.intersection(rings as Clip, other as Clip) as Rings;
    const share = squareMetres(common) / Math.min(metres, squareMetres(other));
    const at = centreOf(common);
    if (share > tolerance.covers && at)
      faults.push({
        code: 'covers',
        at,
        message: {
          zh: `与“${name}”重叠 ${percent(share)}（${placeWords(at)}附近）`,
          en: `Covers ${percent(share)} of ${name}, near ${placeWords(at)}`,
        },
      });
  }
  return faults;
}

/** One shape of several: of areas that are merged. */
export function united(shapes: readonly Rings[]): Rings {
  const [first, ...rest] = shapes;
  return first ? (polyclip.union(first as Clip, ...(rest as Clip[])) as Rings) : [];
}

const boxesMeet = (a: readonly number[], b: readonly number[]): boolean =>
  (a[0] ?? 0) < (b[2] ?? 0) &&
  (b[0] ?? 0) < (a[2] ?? 0) &&
  (a[1] ?? 0) < (b[3] ?? 0) &&
  (b[1] ?? 0) < (a[3] ?? 0);

const percent = (share: number): string => `${Math.max(1, Math.round(share * 100))}%`;

/** A place in the middle of the largest part. */
function centreOf(rings: Rings): Position | null {
  const [largest] = [...rings].sort((a, b) => squareMetres([b]) - squareMetres([a]));
  const outer = largest?.[0];
  if (!outer) return null;
  const points = outer.slice(0, -1);
  const sum = points.reduce(([x, y], [px, py]) => [x + px, y + py], [0, 0]);
  return [rounded((sum[0] ?? 0) / points.length), rounded((sum[1] ?? 0) / points.length)];
}

/** Whether a place lies in a shape (its edge counts as inside or not, whichever way the rounding falls). */
export function holds(rings: Rings, [x, y]: Position): boolean {
  return rings.some((polygon) => polygon.every((ring, at) => inRing(ring, x, y) === (at === 0)));
}

function inRing(ring: readonly Position[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[ax, ay], [bx, by]] = [ring[i] as Position, ring[i + 1] as Position];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
