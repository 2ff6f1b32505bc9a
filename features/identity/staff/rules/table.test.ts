import { describe, expect, it } from 'vitest';
import { mostRows, readTable } from './table.ts';

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
      { row: 2, cells: expect.objectContaining({ name: '毛', username: 'mao', role: '网格员' }) },
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
    ['a workbook', Buffer.from('504b030414000600', 'hex'), /另存为/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /另存为/],
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
