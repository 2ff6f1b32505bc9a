import type { Page } from '@playwright/test';
import { expectFile, panel } from './support/console.ts';
import { expect, otherVillage, test, village } from './support/test.ts';

// A purpose that is missing, a file or area out of sight, an address that cannot be.
test.use({ refusals: [400, 403, 404] });

const dialog = (page: Page) => page.getByRole('dialog');

test('a household: members, dwelling, tags, what is missing and what happened', async ({
  page,
  signInAs,
  archive,
  numbers,
}) => {
  const address = `彭里村96组${numbers.digits(4)}号`;
  const household = await archive.make('household', { address, head: '公冶长青', pets: ['dog'] });
  const old = await archive.make(
    'resident',
    { name: '公冶长青', phone: numbers.phone(), birth: '1950-02-03', sex: '1', lives_alone: true },
    { household: { id: household.id, relation: '02' } },
  );
  const child = numbers.name('公冶');
  const young = await archive.make('resident', { name: child, birth: '2015-06-01' });
  const code = `FW${numbers.digits(8)}`;
  await archive.make('housing', { address, code, use: 'own', safety_grade: 'B' });
  await signInAs('village');
  await page.goto(household.path);
  await expectFile(page, address);
  const main = page.getByRole('main');
  await expect(main.getByText('独居').first()).toBeVisible();
  await expect(main.getByText('养犬')).toBeVisible();
  await expect(main.getByRole('button', { name: '补充户号' })).toBeVisible();
  await expect(main.getByRole('img', { name: '完整度 66%' })).toBeVisible();
  await expect(panel(page, '住房')).toContainText('还没有关联住房');

  await test.step('a member found in the archive joins', async () => {
    await page.getByRole('button', { name: '添加成员' }).click();
    await dialog(page).getByLabel('查找居民').fill(child);
    await dialog(page).getByRole('button', { name: '保存' }).click();
    await expect(dialog(page).getByText('请先查找并选中一条记录')).toBeVisible();
    await dialog(page).getByRole('radio', { name: child }).check();
    await dialog(page).getByLabel('与户主关系').fill('孙子');
    await page.getByTitle('孙子', { exact: true }).click();
    await dialog(page).getByRole('button', { name: '保存' }).click();
    await expect(dialog(page)).toHaveCount(0);
    const rows = panel(page, '家庭成员').getByRole('row');
    await expect(rows.filter({ hasText: child })).toContainText('孙子');
    await expect(rows.filter({ hasText: child })).toContainText('11 岁');
  });

  await test.step('a dwelling is linked, and links back', async () => {
    await page.getByRole('button', { name: '关联住房' }).click();
    await dialog(page).getByLabel('查找住房').fill(address.slice(3));
    await dialog(page)
      .getByRole('radio', { name: new RegExp(code) })
      .check();
    await dialog(page).getByRole('button', { name: '保存' }).click();
    await expect(dialog(page)).toHaveCount(0);
    await panel(page, '住房').getByRole('link', { name: address }).click();
    await expect(page.getByText('住房档案')).toBeVisible();
    await expect(panel(page, '户')).toContainText(address);
    await page.goBack();
  });

  await test.step('a member leaves, with a reason', async () => {
    await page.getByRole('button', { name: `将${child}移出本户` }).click();
    await dialog(page).getByRole('button', { name: '材料核对' }).click();
    await dialog(page).getByRole('button', { name: '移出' }).click();
    await expect(dialog(page)).toHaveCount(0);
    await expect(panel(page, '家庭成员')).not.toContainText(child);
    await page.goto(young.path);
    await expect(panel(page, '户')).toContainText('不属于任何户');
    await page.goto(household.path);
  });

  const lines = panel(page, '变更记录').getByRole('listitem');
  await expect(lines).toHaveCount(6);
  await expect(lines.first()).toContainText(`解除关联 ${child}`);
  await expect(lines.first()).toContainText('原因：材料核对');
  await expect(lines.nth(1)).toContainText(`建立关联 ${address}（居住）`);
  await expect(lines.nth(2)).toContainText(`建立关联 ${child}（孙子）`);
  await expect(lines.last()).toContainText('建档');
  await main.getByRole('link', { name: '公冶长青' }).first().click();
  await expect(page).toHaveURL(new RegExp(`${old.path}$`));
});

