import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';

/** The text of each page of a PDF, as a reader finds it, without white space. */
export async function textOf(pdf: Buffer): Promise<string[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pages = [...document.pages()].map((page) => page.getText().replace(/\s+/g, ''));
  document.destroy();
  library.destroy();
  return pages;
}

/** Each page drawn as PNG, for a look at it. */
export async function picturesOf(pdf: Buffer): Promise<Buffer[]> {
  const library = await PDFiumLibrary.init();
  const document = await library.loadDocument(pdf);
  const pictures: Buffer[] = [];
  for (const page of document.pages()) {
    const { data, width, height } = await page.render({ scale: 1.6, render: 'bitmap' });
    pictures.push(
      await sharp(data, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer(),
    );
  }
  document.destroy();
  library.destroy();
  return pictures;
}
