import { randomFillSync } from 'node:crypto';

// Random bytes are drawn in blocks: one system call a few hundred ids, which matters in bulk loads.
const each = 10;
const block = Buffer.alloc(each * 400);
let used = block.length;

/** A UUIDv7 (RFC 9562): 48 bits of milliseconds, then random bits. Sorts by time of making. */
export function newId(at: number = Date.now()): string {
  if (used >= block.length) {
    randomFillSync(block);
    used = 0;
  }
  const random = block.toString('hex', used, used + each);
  used += each;
  const time = at.toString(16).padStart(12, '0');
  const variant = ((Number.parseInt(random.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is written as a UUID. */
export function isId(text: string): boolean {
  return pattern.test(text);
}

/** When a UUIDv7 was made, in milliseconds. */
export function instantOfId(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
}
