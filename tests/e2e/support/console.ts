import type { Locator, Page } from '@playwright/test';
import { demoPassword, expect } from './test.ts';

/** Signs in by the form on the page that is open. */
export async function signIn(page: Page, username: string, password = demoPassword): Promise<void> {
  await page.getByLabel('用户名').fill(username);
  await page.getByLabel('密码', { exact: true }).fill(password);
  await page.getByRole('button', { name: '登录' }).click();
}

/** Types into the search box. @returns the hits */
export async function search(page: Page, words: string): Promise<Locator> {
  await page.getByRole('combobox', { name: '搜索' }).fill(words);
  return page.getByRole('listbox', { name: '搜索结果' }).getByRole('option');
}

/** Waits until a file stands open under its title. */
export async function expectFile(page: Page, title: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

/** A panel of a page by its heading. */
export const panel = (page: Page, title: string): Locator =>
  page.getByRole('region', { name: title });

/** Opens the menu of a button and chooses a line of it, once the menu stands in its place. */
export async function chooseFromMenu(page: Page, button: string, line: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const item = page.getByRole('menuitem', { name: line });
  await expect(item).toBeInViewport();
  await item.click();
}
