import type { Position } from '../../../shapes/contract.ts';
import type { View } from './view.ts';

/** A household on the map, as the archive tells it. */
export interface Point {
  id: string;
  address: string | null;
  at: Position;
}

/** Points that fall into one cell of the screen. */
export interface Cluster {
  x: number;
  y: number;
  points: Point[];
}

/** Gathers points that would cover each other; those outside the frame are left out. */
export function clustersOf(view: View, points: readonly Point[], cell = 44): Cluster[] {
  const cells = new Map<string, Cluster>();
  for (const point of points) {
    const [x, y] = view.project(point.at);
    if (x < -cell || y < -cell || x > view.width + cell || y > view.height + cell) continue;
    const key = `${Math.floor(x / cell)} ${Math.floor(y / cell)}`;
    const known = cells.get(key);
    if (!known) {
      cells.set(key, { x, y, points: [point] });
      continue;
    }
    const n = known.points.push(point);
    known.x += (x - known.x) / n;
    known.y += (y - known.y) / n;
  }
  return [...cells.values()];
}
