import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

test.use({ refusals: [409] });

const grid = '330802008001002';

test('楼栋: the page of a grid lists compounds and buildings, and leads to who lives there', async ({
  page,
  signInAs,
}) => {
  await signInAs('community');
  await page.goto(`/areas/${grid}`);
  const list = panel(page, '小区与楼栋');
  await expect(list.getByText('斗潭南苑')).toBeVisible();
  const row = list.getByRole('row').filter({ hasText: /\d+幢/ }).first();
  await expect(row).toContainText('6 层 · 2 个单元');
  await inspect(page);
  await list.scrollIntoViewIfNeeded();
  await page.screenshot({
    path: `test-results/buildings-${test.info().project.name}.png`,
    fullPage: true,
  });
  const households = row.getByRole('link').last();
  const count = await households.textContent();
  await households.click();
  await expect(page).toHaveURL(/\/households\?.*building=/);
  await expect(page.locator('.list-count')).toContainText(count ?? '—');
  await inspect(page);
});

test('楼栋: recorded, chosen for a dwelling, edited with a reason', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto(`/areas/${village}003`);
  const list = panel(page, '小区与楼栋');
  await list.getByRole('button', { name: '登记小区、楼栋' }).click();
  const dialog = page.getByRole('dialog', { name: '登记小区、楼栋' });
  const yard = `新院${Date.now() % 100_000}`;
  await dialog.getByText('小区、院落', { exact: true }).click();
  await dialog.getByLabel('名称').fill(yard);
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await expect(dialog).toBeHidden();
  await list.getByRole('button', { name: '登记小区、楼栋' }).click();
  await dialog.getByLabel('名称').fill('东楼');
  await dialog.getByLabel('所属小区、院落').click();
  await page.getByTitle(yard).click();
  await dialog.getByLabel('层数').fill('3');
  await dialog.getByLabel('地图位置').fill('东经118度');
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await expect(dialog.getByRole('alert')).toContainText('经度,纬度');
  await inspect(page);
  await page.screenshot({ path: `test-results/building-${test.info().project.name}.png` });
  await dialog.getByLabel('地图位置').fill('118.6012,28.7034');
  await dialog.getByRole('button', { name: /保\s*存/ }).click();
  await expect(dialog).toBeHidden();
  await expect(list.getByText(yard)).toBeVisible();

  // A dwelling of the grid is put into it.
  await page.goto(`/housing?area=${village}003`);
  await page.locator('table.data a').first().click();
  await page.getByRole('button', { name: '选择楼栋' }).click();
  const put = page.getByRole('dialog', { name: /所在的楼栋/ });
  await put.getByLabel('楼栋').click();
  await page.getByTitle(`${yard} 东楼`).click();
  await put.getByRole('button', { name: '入户走访核实' }).click();
  await inspect(page);
  await put.getByRole('button', { name: /保\s*存/ }).click();
  await expect(put).toBeHidden();
  await expect(page.getByText(`${yard} 东楼`).first()).toBeVisible();
  await inspect(page);

  // Refused to end while a dwelling names it, with the number of them.
  await page.goto(`/areas/${village}003`);
  await list.getByRole('button', { name: '修改“东楼”' }).last().click();
  const edit = page.getByRole('dialog', { name: '修改“东楼”' });
  await expect(edit.getByText('登记', { exact: true })).toBeVisible();
  await edit.getByLabel('原因').fill('核对');
  await edit.getByRole('button', { name: /撤\s*销/ }).click();
  await expect(edit.getByRole('alert')).toContainText('1 处住房');
  await edit.getByLabel('单元数').fill('2');
  await edit.getByRole('button', { name: /保\s*存/ }).click();
  await expect(edit).toBeHidden();
  await expect(list.getByText('3 层 · 2 个单元').first()).toBeVisible();
});

test('楼栋: the form of a new dwelling offers those of its grid', async ({ page, signInAs }) => {
  await signInAs('community');
  await page.goto(`/housing?area=${grid}&new=true`);
  const form = page.getByRole('dialog');
  await form.getByLabel('楼栋', { exact: true }).click();
  await page
    .getByTitle(/斗潭南苑 \d+幢/)
    .first()
    .click();
  await inspect(page);
});
