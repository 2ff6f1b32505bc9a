import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../ids.ts';
import { FileDamaged, FileMissing, type Files, FileTooLarge, openFiles } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'minqing-files-'));
const keys = { data: randomBytes(32) };
const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: join(folder, 's3'),
  configureBuckets: [{ name: 'minqing', configs: [] }],
});
const opened: Record<string, Files> = {};
let port = 0;

beforeAll(async () => {
  port = (await server.run()).port;
  for (const where of ['folder', 'bucket']) opened[where] = open(where);
});

function open(where: string, by = keys): Files {
  const bucket = {
    endpoint: `http://127.0.0.1:${port}`,
    name: 'minqing',
    region: 'us-east-1',
    accessKey: 'S3RVER',
    secretKey: 'S3RVER',
  };
  return openFiles({ dataFolder: folder, bucket: where === 'bucket' ? bucket : undefined }, by);
}
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const keyOf = (part = 'original'): string => `documents/${newId()}/${part}`;
const filesIn = (where: string): string[] =>
  readdirSync(join(folder, where), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.each(['folder', 'bucket'])('files in a %s', (where) => {
  const store = (): Files => opened[where] as Files;

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072, 9_000_000])(
    'of %i bytes come back as they went in',
    async (size) => {
      const bytes = randomBytes(size);
      const key = keyOf();
      const kept = await store().put(key, bytes);
      const sha256 = createHash('sha256').update(bytes).digest();
      expect(kept).toEqual({ key, size, sha256 });
      expect((await store().read(key)).equals(bytes)).toBe(true);
      await store().remove([key]);
      await expect(store().read(key)).rejects.toThrow(FileMissing);
      await store().remove([key]);
    },
  );

  it('hold nothing in plain', async () => {
    const plain = Buffer.from('990001195003051232 周密的身份证 '.repeat(9000));
    await store().put(keyOf(), plain);
    const stored = filesIn(where === 'folder' ? 'files' : 's3');
    expect(stored.length).toBeGreaterThan(0);
    for (const file of stored) {
      const bytes = readFileSync(file);
      expect(bytes.includes('990001195003051232')).toBe(false);
      expect(bytes.includes('周密')).toBe(false);
    }
  });

  it('cannot be read with another installation’s key', async () => {
    const key = keyOf();
    await store().put(key, Buffer.from('secret'));
    const other = open(where, { data: randomBytes(32) });
    await expect(other.read(key)).rejects.toThrow(FileDamaged);
  });

  it('over the limit are refused, and leave nothing', async () => {
    const key = keyOf();
    async function* endless(): AsyncGenerator<Buffer> {
      for (;;) yield randomBytes(100_000);
    }
    await expect(store().put(key, endless(), 9_500_000)).rejects.toThrow(FileTooLarge);
    await expect(store().read(key)).rejects.toThrow(FileMissing);
  });

  it('that break off leave nothing', async () => {
    const key = keyOf();
    async function* broken(): AsyncGenerator<Buffer> {
      yield randomBytes(10_000_000);
      throw new Error('cut');
    }
    await expect(store().put(key, broken())).rejects.toThrow('cut');
    await expect(store().read(key)).rejects.toThrow(FileMissing);
  });

  it('are listed with the time they were written', async () => {
    const key = keyOf('p1');
    await store().put(key, Buffer.from('x'));
    const listed = await Array.fromAsync(store().list('documents'));
    const found = listed.find((one) => one.key === key);
    expect(Math.abs((found?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('have no names that lead elsewhere', async () => {
    for (const key of ['../../etc/passwd', 'documents/x/original', `documents/${newId()}/../x`])
      await expect(store().put(key, Buffer.from('x'))).rejects.toThrow('not the key');
  });
});

describe('a sealed file in a folder', () => {
  const size = 200_000;
  async function tampered(change: (bytes: Buffer, other: Buffer) => Buffer): Promise<unknown> {
    const files = opened.folder as Files;
    const [one, two] = [keyOf(), keyOf()];
    await files.put(one, randomBytes(size));
    await files.put(two, randomBytes(size));
    const pathOf = (key: string): string =>
      filesIn('files').find((path) => path.includes(key.split('/')[1] ?? '')) ?? '';
    writeFileSync(pathOf(one), change(readFileSync(pathOf(one)), readFileSync(pathOf(two))));
    return files.read(one).then(
      () => 'read',
      (error) => error,
    );
  }

  it.each<[string, (bytes: Buffer, other: Buffer) => Buffer]>([
    ['cut at its end', (bytes) => bytes.subarray(0, -1)],
    ['cut between two chunks', (bytes) => bytes.subarray(0, 64 + 2 * (16 + 65_536))],
    ['cut in its head', (bytes) => bytes.subarray(0, 30)],
    ['emptied', () => Buffer.alloc(0)],
    ['altered in a bit', (bytes) => bytes.with(100_000, (bytes[100_000] ?? 0) ^ 1) as Buffer],
    [
      'with two chunks exchanged',
      (bytes) => {
        const whole = 16 + 65_536;
        const chunk = (at: number) => bytes.subarray(64 + at * whole, 64 + (at + 1) * whole);
        return Buffer.concat([
          bytes.subarray(0, 64),
          chunk(1),
          chunk(0),
          bytes.subarray(64 + 2 * whole),
        ]);
      },
    ],
    ['with something added', (bytes) => Buffer.concat([bytes, Buffer.alloc(40)])],
    ['put in another’s place', (_bytes, other) => other],
  ])('%s is told', async (_what, change) => {
    expect(await tampered(change)).toBeInstanceOf(FileDamaged);
  });
});

describe('a full disk', () => {
  it('is told in words, and nothing half written stays', async () => {
    const own = mkdtempSync(join(tmpdir(), 'minqing-full-'));
    // The kernel itself refuses: no file of this process may grow over 1 MiB.
    const program = `
      import { openFiles } from ${JSON.stringify(join(import.meta.dirname, 'files.ts'))};
      const files = openFiles({ dataFolder: ${JSON.stringify(own)}, bucket: undefined }, { data: Buffer.alloc(32) });
      await files.put('documents/01970000-0000-7000-8000-000000000000/small', Buffer.alloc(1000));
      await files.put('documents/01970000-0000-7000-8000-000000000000/large', Buffer.alloc(5_000_000)).then(
        () => console.log('kept'), (error) => console.log(error.key ?? error));`;
    const limited = `trap '' XFSZ; ulimit -f 1024; exec "$0" --input-type=module-typescript -e "$1"`;
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      limited,
      process.execPath,
      program,
    ]);
    expect(stdout.trim()).toBe('no-space');
    const left = readdirSync(own, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(left.map(({ name }) => name)).toEqual(['01970000-0000-7000-8000-000000000000.small']);
    rmSync(own, { recursive: true });
  });
});

describe('a temporary file', () => {
  it('whose process died is cleared a day later', async () => {
    const temporary = join(folder, 'files', 'temporary');
    const [old, young] = [join(temporary, 'old'), join(temporary, 'young')];
    writeFileSync(old, 'half');
    writeFileSync(young, 'half');
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    utimesSync(old, twoDaysAgo, twoDaysAgo);
    await Array.fromAsync((opened.folder as Files).list('documents'));
    expect(filesIn('files/temporary')).toEqual([young]);
  });
});
