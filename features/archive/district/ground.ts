import type { Position } from '../../area/shapes/contract.ts';
import { boxOf, shapeOf, squareMetres } from '../../area/shapes/rules.ts';
import type { Sheet } from './sheet.ts';
import type { Place } from './work.ts';

/** Where the community lies on the demo's map: near its town, and nowhere in particular. */
const corner: Position = [118.862, 28.972];
/** A grid's width and height, degrees: some 600 by 550 metres. */
const [wide, high] = [0.006, 0.005];
const columns = 2;
const buildingsAcross = 4;

const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;
const at = (x: number, y: number): Position => [rounded(corner[0] + x), rounded(corner[1] + y)];

/** Lower left corner of a grid (from 1), in degrees from the community's. */
const cornerOf = (grid: number): Position => [
  ((grid - 1) % columns) * wide,
  Math.floor((grid - 1) / columns) * high,
];

function rectangle([x, y]: Position, width: number, height: number): Position[] {
  return [at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height), at(x, y)];
}

/** Draws the outlines of a community and its grids: rectangles that meet, for no real boundary is meant. */
export function drawOutlines(place: Place, sheet: Sheet): void {
  const rows = Math.ceil(place.grids / columns);
  add(place.code, rectangle([0, 0], columns * wide, rows * high));
  for (let grid = 1; grid <= place.grids; grid++)
    add(`${place.code}${String(grid).padStart(3, '0')}`, rectangle(cornerOf(grid), wide, high));

  function add(code: string, ring: Position[]): void {
    const rings = [[ring]];
    const [west, south, east, north] = boxOf(rings);
    const width = 10 ** (15 - code.length);
    sheet.add('area_shape', {
      code,
      since: sheet.at,
      geometry: shapeOf(rings),
      west,
      south,
      east,
      north,
      square_metres: squareMetres(rings),
      lo: Number(code) * width,
      hi: (Number(code) + 1) * width,
    });
  }
}

/** Where a building stands: in rows within its grid. @param nth the how manieth of the grid, from 0 */
export function placeOfBuilding(grid: number, nth: number): Position {
  const [x, y] = cornerOf(grid);
  return at(
    x + ((nth % buildingsAcross) + 0.7) * (wide / (buildingsAcross + 0.4)),
    y + (Math.floor(nth / buildingsAcross) + 0.7) * (high / 4),
  );
}

/** Where a dwelling of a building lies: beside the others, so that points do not cover each other. */
export const placeOfDwelling = ([x, y]: Position, nth: number): string =>
  `${rounded(x + ((nth % 6) - 2.5) * 0.00008)},${rounded(y + (Math.floor(nth / 6) - 1.5) * 0.00012)}`;
