import { crc32, createDeflateRaw } from 'node:zlib';

/** A file within a ZIP archive, its content made as it is asked for. */
export interface Entry {
  name: string;
  content: Iterable<string> | AsyncIterable<string>;
}

/** 2,000 characters of a sheet at a time would be many small calls into the compressor. */
const piece = 65_536;
/** Bit 3: sizes follow the content. Bit 11: names are UTF-8. */
const flags = 0x0808;
/** The oldest day that the format knows: a file tells its time in its own words. */
const dosDay = 0x0021;
const deflated = 8;

interface Written {
  name: Buffer;
  at: number;
  crc: number;
  packed: number;
  size: number;
}

/** Writes a ZIP archive (APPNOTE 6.3, without ZIP64: under 4 GB) as a stream, in constant memory. */
export async function* zipped(entries: Iterable<Entry>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  for (const { name, content } of entries) {
    const entry: Written = { name: Buffer.from(name), at, crc: 0, packed: 0, size: 0 };
    const head = headOf(entry.name);
    yield head;
    for await (const part of packed(content, entry)) yield part;
    const foot = footOf(entry);
    yield foot;
    at += head.length + entry.packed + foot.length;
    written.push(entry);
  }
  const directory = Buffer.concat(written.map(lineOf));
  yield directory;
  yield endOf(written.length, directory.length, at);
}

async function* packed(content: Entry['content'], entry: Written): AsyncGenerator<Buffer> {
  // Level 5 takes two thirds of the time of 6 for one percent more.
  const deflate = createDeflateRaw({ level: 5, chunkSize: piece });
  const feeding = feed(content, entry, deflate);
  // Met below; until then nobody may call it unhandled.
  feeding.catch(() => {});
  for await (const part of deflate) {
    entry.packed += part.length;
    yield part;
  }
  await feeding;
}

async function feed(
  content: Entry['content'],
  entry: Written,
  deflate: ReturnType<typeof createDeflateRaw>,
): Promise<void> {
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    entry.crc = crc32(bytes, entry.crc);
    entry.size += bytes.length;
    if (!deflate.write(bytes)) await new Promise((drained) => deflate.once('drain', drained));
  };
  try {
    let waiting = '';
    for await (const text of content) {
      waiting += text;
      if (waiting.length < piece) continue;
      await write(waiting);
      waiting = '';
    }
    await write(waiting);
    deflate.end();
  } catch (error) {
    deflate.destroy(error as Error);
    throw error;
  }
}

function headOf(name: Buffer): Buffer {
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(20, 4);
  head.writeUInt16LE(flags, 6);
  head.writeUInt16LE(deflated, 8);
  head.writeUInt16LE(dosDay, 12);
  head.writeUInt16LE(name.length, 26);
  return Buffer.concat([head, name]);
}

function footOf({ crc, packed: length, size }: Written): Buffer {
  const foot = Buffer.alloc(16);
  foot.writeUInt32LE(0x08074b50, 0);
  foot.writeUInt32LE(crc, 4);
  foot.writeUInt32LE(length, 8);
  foot.writeUInt32LE(size, 12);
  return foot;
}

function lineOf({ name, at, crc, packed: length, size }: Written): Buffer {
  const line = Buffer.alloc(46);
  line.writeUInt32LE(0x02014b50, 0);
  line.writeUInt16LE(20, 4);
  line.writeUInt16LE(20, 6);
  line.writeUInt16LE(flags, 8);
  line.writeUInt16LE(deflated, 10);
  line.writeUInt16LE(dosDay, 14);
  line.writeUInt32LE(crc, 16);
  line.writeUInt32LE(length, 20);
  line.writeUInt32LE(size, 24);
  line.writeUInt16LE(name.length, 28);
  line.writeUInt32LE(at, 42);
  return Buffer.concat([line, name]);
}

function endOf(count: number, size: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return end;
}
