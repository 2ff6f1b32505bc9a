import { expectFile, panel } from './support/console.ts';
import { expect, test, village } from './support/test.ts';

test('一村一册: figures, ages, tags and gaps each lead to the list behind them', async ({
  page,
  signInAs,
  isPhone,
}) => {
  await signInAs('township');
  await page.goto(`/areas/${village}`);
  await expectFile(page, '彭里村委会');
  const crumbs = page.getByRole('navigation', { name: '所在区域' });
  await expect(crumbs.getByRole('link')).toHaveText(['虎山街道', '彭里村委会']);

  const ages = panel(page, '年龄结构');
  await expect(ages.getByRole('img', { name: /按年龄和性别的人口结构/ })).toBeVisible();
  await ages.getByRole('button', { name: '用表格看' }).click();
  await expect(ages.getByRole('row', { name: /^60–64/ })).toBeVisible();
  await ages.getByRole('button', { name: '用图看' }).click();

  const alone = panel(page, '居民与户的标签').getByRole('listitem').filter({ hasText: '独居' });
  const people = (await alone.getByRole('link').first().textContent()) ?? '';
  await alone.getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(`/residents\\?area=${village}&tag=lives_alone`));
  await expect(page.getByText(`共 ${people.replace(' 人', '')} 条`)).toBeVisible();
  await page.goBack();

  const gap = panel(page, '缺项与过期').getByRole('link', { name: /住房缺“安全等级”/ });
  await gap.click();
  await expect(page).toHaveURL(new RegExp(`/housing\\?area=${village}&missing=safety_grade`));
  await page.goBack();

  await panel(page, '下级区域').getByRole('link', { name: '第二网格' }).click();
  await expectFile(page, '第二网格');
  // A phone has room for the last two.
  const way = ['虎山街道', '彭里村委会', '第二网格'].slice(isPhone ? 1 : 0);
  await expect(crumbs.getByRole('link')).toHaveText(way);
  await crumbs.getByRole('link', { name: '彭里村委会' }).click();
  await expectFile(page, '彭里村委会');
  await crumbs.getByRole('link', { name: '虎山街道' }).click();
  await expectFile(page, '虎山街道');
  await panel(page, '下级区域').getByRole('link', { name: '彭里村委会' }).click();
  await panel(page, '组织')
    .getByRole('link', { name: /村民委员会/ })
    .first()
    .click();
  await expect(page.getByText('组织档案')).toBeVisible();
});

test('the book of a city has no ages, and no figure under five', async ({ page, signInAs }) => {
  await signInAs('city');
  await page.goto('/areas/3308');
  await expectFile(page, '衢州市');
  await expect(page.getByText('年龄结构只在乡镇（街道）及以下显示')).toBeVisible();
  await expect(panel(page, '年龄结构')).toHaveCount(0);
  await panel(page, '组织')
    .getByRole('link', { name: /下级区域共 \d+ 个组织/ })
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('组织衢州市');
});

test('the workbench shows what is missing, and what was opened last', async ({
  page,
  signInAs,
  isPhone,
}) => {
  await signInAs('village');
  await page.goto('/');
  await expect(panel(page, '最近打开')).toContainText('还没有打开过档案');
  await panel(page, '待补充的档案')
    .getByRole('link', { name: /居民缺“联系电话”/ })
    .click();
  await expect(page).toHaveURL(/\/residents\?missing=phone$/);
  // The address is there before the page: the workbench has a table of links too.
  await expect(page.getByRole('heading', { level: 1, name: '居民' })).toBeVisible();
  await page.getByRole('main').getByRole('table').getByRole('link').first().click();
  await expect(page.getByText('居民档案')).toBeVisible();
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  if (isPhone) await page.getByRole('button', { name: '打开导航' }).click();
  await page.getByRole('link', { name: '工作台' }).click();
  await expect(panel(page, '最近打开').getByRole('link')).toHaveText([`${name}居民`]);
});
