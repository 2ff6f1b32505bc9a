/** Random bytes as a UUID of the given version; works without a secure context too. */
function uuid(version: number, stamp: (bytes: Uint8Array) => void): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  stamp(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** An id for a new record: UUIDv7, made here so that a replayed request is the same record. */
export function newId(now = Date.now()): string {
  return uuid(7, (bytes) => {
    for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (40 - 8 * at)) % 256;
  });
}

/** A key that makes a write safe to send twice. */
export const newKey = (): string => uuid(4, () => {});
