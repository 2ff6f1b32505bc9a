import { sortKeyOf } from '../../area/buildings/rules.ts';
import { countyOf } from '../../area/queries.ts';
import type { Position } from '../../area/shapes/contract.ts';
import { placeOfBuilding } from './ground.ts';
import { idsFrom } from './ids.ts';
import { Chance, seedOf } from './random.ts';
import type { Sheet } from './sheet.ts';
import type { Place } from './work.ts';

/** A building of the demo, and the grid that it stands in (from 1). */
export interface Block {
  id: string;
  grid: number;
  at: Position;
}

/** So many households share a building: two units of six floors with two doors each. */
export const householdsPerBuilding = 24;
const compoundsPerGrid = 2;
const compoundNames = ['东苑', '西苑', '南苑', '北苑', '桂苑', '兰苑', '竹苑', '梅苑'];

/** Lays out compounds and their buildings over the grids of a community, in the order of the house numbers. */
export function layBuildings(place: Place, sheet: Sheet, households: number): Block[] {
  // Chance of their own: whoever lives there is the same with buildings and without.
  const nextId = idsFrom(place.index, new Chance(seedOf(`${place.code} buildings`)));
  const buildings = Math.ceil(households / householdsPerBuilding);
  const shareOf = (building: number, parts: number): number =>
    Math.floor((building * parts) / buildings);
  const add = (grid: number, kind: string, name: string, more: object): string => {
    const id = nextId();
    const area = Number(place.code) * 1000 + grid;
    sheet.add('building', {
      county: countyOf(area),
      id,
      area,
      kind,
      name,
      parent: null,
      floors: null,
      units: null,
      longitude: null,
      latitude: null,
      sort_key: sortKeyOf(name),
      updated_at: sheet.at,
      ...more,
    });
    return id;
  };
  const base = place.short.replace(/社区$/, '');
  const compounds = Array.from({ length: place.grids * compoundsPerGrid }, (_, i) =>
    add(Math.floor(i / compoundsPerGrid) + 1, 'compound', `${base}${compoundNames[i]}`, {}),
  );
  const held = new Map<number, number>();
  return Array.from({ length: buildings }, (_, i) => {
    const grid = shareOf(i, place.grids) + 1;
    const parent = compounds[shareOf(i, compounds.length)];
    const nth = held.get(grid) ?? 0;
    held.set(grid, nth + 1);
    const at = placeOfBuilding(grid, nth);
    const id = add(grid, 'building', `${i + 1}幢`, {
      parent,
      floors: 6,
      units: 2,
      longitude: at[0],
      latitude: at[1],
    });
    return { id, grid, at };
  });
}
