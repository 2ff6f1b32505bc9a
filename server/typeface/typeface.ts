import { createRequire } from 'node:module';
import type { Font } from 'fontkit';
import { openSync } from 'fontkit';

/** A line of text as an outline. */
export interface Outline {
  /** SVG path data, y downwards, beginning at the baseline's left end. */
  path: string;
  width: number;
}

const require = createRequire(import.meta.url);
let opened: Font | undefined;

/** The file of a typeface with Chinese characters that comes with the program (Noto Sans SC, OFL 1.1). */
export function typefaceFile(weight: 'regular' | 'bold' = 'regular'): string {
  const file =
    weight === 'bold' ? '700Bold/NotoSansSC_700Bold.ttf' : '400Regular/NotoSansSC_400Regular.ttf';
  return require.resolve(`@expo-google-fonts/noto-sans-sc/${file}`);
}

/**
 * Draws a line of text as an outline, so that it looks the same on servers without a Chinese font.
 * @param size height of the letter's square, in the units of the path
 */
export function outlineOf(text: string, size: number): Outline {
  opened ??= openSync(typefaceFile()) as Font;
  const scale = size / opened.unitsPerEm;
  const { glyphs, positions } = opened.layout(text);
  let [path, x] = ['', 0];
  for (const [at, glyph] of glyphs.entries()) {
    for (const { command, args } of glyph.path.commands)
      path +=
        letterOf[command] +
        args.map((value, i) => round((i % 2 ? -value : x + value) * scale)).join(' ');
    x += positions[at]?.xAdvance ?? 0;
  }
  return { path, width: round(x * scale) };
}

const letterOf: Record<string, string> = {
  moveTo: 'M',
  lineTo: 'L',
  quadraticCurveTo: 'Q',
  bezierCurveTo: 'C',
  closePath: 'Z',
};

const round = (value: number): number => Math.round(value * 100) / 100;
