import { readFile } from 'node:fs/promises';
import { utils, write } from '@e965/xlsx';
import type { Page } from '@playwright/test';
import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, otherVillage, test, village } from './support/test.ts';

const heading = '姓名,账号,区划代码,岗位,起,止,手机';

/** Chooses a list, as it stands on the disk. */
async function choose(page: Page, ...lines: string[]): Promise<void> {
  await page
    .getByLabel('选择文件', { exact: true })
    .and(page.locator('input'))
    .setInputFiles({
      name: '名单.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`\uFEFF${[heading, ...lines].join('\r\n')}\r\n`),
    });
}

/** The same as a workbook with a title above its heading. */
async function chooseBook(page: Page, ...lines: string[]): Promise<void> {
  const made = utils.book_new();
  const rows = [['彭里村工作人员名单'], heading.split(','), ...lines.map((one) => one.split(','))];
  utils.book_append_sheet(made, utils.aoa_to_sheet(rows), '名单');
  await page
    .getByLabel('选择文件', { exact: true })
    .and(page.locator('input'))
    .setInputFiles({
      name: '名单.xlsx',
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      buffer: write(made, { type: 'buffer', bookType: 'xlsx' }),
    });
}

test.describe('a staff list', () => {
  // The server says what is wrong with a file.
  test.use({ refusals: [400] });

  test('is looked at, mended, carried out once, and its passwords are kept', async ({
    page,
    signInAs,
    numbers,
  }) => {
    const user = `kao${numbers.digits(6)}`;
    const person = `毛考核,${user},${village},村干部,2026-06-15,,19900012345`;
    await signInAs('secadmin');
    await page.goto('/accounts');
    await page.getByRole('button', { name: '导入名单' }).click();
    await expect(page.getByRole('heading', { level: 1, name: '导入人员名单' })).toBeVisible();
    await inspect(page);

    await page
      .getByLabel('选择文件', { exact: true })
      .and(page.locator('input'))
      .setInputFiles({
        name: '名单.xls',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from('504b030414000600', 'hex'),
      });
    await expect(page.getByRole('alert')).toContainText('请重新保存后再上传');
    await inspect(page);

    await choose(page, person, `毛考核,${user},${village}001,网格员,明天,,`, `,,桃花岛,村长,,,`);
    const preview = panel(page, '预览');
    await expect(preview).toContainText('日期看不懂，请写成 2026-07-01 这样');
    await expect(preview).toContainText('第 3 行');
    await expect(preview).toContainText('没有这个岗位');
    await expect(page.getByText('有 2 行有误')).toBeVisible();
    await expect(page.getByRole('button', { name: '确认导入' })).toHaveCount(0);
    await inspect(page);

    await chooseBook(page, person, `毛考核,${user},${village}001,网格员,,2026-12-31,`);
    await expect(preview.getByRole('row').filter({ hasText: '第 3 行' })).toContainText('新账号');
    await expect(preview.getByRole('row').filter({ hasText: '第 4 行' })).toContainText(
      '2026-06-15 – 2026-12-31',
    );
    await inspect(page);
    await page.getByRole('button', { name: '确认导入' }).click();
    await expect(page.getByText('新账号 1 个，新岗位 2 个')).toBeVisible();

    const passwords = panel(page, '一次性密码（1 个）');
    const password = (await passwords.locator('code').textContent()) ?? '';
    expect(password).toMatch(/^(\w{4}-){3}\w{4}$/);
    // Leaving without them is asked about first.
    page.once('dialog', (dialog) => void dialog.dismiss());
    await panel(page, '导入完成').getByRole('link', { name: '账号与岗位' }).click();
    await expect(passwords).toBeVisible();
    const downloading = page.waitForEvent('download');
    await passwords.getByRole('button', { name: '下载密码表' }).click();
    const sheet = await readFile(await (await downloading).path(), 'utf8');
    expect(sheet).toBe(
      `\uFEFF姓名,用户名,一次性密码,手机\r\n毛考核,${user},${password},19900012345\r\n`,
    );
    // The signs of a password are no words.
    await passwords.locator('code').evaluate((code) => {
      code.textContent = '····';
    });
    await inspect(page);

    await page.getByRole('button', { name: '再导入一份' }).click();
    await choose(page, person);
    await expect(page.getByText('不需要导入')).toBeVisible();
    await page.goto(`/accounts?q=${user}`);
    await expect(page.getByRole('row').filter({ hasText: user })).toContainText('未改初始密码');
  });

  test('ends the posts of leavers when it is said to be complete', async ({
    page,
    signInAs,
    makeAccount,
  }) => {
    const leaver = await makeAccount([{ role: 'grid_worker', area: `${otherVillage}002` }]);
    await signInAs('secadmin');
    await page.goto('/accounts/import');
    await choose(page, `徐村干,village2,${otherVillage},村干部,,,`);
    await expect(page.getByText('不需要导入')).toBeVisible();
    await page.getByRole('checkbox', { name: /^名单已包括一个区域的全部人员/ }).check();
    await expect(page.getByText('请选择名单包括了哪个区域的全部人员')).toBeVisible();
    await expect(panel(page, '预览')).toHaveCount(0);
    await page.getByRole('button', { name: '包括全部人员的区域 选择区域' }).click();
    await page.getByRole('textbox', { name: '按名称或拼音首字母查找区域' }).fill('上洋');
    await page
      .getByRole('button', { name: /^上洋村/ })
      .first()
      .click();
    const leaving = page.getByRole('region', { name: /^不在名单上，将结束的岗位/ });
    await expect(leaving).toContainText(leaver.username);
    await inspect(page);
    await page.getByRole('button', { name: '确认导入' }).click();
    await expect(page.getByText(/离任岗位 [1-9]\d* 个/)).toBeVisible();
    await page.goto(`/accounts?q=${leaver.username}`);
    await expect(page.getByRole('row').filter({ hasText: leaver.username })).toContainText(
      '没有岗位',
    );
  });
});
