// POSIX.1-1988 (ustar): what a backup needs of it, which is files with a name and a size. `unpackTar` of modern-tar
// reads it, and so does `tar`.

const blockSize = 512;
/** Behind the last file. */
export const ending: Buffer = Buffer.alloc(2 * blockSize);
/** What eleven octal digits hold. */
const largest = 8 ** 11 - 1;

/** What stands before a file of a tar. @throws Error when the name or the size does not fit into the format */
export function headerOf(name: string, size: number, mode: number): Buffer {
  if (size > largest) throw new Error(`${name}: too large for a backup (8 GB)`);
  const [prefix, rest] = splitName(name);
  const header = Buffer.alloc(blockSize);
  header.write(rest, 0);
  header.write(octal(mode, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0' + '00', 257);
  header.write(prefix, 345);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
}

/** What fills a file's last block up. */
export function paddingOf(size: number): Buffer {
  return ending.subarray(0, -size & (blockSize - 1));
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** A name of up to 100 bytes, and before it, for longer ones, folders of up to 155. */
function splitName(name: string): readonly [prefix: string, rest: string] {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at >= 0; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return [prefix, rest];
  }
  throw new Error(`${name}: the name is too long for a backup`);
}
