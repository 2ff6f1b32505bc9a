import type { Position, Shape } from '../../../shapes/contract.ts';

/** An outline being drawn: its corners in order, not closed, and what it was before each step. */
export interface Draft {
  points: readonly Position[];
  before: readonly (readonly Position[])[];
}

const steps = 100;

/** A draft of a shape, or an empty one; null for a shape of several parts or with holes, which comes by file. */
export function draftOf(shape: Shape | null): Draft | null {
  if (!shape) return { points: [], before: [] };
  const rings = shape.type === 'Polygon' ? shape.coordinates : shape.coordinates.flat();
  if (rings.length !== 1) return null;
  const points = (rings[0] ?? []).slice(0, -1).map(([x = 0, y = 0]): Position => [x, y]);
  return { points, before: [] };
}

/** The draft with other corners; `undo` leads back. */
export function changed(draft: Draft, points: readonly Position[]): Draft {
  return { points, before: [...draft.before.slice(-steps), draft.points] };
}

export function undone({ points, before }: Draft): Draft {
  return { points: before.at(-1) ?? points, before: before.slice(0, -1) };
}

export const moved = (points: readonly Position[], at: number, to: Position): Position[] =>
  points.with(at, rounded(to));

export const added = (points: readonly Position[], at: number, place: Position): Position[] =>
  points.toSpliced(at, 0, rounded(place));

export const removed = (points: readonly Position[], at: number): Position[] =>
  points.toSpliced(at, 1);

const rounded = ([x, y]: Position): Position => [
  Math.round(x * 1e7) / 1e7,
  Math.round(y * 1e7) / 1e7,
];

/** The shape of a draft, closed. */
export function shapeOf({ points }: Draft): Shape {
  return { type: 'Polygon', coordinates: [[...points, ...points.slice(0, 1)]] };
}

/** One corner a line, "longitude, latitude". */
export const asText = ({ points }: Draft): string =>
  points.map(([x, y]) => `${x}, ${y}`).join('\n');

/** Reads what `asText` writes; null when a line is no pair of numbers. */
export function fromText(text: string): Position[] | null {
  const points: Position[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const numbers = line
      .trim()
      .split(/[\s,，]+/)
      .map(Number);
    const [x, y] = numbers;
    if (numbers.length !== 2 || x === undefined || y === undefined || Number.isNaN(x + y))
      return null;
    points.push(rounded([x, y]));
  }
  return points;
}
