import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { utils, write } from '@e965/xlsx';
import { afterAll, expect, it } from 'vitest';
import { citizenIdCheckDigit } from '../../archive/rules/citizen-id.ts';
import { detectFormat } from './detect.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'gather-detect-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function detect(content: string | Buffer) {
  files += 1;
  // By its content, not by its name.
  const at = path.join(folder, `${files}.pdf`);
  writeFileSync(at, content);
  return detectFormat(at);
}

const header = ['姓名', '证件号', '电话', '登记日期', '金额', '类别', '住址', '备注'];
const surnames = '毛罗张李王陈';
const rows = Array.from({ length: 300 }, (_, i) => {
  const first = `9908011984${String(1 + (i % 12)).padStart(2, '0')}${String(1 + (i % 28)).padStart(2, '0')}${String(i).padStart(3, '0')}`;
  return [
    i % 20 === 0 ? '' : `${surnames[i % 6]}${String.fromCharCode(0x4e00 + i)}`,
    i % 9 === 0 ? `'${first}${citizenIdCheckDigit(first)}` : first + citizenIdCheckDigit(first),
    i % 7 === 0 ? '199-0000-1234' : `199000${String(i).padStart(5, '0')}`,
    ['2021-05-06', '2021/5/6', '44813', '２０２１年５月６日'][i % 4] as string,
    i % 5 === 0 ? '-300' : `${i * 13}.5`,
    ['甲类', '乙类', ''][i % 3] as string,
    `新东村${i % 9}组${i}号`,
    `第 ${i} 条，见附件${i * 7}`,
  ];
});
const types = ['citizen_id', 'phone', 'date', 'number', 'code', 'address', 'text'];

it('tells separator, title rows, header and the types of columns', async () => {
  for (const separator of [',', '|', '\t', ';']) {
    const table = [['名册（2026年10月）'], header, ...rows].map((row) => row.join(separator));
    const found = await detect(table.join('\r\n'));
    expect(found).toMatchObject({
      format: { kind: 'csv', encoding: 'utf-8', separator, titleRows: 1 },
      packed: false,
      titles: ['名册（2026年10月）'],
      header,
      hasHeader: true,
      rows: 300,
    });
    expect(found.columns.map(({ type }) => type)).toEqual(['name', ...types]);
    expect(found.columns[5]).toMatchObject({ values: ['甲类', '乙类'], filled: 200 });
  }
});

it('tells workbooks, JSON lines and what is packed', async () => {
  const book = utils.book_new();
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([['名册', null, null], ['制表', '某局'], header, ...rows]),
    '表',
  );
  const xlsx: Buffer = write(book, { type: 'buffer', bookType: 'xlsx' });
  for (const content of [xlsx, gzipSync(xlsx)]) {
    const found = await detect(content);
    expect(found.format).toEqual({ kind: 'xlsx', titleRows: 2 });
    expect(found.packed).toBe(content !== xlsx);
    expect(found.columns.map(({ type }) => type)).toEqual(['name', ...types]);
  }
  const objects = rows.map((row) =>
    JSON.stringify(Object.fromEntries(row.map((cell, at) => [`c${at}`, cell]))),
  );
  const found = await detect(gzipSync(objects.join('\n')));
  expect(found).toMatchObject({
    format: { kind: 'jsonl', titleRows: 0 },
    packed: true,
    hasHeader: true,
  });
  expect(found.columns.slice(1).map(({ type }) => type)).toEqual(types);
});

it('tells GB18030 and UTF-16', async () => {
  // 姓名,性别 / 毛,女
  const gb = Buffer.from('d0d5c3fb2cd0d4b1f00ac3ab2cc5ae0a', 'hex');
  expect(await detect(gb)).toMatchObject({
    format: { encoding: 'gb18030' },
    header: ['姓名', '性别'],
  });
  const utf16 = Buffer.from('\ufeff姓名\t性别\n毛\t女\n', 'utf16le');
  expect(await detect(utf16)).toMatchObject({
    format: { encoding: 'utf-16le', separator: '\t' },
    header: ['姓名', '性别'],
  });
});

it('says when there is no header', async () => {
  const found = await detect(rows.map((row) => row.join(',')).join('\n'));
  expect(found.hasHeader).toBe(false);
});

it('refuses what is no table', async () => {
  await expect(detect('')).rejects.toMatchObject({ code: 'empty' });
  await expect(detect('[{"a":1}]')).rejects.toMatchObject({ code: 'array' });
  await expect(detect(Buffer.from('d0cf11e0a1b11ae1', 'hex'))).rejects.toMatchObject({
    code: 'old',
  });
});
