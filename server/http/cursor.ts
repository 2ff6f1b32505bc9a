import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { Problem } from '../errors.ts';

/** Keyset cursors: where a page ended, signed so that a tampered one, or that of another list, is told. */
export interface Cursors {
  write(list: string, place: unknown[]): string;
  /** @throws Problem bad-cursor */
  read(list: string, cursor: string): unknown[];
}

/** Cursors signed with an installation's key. */
export function createCursors(key: Buffer): Cursors {
  const prepared = createSecretKey(key);
  const sign = (list: string, body: string): Buffer =>
    createHmac('sha256', prepared).update(`cursor\0${list}\0`).update(body).digest().subarray(0, 9);
  return {
    write: (list, place) => {
      const body = Buffer.from(JSON.stringify(place)).toString('base64url');
      return `${body}.${sign(list, body).toString('base64url')}`;
    },
    read: (list, cursor) => {
      const [body, signature] = cursor.split('.');
      const given = Buffer.from(signature ?? '', 'base64url');
      if (!body || given.length !== 9 || !timingSafeEqual(given, sign(list, body)))
        throw new Problem('bad-cursor');
      return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as unknown[];
    },
  };
}
