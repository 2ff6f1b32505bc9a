import { chooseFromMenu, expectFile, panel, search, signIn } from './support/console.ts';
import { expect, otherVillage, test } from './support/test.ts';

test.use({ refusals: [404] });

test('from the door to a household and back: find, open, edit, lineage, another village refused', async ({
  page,
  archive,
  numbers,
}) => {
  const address = `彭里村91组${numbers.digits(4)}号`;
  const household = await archive.make('household', { address, head: '欧阳鼎' });
  await archive.make(
    'resident',
    { name: '欧阳鼎', phone: numbers.phone(), residence_address: address },
    { household: { id: household.id, relation: '02' } },
  );

  await page.goto('/');
  await signIn(page, 'village');
  await expect(page.getByRole('heading', { name: '毛村干，您好' })).toBeVisible();

  const hits = await search(page, 'oyd');
  await hits.filter({ hasText: '居民' }).filter({ hasText: address }).click();
  await expectFile(page, '欧阳鼎');
  await page.getByRole('main').getByRole('link', { name: address }).click();
  await expectFile(page, address);

  await page.getByRole('button', { name: '修改档案' }).click();
  await page.getByLabel('联户干部').fill('周建军');
  await page.getByLabel('变更原因').fill('入户走访核实');
  await page.getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.getByRole('button', { name: /^周建军/ }).click();
  const lineage = page.getByRole('dialog', { name: '信息来历' });
  await expect(lineage).toContainText('村（社区）');
  await expect(lineage).toContainText('2026-06-15');
  await expect(lineage).toContainText('毛村干');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: '修改档案' }).click();
  await page.getByLabel('联户干部').fill('毛秀英');
  await page.getByLabel('变更原因').fill('联户干部调整');
  await page.getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(panel(page, '登记内容')).toContainText('毛秀英');
  const newest = panel(page, '变更记录').getByRole('listitem').first();
  await expect(newest).toContainText('修改 联户干部');
  await expect(newest.getByRole('deletion')).toHaveText('周建军');
  await expect(newest.getByRole('insertion')).toHaveText('毛秀英');
  await expect(newest).toContainText('原因：联户干部调整');

  await page.goto(`/areas/${otherVillage}`);
  await expect(page.getByRole('alert')).toContainText('不在您当前岗位的范围内');
  await page.getByRole('link', { name: '回到工作台' }).click();
  await expect(panel(page, '最近打开')).toContainText(address);

  await chooseFromMenu(page, '毛村干的账号菜单', '退出登录');
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
  await page.goto(household.path);
  await expect(page).toHaveURL(/sign-in\?next=/);
});
