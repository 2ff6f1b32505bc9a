import type { Position, Shape } from '../../../shapes/contract.ts';

/** How the drawing lies on the screen: degrees to pixels of the frame and back. */
export interface View {
  project(place: Position): [number, number];
  unproject(pixel: [number, number]): Position;
  width: number;
  height: number;
}

/** West, south, east, north. */
export type Box = [number, number, number, number];

/** All rings of a shape. */
export function ringsOf(shape: Shape): Position[][] {
  const polygons = shape.type === 'Polygon' ? [shape.coordinates] : shape.coordinates;
  return polygons.flat().map((ring) => ring.map(([x = 0, y = 0]): Position => [x, y]));
}

/** The box around places; null without any. */
export function boxAround(places: readonly Position[]): Box | null {
  if (places.length === 0) return null;
  const xs = places.map(([x]) => x);
  const ys = places.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

const least = 0.001;

/** A plain view that shows a box, for browsers without WebGL; `zoom` doubles the scale, `shift` moves it by pixels. */
export function plainView(
  [west, south, east, north]: Box,
  width: number,
  height: number,
  zoom: number,
  shift: readonly [number, number],
): View {
  const middle: Position = [(west + east) / 2, (south + north) / 2];
  const squeeze = Math.cos((middle[1] * Math.PI) / 180);
  const scale =
    0.85 *
    2 ** zoom *
    Math.min(
      width / Math.max(least, (east - west) * squeeze),
      height / Math.max(least, north - south),
    );
  return {
    width,
    height,
    project: ([x, y]) => [
      width / 2 + (x - middle[0]) * squeeze * scale + shift[0],
      height / 2 - (y - middle[1]) * scale + shift[1],
    ],
    unproject: ([px, py]) => [
      middle[0] + (px - shift[0] - width / 2) / (squeeze * scale),
      middle[1] - (py - shift[1] - height / 2) / scale,
    ],
  };
}

/** A place inside a ring near its middle, for its label: the middle of its box, good enough for a name. */
export function labelPlace(rings: readonly Position[][]): Position | null {
  const longest = [...rings].sort((a, b) => b.length - a.length)[0];
  const box = longest && boxAround(longest);
  return box ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null;
}
