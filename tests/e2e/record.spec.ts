import { expectFile, panel, search } from './support/console.ts';
import { expect, test, village } from './support/test.ts';

test.use({ refusals: [400] });

test('a new household, and a new resident who joins it', async ({ page, signInAs, numbers }) => {
  const address = `彭里村98组${numbers.digits(4)}号`;
  const phone = numbers.phone();
  await signInAs('village');
  await page.goto(`/households?area=${village}002`);
  await page.getByRole('button', { name: '新建户' }).click();
  const form = page.getByRole('dialog');
  await expect(form.getByRole('button', { name: '区域 第二网格' })).toBeVisible();
  await form.getByLabel('户主').fill('司空立户');
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form.getByText('住址：必填，请补上').first()).toBeVisible();
  await expect(form.getByLabel('住址')).toBeFocused();
  await form.getByLabel('住址').fill(address);
  await form.getByRole('button', { name: '保存' }).click();
  await expectFile(page, address);
  await expect(panel(page, '家庭成员')).toContainText('还没有登记成员');
  await expect(page.getByRole('navigation', { name: '所在区域' })).toContainText('第二网格');

  await page.getByRole('button', { name: '添加成员' }).click();
  await form.getByText('登记新居民').click();
  await form.getByLabel('姓名', { exact: false }).first().fill('司空立户');
  await form.getByLabel('联系电话').fill(phone);
  await form.getByLabel('公民身份号码').fill(numbers.citizenId('1988-07-06'));
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form.getByText('请选择与户主的关系')).toBeVisible();
  await form.getByLabel('与户主关系').click();
  await page.getByTitle('户主', { exact: true }).click();
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form).toHaveCount(0);
  const row = panel(page, '家庭成员').getByRole('row').filter({ hasText: '司空立户' });
  await expect(row).toContainText('户主');
  await expect(row).toContainText('男 · 37 岁');
  await expect(row).toContainText(`199****${phone.slice(-4)}`);
  await expect(row).not.toContainText(phone);

  const hits = await search(page, 'skl');
  await expect(hits.filter({ hasText: address }).filter({ hasText: '居民' })).toHaveCount(1);
});

test('a new record needs a village or a grid', async ({ page, signInAs, numbers }) => {
  await signInAs('township');
  await page.goto('/premises?new=true');
  const form = page.getByRole('dialog');
  await form.getByLabel('名称').fill(`司空小店${numbers.digits(3)}`);
  await form.getByRole('button', { name: '保存' }).click();
  await expect(form.getByText('请选到村（社区）或网格')).toBeVisible();
  await form.getByRole('button', { name: /^区域/ }).click();
  const tree = page.getByRole('dialog', { name: '选择区域' });
  await tree.getByRole('textbox').fill('plc');
  await tree.getByRole('button', { name: /^彭里村委会/ }).click();
  await form.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('场所档案')).toBeVisible();
  await expect(page.getByRole('button', { name: '补充联系电话' })).toBeVisible();
});

test('an unfinished new record is there again when the form is opened the next time', async ({
  page,
  makeAccount,
  signInAs,
}) => {
  const { username, password } = await makeAccount([{ role: 'village_cadre', area: village }]);
  await signInAs(username, password);
  await page.goto('/residents?new=true');
  const form = page.getByRole('dialog');
  await form.getByLabel('姓名').fill('司空半途');
  await expect(form.getByText('草稿已保存')).toBeVisible();
  await page.goto('/residents');
  await page.getByRole('button', { name: '新建居民' }).click();
  await expect(form.getByText('已恢复未提交的草稿')).toBeVisible();
  await expect(form.getByLabel('姓名')).toHaveValue('司空半途');
  await form.getByRole('button', { name: '放弃草稿' }).click();
  await expect(form.getByLabel('姓名')).toHaveValue('');
});
