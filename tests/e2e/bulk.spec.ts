import { readFileSync, writeFileSync } from 'node:fs';
import { read, utils, write } from '@e965/xlsx';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

test('a list goes out, is edited, and comes back to be looked at row by row', async ({
  page,
  signInAs,
}) => {
  await signInAs('village');
  await page.goto(`/housing?area=${village}001`);
  await page.getByRole('button', { name: '批量修改' }).click();
  await expect(page.getByRole('heading', { name: '批量修改' })).toBeVisible();
  await inspect(page);

  await page.getByRole('button', { name: '导出', exact: true }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: '导出' }).click();
  const book = read(readFileSync(await (await coming).path()));
  const sheet = book.Sheets[book.SheetNames[0] ?? ''] ?? {};
  const [, titles = []] = utils.sheet_to_json<string[]>(sheet, { header: 1 });
  const put = (row: number, title: string, value: string): void => {
    sheet[utils.encode_cell({ r: row, c: titles.indexOf(title) })] = { t: 's', v: value };
  };
  put(2, '承租人', '周租客');
  put(3, '建成年份', '去年');
  put(4, '建筑面积（平方米）', '99');
  put(5, '系统编号（请勿修改）', 'x');
  const edited = test.info().outputPath('edited.xlsx');
  writeFileSync(edited, write(book, { type: 'buffer', bookType: 'xlsx' }));

  await page.getByLabel('选择文件并核对').setInputFiles(edited);
  await expect(page.getByLabel('修改原因')).toBeVisible();
  await inspect(page);
  for (const [status, words] of [
    ['将写入', '周租客'],
    ['有错误', '建成年份：应为数字'],
    ['与主管部门不一致', '并列保留待核实'],
    ['不受理', '系统编号被改动'],
  ] as const) {
    const chip = page.getByRole('button', { name: `1 ${status}` });
    await chip.click();
    await expect(page.getByRole('table')).toContainText(words);
    await chip.click();
  }
  await expect(page.getByRole('button', { name: '写入 2 行' })).toBeDisabled();
});
