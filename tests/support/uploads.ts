import type { LightMyRequestResponse } from 'fastify';
import sharp from 'sharp';

/** An invented paper as a photo. @param words stand on it */
export function photo(words = '虚构', size = { width: 1200, height: 800 }): Promise<Buffer> {
  const svg = `<svg width="${size.width}" height="${size.height}"><rect width="100%" height="100%" fill="#f4efe2"/>
    <rect x="60" y="120" width="300" height="400" fill="#9fb7c4"/><text x="420" y="260" font-size="60" fill="#222">${words}</text></svg>`;
  return sharp(Buffer.from(svg)).jpeg().toBuffer();
}

/** A plain PDF written by hand. @param more objects put into the catalogue, such as a script */
export function pdf(pages = 1, more = ''): Buffer {
  const kids = Array.from({ length: pages }, (_, at) => `${at + 4} 0 R`).join(' ');
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${more} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...Array.from(
      { length: pages },
      () =>
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${pages + 4} 0 R >>`,
    ),
    '<< /Length 44 >>\nstream\nBT /F1 48 Tf 100 600 Td (Invented 990) Tj ET\nendstream',
  ];
  let text = '%PDF-1.7\n';
  const at = objects.map((body, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = at.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return Buffer.from(
    `${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  );
}

export const boundary = 'minqing-test-boundary';

/** A form as a browser sends it: the fields, then the file. */
export function formOf(fields: Record<string, string>, file?: Buffer): Buffer<ArrayBuffer> {
  const parts: Buffer[] = Object.entries(fields).map(([name, value]) =>
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    ),
  );
  if (file)
    parts.push(
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
      ),
      file,
      Buffer.from('\r\n'),
    );
  parts.push(Buffer.from(`--${boundary}--\r\n`));
  return Buffer.concat(parts);
}

/** Uploads as somebody signed in. */
export function upload(
  app: { inject(options: object): Promise<LightMyRequestResponse> },
  caller: { cookie: string },
  path: string,
  fields: Record<string, string>,
  file?: Buffer,
  headers: Record<string, string> = {},
): Promise<LightMyRequestResponse> {
  return app.inject({
    method: 'POST',
    url: `/api/v1${path}/documents`,
    headers: {
      cookie: caller.cookie,
      'content-type': `multipart/form-data; boundary=${boundary}`,
      ...headers,
    },
    payload: formOf(fields, file),
  });
}

/** Brings an edited workbook back as somebody signed in. */
export function bringBack(
  app: { inject(options: object): Promise<LightMyRequestResponse> },
  caller: { cookie: string },
  path: string,
  file: Buffer,
): Promise<LightMyRequestResponse> {
  return app.inject({
    method: 'POST',
    url: `/api/v1${path}/editing`,
    headers: {
      cookie: caller.cookie,
      'content-type': `multipart/form-data; boundary=${boundary}`,
    },
    payload: formOf({}, file),
  });
}
