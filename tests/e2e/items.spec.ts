import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

test.describe('an item', () => {
  // The server says what is not collected.
  test.use({ refusals: [400] });
  test('a system administrator adds an item, sees what it touches, and it stands in the county’s forms', async ({
    page,
    signInAs,
    otherBrowser,
  }) => {
    // Each browser adds one of its own: the site is the same.
    const label = `夜间值守电话${test.info().project.name === 'phone' ? '乙' : '甲'}`;
    await signInAs('sysadmin');
    await page.goto('/items');
    await page.getByRole('combobox', { name: '县（市、区）' }).click();
    await page.getByTitle('江山市').click();
    await page.getByText('场所', { exact: true }).first().click();
    await page.getByRole('button', { name: '新建项目' }).click();
    const drawer = page.getByRole('dialog', { name: '新建场所项目' });
    await drawer.getByLabel('名称').fill('政治面貌');
    await drawer.getByRole('button', { name: '检查影响' }).click();
    await expect(drawer).toContainText('不收集政治面貌、信仰和信访情况');
    await drawer.getByLabel('名称').fill(label);
    await expect(drawer.getByRole('region', { name: '填写时的样子' })).toContainText(label);
    await drawer.getByRole('button', { name: '检查影响' }).click();
    await expect(drawer.getByRole('status')).toContainText('份档案中 0 份已填写');
    // How it is written, how long it is, and where it stands: the form shows it as officials will have it.
    await drawer.getByLabel('书写格式').click();
    await page.getByTitle('手机号或固定电话').click();
    await drawer.getByLabel('最多字数').fill('13');
    await drawer.getByLabel('位置').click();
    await page.getByTitle('本栏目最前').click();
    const look = drawer.getByRole('region', { name: '填写时的样子' });
    await expect(look).toContainText('11 位手机号，或带区号的固定电话');
    await look.getByLabel(label).fill('12');
    await expect(look).toContainText('格式不对，应为');
    await look.getByLabel(label).fill('0570-1234567');
    await expect(look).not.toContainText('格式不对');
    await drawer.getByRole('button', { name: '检查影响' }).click();
    await expect(drawer.getByRole('status')).toContainText('份档案中 0 份已填写');
    await drawer.getByLabel('修改原因').fill('消防检查需要');
    await inspect(page);
    await drawer.getByRole('button', { name: '保存' }).click();
    await expect(page.getByRole('button', { name: label })).toBeVisible();

    const other = await otherBrowser('village');
    await other.goto('/premises');
    await other.getByRole('button', { name: '新建场所' }).click();
    await expect(other.getByLabel(label)).toBeVisible();
    await other.getByLabel(label).fill('夜里');
    await expect(other.getByText('格式不对，应为：11 位手机号')).toBeVisible();

    await page.getByRole('button', { name: label }).click();
    const again = page.getByRole('dialog', { name: label });
    await expect(again).toContainText('施系统：消防检查需要');
    await again.getByRole('checkbox', { name: /停用/ }).check();
    await again.getByLabel('修改原因').fill('测试结束');
    await again.getByRole('button', { name: '检查影响' }).click();
    await again.getByRole('button', { name: '保存' }).click();
    await expect(page.getByRole('row', { name: new RegExp(label) })).toContainText('停用');
  });
});

test('a code table is put in order, and its history kept', async ({ page, signInAs }) => {
  await signInAs('sysadmin');
  await page.goto('/items');
  await page.getByText('代码表', { exact: true }).first().click();
  await page
    .getByRole('button', { name: '居住情况' })
    .or(page.locator('table button.link'))
    .first()
    .click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByRole('textbox', { name: '代码名称' }).first()).toBeVisible();
  await expect(drawer).toContainText('本县还没有修改过');
  await expect(drawer).toContainText(/\d 份在用|没有用到|少于 5 份在用/);
  await inspect(page);
});
