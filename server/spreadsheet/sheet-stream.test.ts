import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { zipped } from './archive.ts';
import { streamSheet } from './sheet-stream.ts';
import { TextStore } from './text-store.ts';
import { bytesOfBuffer } from './unzip-stream.ts';

/** A workbook by another program. */
function book(rows: unknown[][]): Buffer {
  const made = utils.book_new();
  utils.book_append_sheet(made, utils.aoa_to_sheet(rows), '表');
  return write(made, { type: 'buffer', bookType: 'xlsx', bookSST: true, compression: true });
}

const zip = async (files: Record<string, string>): Promise<Buffer> =>
  Buffer.concat(
    await Array.fromAsync(
      zipped(Object.entries(files).map(([name, text]) => ({ name, content: [text] }))),
    ),
  );
const around = (sheet: string, book = '<workbook>'): Promise<Buffer> =>
  zip({
    'xl/workbook.xml': `${book}<sheets><sheet name="a" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels':
      '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': sheet,
  });

async function rowsOf(file: Buffer, most = 50): Promise<unknown[][]> {
  const { rows } = await streamSheet(bytesOfBuffer(file), most);
  return (await Array.fromAsync(rows)).flat();
}
const refusal = (file: Buffer): Promise<string> =>
  rowsOf(file).then(
    () => 'read',
    (error) => (error as { code: string }).code,
  );

describe('a streamed sheet', () => {
  it('by another program is read as it is, longer than any piece that is unpacked at a time', async () => {
    const rows = Array.from({ length: 9_000 }, (_, i) => [`姓名${i}`, i, i % 2 === 0, `“&<${i}>`]);
    expect(await rowsOf(book(rows))).toEqual(
      rows.map(([name, i, even, text]) => [name, String(i), even, text]),
    );
  });

  it('keeps every digit that the file has, and no more than Excel kept', async () => {
    const cell = (at: string, value: string) => `<c r="${at}1"><v>${value}</v></c>`;
    const sheet = `<worksheet><sheetData><row r="1">${cell('A', '990804195707213626')}${cell('B', '9.90804195707214E+17')}${cell('C', '0.30000000000000004')}${cell('D', '748.0')}</row></sheetData></worksheet>`;
    expect(await rowsOf(await around(sheet))).toEqual([
      ['990804195707213626', '9.90804195707214E+17', '0.3', '748'],
    ]);
  });

  it('has formulas as formulas, prefixes taken off, far cells seen', async () => {
    const sheet =
      '<x:worksheet xmlns:x="a"><x:sheetData><x:row r="2"><x:c r="B2"><x:f>1+1</x:f><x:v>2</x:v></x:c><x:c r="XFD2"><x:v>7</x:v></x:c></x:row><x:row r="3"/></x:sheetData></x:worksheet>';
    expect(await rowsOf(await around(sheet), 4)).toEqual([[null, { formula: true }, null, '7']]);
  });
});

describe('a streamed sheet is refused', () => {
  it('when it is cut short, lies about itself, or is changed in the midst', async () => {
    const good = book(Array.from({ length: 3_000 }, (_, i) => [`甲${i * 7919}`, i]));
    for (const part of [0.2, 0.6, 0.99])
      expect(await refusal(good.subarray(0, good.length * part))).toBe('damaged');
    const changed = Buffer.from(good);
    const sheet = changed.indexOf('xl/worksheets/sheet1.xml');
    changed.fill(0x55, sheet + 400, sheet + 440);
    expect(await refusal(changed)).toBe('damaged');
    expect(await refusal(await around('<worksheet><sheetData><row r="1">'))).toBe('damaged');
    expect(await refusal(Buffer.from('PK, but nothing else'))).toBe('damaged');
  });

  it('when it is a bomb, declares entities, or counts days from 1904', async () => {
    const bomb = await around(`<worksheet>${' '.repeat(30_000_000)}</worksheet>`);
    expect(await refusal(bomb)).toBe('bomb');
    expect(await refusal(await around('<!DOCTYPE x [<!ENTITY a "ha">]><worksheet/>'))).toBe(
      'entities',
    );
    const old = await around('<worksheet/>', '<workbook><workbookPr date1904="1"/>');
    expect(await refusal(old)).toBe('epoch');
  });
});

it('the table of texts gives back what was put in, over several blocks', () => {
  const store = new TextStore();
  const texts = Array.from({ length: 40_000 }, (_, i) => `${i}号`.repeat(1 + (i % 60)));
  texts[7] = '';
  texts[8] = '长'.repeat(5_000_000);
  for (const text of texts) store.add(text);
  expect(texts.every((text, at) => store.get(at) === text)).toBe(true);
  expect(store.get(texts.length)).toBeUndefined();
  expect(store.get(Number.NaN)).toBeUndefined();
});
