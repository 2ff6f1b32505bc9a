import type { Page } from '@playwright/test';
import { expectFile, panel } from './support/console.ts';
import { type Archive, demoPassword, expect, test, village } from './support/test.ts';

// A value that cannot be, a session that has ended, an edit upon an old version.
test.use({ refusals: [400, 401, 412] });

const form = (page: Page) => page.getByRole('dialog');

async function openForm(page: Page): Promise<void> {
  await page.getByRole('button', { name: '修改档案' }).click();
  await expect(form(page).getByLabel('变更原因')).toBeVisible();
}

/** A resident of the demo, whose name the police vouch for; each project takes its own. */
async function ofThePolice(archive: Archive, at: number): Promise<{ id: string; name: string }> {
  const { items } = await archive.get<{ items: { id: string; name: string }[] }>(
    `/residents?limit=30&area=${village}003`,
  );
  return items[at] ?? { id: '', name: '' };
}

test('an edit against an authority stands beside its value, as a conflict', async ({
  page,
  signInAs,
  archive,
  isPhone,
}) => {
  const { id, name } = await ofThePolice(archive, isPhone ? 20 : 21);
  await signInAs('village');
  await page.goto(`/residents/${id}`);
  await openForm(page);
  await form(page).getByLabel('姓名').fill('毛更正');
  await form(page).getByRole('button', { name: '本人告知' }).click();
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();

  await expect(form(page)).toHaveCount(0);
  await expectFile(page, name);
  await expect(page.getByRole('alert')).toContainText('姓名：权威来源为公安');
  const items = panel(page, '登记内容');
  await expect(items).toContainText('待核实：毛更正');
  await expect(items).toContainText('原因：本人告知');
  await expect(items.getByRole('button', { name: new RegExp(`^${name} 公安`) })).toBeVisible();
  const newest = panel(page, '变更记录').getByRole('listitem').first();
  await expect(newest).toContainText('提出不同的内容 姓名');
  await expect(newest.getByRole('insertion')).toHaveText('毛更正');
  await expect(newest.getByRole('deletion')).toHaveCount(0);
});

test('what is wrong is said at its field', async ({ page, signInAs, archive, numbers }) => {
  const made = await archive.make('resident', { name: '端木试', phone: numbers.phone() });
  await signInAs('village');
  await page.goto(made.path);
  await openForm(page);
  await form(page).getByRole('button', { name: '保存', exact: true }).click();
  await expect(form(page).getByText('还没有改动任何内容')).toBeVisible();

  const right = numbers.citizenId('1990-01-01');
  const wrong = right.slice(0, 17) + (right.endsWith('1') ? '2' : '1');
  const field = form(page).getByLabel('公民身份号码');
  await field.fill(wrong);
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(form(page).getByText('请说明变更原因')).toBeVisible();
  await expect(form(page).getByLabel('变更原因')).toBeFocused();

  await form(page).getByLabel('变更原因').fill('材料核对');
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/公民身份号码：校验码应为/);
  await field.fill(right);
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(form(page)).toHaveCount(0);
  await expect(
    page.getByText(`${right.slice(0, 4)}**********${right.slice(-4)}`).first(),
  ).toBeVisible();
});

test('a draft outlives the page, and can be let go', async ({
  page,
  signInAs,
  archive,
  numbers,
}) => {
  const made = await archive.make('household', {
    address: `彭里村93组${numbers.digits(4)}号`,
    head: '端木稿',
  });
  await signInAs('village');
  await page.goto(made.path);
  await openForm(page);
  await form(page).getByLabel('车辆').fill('三轮车一辆');
  await form(page).getByLabel('变更原因').fill('本人告知');
  await expect(form(page).getByText('草稿已保存')).toBeVisible();
  await page.reload();
  await openForm(page);
  await expect(form(page).getByText('已恢复未提交的草稿')).toBeVisible();
  await expect(form(page).getByLabel('车辆')).toHaveValue('三轮车一辆');
  await expect(form(page).getByLabel('变更原因')).toHaveValue('本人告知');

  // Someone else writes the item meanwhile: the draft shows both before it is saved.
  await page.reload();
  await archive.edit(made, { vehicles: '小轿车一辆' });
  await page.reload();
  await openForm(page);
  const lost = form(page).getByRole('region', { name: '其他人已修改过这份档案' });
  await expect(lost).toContainText('对方改为：小轿车一辆');
  await expect(lost).toContainText('您填写：三轮车一辆');
  await form(page).getByRole('button', { name: '放弃草稿' }).click();
  await expect(form(page).getByLabel('车辆')).toHaveValue('小轿车一辆');
  await expect(lost).toHaveCount(0);
  await form(page).getByRole('button', { name: '关闭' }).last().click();
  await page.reload();
  await openForm(page);
  await expect(form(page).getByText('已恢复未提交的草稿')).toHaveCount(0);
});

