import { parentPort, workerData } from 'node:worker_threads';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { jpegOf, type Page } from './page.ts';
import type { Drawing, Drawn } from './pdf.ts';

/** Draws one PDF and ends. */
async function draw({ bytes, mostPages, longSide }: Drawing): Promise<Drawn> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(bytes);
  if (document.getPageCount() > mostPages) return { refused: 'pages' };
  const pages: Page[] = [];
  for (const page of document.pages()) {
    const { originalWidth, originalHeight } = page.getOriginalSize();
    const longer = Math.max(originalWidth, originalHeight);
    if (!(longer > 0)) return { refused: 'damaged' };
    const { data, width, height } = await page.render({
      scale: Math.min(4, longSide / longer),
      render: 'bitmap',
      renderFormFields: false,
    });
    pages.push(await jpegOf(sharp(data, { raw: { width, height, channels: 4 } })));
  }
  return { pages };
}

try {
  parentPort?.postMessage(await draw(workerData as Drawing));
} catch (error) {
  const locked = /password|security/i.test((error as Error).message);
  parentPort?.postMessage({ refused: locked ? 'locked' : 'damaged' } satisfies Drawn);
}
