import { readFile } from 'node:fs/promises';
import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

test('rights of a resident: a copy, a correction to its end, a deletion by two people', async ({
  page,
  signInAs,
  archive,
}) => {
  await signInAs('village');
  const { path } = await archive.make('resident', { name: '欧阳知情', skills: '木工' });
  await page.goto(path);
  const rights = panel(page, '个人信息权利');
  await expect(rights).toContainText('没有更正或删除申请');
  await inspect(page);

  const waiting = page.waitForEvent('download');
  await expect(page.getByRole('button', { name: '出具本人副本' })).toHaveCount(1);
  await rights.getByRole('button', { name: '出具本人副本' }).click();
  const taking = page.getByRole('dialog', { name: '出具欧阳知情的个人信息副本' });
  await taking.getByText('电子版（供本人带走、转移）').click();
  await inspect(page);
  await taking.getByRole('button', { name: '导出电子版' }).click();
  const copy = await waiting;
  expect(copy.suggestedFilename()).toBe('个人信息副本-欧阳知情.json');
  const { resident, items } = JSON.parse(await readFile(await copy.path(), 'utf8'));
  expect(resident.name).toBe('欧阳知情');
  expect(items.map(({ key }: { key: string }) => key)).toContain('skills');
  await expect(taking).toHaveCount(0);

  await rights.getByRole('button', { name: '登记更正申请' }).click();
  const form = page.getByRole('dialog', { name: '更正申请：欧阳知情' });
  await form.getByRole('button', { name: /^登\s?记$/ }).click();
  await expect(form).toContainText('请选择有误的一项');
  await expect(form).toContainText('请写明依据');
  await form.getByLabel('哪一项有误').click();
  await form.getByLabel('哪一项有误').fill('特长');
  await page.keyboard.press('Enter');
  await form.getByLabel('特长技能').fill('篾匠');
  await form.getByLabel('错在哪里').fill('从未学过木工');
  await form.getByLabel('依据').fill('本人当面说明');
  await inspect(page);
  await form.getByRole('button', { name: /^登\s?记$/ }).click();
  await expect(form).toHaveCount(0);
  await expect(rights).toContainText('2026-07-07 前答复');

  await page.goto('/');
  const desk = panel(page, '待答复的个人信息申请（1）');
  await desk.getByRole('link', { name: /欧阳知情/ }).click();
  await rights.getByRole('button', { name: /^办\s?理$/ }).click();
  const decision = page.getByRole('dialog', { name: '更正“特长技能” · 欧阳知情' });
  await expect(decision).toContainText('从未学过木工');
  await decision.getByRole('button', { name: '不予办理' }).click();
  await expect(decision).toContainText('不予办理须说明理由');
  await inspect(page);
  await decision.getByRole('button', { name: '准予更正' }).click();
  await expect(decision).toHaveCount(0);
  await expect(rights).toContainText('已更正');
  await expect(page.getByText('篾匠').first()).toBeVisible();

  await rights.getByRole('button', { name: '登记删除申请' }).click();
  const asking = page.getByRole('dialog', { name: '删除申请：欧阳知情' });
  await asking.getByRole('radio', { name: '本人撤回同意' }).check();
  await inspect(page);
  await asking.getByRole('button', { name: /^登\s?记$/ }).click();
  await expect(asking).toHaveCount(0);
  await expect(rights).toContainText('删除档案：本人撤回同意');
  // Who asked does not decide.
  await expect(rights.getByRole('button', { name: /^办\s?理$/ })).toHaveCount(0);

  await signInAs('township');
  await page.goto(path);
  await rights.getByRole('button', { name: /^办\s?理$/ }).click();
  const last = page.getByRole('dialog', { name: '删除档案：本人撤回同意 · 欧阳知情' });
  await expect(last).toContainText('删除后无法恢复');
  await inspect(page);
  await last.getByRole('button', { name: '审定并删除' }).click();
  await expect(page).toHaveURL(/\/$/);
  await expect(page.getByText('欧阳知情')).toHaveCount(0);
});