test('of two who edit at once the second sees what the first wrote, and loses nothing', async ({
  page,
  otherBrowser,
  signInAs,
  archive,
  numbers,
}) => {
  const made = await archive.make('household', {
    address: `彭里村94组${numbers.digits(4)}号`,
    head: '端木双',
  });
  await signInAs('village');
  const other = await otherBrowser('township');
  for (const one of [page, other]) {
    await one.goto(made.path);
    await openForm(one);
  }
  await form(other).getByLabel('联户干部').fill('姜街道');
  await form(other).getByLabel('车辆').fill('摩托车');
  await form(other).getByLabel('变更原因').fill('街道调整');
  await form(other).getByRole('button', { name: '保存 2 项改动' }).click();
  await expect(form(other)).toHaveCount(0);

  await form(page).getByLabel('联户干部').fill('毛村干');
  await form(page)
    .getByLabel('户号')
    .fill(`99${numbers.digits(8)}`);
  await form(page).getByLabel('变更原因').fill('村里安排');
  await form(page).getByRole('button', { name: '保存 2 项改动' }).click();
  const lost = form(page).getByRole('region', { name: '其他人已修改过这份档案' });
  await expect(lost).toContainText('对方改为：姜街道');
  await expect(lost).toContainText('您填写：毛村干');
  await expect(lost).toContainText('对方改为：摩托车');
  await expect(form(page).getByLabel('车辆')).toHaveValue('摩托车');
  await expect(form(page).getByLabel('联户干部')).toHaveValue('毛村干');
  await lost.getByRole('button', { name: '用对方的' }).click();
  await expect(form(page).getByLabel('联户干部')).toHaveValue('姜街道');
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(form(page)).toHaveCount(0);
  const items = panel(page, '登记内容');
  for (const value of ['姜街道', '摩托车']) await expect(items).toContainText(value);
  await expect(panel(page, '变更记录')).toContainText('村里安排');
  await expect(panel(page, '变更记录')).toContainText('街道调整');
});

test('a session that ends meanwhile is renewed in place, and what was typed is still there', async ({
  page,
  signInAs,
  archive,
  numbers,
}) => {
  const made = await archive.make('household', {
    address: `彭里村95组${numbers.digits(4)}号`,
    head: '端木期',
  });
  await signInAs('village');
  await page.goto(made.path);
  await openForm(page);
  // The same session, ended from elsewhere.
  await page.context().request.delete('/api/v1/session');
  await form(page).getByLabel('联户干部').fill('周建军');
  await form(page).getByLabel('变更原因').fill('入户走访核实');
  const again = page.getByRole('dialog', { name: '登录已过期' });
  await expect(again).toBeVisible();
  await expect(again.getByLabel('用户名')).toHaveValue('village');
  await again.getByLabel('密码', { exact: true }).fill(demoPassword);
  await again.getByRole('button', { name: '登录' }).click();
  await expect(again).toHaveCount(0);
  await expect(form(page).getByLabel('联户干部')).toHaveValue('周建军');
  await form(page).getByRole('button', { name: '保存 1 项改动' }).click();
  await expect(form(page)).toHaveCount(0);
  await expect(panel(page, '登记内容')).toContainText('周建军');
});
