import PDFDocument from 'pdfkit';
import type { Page } from './page.ts';

/** Points a page's longer side has: A4. */
const longPoints = 841.89;

/**
 * Puts pictures together to a PDF, a page each. It holds nothing but the pictures: no text, script or form.
 * @param title stands in the window's bar of whoever opens it
 */
export async function bundle(pages: readonly Page[], title: string, at: Date): Promise<Buffer> {
  const document = new PDFDocument({
    autoFirstPage: false,
    info: { Title: title, Producer: 'Minqing', Creator: 'Minqing', CreationDate: at },
  });
  for (const { jpeg, width, height } of pages) {
    const scale = longPoints / Math.max(width, height);
    const size: [number, number] = [width * scale, height * scale];
    document.addPage({ size, margin: 0 });
    document.image(jpeg, 0, 0, { width: size[0], height: size[1] });
  }
  document.end();
  return Buffer.concat(await Array.fromAsync(document as unknown as AsyncIterable<Buffer>));
}
