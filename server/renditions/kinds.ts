/** Kinds of file that are taken. */
export const mediaTypes = ['image/jpeg', 'image/png', 'image/webp', 'application/pdf'] as const;
export type MediaType = (typeof mediaTypes)[number];

/** What a file is by its first bytes; its name and what the browser says of it count for nothing. */
export type Seen = MediaType | 'heic' | 'unknown';

/** How many bytes `seenAs` wants. */
export const firstBytes = 32;

/** Reads the kind off the beginning of a file. */
export function seenAs(start: Uint8Array): Seen {
  const bytes = Buffer.from(start.buffer, start.byteOffset, Math.min(start.length, firstBytes));
  const text = bytes.toString('latin1');
  if (text.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (text.startsWith('%PDF-')) return 'application/pdf';
  // Phones' own format: its patents keep the readers of it out of free libraries.
  if (text.slice(4, 8) === 'ftyp' && /^(hei|hev|mif|msf)/.test(text.slice(8, 12))) return 'heic';
  return 'unknown';
}
