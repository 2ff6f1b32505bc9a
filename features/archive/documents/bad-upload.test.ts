import { readdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { boundary, formOf, pdf, photo, upload } from '../../../tests/support/uploads.ts';

let t: TestApp;
let village: Caller;
let resident: string;
let port: number;
const megabyte = 1_048_576;

beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const made = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周坏件' },
  });
  resident = made.json().id;
  await t.app.listen({ host: '127.0.0.1', port: 0 });
  port = (t.app.server.address() as AddressInfo).port;
});
afterAll(() => t.close());

const add = (fields: Record<string, string>, file?: Buffer) =>
  upload(t.app, village, `/residents/${resident}`, fields, file);

/** Every file of the data folder, sealed or half written. */
const onDisk = (): string[] =>
  readdirSync(t.dataFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
const rows = () => t.sql('select 1 from document');

/** The archive is as it was: no row, no file. */
async function unharmed(): Promise<void> {
  await expect.poll(onDisk).toEqual([]);
  expect(await rows()).toEqual([]);
}

/** A PNG whose head says how large it is; its rows are all alike, so that little data unpacks to much. */
function png(width: number, height: number, data: Buffer): Buffer {
  const chunk = (type: string, body: Buffer): Buffer => {
    const all = Buffer.concat([Buffer.from(type), body]);
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    const tail = Buffer.alloc(4);
    tail.writeUInt32BE(crc(all));
    return Buffer.concat([head, all, tail]);
  };
  const size = Buffer.alloc(13);
  size.writeUInt32BE(width, 0);
  size.writeUInt32BE(height, 4);
  size.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', size),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc(bytes: Buffer): number {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return (value ^ 0xffffffff) >>> 0;
}

/** Encrypted in the old way (RC4, 40 bits) with a password that nobody knows. */
const lockedPdf = Buffer.from(
  pdf()
    .toString('latin1')
    .replace(
      '/Root 1 0 R',
      `/Root 1 0 R /ID [<${'ab'.repeat(16)}> <${'ab'.repeat(16)}>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <${'17'.repeat(32)}> /U <${'39'.repeat(32)}> /P -4 >>`,
    ),
  'latin1',
);

describe('a file that is not taken', () => {
  const words = (text: string) => Buffer.from(text.padEnd(200, ' '));
  it.each<[string, () => Promise<Buffer> | Buffer, string, string]>([
    ['a program that is called a photo', () => words('MZ\x90 program'), 'unknown', '只收照片'],
    ['a page of the web', () => words('<!doctype html><script>1</script>'), 'unknown', '只收照片'],
    ['an SVG', () => words('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'unknown', '只收照片'],
    ['a GIF', () => words('GIF89a'), 'unknown', '只收照片'],
    ['a phone’s own format', () => words('\0\0\0\x18ftypheic'), 'heic', '兼容性最佳'],
    ['nothing', () => Buffer.alloc(0), 'empty', '文件是空的'],
    ['three bytes', () => Buffer.from([0xff, 0xd8, 0xff]), 'damaged', '文件打不开'],
    ['half a photo', async () => (await photo()).subarray(0, 5000), 'damaged', '文件打不开'],
    ['a PDF in name only', () => words('%PDF-1.7 and nothing else'), 'damaged', '文件打不开'],
    ['a PDF cut short', () => pdf(2).subarray(0, 300), 'damaged', '文件打不开'],
    ['a PDF of 31 pages', () => pdf(31), 'pages', '30 页'],
    ['a PDF with a password', () => lockedPdf, 'locked', '去掉密码'],
  ])('%s', async (_what, file, code, saying) => {
    const answer = await add({ kind: 'diagnosis' }, await file());
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({
      type: '/problems/invalid',
      errors: [{ field: 'file', code }],
    });
    expect(answer.json().detail).toContain(saying);
    await unharmed();
  });

  it('a PNG that unpacks to ten thousand million pixels is refused by its head, at once', async () => {
    const bomb = png(100_000, 100_000, deflateSync(Buffer.alloc(20 * megabyte)));
    expect(bomb.length).toBeLessThan(30_000);
    const before = process.memoryUsage.rss();
    const answer = await add({ kind: 'diagnosis' }, bomb);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'file', code: 'pixels' }] });
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * megabyte);
    await unharmed();
  });

  it('a PNG whose head lies about its size is refused as damaged', async () => {
    const liar = png(3000, 3000, deflateSync(Buffer.alloc(1000)));
    const answer = await add({ kind: 'diagnosis' }, liar);
    expect(answer.json()).toMatchObject({ errors: [{ field: 'file', code: 'damaged' }] });
    await unharmed();
  });

  it('a PDF where only photos are taken', async () => {
    const answer = await add({ kind: 'portrait' }, pdf());
    expect(answer.json().detail).toContain('只收照片');
    await unharmed();
  });

  it('one megabyte over the kind’s limit', async () => {
    const large = Buffer.concat([await photo(), Buffer.alloc(5 * megabyte)]);
    const answer = await add({ kind: 'portrait' }, large);
    expect(answer.statusCode).toBe(413);
    expect(answer.json().detail).toContain('5 MB');
    await unharmed();
  });
});

