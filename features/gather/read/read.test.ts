import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileFormat, RawRow } from '../rows.ts';
import { defaultLimits, type ReadLimits } from './limits.ts';
import { openRows } from './open.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gather-read-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(content: string | Buffer): string {
  files += 1;
  const at = path.join(folder, `${files}`);
  writeFileSync(at, content);
  return at;
}

const csv: FileFormat = { kind: 'csv', encoding: 'utf-8', separator: ',', titleRows: 0 };
const jsonl: FileFormat = { kind: 'jsonl', titleRows: 0 };
const xlsx: FileFormat = { kind: 'xlsx', titleRows: 0 };

interface All {
  header: string[];
  titles: string[];
  rows: RawRow[];
}

async function read(
  content: string | Buffer,
  format: FileFormat = csv,
  limits: Partial<ReadLimits> = {},
): Promise<All> {
  const open = await openRows(file(content), format, { ...defaultLimits, ...limits });
  const rows = (await Array.fromAsync(open)).flat();
  return { header: open.header, titles: open.titles, rows };
}

/** Cells of good rows, codes of the others. */
const told = ({ rows }: All) => rows.map(({ cells, fault }) => fault?.code ?? cells.join('/'));

const refusal = (content: string | Buffer, format = csv, limits: Partial<ReadLimits> = {}) =>
  read(content, format, limits).then(
    () => 'read',
    (error) => (error as { code?: string }).code ?? String(error),
  );

/** Text in GB18030, which Node decodes and does not encode: by looking every pair of bytes up. */
const gbCodes = new Map<string, Buffer>();
const gb = new TextDecoder('gb18030');
for (let first = 0x81; first <= 0xfe; first++)
  for (let second = 0x40; second <= 0xfe; second++) {
    const bytes = Buffer.from([first, second]);
    const text = gb.decode(bytes);
    if (text.length === 1 && text !== '\ufffd' && !gbCodes.has(text)) gbCodes.set(text, bytes);
  }
const gb18030 = (text: string): Buffer =>
  Buffer.concat([...text].map((one) => gbCodes.get(one) ?? Buffer.from(one, 'ascii')));

function book(rows: unknown[][], merge = false): Buffer {
  const made = utils.book_new();
  const sheet = utils.aoa_to_sheet(rows);
  if (merge) sheet['!merges'] = [{ s: { r: 0, c: 0 }, e: { r: 0, c: 2 } }];
  utils.book_append_sheet(made, sheet, '表');
  return write(made, { type: 'buffer', bookType: 'xlsx', bookSST: true, compression: true });
}

