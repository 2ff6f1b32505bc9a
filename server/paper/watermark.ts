import { outlineOf } from '../typeface/typeface.ts';

/** One tile of the watermark, in the operators of a PDF's content. */
export interface Tile {
  width: number;
  height: number;
  content: string;
}

const letter = 14;
const lineHeight = 1.5;
const gap = { across: 64, down: 60 };

/**
 * Lines of text as outlines, to be tiled over a page: drawn once whatever the pages, and no text, so that whoever
 * selects or searches the paper meets its words alone.
 */
export function tileOf(lines: readonly string[]): Tile {
  const outlines = lines.map((line) => outlineOf(line, letter));
  const content = outlines.map(
    ({ path }, at) =>
      `q 1 0 0 1 0 ${((at + 1) * lineHeight * letter).toFixed(2)} cm\n${operators(path)}f Q\n`,
  );
  return {
    width: Math.max(...outlines.map(({ width }) => width)) + gap.across,
    height: lines.length * lineHeight * letter + gap.down,
    content: content.join(''),
  };
}

type Point = readonly [x: number, y: number];

/** SVG path data with the commands M L Q C Z as PDF operators: PDF has no quadratic curves. */
function operators(path: string): string {
  let at: Point = [0, 0];
  let written = '';
  for (const [, command = '', rest = ''] of path.matchAll(/([MLQCZ])([^MLQCZ]*)/g)) {
    const numbers = rest
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    const points: Point[] = [];
    for (let i = 0; i + 1 < numbers.length; i += 2)
      points.push([numbers[i] ?? 0, numbers[i + 1] ?? 0]);
    const [one = at, two = at] = points;
    if (command === 'M') written += `${told(one)} m\n`;
    else if (command === 'L') written += `${told(one)} l\n`;
    else if (command === 'Q')
      written += `${told(between(at, one))} ${told(between(two, one))} ${told(two)} c\n`;
    else if (command === 'C') written += `${points.map(told).join(' ')} c\n`;
    else written += 'h\n';
    at = points.at(-1) ?? at;
  }
  return written;
}

const told = ([x, y]: Point): string => `${x.toFixed(2)} ${y.toFixed(2)}`;
/** Two thirds of the way to the control point. */
const between = (from: Point, control: Point): Point => [
  from[0] + (2 / 3) * (control[0] - from[0]),
  from[1] + (2 / 3) * (control[1] - from[1]),
];
