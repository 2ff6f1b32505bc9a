import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../errors.ts';
import { FileMissing, requireKey, type Store } from './store.ts';

/** A temporary file that old belongs to a process that died. */
const dead = 86_400_000;

/** Files in `files/` of the data folder: `space/xx/yy/uuid.part`, by the last four digits, which are random. */
export function openFolder(dataFolder: string): Store {
  const root = join(dataFolder, 'files');
  const temporary = join(root, 'temporary');
  const pathOf = (key: string): string => {
    requireKey(key);
    const [space = '', id = '', part = ''] = key.split('/');
    return join(root, space, id.slice(-2), id.slice(-4, -2), `${id}.${part}`);
  };
  return {
    async write(key, content) {
      const path = pathOf(key);
      const unready = join(temporary, randomUUID());
      try {
        await mkdir(temporary, { recursive: true, mode: 0o700 });
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeWhole(unready, content);
        await rename(unready, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(unready, { force: true });
        throw told(error);
      }
    },
    async read(key) {
      const path = pathOf(key);
      try {
        await stat(path);
      } catch (error) {
        throw (error as { code?: string }).code === 'ENOENT' ? new FileMissing(key) : error;
      }
      return createReadStream(path, { highWaterMark: 262_144 });
    },
    remove: (key) => rm(pathOf(key), { force: true }),
    async *list(space) {
      await clear(temporary);
      for await (const path of filesUnder(join(root, space))) {
        const [id = '', part = ''] = (path.split('/').at(-1) ?? '').split('.');
        const { mtime } = await stat(path);
        yield { key: `${space}/${id}/${part}`, at: mtime };
      }
    },
  };
}

async function writeWhole(path: string, content: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const part of content) await writeAll(file, part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The kernel may take less than it was given; what it takes of the rest says why. */
async function writeAll(file: FileHandle, part: Buffer): Promise<void> {
  for (let at = 0; at < part.length; ) {
    const { bytesWritten } = await file.write(part, at, part.length - at);
    at += bytesWritten;
  }
}

/** Only then is the new name on the disk, too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const full = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

function told(error: unknown): unknown {
  if (!full.has((error as { code?: string }).code ?? '')) return error;
  return new Problem('no-space');
}

async function* filesUnder(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of await opendir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) yield* filesUnder(path);
      else yield path;
    }
  } catch (error) {
    if ((error as { code?: string }).code !== 'ENOENT') throw error;
  }
}

async function clear(temporary: string): Promise<void> {
  for await (const path of filesUnder(temporary)) {
    const { mtimeMs } = await stat(path);
    if (mtimeMs < Date.now() - dead) await rm(path, { force: true });
  }
}
