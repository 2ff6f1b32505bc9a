import type { Locator, Page } from '@playwright/test';
import { expect, test, village } from './support/test.ts';

const rows = (page: Page): Locator =>
  page
    .getByRole('table')
    .getByRole('row')
    .filter({ has: page.getByRole('cell') });
const count = (page: Page): Locator => page.getByText(/^(共 [\d,]+ 条，)?已显示 [\d,]+ 条$/);

/** Chooses a line of a select by what stands in it. */
async function choose(page: Page, label: string, line: string): Promise<void> {
  await page.getByRole('search', { name: '筛选条件' }).getByLabel(label).click();
  const option = page.locator('.ant-select-dropdown:visible').getByTitle(line, { exact: true });
  await expect(option).toBeInViewport();
  await option.click();
}

async function openList(page: Page, path: string, isPhone: boolean): Promise<void> {
  await page.goto(path);
  await expect(rows(page).first()).toBeVisible();
  if (isPhone) await page.getByRole('button', { name: /^筛选/ }).click();
}

test('residents, narrowed by each filter', async ({ page, signInAs, isPhone }) => {
  await signInAs('village');
  await openList(page, '/residents', isPhone);
  await expect(count(page)).toContainText('已显示 30 条');

  await choose(page, '标签', '独居');
  await expect(page).toHaveURL(/\/residents\?tag=lives_alone$/);
  await expect(rows(page).filter({ hasText: '独居' })).toHaveCount(30);

  await page.getByLabel('年龄从').fill('80');
  await page.getByLabel('年龄到').fill('89');
  await expect(page).toHaveURL(/ageFrom=80&ageTo=89|ageTo=89&ageFrom=80/);
  await expect(
    rows(page)
      .filter({ hasText: /8\d 岁/ })
      .first(),
  ).toBeVisible();
  await expect(rows(page).filter({ hasNotText: /8\d 岁/ })).toHaveCount(0);

  await choose(page, '居住情况', '外出');
  await expect(page.getByText('没有符合条件的记录')).toBeVisible();
  await page.getByRole('button', { name: '清除筛选' }).click();
  await expect(page).toHaveURL(/\/residents$/);
  await expect(count(page)).toContainText('已显示 30 条');

  await choose(page, '居住情况', '外出');
  await expect(rows(page).filter({ hasText: '外出' })).toHaveCount(30);
  await choose(page, '缺项', '联系电话');
  await expect(rows(page).filter({ hasNotText: '缺：联系电话' })).toHaveCount(0);
  await expect(rows(page).first()).toContainText('缺：联系电话');

  // What the address says holds when it is opened again.
  await page.reload();
  await expect(rows(page).first()).toContainText('缺：联系电话');
  await expect(rows(page).filter({ hasNotText: '外出' })).toHaveCount(0);
});

test('an area, what is out of date and what is incomplete', async ({ page, signInAs, isPhone }) => {
  await signInAs('village');
  await openList(page, '/residents', isPhone);
  await page.getByRole('checkbox', { name: '信息过期' }).check();
  await expect(rows(page).filter({ hasText: '信息过期' })).toHaveCount(30);
  await page.getByRole('checkbox', { name: '必填项不全' }).check();
  await expect(rows(page).filter({ hasNotText: '缺：' })).toHaveCount(0);
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole('checkbox', { name: '必填项不全' }).uncheck();

  await page.getByRole('button', { name: '区域 不限' }).click();
  const tree = page.getByRole('dialog', { name: '选择区域' });
  await tree.getByRole('button', { name: '查看彭里村委会的下级' }).click();
  await tree.getByRole('button', { name: '第三网格' }).click();
  await expect(page).toHaveURL(new RegExp(`area=${village}003`));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('居民第三网格');
  await expect(rows(page).filter({ hasNotText: '第三网格' })).toHaveCount(0);
  await expect(page.getByRole('navigation', { name: '所在区域' })).toContainText('第三网格');
});

test('the other four lists filter and page too', async ({ page, signInAs, isPhone }) => {
  await signInAs('village');
  await openList(page, '/households', isPhone);
  await choose(page, '标签', '养犬');
  await expect(rows(page).filter({ hasNotText: '养犬' })).toHaveCount(0);
  await expect(rows(page).first()).toBeVisible();
  await openList(page, '/housing', isPhone);
  await choose(page, '缺项', '安全等级');
  await expect(rows(page).filter({ hasNotText: /缺：.*安全等级/ })).toHaveCount(0);
  await openList(page, '/premises', isPhone);
  await page.getByRole('checkbox', { name: '必填项不全' }).check();
  await expect(rows(page).filter({ hasNotText: /缺：.*联系电话/ })).toHaveCount(0);
  await openList(page, '/organisations', isPhone);
  await choose(page, '缺项', '负责人');
  await expect(rows(page)).toHaveCount(1);
});

test('pages follow each other, each record once, as far as the list goes', async ({
  page,
  signInAs,
  archive,
}) => {
  await signInAs('village');
  const path = `/households?area=${village}003`;
  const { total } = await archive.get<{ total: number }>(`${path}&count=exact`);
  await page.goto(path);
  const more = page.getByRole('button', { name: '加载更多' });
  for (let shown = 30; shown < total; shown += 30) {
    await expect(rows(page)).toHaveCount(shown);
    await more.click();
  }
  await expect(rows(page)).toHaveCount(total);
  await expect(more).toHaveCount(0);
  const titles = await rows(page).getByRole('link').allTextContents();
  expect(new Set(titles).size).toBe(titles.length);
});
