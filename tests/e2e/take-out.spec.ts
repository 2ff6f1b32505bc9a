import { readFile } from 'node:fs/promises';
import { read, utils } from '@e965/xlsx';
import type { Page } from '@playwright/test';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

/** Takes the list on the page out. @returns the first sheet's rows and the lines that say what it is */
async function takeOut(page: Page, button: string, title: string) {
  await page.getByRole('button', { name: button, exact: true }).click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.getByRole('button', { name: '导出', exact: true }).click();
  await expect(dialog).toContainText('请填写导出原因');
  await dialog.getByRole('button', { name: '上级检查' }).click();
  await inspect(page);
  const downloading = page.waitForEvent('download');
  await dialog.getByRole('button', { name: '导出', exact: true }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toMatch(/^[^a-z]+-\d{4}-\d\d-\d\d\.xlsx$/);
  const book = read(await readFile(await download.path()), { type: 'buffer' });
  const rowsOf = (at: number): string[][] =>
    utils.sheet_to_json(book.Sheets[book.SheetNames.at(at) ?? ''] ?? {}, {
      header: 1,
      raw: false,
      defval: '',
    });
  await expect(dialog).toHaveCount(0);
  return { rows: rowsOf(0), about: Object.fromEntries(rowsOf(-1)) as Record<string, string> };
}

test('the accounts that the filters find go out as Excel', async ({
  page,
  signInAs,
  makeAccount,
}) => {
  const { username, name } = await makeAccount([{ role: 'village_cadre', area: village }]);
  await signInAs('secadmin');
  await page.goto(`/accounts?q=${username}`);
  const { rows, about } = await takeOut(page, '导出', '导出账号列表');
  expect(rows.slice(2).map((row) => row.slice(0, 4))).toEqual([
    [name, username, village, '村（社区）干部'],
  ]);
  expect(about).toMatchObject({ 导出原因: '上级检查', 筛选条件: `姓名或用户名：${username}` });
});

test('the record goes out as Excel, and that stands in it', async ({ page, signInAs }) => {
  await signInAs('auditor');
  await page.goto('/audit?kind=session');
  const { rows, about } = await takeOut(page, '导出', '导出留痕记录');
  expect(rows[1]).toContain('动作');
  expect(rows.length).toBeGreaterThan(2);
  expect(about).toMatchObject({ 筛选条件: '类别：登录与岗位' });
  await page.goto('/audit?action=take_list');
  await expect(page.getByText('导出留痕记录：上级检查').first()).toBeVisible();
  await inspect(page);
});

test('who can see a file goes out as Excel', async ({ page, signInAs, archive }) => {
  const { items } = await archive.get<{ items: { id: string }[] }>('/households?limit=1');
  await signInAs('secadmin');
  await page.goto(`/access?category=household&record=${items[0]?.id}`);
  const { rows } = await takeOut(page, '导出', '导出能看档案的人员');
  expect(rows.slice(2).map(([, username]) => username)).toContain('village');
});

test('the items of a county go out as Excel', async ({ page, signInAs }) => {
  await signInAs('sysadmin');
  await page.goto('/items');
  const { rows } = await takeOut(page, '导出 Excel', '导出档案项目');
  expect(rows[1]).toContain('敏感程度');
});