describe('a form that is not right', () => {
  it.each<[string, Record<string, string>, boolean, string]>([
    ['no kind', {}, true, 'kind'],
    ['an unknown kind', { kind: 'passport_of_mars' }, true, 'kind'],
    ['a kind of another category', { kind: 'register_cover' }, true, 'kind'],
    ['an unknown field', { kind: 'consent', colour: 'red' }, true, 'colour'],
    ['a day that is none', { kind: 'consent', takenOn: '2026-02-30' }, true, 'takenOn'],
    ['a day to come', { kind: 'consent', takenOn: '2026-06-16' }, true, 'takenOn'],
    ['an id that is none', { kind: 'consent', id: 'x' }, true, 'id'],
    ['a long title', { kind: 'consent', title: '长'.repeat(61) }, true, 'title'],
    ['no file', { kind: 'consent' }, false, 'file'],
  ])('%s', async (_what, fields, withFile, field) => {
    const answer = await add(fields, withFile ? await photo() : undefined);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toBe(field);
    await unharmed();
  });

  it('no form at all', async () => {
    const answer = await village.send('POST', `/residents/${resident}/documents`, {
      kind: 'consent',
    });
    expect(answer.statusCode).toBe(415);
    await unharmed();
  });

  it('of a record that is not there', async () => {
    const answer = await upload(
      t.app,
      village,
      '/residents/01970000-0000-7000-8000-000000000000',
      { kind: 'consent' },
      await photo(),
    );
    expect(answer.statusCode).toBe(404);
    await unharmed();
  });
});

/** Sends the beginning of an upload over a connection of its own. */
function begin(length: number | 'chunked', body: Buffer) {
  const socket = connect(port, '127.0.0.1');
  const how = length === 'chunked' ? 'transfer-encoding: chunked' : `content-length: ${length}`;
  socket.write(
    `POST /api/v1/residents/${resident}/documents HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncookie: ${village.cookie}\r\ncontent-type: multipart/form-data; boundary=${boundary}\r\n${how}\r\n\r\n`,
  );
  socket.write(body);
  const answered = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (part) => {
      text += part.toString();
      if (text.includes('\r\n\r\n')) resolve(text);
    });
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
  return { socket, answered };
}

describe('over a real connection', () => {
  const half = async (): Promise<Buffer> => {
    const whole = formOf(
      { kind: 'consent' },
      Buffer.concat([await photo(), Buffer.alloc(megabyte)]),
    );
    return whole.subarray(0, 600_000);
  };

  it('an upload cut in the middle leaves nothing', async () => {
    const { socket } = begin(5 * megabyte, await half());
    // It is being written when the line is cut.
    await expect.poll(onDisk).toHaveLength(1);
    socket.destroy();
    await unharmed();
  });

  it('of one gigabyte is refused by its length, before it is sent', async () => {
    const { socket, answered } = begin(1024 * megabyte, await half());
    const answer = await answered;
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    await unharmed();
  });

  it('that says no length is refused when it grows over the limit', async () => {
    const first = formOf({ kind: 'portrait' }, await photo()).subarray(0, 3000);
    const piece = (bytes: Buffer) =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    const { socket, answered } = begin('chunked', piece(first));
    const more = piece(Buffer.alloc(megabyte));
    const send = (left: number): void => {
      if (left > 0 && !socket.destroyed) socket.write(more, () => send(left - 1));
    };
    send(60);
    expect(await answered).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    await unharmed();
  });

  it('serves the next upload after all that', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/residents/${resident}/documents`, {
      method: 'POST',
      headers: {
        cookie: village.cookie,
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
      body: formOf({ kind: 'consent' }, await photo()),
    });
    expect(answer.status).toBe(201);
    expect(await rows()).toHaveLength(1);
    expect(onDisk()).toHaveLength(3);
  });
});