describe('CSV', () => {
  it('with quotes, separators and lines within them, CR LF, and no end of the last line', async () => {
    const all = await read('甲,乙\r\n"a,b","c\r\nd"\r\n"say ""hi""",x"y\r\n , \r\n\r\n1,"2"');
    expect(all.header).toEqual(['甲', '乙']);
    expect(all.rows).toEqual([
      { n: 1, cells: ['a,b', 'c\r\nd'] },
      { n: 2, cells: ['say "hi"', 'x"y'] },
      { n: 3, cells: ['1', '2'] },
    ]);
  });

  it('with any separator, one of two characters too', async () => {
    for (const separator of ['|', '\t', ';', '，', '||', '^']) {
      const text = ['甲', '乙'].join(separator).concat('\n"1"', separator, '2\n');
      expect(told(await read(text, { ...csv, separator }))).toEqual(['1/2']);
    }
  });

  it('below title rows, which are told apart and not counted', async () => {
    const all = await read('某县名册（2026年10月）,\n\n制表：某局,,\n甲,乙,,\n1,2\n', {
      ...csv,
      titleRows: 2,
    });
    expect(all.titles).toEqual(['某县名册（2026年10月）', '制表：某局']);
    expect(all.header).toEqual(['甲', '乙']);
    expect(all.rows).toEqual([{ n: 1, cells: ['1', '2'] }]);
  });

  it('of any cells comes back as it was written, wherever the pieces are cut', async () => {
    const cell = fc.stringMatching(/^[a,"\n民\u{20bb7} 1]{0,6}$/u);
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 });
    const quoted = (text: string) =>
      /[,"\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        const text = cells.map((row) => `x,${row.map(quoted).join(',')}\n`).join('');
        const all = await read(`一,二,三\n${text}`);
        expect(all.rows.map((row) => row.cells.slice(1))).toEqual(cells);
      }),
      { numRuns: 60 },
    );
  });

  it('longer than any piece of it, in batches of a thousand, numbered without a gap', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},"第 ${i} 行\n还有",民情${i}`);
    const open = await openRows(file(`a,b,c\n${lines.join('\n')}\n`), csv);
    let n = 0;
    for await (const batch of open) {
      expect(batch.length).toBeLessThanOrEqual(1_000);
      for (const row of batch) {
        n += 1;
        expect(row).toEqual({ n, cells: [`${n - 1}`, `第 ${n - 1} 行\n还有`, `民情${n - 1}`] });
      }
    }
    expect(n).toBe(30_000);
    const { read: bytes, size } = open.progress();
    expect(bytes).toBe(size);
  });
});

describe('encodings', () => {
  const text = '姓名,住址\n阿依古丽·买买提,衢州市柯城区\n李𠮷,𬭎村\n';

  it('UTF-8 with and without mark, UTF-16 of both orders, and GB18030 are told by the bytes', async () => {
    const expected = ['阿依古丽·买买提/衢州市柯城区', '李𠮷/𬭎村'];
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
    const variants = [text, `\ufeff${text}`, utf16, Buffer.from(utf16).swap16()];
    for (const variant of variants) expect(told(await read(variant))).toEqual(expected);
    const plain = '姓名,住址\n罗志平,城站社区５组\n';
    // Whatever the profile says.
    for (const encoding of ['utf-8', 'gb18030'] as const) {
      expect(told(await read(gb18030(plain), { ...csv, encoding }))).toEqual([
        '罗志平/城站社区５组',
      ]);
      expect(told(await read(plain, { ...csv, encoding }))).toEqual(['罗志平/城站社区５组']);
    }
  });

  it('女 alone, which is a letter of Latin in UTF-8, stays what it is in GB18030', async () => {
    const rows = ['毛小强,男', '毛小明,女', 'x,女'].join('\n');
    expect(told(await read(gb18030(`姓名,性别\n${rows}\n`)))).toEqual([
      '毛小强/男',
      '毛小明/女',
      'x/女',
    ]);
  });

  it('mixed in one file are told line by line', async () => {
    const line = '罗志平,城站社区\n';
    const many = (part: Buffer | string) => Array.from({ length: 50 }, () => Buffer.from(part));
    const mostUtf8 = Buffer.concat([Buffer.from('姓名,住址\n'), ...many(line), gb18030(line)]);
    const mostGb = Buffer.concat([
      gb18030('姓名,住址\n'),
      ...many(gb18030(line)),
      Buffer.from(line),
    ]);
    for (const mixed of [mostUtf8, mostGb])
      expect(new Set(told(await read(mixed)))).toEqual(new Set(['罗志平/城站社区']));
  });

  it('where bytes are of none, the row is set aside with its number, and the others are read', async () => {
    const good = Buffer.from('罗志平,城站社区\n');
    const damaged = Buffer.concat([good.subarray(0, 4), good.subarray(5)]);
    const inUtf8 = Buffer.concat([Buffer.from('姓名,住址\n'), good, damaged, good]);
    expect(told(await read(inUtf8))).toEqual(['罗志平/城站社区', 'bytes', '罗志平/城站社区']);
    const gbGood = gb18030('罗志平,城站社区\n');
    const gbDamaged = Buffer.concat([
      gbGood.subarray(0, 5),
      Buffer.from([0xff]),
      gbGood.subarray(6),
    ]);
    const inGb = Buffer.concat([gb18030('姓名,住址\n'), gbGood, gbDamaged, gbGood]);
    expect(told(await read(inGb))).toEqual(['罗志平/城站社区', 'bytes', '罗志平/城站社区']);
    // A character that was lost before the file was made is lost as well.
    expect(told(await read('甲,乙\n1,\ufffd\n'))).toEqual(['bytes']);
  });
});

describe('JSON lines', () => {
  it('have the names of all their objects as header; what is left out is blank, lists are put together', async () => {
    const all = await read(
      '{"xm":"毛","n":3}\n{"n":null,"b":true,"l":["甲","乙"]}\n\n{"xm":"罗"}',
      jsonl,
    );
    expect(all.header).toEqual(['xm', 'n', 'b', 'l']);
    expect(told(all)).toEqual(['毛/3//', '//true/甲;乙', '罗///']);
  });

  it('keep every digit of an id that stands without quotes', async () => {
    const all = await read('{"sfzh":990804195707213626}\n{"sfzh":1}\n', jsonl);
    expect(told(all)).toEqual(['990804195707213626', '1']);
  });

  it('that are no objects, or hold objects, are set aside', async () => {
    const all = await read('{"a":1}\n{"a":{"b":1}}\n{"a":\n[1]\n{"a":2}\n', jsonl);
    expect(told(all)).toEqual(['1', 'nested', 'json', 'json', '2']);
  });

  it('cut in the last line, or all in one array, refuse the file', async () => {
    expect(await refusal('{"a":1}\n{"a":"毛小', jsonl)).toBe('cut');
    expect(await refusal('[{"a":1},{"a":2}]', jsonl)).toBe('array');
    expect(await refusal('a,b\n1,2', jsonl)).toBe('kind');
  });
});

describe('XLSX', () => {
  it('below a merged title, with days as numbers, gaps and rows that end early', async () => {
    const all = await read(
      book(
        [
          ['名册（2026年10月）', null, null],
          ['甲', '乙', '丙'],
          ['毛', 44813, null],
          [null, 1.5],
        ],
        true,
      ),
      { ...xlsx, titleRows: 1 },
    );
    expect(all.titles).toEqual(['名册（2026年10月）']);
    expect(all.rows).toEqual([
      { n: 1, cells: ['毛', '44813', ''] },
      { n: 2, cells: ['', '1.5', ''] },
    ]);
  });

  it('with a formula sets the row aside', async () => {
    const made = utils.book_new();
    const sheet = utils.aoa_to_sheet([
      ['甲', '乙'],
      ['1', '2'],
      ['3', '4'],
    ]);
    sheet.B2 = { t: 'n', f: 'SUM(1,1)', v: 2 };
    utils.book_append_sheet(made, sheet, '表');
    const all = await read(write(made, { type: 'buffer', bookType: 'xlsx' }), xlsx);
    expect(told(all)).toEqual(['formula', '3/4']);
  });

  it('of 10,000 columns is refused, one with a far cell sets the row aside', async () => {
    expect(await refusal(book([Array.from({ length: 10_000 }, (_, i) => `c${i}`)]), xlsx)).toBe(
      'columns',
    );
    const far = [...Array.from({ length: 3_000 }, () => null), 'x'];
    expect(told(await read(book([['甲'], far, ['1']]), xlsx))).toEqual(['many', '1']);
  });

  it('that is cut, old, or no workbook at all is refused', async () => {
    const good = book([['甲'], ...Array.from({ length: 2_000 }, (_, i) => [`毛${i * 7919}`])]);
    expect(await refusal(good.subarray(0, good.length / 2), xlsx)).toBe('damaged');
    expect(await refusal(Buffer.from('d0cf11e0a1b11ae1', 'hex'), xlsx)).toBe('old');
    expect(await refusal('甲,乙\n', xlsx)).toBe('kind');
    expect(await refusal(good, csv)).toBe('kind');
  });
});

describe('gzip', () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `毛${i},${i * 7919}`).join('\n');

  it('of each kind is read as what it holds', async () => {
    expect((await read(gzipSync(`甲,乙\n${rows}`))).rows).toHaveLength(20_000);
    expect((await read(gzipSync(book([['甲'], ['1']])), xlsx)).rows).toHaveLength(1);
    expect((await read(gzipSync('{"a":1}'), jsonl)).rows).toHaveLength(1);
  });

  it('that is cut or changed refuses the file, after the rows that came before', async () => {
    const packed = gzipSync(`甲,乙\n${rows}`);
    expect(await refusal(packed.subarray(0, packed.length - 20))).toBe('gzip');
    expect(await refusal(packed.subarray(0, packed.length / 2))).toBe('gzip');
    const changed = Buffer.from(packed);
    changed.fill(0, 40_000, 40_050);
    expect(await refusal(changed)).toBe('gzip');
  });

  it('that unpacks to far too much is a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(150_000_000, `甲,${'乙'.repeat(5_000)}\n`));
    expect(await refusal(bomb)).toBe('bomb');
    const small = gzipSync(`甲,乙\n${rows}`);
    expect(await refusal(small, csv, { unpacked: 10_000 })).toBe('bomb');
  });
});

describe('limits', () => {
  it('10,000 columns refuse the file', async () => {
    const header = Array.from({ length: 10_000 }, (_, i) => `c${i}`).join(',');
    expect(await refusal(`${header}\n`)).toBe('columns');
    const names = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, 1]));
    expect(await refusal(JSON.stringify(names), jsonl)).toBe('columns');
  });

  it('a cell of 5 MB sets its row aside, shortened', async () => {
    const long = '长'.repeat(1_700_000);
    const plain = await read(`甲,乙\n1,${long}\n2,3\n`);
    expect(told(plain)).toEqual(['cell', '2/3']);
    expect(plain.rows[0]?.cells[1]).toHaveLength(201);
    expect(told(await read(`{"a":"${long}"}\n{"a":1}\n`, jsonl))).toEqual(['cell', '1']);
    const texts = book([['甲'], ['x'.repeat(32_000)], ['1']]);
    expect(told(await read(texts, xlsx, { cell: 10_000 }))).toEqual(['cell', '1']);
  });

  it('a quotation mark that never closes refuses the file, and says after which row', async () => {
    expect(await refusal('甲,乙\n1,2\n3,"4\n5,6\n')).toBe('quote');
    await expect(read(`甲,乙\n1,2\n3,"4\n${'5,6\n'.repeat(200_000)}`)).rejects.toThrow(
      /after data row 1\)/,
    );
  });

  it('one that closes amid a cell sets its line aside, and nothing else', async () => {
    expect(told(await read('甲,乙\n"张三,1\n李四,"x"\n王五,2\n'))).toEqual([
      'quote',
      '李四/x',
      '王五/2',
    ]);
  });

  it('a line without end refuses the file', async () => {
    const endless = Buffer.alloc(3_000_000, 'a');
    expect(await refusal(endless, csv, { line: 1_000_000 })).toBe('line');
  });

  it('more and fewer cells than the header set the row aside; blank ones at the end do no harm', async () => {
    const all = await read('甲,乙\n1,2,3\n1\n1,2,,\n1,2\n');
    expect(told(all)).toEqual(['many', 'few', '1/2', '1/2']);
    expect(all.rows.map(({ n }) => n)).toEqual([1, 2, 3, 4]);
  });

  it('the header once more, as when files were put together, is set aside', async () => {
    expect(told(await read('甲,乙\n1,2\n甲, 乙\n甲,3\n'))).toEqual(['1/2', 'header', '甲/3']);
  });

  it('no file, an empty one, one of titles only, and a column named twice are refused', async () => {
    await expect(openRows(path.join(folder, 'none'), csv)).rejects.toMatchObject({
      code: 'absent',
    });
    expect(await refusal('')).toBe('empty');
    expect(await refusal('\n\n')).toBe('empty');
    expect(await refusal('标题\n', { ...csv, titleRows: 1 })).toBe('empty');
    expect(await refusal('姓名,姓名\n')).toBe('twice');
  });
});

it('NUL reaches nobody: it is damage of its row, and left out of a workbook', async () => {
  expect(told(await read('甲,乙\n1,2\0\n3,4\n'))).toEqual(['bytes', '3/4']);
  expect(told(await read('{"a":"x\\u0000"}\n{"a":"y"}\n', jsonl))).toEqual(['bytes', 'y']);
  const all = await read(book([['甲'], ['x_x0000_y']]), xlsx);
  expect(all.rows.flatMap(({ cells }) => cells).join()).not.toContain('\0');
});

it('who stops before the end leaves no file open', async () => {
  const at = file(`甲,乙\n${'1,2\n'.repeat(300_000)}`);
  for (let i = 0; i < 20; i++) {
    const open = await openRows(at, csv);
    for await (const batch of open) if (batch.length > 0) break;
    const other = await openRows(at, csv);
    await other.close();
  }
  const open = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === at;
      } catch {
        return false;
      }
    });
  // A stream that is destroyed closes its file a moment later.
  await expect.poll(open).toEqual([]);
});
