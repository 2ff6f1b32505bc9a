import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { pdf, photo } from '../support/uploads.ts';
import { panel } from './support/console.ts';
import { expect, test } from './support/test.ts';

const accessible = async (page: Page): Promise<void> => {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
};
const asFile = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });

test.use({ refusals: [400] });

test('an identity card: missed, refused, uploaded, seen for a purpose, replaced, taken out, retired', async ({
  page,
  signInAs,
  archive,
  isPhone,
}) => {
  await signInAs('village');
  const { path } = await archive.make('resident', { name: '欧阳存证' });
  await page.goto(path);
  const documents = panel(page, '证件资料');
  await expect(documents).toContainText('身份证（人像面）');
  await accessible(page);

  // A web page that calls itself a photo: told in words, and another file can be chosen at once.
  await documents.getByRole('button', { name: '上传身份证（人像面）' }).click();
  const dialog = page.getByRole('dialog', { name: '上传身份证（人像面）' });
  await expect(dialog).toContainText('不超过 10 MB');
  await expect(dialog.getByRole('button', { name: '拍照' })).toBeVisible({ visible: isPhone });
  const page1 = Buffer.from('<!doctype html>'.padEnd(300));
  await dialog.locator('input[type=file]').first().setInputFiles(asFile('证件.jpg', page1));
  await dialog.getByRole('button', { name: /^上\s?传$/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('只收照片');
  await accessible(page);
  await dialog
    .locator('input[type=file]')
    .first()
    .setInputFiles(asFile('证件.jpg', await photo('990001')));
  await dialog.getByRole('button', { name: /^上\s?传$/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  const card = documents.getByRole('button', { name: /^身份证（人像面）/ });
  await expect(card).toContainText('查看需说明目的');
  await card.click();
  const purpose = page.getByRole('dialog', { name: '查看身份证（人像面）的目的' });
  await purpose.getByRole('radio', { name: '帮办代办' }).check();
  await purpose.getByRole('button', { name: /^查\s?看$/ }).click();
  const viewer = page.getByRole('dialog', { name: '身份证（人像面）' });
  const sheet = viewer.getByRole('img', { name: '身份证（人像面），第 1 页' });
  await expect(sheet).toBeVisible();
  await expect.poll(() => sheet.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1200);
  await accessible(page);
  await viewer.getByRole('button', { name: /^旋\s?转$/ }).click();
  await viewer.getByRole('button', { name: /^放\s?大$/ }).click();
  const box = await sheet.boundingBox();
  expect(box?.height).toBeGreaterThan(box?.width ?? 0);

  await viewer.getByRole('button', { name: '下载带水印的副本' }).click();
  const taking = page.getByRole('dialog', { name: '下载带水印的副本' });
  await expect(taking.getByRole('radio', { name: '帮办代办' })).toBeChecked();
  const download = page.waitForEvent('download');
  await taking.getByRole('button', { name: /^下\s?载$/ }).click();
  expect((await download).suggestedFilename()).toBe('身份证（人像面）.pdf');

  await viewer.getByRole('button', { name: /^更\s?换$/ }).click();
  const replacing = page.getByRole('dialog', { name: '更换身份证（人像面）' });
  await replacing
    .locator('input[type=file]')
    .first()
    .setInputFiles(asFile('新.pdf', pdf(2)));
  await replacing.getByRole('button', { name: /^上\s?传$/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(card).toContainText('第 2 版');

  await card.click();
  await purpose.getByRole('radio', { name: '走访核实' }).check();
  await purpose.getByRole('button', { name: /^查\s?看$/ }).click();
  await expect(viewer).toContainText('第 1 页，共 2 页');
  await viewer.getByRole('button', { name: '下一页' }).click();
  await expect(viewer.getByRole('img', { name: '身份证（人像面），第 2 页' })).toBeVisible();
  await expect(viewer.getByRole('region', { name: '各版本' }).getByRole('listitem')).toHaveCount(2);
  await viewer.getByRole('button', { name: '第 1 版' }).click();
  await expect(viewer.getByRole('button', { name: '下一页' })).toHaveCount(0);

  await viewer.getByRole('button', { name: /^停\s?用$/ }).click();
  const retiring = page.getByRole('dialog', { name: '停用身份证（人像面）' });
  await retiring.getByRole('button', { name: /^停\s?用$/ }).click();
  await expect(retiring).toContainText('请写明');
  await retiring.getByLabel('变更原因').fill('证件已换发');
  await retiring.getByRole('button', { name: /^停\s?用$/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(documents.getByRole('button', { name: '上传身份证（人像面）' })).toBeVisible();
  await documents.getByRole('button', { name: '显示已停用的 1 份' }).click();
  await expect(card).toContainText('已停用');
});

test('a photo of a house is dropped, and stands as a picture in the list', async ({
  page,
  signInAs,
  archive,
}) => {
  await signInAs('village');
  const { path } = await archive.make('housing', { address: '彭里村 970 号' });
  await page.goto(path);
  const documents = panel(page, '证件资料');
  await documents.getByRole('button', { name: '上传资料' }).click();
  const dialog = page.getByRole('dialog', { name: '上传资料' });
  await dialog.getByLabel('资料种类').click();
  await page.getByTitle('房屋照片').click();
  const bytes = (await photo('970')).toString('base64');
  const dropped = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const raw = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    data.items.add(new File([raw], '房屋.jpg', { type: 'image/jpeg' }));
    return data;
  }, bytes);
  await dialog
    .getByRole('region', { name: '文件' })
    .dispatchEvent('drop', { dataTransfer: dropped });
  await expect(dialog).toContainText('房屋.jpg');
  await dialog.getByLabel('说明').fill('正面');
  await dialog.getByRole('button', { name: /^上\s?传$/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const card = documents.getByRole('button', { name: /^房屋照片 正面/ });
  await expect
    .poll(() => card.locator('img').evaluate((img: HTMLImageElement) => img.naturalWidth))
    .toBeGreaterThan(100);
  await card.click();
  await expect(
    page.getByRole('dialog').getByRole('img', { name: '房屋照片，第 1 页' }),
  ).toBeVisible();
});
