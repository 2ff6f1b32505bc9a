import { createHash } from 'node:crypto';
import type { Config } from '../config.ts';
import type { Keys } from '../keys.ts';
import { openBucket } from './bucket.ts';
import { openFolder } from './folder.ts';
import { open, seal, wrappingKey } from './sealing.ts';
import { FileTooLarge, requireKey, type Store } from './store.ts';

export { FileDamaged, FileMissing, FileTooLarge } from './store.ts';

/** What was stored. */
export interface StoredFile {
  key: string;
  /** Bytes of the content, before sealing. */
  size: number;
  sha256: Buffer;
}

/** Files encrypted at rest. A file is written once and never changed; its key is `space/uuid/part`. */
export interface Files {
  /**
   * Stores a content as it comes, in constant memory; what fails half way leaves nothing behind.
   * @param most bytes at most
   * @throws FileTooLarge, Problem no-space, Problem unavailable, or what `content` throws
   */
  put(
    key: string,
    content: AsyncIterable<Uint8Array> | Uint8Array,
    most?: number,
  ): Promise<StoredFile>;
  /** The content, as it is opened. @throws FileMissing; FileDamaged as soon as it is noticed */
  get(key: string): AsyncGenerator<Buffer>;
  /** The whole content at once: for files whose size is bounded. @throws as `get` */
  read(key: string): Promise<Buffer>;
  /** Takes files away; those that are not there are passed over. */
  remove(keys: readonly string[]): Promise<void>;
  list(space: string): AsyncIterable<{ key: string; at: Date }>;
}

/** Files of an installation: under `files` in its data folder, or in the bucket of the settings. */
export function openFiles(
  config: Pick<Config, 'dataFolder' | 'bucket'>,
  keys: Pick<Keys, 'data'>,
): Files {
  return filesOn(config.bucket ? openBucket(config.bucket) : openFolder(config.dataFolder), keys);
}

/** Seals and opens what a store keeps. */
export function filesOn(store: Store, keys: Pick<Keys, 'data'>): Files {
  const wrapping = wrappingKey(keys);
  async function* get(key: string): AsyncGenerator<Buffer> {
    requireKey(key);
    yield* open(await store.read(key), wrapping, key);
  }
  return {
    async put(key, content, most = Number.POSITIVE_INFINITY) {
      requireKey(key);
      const hash = createHash('sha256');
      let size = 0;
      async function* counted(): AsyncGenerator<Uint8Array> {
        for await (const part of content instanceof Uint8Array ? [content] : content) {
          size += part.length;
          if (size > most) throw new FileTooLarge();
          hash.update(part);
          yield part;
        }
      }
      await store.write(key, seal(counted(), wrapping, key));
      return { key, size, sha256: hash.digest() };
    },
    get,
    async read(key) {
      return Buffer.concat(await Array.fromAsync(get(key)));
    },
    async remove(keys) {
      for (const key of keys) {
        requireKey(key);
        await store.remove(key);
      }
    },
    list: (space) => store.list(space),
  };
}

/** For where routes and kinds of jobs are only named, such as the API's description: holds nothing, keeps nothing. */
export const noFiles: Files = {
  put: () => Promise.reject(new Error('no files here')),
  async *get() {
    yield await Promise.reject(new Error('no files here'));
  },
  read: () => Promise.reject(new Error('no files here')),
  remove: () => Promise.reject(new Error('no files here')),
  async *list() {},
};
