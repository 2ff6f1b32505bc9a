import { deflateRawSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { zipped } from './archive.ts';
import { readSheet } from './reader.ts';
import { workbook } from './workbook.ts';

/** A workbook by another program. */
function book(rows: unknown[][], type: 'xlsx' | 'xls' | 'xlsm' = 'xlsx'): Buffer {
  const made = utils.book_new();
  utils.book_append_sheet(made, utils.aoa_to_sheet(rows, { cellDates: false }), '居民');
  return write(made, {
    type: 'buffer',
    bookType: type === 'xls' ? 'biff8' : type,
    bookSST: true,
    compression: true,
  });
}

const zip = async (files: Record<string, string>): Promise<Buffer> =>
  Buffer.concat(
    await Array.fromAsync(
      zipped(Object.entries(files).map(([name, text]) => ({ name, content: [text] }))),
    ),
  );

const relations =
  '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>';
const around = (sheet: string, more: Record<string, string> = {}): Promise<Buffer> =>
  zip({
    'xl/workbook.xml': '<workbook><sheets><sheet name="a" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': relations,
    'xl/worksheets/sheet1.xml': sheet,
    ...more,
  });
const refusal = (file: Buffer, most = 100): string => {
  try {
    readSheet(file, most);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'read';
};

describe('a sheet', () => {
  it('by another program is read: shared texts, numbers, yes and no, gaps', () => {
    const rows = readSheet(
      book([
        ['姓名', '人数', '是否'],
        ['毛 <小> & "强"', 3, true],
        [null, 4.5, false],
      ]),
      10,
    );
    expect(rows).toEqual([
      { at: 1, cells: ['姓名', '人数', '是否'] },
      { at: 2, cells: ['毛 <小> & "强"', 3, true] },
      { at: 3, cells: [null, 4.5, false] },
    ]);
  });

  it('of our own comes back as it was written', async () => {
    const columns = ['甲', '乙', '丙'].map((title) => ({ title, width: 10 }));
    const rows = [
      ['=1+1', { day: '1957-07-21' }, null],
      ['_x0041_ 𠮷', null, 7],
    ] as const;
    const file = Buffer.concat(
      await Array.fromAsync(
        workbook([{ name: '表', headed: true, columns, rows, mark: '水印' }], '表'),
      ),
    );
    expect(readSheet(file, 10).slice(2)).toEqual([
      { at: 3, cells: ['=1+1', 21022] },
      { at: 4, cells: ['_x0041_ 𠮷', null, 7] },
    ]);
  });

  it('holds no formula’s value, and every name may have a prefix', async () => {
    const sheet =
      '<x:worksheet xmlns:x="a"><x:sheetData><x:row r="2"><x:c r="B2"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>';
    expect(readSheet(await around(sheet), 9)).toEqual([
      { at: 2, cells: [null, { formula: true }] },
    ]);
  });
});

describe('is refused', () => {
  it('what is no workbook, is cut short, is of the old kind or has macros', async () => {
    const good = book([['a'], ['b']]);
    expect(refusal(Buffer.from('not a zip at all, but long enough to look for its end'))).toBe(
      'damaged',
    );
    expect(refusal(Buffer.alloc(0))).toBe('damaged');
    expect(refusal(good.subarray(0, good.length - 30))).toBe('damaged');
    expect(refusal(Buffer.concat([good.subarray(0, 60), good.subarray(160)]))).toBe('damaged');
    expect(refusal(book([['a']], 'xls'))).toBe('old');
    expect(refusal(await around('<worksheet/>', { 'xl/vbaProject.bin': 'x' }))).toBe('macro');
  });

  it('a bomb: what unpacks to far more than it is, and what lies about it', async () => {
    const bomb = await around(`<worksheet>${' '.repeat(30_000_000)}</worksheet>`);
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage().rss;
    expect(refusal(bomb)).toBe('bomb');
    expect(process.memoryUsage().rss - before).toBeLessThan(20_000_000);
    // The directory says ten bytes, the content is a bomb: nothing beyond ten is unpacked.
    const lying = Buffer.from(bomb);
    const at = lying.indexOf(
      deflateRawSync(Buffer.from('x')).length ? 'xl/worksheets/sheet1.xml' : '',
      200,
    );
    expect(at).toBeGreaterThan(0);
    const line = lying.lastIndexOf('xl/worksheets/sheet1.xml') - 46;
    lying.writeUInt32LE(10, line + 24);
    expect(refusal(lying)).toBe('damaged');
    const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`f${i}`, '']));
    expect(refusal(await around('<worksheet/>', many))).toBe('bomb');
  });

  it('a declared entity, be it a file of the server or a word that multiplies', async () => {
    const outside =
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>';
    const laughs =
      '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>';
    expect(refusal(await around(outside))).toBe('entities');
    expect(refusal(await around('<worksheet/>', { 'xl/sharedStrings.xml': laughs }))).toBe(
      'entities',
    );
  });

  it('more rows than are read, and rows that never close, without long thought', async () => {
    expect(refusal(book(Array.from({ length: 102 }, (_, i) => [i])))).toBe('rows');
    const started = performance.now();
    const open = `<worksheet>${Array.from({ length: 300_000 }, (_, i) => `<row r="${i * 7919}">`).join('')}`;
    expect(refusal(await around(open), 1_000_000)).toBe('damaged');
    expect(performance.now() - started).toBeLessThan(3_000);
  });
});

it('readings of names are no part of a text, and however many they are take no long thought', async () => {
  const readings = Array.from({ length: 200_000 }, (_, i) => `<rPh sb="${i}"><t>${i}</t></rPh>`);
  const cell = `<c r="A1" t="inlineStr"><is><t>毛</t>${readings.join('')}<t>小强</t></is></c>`;
  const file = await around(`<worksheet><row r="1">${cell}</row></worksheet>`);
  const started = performance.now();
  expect(readSheet(file, 9)).toEqual([{ at: 1, cells: ['毛小强'] }]);
  expect(performance.now() - started).toBeLessThan(3_000);
});
