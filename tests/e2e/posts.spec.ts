import type { Page } from '@playwright/test';
import { expectFile, panel, search } from './support/console.ts';
import { expect, otherVillage, test, village } from './support/test.ts';

// A file of the other post.
test.use({ refusals: [404] });

const both = [
  { role: 'village_cadre', area: village },
  { role: 'grid_worker', area: `${otherVillage}001` },
] as const;

/** Acts under the post of a name, by the menu of the header or, on a phone, by that of the drawer. */
async function switchTo(page: Page, post: string, isPhone: boolean): Promise<void> {
  if (isPhone) {
    await page.getByRole('button', { name: '打开导航' }).click();
    await page.getByRole('dialog', { name: '主导航' }).getByRole('radio', { name: post }).click();
    return;
  }
  await page.getByRole('button', { name: /^当前岗位/ }).click();
  const line = page.getByRole('menuitem', { name: post });
  await expect(line).toBeInViewport();
  await line.click();
}

test('who holds two posts acts under one at a time, and switches', async ({
  page,
  makeAccount,
  signInAs,
  archive,
  isPhone,
}) => {
  const { username, name, password } = await makeAccount([...both]);
  const { items } = await archive.get<{ items: { id: string; address: string }[] }>(
    `/households?limit=1&area=${village}001`,
  );
  await signInAs(username, password);
  await page.goto('/');
  const hello = page.getByRole('heading', { name: `${name}，您好` });
  await expect(hello).toBeVisible();
  const main = page.getByRole('main');
  await expect(main.getByText('村（社区）干部 · 彭里村委会')).toBeVisible();
  await page.goto(`/households/${items[0]?.id}`);
  await expectFile(page, items[0]?.address ?? '');

  await switchTo(page, '网格员 · 第一网格', isPhone);
  await expect(page.getByText('已切换到岗位：网格员')).toBeVisible();
  await expect(main.getByText('网格员 · 第一网格')).toBeVisible();
  await expect(panel(page, '最近打开')).toContainText('还没有打开过档案');
  if (isPhone) await expect(page.getByRole('dialog', { name: '主导航' })).toBeHidden();

  // The other post's file opens no more, though it did a moment ago.
  await page.goto(`/households/${items[0]?.id}`);
  await expect(page.getByRole('alert')).toContainText('不在您当前岗位的范围内。可切换岗位');
});

test('search and lists span all posts; a hit of another post is opened under it', async ({
  page,
  makeAccount,
  signInAs,
  archive,
  isPhone,
  numbers,
}) => {
  const name = numbers.name('濮阳');
  const made = await archive.make('resident', { name, phone: numbers.phone() });
  const { username, password } = await makeAccount([...both]);
  await signInAs(username, password);
  await page.goto('/');
  await expect(page.getByRole('main').getByText('村（社区）干部 · 彭里村委会')).toBeVisible();
  await switchTo(page, '网格员 · 第一网格', isPhone);
  await expect(page.getByRole('main').getByText('网格员 · 第一网格')).toBeVisible();

  await search(page, name);
  const hit = page.locator(`#hit-${made.id}`);
  await expect(hit).toContainText('岗位：村（社区）干部');
  await hit.click();
  await expectFile(page, name);
  await expect(page.getByText('已切换到岗位：村（社区）干部')).toBeVisible();

  await page.goto('/households?posts=all');
  await expect(page.getByRole('table').getByRole('row').nth(1)).toBeVisible();
  if (isPhone) await page.getByRole('button', { name: /^筛选/ }).click();
  await expect(page.getByRole('checkbox', { name: '我的全部岗位' })).toBeChecked();
});

test('an account without a post is told whom to ask', async ({ page, makeAccount, signInAs }) => {
  const { username, password } = await makeAccount([]);
  await signInAs(username, password);
  await page.goto('/');
  await expect(page.getByText('您目前没有在任岗位，请联系安全管理员。')).toBeVisible();
});
