import type { Sharp } from 'sharp';

/** A page as it is shown: JPEG, upright, without place data or any other of the file's own notes. */
export interface Page {
  jpeg: Buffer;
  width: number;
  height: number;
}

/** The longer side of a page, in pixels: A4 at 150 dots an inch. */
export const longSide = 1754;

/** On white, no larger than a page. */
export async function jpegOf(picture: Sharp): Promise<Page> {
  const { data, info } = await picture
    .resize({ width: longSide, height: longSide, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .jpeg({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  return { jpeg: data, width: info.width, height: info.height };
}
