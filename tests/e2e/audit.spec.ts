import { expectFile, panel } from './support/console.ts';
import { expect, test } from './support/test.ts';

test.use({ refusals: [404] });

test('a file tells who looked at it, and the auditor reads it as sentences, without the person', async ({
  page,
  archive,
  numbers,
  signInAs,
  otherBrowser,
  isPhone,
}) => {
  const name = `欧阳见证${numbers.digits(3)}`;
  const resident = await archive.make('resident', { name, phone: numbers.phone() });
  const street = await otherBrowser('township');
  await street.goto(resident.path);
  await expectFile(street, name);
  const stranger = await otherBrowser('village2');
  await stranger.goto(resident.path);
  await expect(stranger.getByRole('heading', { name: '没有找到' })).toBeVisible();

  await signInAs('village');
  await page.goto(resident.path);
  await expectFile(page, name);
  const looks = panel(page, '谁看过');
  await expect(looks.getByRole('listitem')).toHaveCount(0);
  await looks.getByRole('button', { name: '查看' }).click();
  await expect(looks.getByRole('listitem').nth(0)).toContainText('毛村干（您） 打开档案');
  await expect(looks.getByRole('listitem').nth(0)).toContainText('村（社区）干部 · 彭里村');
  await expect(looks.getByRole('listitem').nth(1)).toContainText('姜街道 打开档案');
  await expect(looks.getByRole('listitem').nth(1)).toContainText('乡镇（街道）干部 · 虎山街道');
  await expect(looks).not.toContainText('徐村干');

  const auditor = await otherBrowser('auditor');
  await auditor.goto(`/audit?subject=${resident.id}`);
  const entries = auditor.getByRole('region', { name: '记录', exact: true });
  await expect(entries).toContainText('姜街道 打开居民档案');
  await expect(entries).toContainText('徐村干 打开居民档案');
  await expect(entries.getByRole('listitem').filter({ hasText: '徐村干' })).toContainText(
    '被拒绝：不存在，或不在范围内',
  );
  await expect(auditor.getByRole('main')).not.toContainText(name);

  if (isPhone) await auditor.getByRole('button', { name: /^筛选/ }).click();
  await auditor.getByLabel('账号或姓名').fill('姜街道');
  await auditor.getByLabel('账号或姓名').press('Enter');
  await expect(auditor).toHaveURL(/who=/);
  await expect(entries).not.toContainText('徐村干');
  await entries.getByRole('button', { name: '乡镇（街道）干部 · 虎山街道' }).first().click();
  await expect(auditor).toHaveURL(/post=/);
  await auditor.getByRole('button', { name: '仅此岗位，点此取消' }).click();
  await expect(auditor).not.toHaveURL(/post=/);
});

test('the auditor looks for patterns, which say that they judge nobody', async ({
  page,
  archive,
  signInAs,
  isPhone,
}) => {
  const { items } = await archive.get<{ items: { id: string }[] }>('/households?limit=35');
  for (const { id } of items) await archive.get(`/households/${id}`);
  await signInAs('auditor');
  await page.goto('/audit');
  await expect(panel(page, '封存与校验')).toContainText('待封存');
  await page.getByText('异常线索', { exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: '不是结论' })).toBeVisible();
  await expect(page.getByText('同一账号在 10 分钟内查看 30 份以上不同的档案。')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: '毛村干' });
  await expect(row).toContainText(/10 分钟 \d+ 份/);
  await row.getByRole('button', { name: '看这些记录' }).click();
  await expect(page).toHaveURL(/account=.*from=2026-06-15/);
  const entries = page.getByRole('region', { name: '记录', exact: true });
  await expect(entries.getByRole('listitem').first()).toContainText('毛村干');
  await page.getByText('异常线索', { exact: true }).click();
  await page.getByLabel('线索', { exact: true }).click();
  await page.getByTitle('查看亲属档案').click();
  await expect(page.getByText('可能是重名')).toBeVisible();
  if (isPhone) await expect(page.getByRole('table')).toHaveCount(0);
});
