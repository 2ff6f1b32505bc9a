import sharp from 'sharp';
import { outlineOf } from '../typeface/typeface.ts';
import { inTurn } from './turns.ts';

/** The angle of the lines, and the room about them in heights of a letter. */
const angle = -24;
const room = { across: 2, down: 1.2 };

/**
 * Draws lines of text over a whole picture, tiled and turned: dark with a light edge, so that they are read on
 * paper and on photographs, and thin enough to leave the content readable.
 * @returns the picture as JPEG
 */
export function watermarked(
  jpeg: Buffer,
  size: { width: number; height: number },
  lines: readonly string[],
): Promise<Buffer> {
  return inTurn(() =>
    sharp(jpeg)
      // Drawn once and repeated: drawing each anew would take most of the time.
      .composite([{ input: Buffer.from(tileOf(size, lines)), tile: true, gravity: 'northwest' }])
      .jpeg({ quality: 82 })
      .toBuffer(),
  );
}

/** One tile as SVG: the lines, turned about its middle. */
function tileOf(size: { width: number; height: number }, lines: readonly string[]): string {
  const letter = Math.max(9, Math.round(Math.sqrt(size.width * size.height) / 50));
  const outlines = lines.map((line) => outlineOf(line, letter));
  const block = {
    width: Math.max(...outlines.map(({ width }) => width)),
    height: lines.length * 1.4 * letter,
  };
  const turn = (Math.abs(angle) * Math.PI) / 180;
  const across =
    block.width * Math.cos(turn) + block.height * Math.sin(turn) + room.across * letter;
  const down = block.width * Math.sin(turn) + block.height * Math.cos(turn) + room.down * letter;
  // A tile may not be larger than the picture it is laid upon.
  const width = Math.min(Math.round(across), size.width);
  const height = Math.min(Math.round(down), size.height);
  const text = outlines
    .map(({ path }, at) => {
      const y = (at + 1) * 1.4 * letter - block.height / 2;
      return `<path transform="translate(${-block.width / 2} ${y})" d="${path}"/>`;
    })
    .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<g transform="translate(${width / 2} ${height / 2}) rotate(${angle})">
<g fill="none" stroke="#fff" stroke-opacity=".4" stroke-width="${letter / 7}">${text}</g>
<g fill="#23302d" fill-opacity=".3">${text}</g></g></svg>`;
}
