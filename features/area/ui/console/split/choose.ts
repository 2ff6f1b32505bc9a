import type { Building } from '../../../buildings/contract.ts';
import type { SplitPart } from '../../../changes/contract.ts';
import type { Position, Shape } from '../../../shapes/contract.ts';
import { ringsOf } from '../map/view.ts';

/** A household of the grid, as the archive tells it. */
export interface PlacedHousehold {
  id: string;
  address: string | null;
  members: number;
  /** The building or compound that it lives in. */
  building: string | null;
  at: Position | null;
}

/** Where households go: a new grid by its name, or one that stands by its code. */
export interface Target {
  key: string;
  name: string;
  to: string | undefined;
}

/** Which target each household goes to, by id; those left out stay. */
export type Going = ReadonlyMap<string, string>;

/** What number of an address is meant. */
export const numberUnits = ['号', '幢', '组', '单元'] as const;
export type NumberUnit = (typeof numberUnits)[number];

/** Households whose address has every one of the words. */
export function byWords(all: readonly PlacedHousehold[], words: string): PlacedHousehold[] {
  const each = words.split(/[\s,，、]+/).filter(Boolean);
  if (each.length === 0) return [];
  return all.filter(({ address }) => each.every((word) => address?.includes(word)));
}

/** The number before a unit in an address: 17 of 彭里村3组17号 by 号. */
export function numberOf(address: string | null, unit: NumberUnit): number | null {
  const found = address?.match(new RegExp(`(\\d+)\\s*${unit}`));
  return found ? Number(found[1]) : null;
}

/** Households whose number lies in a range, both ends included; an open end takes all on that side. */
export function byNumbers(
  all: readonly PlacedHousehold[],
  unit: NumberUnit,
  from: number | null,
  to: number | null,
): PlacedHousehold[] {
  if (from === null && to === null) return [];
  return all.filter(({ address }) => {
    const n = numberOf(address, unit);
    return n !== null && n >= (from ?? 0) && n <= (to ?? Number.POSITIVE_INFINITY);
  });
}

/** Whether a place lies in a shape: a ray to the east crosses its rings an odd number of times. */
export function liesIn([x, y]: Position, shape: Shape): boolean {
  let inside = false;
  for (const ring of ringsOf(shape))
    for (let i = 0; i + 1 < ring.length; i++) {
      const [[ax, ay], [bx, by]] = [ring[i] as Position, ring[i + 1] as Position];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    }
  return inside;
}

/** Households with a place inside a shape. */
export function byShape(all: readonly PlacedHousehold[], shape: Shape | null): PlacedHousehold[] {
  return shape ? all.filter(({ at }) => at !== null && liesIn(at, shape)) : [];
}

/** The first polygon of a GeoJSON file; null when there is none. */
export function shapeIn(file: unknown): Shape | null {
  if (typeof file !== 'object' || file === null) return null;
  const node = file as {
    type?: unknown;
    coordinates?: unknown;
    features?: unknown;
    geometry?: unknown;
  };
  if (node.type === 'FeatureCollection' && Array.isArray(node.features))
    return node.features.map(shapeIn).find((shape) => shape !== null) ?? null;
  if (node.type === 'Feature') return shapeIn(node.geometry);
  const isShape = node.type === 'Polygon' || node.type === 'MultiPolygon';
  return isShape && Array.isArray(node.coordinates) ? (file as Shape) : null;
}

/** Households of a building; of a compound those of its buildings with them. */
export function dwellersOf(
  all: readonly PlacedHousehold[],
  buildings: readonly Building[],
  { id }: Pick<Building, 'id'>,
): PlacedHousehold[] {
  const those = new Set([
    id,
    ...buildings.filter(({ parent }) => parent?.id === id).map((one) => one.id),
  ]);
  return all.filter(({ building }) => building !== null && those.has(building));
}

/** Sends households to a target, or lets them stay. */
export function sent(
  going: Going,
  households: readonly PlacedHousehold[],
  target: string | null,
): Going {
  const next = new Map(going);
  for (const { id } of households) {
    if (target === null) next.delete(id);
    else next.set(id, target);
  }
  return next;
}

/** How many households and people go to a target; null for those who stay. */
export function weightOf(
  all: readonly PlacedHousehold[],
  going: Going,
  target: string | null,
): { households: number; residents: number } {
  const those = all.filter(({ id }) => (going.get(id) ?? null) === target);
  return {
    households: those.length,
    residents: those.reduce((sum, { members }) => sum + members, 0),
  };
}

/** What the change is asked for with: buildings go by themselves where everybody in them goes to one grid. */
export function partsOf(
  all: readonly PlacedHousehold[],
  buildings: readonly Building[],
  going: Going,
  targets: readonly Target[],
): SplitPart[] {
  return targets.map(({ key, name, to }) => ({
    ...(to === undefined ? { name: name.trim() } : { to }),
    households: all.filter(({ id }) => going.get(id) === key).map(({ id }) => id),
    buildings: buildings
      .filter((building) => {
        const dwellers = dwellersOf(all, buildings, building);
        return dwellers.length > 0 && dwellers.every(({ id }) => going.get(id) === key);
      })
      .map(({ id }) => id),
  }));
}
