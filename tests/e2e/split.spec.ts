import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

// A split is no small thing to undo: each project has a grid of its own.
const grids: Record<string, string> = {
  desktop: '330802008001003',
  phone: '330802008001004',
};

test('拆分网格: by building and one by one, with figures first and the job afterwards', async ({
  page,
  signInAs,
}) => {
  const { name: project } = test.info().project;
  await signInAs('community');
  await page.goto(`/areas/${grids[project]}`);
  await page.getByRole('link', { name: '拆分网格' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^拆分“第.网格”$/ })).toBeVisible();
  const choose = panel(page, '选择要划过去的户');
  const result = panel(page, '划分结果');

  // Nothing goes without a name and without households.
  await result.getByRole('button', { name: '核对影响' }).click();
  await expect(result.getByRole('alert')).toContainText('请先写明新网格的名称');
  const name = `试点网格${project === 'desktop' ? '甲' : '乙'}`;
  await page.getByLabel('新网格名称').fill(name);
  await result.getByRole('button', { name: '核对影响' }).click();
  await expect(result.getByRole('alert')).toContainText('每个网格都要划到住户');

  // A compound ticks its buildings.
  const boxes = choose.getByRole('checkbox');
  await boxes.first().check();
  await expect(boxes.nth(1)).toBeChecked();
  const going = result.getByRole('listitem').filter({ hasText: name });
  await expect(going).toContainText(/\d{2,3} 户/);
  // By its number another building goes as well; one household stays after all.
  await choose.getByText('按地址').click();
  await choose.getByLabel('地址中的字词').fill('1单元101室');
  await expect(choose.getByText(/选到 \d+ 户/)).toBeVisible();
  await choose.getByText('按门牌').click();
  await choose.getByLabel('从').fill('1');
  await expect(choose.getByText(/选到 \d+ 户/)).toBeVisible();
  await choose.getByText('按图形').click();
  await expect(choose.getByRole('button', { name: '导入多边形' })).toBeVisible();
  await choose.getByText('按楼栋').click();
  await inspect(page);
  await page.screenshot({ path: `test-results/split-${project}.png`, fullPage: true });

  const homes = panel(page, '住户名单');
  const moved = homes.locator('select').first();
  await moved.selectOption({ label: '留下' });
  await result.getByRole('button', { name: '核对影响' }).click();
  const confirm = page.getByRole('dialog', { name: /^拆分/ });
  await expect(confirm.getByText(new RegExp(`${name}（\\d{15}）`))).toContainText('随住户划转');
  await expect(confirm.getByText(/（留下）/)).toBeVisible();
  await inspect(page);
  await page.screenshot({ path: `test-results/split-confirm-${project}.png` });
  await confirm.getByLabel('依据').fill('社区居委会决议');
  await confirm.getByRole('button', { name: '确认拆分' }).click();
  await expect(page).toHaveURL(/\/map\?area=/);
  const list = panel(page, '下级网格');
  await expect(list.getByRole('button', { name: new RegExp(name) })).toBeVisible();
  const changes = panel(page, '调整记录');
  await expect(changes.getByText(new RegExp(`拆分.*${name}`))).toBeVisible();
  // This site has no worker: the job waits, and says so (changes.test.ts lets it run to its end).
  await expect(changes.getByText('换码进行中').first()).toBeVisible();
  await inspect(page);
});

test('拆分网格: a grid worker is told who does it', async ({ page, signInAs }) => {
  await signInAs('grid');
  await page.goto('/areas/330881002205001');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: '拆分网格' })).toHaveCount(0);
  await page.goto('/areas/330881002205001/split');
  await expect(page.getByText('当前岗位不能拆分网格')).toBeVisible();
});

test('地图: the demo community is drawn, and a split is drawn over it', async ({
  page,
  signInAs,
}) => {
  await signInAs('community');
  await page.goto('/map');
  await expect(page.locator('.map-area').nth(3)).toBeVisible();
  await expect(page.locator('.map-cluster').first()).toBeVisible();
  await inspect(page);
  await page.screenshot({
    path: `test-results/map-${test.info().project.name}.png`,
    fullPage: true,
  });
  await page.goto('/areas/330802008001002/split');
  await expect(page.locator('.split-points circle').first()).toBeVisible();
  await page.getByText('按图形').click();
  await page.getByRole('button', { name: '在图上画' }).click();
  await inspect(page);
  await page.screenshot({
    path: `test-results/split-shape-${test.info().project.name}.png`,
    fullPage: true,
  });
});
