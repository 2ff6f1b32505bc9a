import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { gatherFile, healthFile, knownPeople, officer } from '../../../tests/support/gather.ts';

let t: TestApp;
let health: Caller;
let number: number;
let name: string;
beforeAll(async () => {
  t = await startApp();
  health = await officer(t, 'health');
  const [known] = await knownPeople(t, 1);
  name = known?.name ?? '';
  const rows = [
    [name, known?.citizen ?? '', '', '高血压', '甲', '2026-03-01'],
    ['', '', '', '', '=HYPERLINK("http://x")', '2026-03-01'],
    [name, known?.citizen ?? '', '', '@说不清', '乙', '05/06/2021'],
    ['多', '一格'],
  ];
  number = (await gatherFile(t, health, 'health', healthFile(rows))).number;
});
afterAll(() => t.close());

const take = (query: string, caller = health) =>
  caller.get(`/gather/batches/${number}/rejected?purpose=record_correction&${query}`);

describe('rows that were not taken', () => {
  it('come as CSV as they came, with the reason, and nothing in them is a formula', async () => {
    const answer = await take('format=csv');
    expect(answer.statusCode, answer.body).toBe(200);
    expect(answer.headers['content-type']).toContain('text/csv');
    const [mark = '', header, ...rows] = answer.body.replace('\ufeff', '').trim().split('\r\n');
    expect(mark).toContain('ohealth330881先生');
    expect(header).toBe('数据行,姓名,证件号码,联系电话,慢病,家庭医生,建档日期,原因');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatch(/^2,,,,,"'=HYPERLINK\(""http:\/\/x""\)",2026-03-01,整行未采用：/);
    expect(rows[1]).toContain("'@说不清,乙,05/06/2021,");
    expect(rows[1]).toMatch(/慢病：.*；建档日期：日期有多种读法/);
    expect(rows[2]).toMatch(/^4,多,一格,,,,,整行未采用：/);
    expect(rows.join()).not.toContain('高血压');
  });

  it('come as a workbook that names who took it, why, and the entry in the audit', async () => {
    const answer = await take('format=xlsx&what=cells');
    const book = read(answer.rawPayload);
    const sheet = utils.sheet_to_json<string[]>(book.Sheets.原因 ?? {}, { header: 1 });
    expect(sheet[1]).toEqual(
      '数据行,姓名,证件号码,联系电话,慢病,家庭医生,建档日期,原因'.split(','),
    );
    expect(sheet).toHaveLength(3);
    expect(sheet[2]?.[0]).toBe(3);
    const about = Object.fromEntries(
      utils.sheet_to_json<[string, string]>(book.Sheets.说明 ?? {}, { header: 1 }),
    );
    expect(about).toMatchObject({ 行数: 1, 用途: '档案更正' });
    const [entry] = await t.sql<{ action: string; purpose: string; detail: string }>(
      'select action, purpose, detail from audit_entry where id = $1',
      [about.审计编号],
    );
    expect(entry).toEqual({
      action: 'export',
      purpose: 'record_correction',
      detail: `batch ${number}: 1 rows as they came; cells`,
    });
  });

  it('come for one reason alone', async () => {
    const answer = await take('format=csv&code=date_ambiguous');
    expect(answer.body.trim().split('\r\n')).toHaveLength(3);
    expect((await take('format=csv&code=id_check')).statusCode).toBe(404);
  });

  it.each([
    ['without a purpose', 'format=csv&purpose='],
    ['for a purpose that there is not', 'format=csv&purpose=nosy'],
    ['in a form that there is not', 'format=pdf&purpose=visit'],
  ])('are refused %s', async (_what, query) => {
    const answer = await health.get(`/gather/batches/${number}/rejected?${query}`);
    expect(answer.statusCode).toBe(400);
  });

  it('go to no other department or county, and to no administrator', async () => {
    const other = await officer(t, 'education');
    const elsewhere = await officer(t, 'health', '330802');
    expect((await take('format=csv', other)).statusCode).toBe(404);
    expect((await take('format=csv', elsewhere)).statusCode).toBe(404);
    expect((await take('format=csv', await t.signIn('sysadmin'))).statusCode).toBe(403);
    expect((await take('format=csv', await t.signIn('village'))).statusCode).toBe(403);
  });

  it('leave no copy behind', async () => {
    const copies = (): string[] =>
      readdirSync(tmpdir()).filter((one) => one.startsWith(`minqing-rejected-${process.pid}-`));
    await take('format=xlsx');
    await expect.poll(copies).toEqual([]);
  });
});