test('a phone and a citizen id are shown for a purpose, for a minute', async ({
  page,
  signInAs,
  archive,
  numbers,
}) => {
  const phone = numbers.phone();
  const citizenId = numbers.citizenId('1972-11-30');
  const made = await archive.make('resident', { name: '公冶启封', phone, citizen_id: citizenId });
  await page.clock.install({ time: '2026-06-15T02:00:00Z' });
  await signInAs('village');
  await page.goto(made.path);
  const items = panel(page, '登记内容');
  for (const [label, value] of [
    ['联系电话', phone],
    ['公民身份号码', citizenId],
  ] as const) {
    await items.getByRole('button', { name: `查看${label}` }).click();
    await expect(dialog(page)).toContainText('查看会被记录');
    await expect(dialog(page).getByRole('button', { name: '查看' })).toBeDisabled();
    await dialog(page).getByRole('radio', { name: '走访核实' }).check();
    await dialog(page).getByRole('button', { name: '查看' }).click();
    await expect(items).toContainText(value);
    await expect(items.getByRole('button', { name: '隐藏' })).toBeFocused();
  }
  await expect(items, 'one at a time').not.toContainText(phone);
  await items.getByRole('button', { name: '隐藏' }).click();
  await expect(items).not.toContainText(citizenId);

  await items.getByRole('button', { name: '查看民族' }).click();
  await dialog(page).getByRole('radio', { name: '档案更正' }).check();
  await dialog(page).getByRole('button', { name: '查看' }).click();
  await expect(items.getByRole('button', { name: '隐藏' })).toBeVisible();
  await expect(items).toContainText('未登记');
  await page.clock.runFor(61_000);
  await expect(items.getByRole('button', { name: '隐藏' })).toHaveCount(0);
});

test('a supervisor opens a file for a purpose only', async ({ page, signInAs, archive }) => {
  const { items } = await archive.get<{ items: { id: string; address: string }[] }>(
    `/households?limit=1&area=${village}002`,
  );
  await signInAs('county');
  await page.goto('/');
  await page.goto(`/households/${items[0]?.id}`);
  await dialog(page).getByRole('button', { name: '取消' }).click();
  await expect(page.getByRole('heading', { name: '郑督导，您好' })).toBeVisible();
  await page.goto(`/households/${items[0]?.id}`);
  await dialog(page).getByRole('radio', { name: '督查抽查' }).check();
  await dialog(page).getByRole('button', { name: '查看' }).click();
  await expectFile(page, items[0]?.address ?? '');
  await expect(page.getByText('本次查看目的：督查抽查')).toBeVisible();
  await expect(page.getByRole('button', { name: '修改档案' })).toHaveCount(0);
});

test('a file of another village is refused, whatever the address', async ({
  page,
  otherBrowser,
  signInAs,
  archive,
  numbers,
}) => {
  const made = await archive.make('household', {
    address: `彭里村97组${numbers.digits(4)}号`,
    head: '公冶拒',
  });
  await signInAs('village2');
  for (const path of [made.path, `/areas/${village}`, `/households/${'0'.repeat(8)}`, '/areas/1']) {
    await page.goto(path);
    await expect(page.getByRole('alert')).toContainText('不在您当前岗位的范围内');
    await expect(page.getByText('公冶拒')).toHaveCount(0);
  }
  await page.goto(`/households?area=${village}`);
  await expect(page.getByRole('alert')).toContainText('不在当前岗位的范围内');
  await page.goto(`/areas/${otherVillage}`);
  await expectFile(page, '上洋村委会');

  const grid = await otherBrowser('grid');
  await grid.goto(`/areas/${village}002`);
  await expect(grid.getByRole('alert')).toContainText('不在您当前岗位的范围内');
});
