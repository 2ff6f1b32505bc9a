import { utils, write } from '@e965/xlsx';
import { describe, expect, it } from 'vitest';
import { mostRows } from './fault.ts';
import { readTable } from './table.ts';

const heading = '姓名,账号,区划代码,岗位,起,止,手机';
const line = '毛村干,maocg,330881002205,村干部,2026-07-01,,19900012345';
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
/** “姓名,账号,区划代码,岗位” and “毛,mao,1,网格员” in GB18030, as Excel writes them on a Chinese Windows. */
const gb18030 = Uint8Array.from(
  Buffer.from(
    'd0d5c3fb2cd5cbbac52cc7f8bbaeb4fac2eb2cb8dacebb0d0ac3ab2c6d616f2c312ccdf8b8f1d4b10d0a',
    'hex',
  ),
);

describe('a staff list', () => {
  it.each([
    ['UTF-8', utf8(`${heading}\n${line}\n`)],
    ['UTF-8 with a byte order mark', utf8(`\uFEFF${heading}\r\n${line}\r\n`)],
    ['tabs', utf8(`${heading}\n${line}`.replaceAll(',', '\t'))],
    ['semicolons', utf8(`${heading}\n${line}`.replaceAll(',', ';'))],
    ['UTF-16, as “Unicode text”', Buffer.from(`\uFEFF${heading}\n${line}`, 'utf16le')],
    ['a title and notes above', utf8(`彭里村工作人员名单\n\n${heading}\n${line}`)],
    [
      'titles of other words',
      utf8(`序号,姓 名,用户名*,单位/区划代码,职务\n1,毛村干,maocg,330881002205,村干部`),
    ],
  ])('is read: %s', (_what, bytes) => {
    const [row] = readTable(bytes).rows;
    expect(row?.cells).toMatchObject({
      name: '毛村干',
      username: 'maocg',
      area: '330881002205',
      role: '村干部',
    });
  });

  it('is read in GB18030', () => {
    expect(readTable(gb18030).rows).toEqual([
      {
        row: 2,
        formulas: [],
        cells: expect.objectContaining({ name: '毛', username: 'mao', role: '网格员' }),
      },
    ]);
  });

  it('counts lines as a spreadsheet does, and passes over empty ones', () => {
    const text = `名单\n${heading}\n\n${line}\n,,,,,,\n${line}\n`;
    expect(readTable(utf8(text)).rows.map(({ row }) => row)).toEqual([4, 6]);
  });

  it('takes quoted cells, and rows that are too short or too long', () => {
    const text = `${heading}\n"毛,""村干""",maocg,330881002205,网格员\n${line},多,出`;
    const [short, long] = readTable(utf8(text)).rows;
    expect(short?.cells).toMatchObject({ name: '毛,"村干"', until: '', phone: '' });
    expect(long?.cells.phone).toBe('19900012345');
  });

  it('names the columns that it does not read', () => {
    expect(readTable(utf8(`${heading},备注\n${line},好`)).unused).toEqual(['备注']);
  });

  it.each([
    ['no text', Buffer.from('ff00ff80ff', 'hex'), /编码/],
    ['no heading', utf8(line), /没有找到表头/],
    ['a missing column', utf8('姓名,账号,手机\n毛,mao,1'), /缺少列：区划代码、岗位/],
    ['a column twice', utf8(`${heading},账户\n${line},x`), /“账号”出现了两列/],
    ['nobody', utf8(`${heading}\n,,,\n`), /没有人员/],
    ['an open quotation', utf8(`${heading}\n"毛,maocg`), /引号/],
    ['too many', utf8(`${heading}\n${`${line}\n`.repeat(mostRows + 1)}`), /最多 3000 行/],
    ['emptiness', utf8(' '), /没有找到表头/],
  ])('is refused with what to do: %s', (_what, bytes, words) => {
    expect(() => readTable(bytes)).toThrow(
      expect.objectContaining({
        text: expect.objectContaining({ zh: expect.stringMatching(words) }),
      }),
    );
  });
});

/** A workbook by another program. */
function book(rows: unknown[][], more: Record<string, object> = {}): Buffer {
  const made = utils.book_new();
  const sheet = Object.assign(utils.aoa_to_sheet(rows), more);
  utils.book_append_sheet(made, sheet, '名单');
  return write(made, { type: 'buffer', bookType: 'xlsx', compression: true });
}

describe('a workbook', () => {
  const titles = heading.split(',');

  it('is read below a title, with numbers and days as Excel keeps them', () => {
    const rows = [
      ['彭里村工作人员名单'],
      [],
      titles,
      // 46204 is 1 July 2026, as a cell of a day holds it.
      ['毛村干', 'maocg', 330881002205, '村干部', 46204, 20261231, 19900012345],
      [],
      ['毛二', 'maoer', '330881002205', '网格员', '2026/7/1', '长期', ''],
    ];
    const table = readTable(book(rows));
    expect(table.rows.map(({ row }) => row)).toEqual([4, 6]);
    expect(table.rows[0]).toMatchObject({
      formulas: [],
      cells: {
        name: '毛村干',
        area: '330881002205',
        from: '2026-07-01',
        until: '20261231',
        phone: '19900012345',
      },
    });
    expect(table.rows[1]?.cells).toMatchObject({ from: '2026/7/1', until: '长期' });
  });

  it('says which cells are formulas, and believes none; those of unread columns do not matter', () => {
    const rows = [
      ['序号', ...titles],
      [1, '毛', 'mao', '330881002205', '网格员'],
    ];
    const file = book(rows, {
      A2: { t: 'n', f: 'ROW()-1', v: 1 },
      C2: { t: 's', f: 'LOWER("ROOT")', v: 'root' },
    });
    const table = readTable(file);
    expect(table.unused).toEqual(['序号']);
    expect(table.rows[0]).toMatchObject({ formulas: ['username'], cells: { username: '' } });
  });

  it.each([
    ['a stump', Buffer.from('504b030414000600', 'hex'), /重新保存/],
    ['the old kind', Buffer.from(`d0cf11e0a1b11ae1${'00'.repeat(60)}`, 'hex'), /旧版 .xls/],
  ])('is refused with what to do: %s', (_what, bytes, words) => {
    expect(() => readTable(bytes)).toThrow(
      expect.objectContaining({
        errors: [
          expect.objectContaining({
            message: expect.objectContaining({ zh: expect.stringMatching(words) }),
          }),
        ],
      }),
    );
  });

  it('with more people than are taken at once is refused', () => {
    const people = Array.from({ length: mostRows + 10 }, () => ['毛', 'mao', '330881', '网格员']);
    expect(() => readTable(book([titles, ...people]))).toThrow(
      expect.objectContaining({
        text: expect.objectContaining({ zh: expect.stringContaining('最多 3000 行') }),
      }),
    );
  });
});
