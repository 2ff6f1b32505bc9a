import { readFileSync } from 'node:fs';
import { read, utils } from '@e965/xlsx';
import type { Page } from '@playwright/test';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

/** Pictures to be looked at by whoever changes a page: MINQING_PAPERS names a folder. */
async function keep(page: Page, name: string): Promise<void> {
  const folder = process.env.MINQING_PAPERS;
  if (folder) await page.screenshot({ path: `${folder}/${test.info().project.name}-${name}.png` });
}

/** Chooses a purpose in the dialog and takes what comes. */
async function take(
  page: Page,
  purpose: string,
  go: string,
): Promise<{ name: string; content: Buffer }> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: purpose }).check();
  const coming = page.waitForEvent('download');
  await dialog.getByRole('button', { name: go }).click();
  const download = await coming;
  await expect(dialog).toHaveCount(0);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

test('a list is taken out as Excel, as filtered', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto(`/residents?area=${village}001&ageFrom=85`);
  await page.getByRole('button', { name: '导出', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: '导出居民名单' });
  await expect(dialog).toContainText(/将导出 \d+ 行/);
  await expect(dialog.getByRole('button', { name: '导出' })).toBeDisabled();
  await inspect(page);
  await keep(page, 'export');
  const said = /将导出 (\d+) 行/.exec((await dialog.textContent()) ?? '')?.[1];
  const { name, content } = await take(page, '走访核实', '导出');
  expect(name).toMatch(/^居民-.*\.xlsx$/);
  const book = read(content);
  const rows = utils.sheet_to_json(book.Sheets.居民名单 ?? {}, { range: 1 });
  expect(rows.length).toBe(Number(said));
});

test('nothing to export is said, and cannot be', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto('/residents?ageFrom=150');
  await page.getByRole('button', { name: '导出', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('无需导出');
  await dialog.getByRole('radio', { name: '走访核实' }).check();
  await expect(dialog.getByRole('button', { name: '导出' })).toBeDisabled();
});

test('a household’s file and a village’s book become papers', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto('/households');
  await page.getByRole('table').getByRole('link').first().click();
  await keep(page, 'household');
  await page.getByRole('button', { name: '打印 PDF' }).click();
  const file = await take(page, '帮办代办', '生成 PDF');
  expect(file.name).toMatch(/^一户一档-彭里村.*\.pdf$/);
  expect(file.content.subarray(0, 5).toString()).toBe('%PDF-');

  await page.goto(`/areas/${village}`);
  await keep(page, 'book');
  await page.getByRole('button', { name: '打印 PDF' }).click();
  const book = await take(page, '督查抽查', '生成 PDF');
  expect(book.content.subarray(0, 5).toString()).toBe('%PDF-');
});

test('a resident’s copy is made by who may reveal all of it', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto('/residents');
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('button', { name: '出具本人副本' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('核对身份');
  await inspect(page);
  await keep(page, 'copy');
  const coming = page.waitForEvent('download');
  await dialog.getByRole('button', { name: '生成 PDF' }).click();
  expect((await coming).suggestedFilename()).toMatch(/^个人信息副本-.+\.pdf$/);

  await signInAs('grid');
  await page.goto('/residents');
  await page.getByRole('table').getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: '变更记录' })).toBeVisible();
  await expect(page.getByRole('button', { name: '出具本人副本' })).toHaveCount(0);
});
