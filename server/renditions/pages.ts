import sharp from 'sharp';
import type { MediaType } from './kinds.ts';
import { jpegOf, longSide, type Page } from './page.ts';
import { pagesOfPdf } from './pdf.ts';
import { refusedFile } from './refused.ts';
import { inTurn } from './turns.ts';

export interface Renditions {
  pages: Page[];
  thumbnail: Buffer;
}

/** The longer side of a thumbnail, in pixels. */
const thumbnailSide = 280;
/** What a phone's best camera takes; more is refused before it is unpacked. */
const mostPixels = 50_000_000;

// One picture at a time and thread, and none kept: memory stays bounded.
sharp.cache(false);
sharp.concurrency(1);

/**
 * Draws the pages of a file, and a thumbnail of the first: what is shown is only ever drawn anew, so that
 * nothing a file carries beside its picture (scripts, place, hidden layers) reaches anybody.
 * @throws Problem invalid with the field `file`; unavailable when too many wait
 */
export function renditionsOf(bytes: Buffer, type: MediaType): Promise<Renditions> {
  return inTurn(async () => {
    const pages =
      type === 'application/pdf' ? await pagesOfPdf(bytes, longSide) : [await pageOf(bytes)];
    const [first] = pages;
    if (!first) throw refusedFile('damaged');
    const thumbnail = await sharp(first.jpeg)
      .resize({ width: thumbnailSide, height: thumbnailSide, fit: 'inside' })
      .jpeg({ quality: 70 })
      .toBuffer();
    return { pages, thumbnail };
  });
}

async function pageOf(bytes: Buffer): Promise<Page> {
  try {
    const picture = sharp(bytes, { failOn: 'truncated', limitInputPixels: false, pages: 1 });
    // From the head alone: nothing is unpacked yet.
    const { width, height } = await picture.metadata();
    if (width * height > mostPixels) throw refusedFile('pixels');
    return await jpegOf(picture.autoOrient());
  } catch (error) {
    throw (error as Error).name === 'Problem' ? error : refusedFile('damaged');
  }
}
