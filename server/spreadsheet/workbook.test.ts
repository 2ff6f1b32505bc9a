import { read } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { dayOfSerial, letters, type Sheet, serialOf, workbook } from './workbook.ts';

const made = async (...sheets: Sheet[]): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(workbook(sheets, '名单')));

const sheet = (rows: Sheet['rows'], more: Partial<Sheet> = {}): Sheet => ({
  name: '居民',
  headed: true,
  columns: [
    { title: '姓名', width: 12 },
    { title: '公民身份号码', width: 22 },
    { title: '出生日期', width: 12 },
    { title: '人数', width: 8 },
  ],
  rows,
  ...more,
});

describe('a workbook', () => {
  it('is read by another program: texts, long numbers, days, figures, headings, filter', async () => {
    const book = read(
      await made(
        sheet(
          [
            ['毛小强', '990881195707210012', { day: '1957-07-21' }, 3],
            ['李', null, null, 0],
          ],
          { mark: '王主任 · 仅供走访' },
        ),
      ),
      { cellDates: true, cellNF: true },
    );
    const cells = book.Sheets.居民;
    expect(cells?.A1?.v).toBe('王主任 · 仅供走访');
    expect([cells?.A2?.v, cells?.D2?.v]).toEqual(['姓名', '人数']);
    expect(cells?.B3).toMatchObject({ t: 's', v: '990881195707210012' });
    expect(cells?.C3?.t).toBe('d');
    expect(cells?.D3).toMatchObject({ t: 'n', v: 3 });
    expect(cells?.['!autofilter']?.ref).toBe('A2:D4');
  });

  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '=HYPERLINK("http://x","y")',
    '=cmd|/c calc!A1',
  ])('holds %j as a text and nothing to be evaluated', async (text) => {
    const book = read(await made(sheet([[text, text, null, null]])), { cellFormula: true });
    for (const cell of [book.Sheets.居民?.A2, book.Sheets.居民?.B2]) {
      expect(cell?.t).toBe('s');
      expect(cell?.f).toBeUndefined();
      // XML reads a lone carriage return as a line feed.
      expect(String(cell?.v).replace('\n', '\r')).toBe(text);
    }
  });

  it('takes any text: signs of XML, control characters, halves of pairs, Excel’s own escapes', async () => {
    const book = read(
      await made(
        sheet([
          ['<a & "b">', 'x\u0000\u0007\ud800y', null, null],
          ['_x0041_', '𠮷野家', null, null],
        ]),
      ),
    );
    const cells = book.Sheets.居民;
    expect(cells?.A2?.v).toBe('<a & "b">');
    expect(cells?.B2?.v).toBe('xy');
    expect(cells?.A3?.v).toBe('_x0041_');
    expect(cells?.B3?.v).toBe('𠮷野家');
  });

  it('streams: rows are asked for as they are written, and an error in them breaks it off', async () => {
    async function* rows(): AsyncGenerator<string[]> {
      yield ['一', '', '', ''];
      throw new Error('cut');
    }
    await expect(made(sheet(rows()))).rejects.toThrow('cut');
    const many = Array.from({ length: 30_000 }, (_, at) => [`人${at}`, '', null, at]);
    const book = read(await made(sheet(many)), { dense: false });
    expect(book.Sheets.居民?.A30001?.v).toBe('人29999');
  });

  it('keeps lists to choose from in a hidden sheet', async () => {
    const book = read(
      await made({
        ...sheet([['男', null, null, null]]),
        columns: [{ title: '性别', width: 8, choice: ['男', '女'] }],
      }),
    );
    expect(book.SheetNames).toEqual(['居民', 'lists']);
    expect(book.Sheets.lists?.A2?.v).toBe('女');
    expect(book.Workbook?.Sheets?.[1]?.Hidden).toBe(2);
  });
});

it('writes days before March 1900 as texts, which no program counts in its own way', async () => {
  const book = read(
    await made({
      ...sheet([[{ day: '1899-12-31' }], [{ day: '1900-02-28' }], [{ day: '1900-03-01' }]]),
      columns: [{ title: '日期', width: 12 }],
    }),
  );
  const cells = book.Sheets.居民 ?? {};
  expect([cells.A2?.v, cells.A3?.v, cells.A4?.v]).toEqual(['1899-12-31', '1900-02-28', 61]);
});

it('names columns and counts days as Excel does', () => {
  expect([0, 25, 26, 701, 702].map(letters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
  expect(serialOf('1900-03-01')).toBe(61);
  expect(serialOf('2026-06-15')).toBe(46188);
  expect(dayOfSerial(46188.75)).toBe('2026-06-15');
  // Excel takes 1900 for a leap year: 60 is a day that never was.
  expect([1, 59, 60, 61].map(dayOfSerial)).toEqual([
    '1900-01-01',
    '1900-02-28',
    null,
    '1900-03-01',
  ]);
  expect([0, -3, Number.NaN, 2_958_466].map(dayOfSerial)).toEqual([null, null, null, null]);
});
