import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { demoAccounts } from '../../../features/identity/demo.ts';

/** Latin words that a Chinese page may hold: the way to the other language, a browser, a program, a kind of file, a command to type, the demo's user names. */
const known = new Set([
  'english',
  'chrome',
  'linux',
  'excel',
  'xlsx',
  'jsonl',
  'minqing',
  'audit',
  'verify',
  'backup',
  'archive',
  'geojson',
  'https',
  'code',
  'name',
  ...demoAccounts.map(({ username }) => username),
]);

/** What every page and every dialog must fulfil, whatever it shows. */
export async function inspect(page: Page): Promise<void> {
  expect.soft(await page.title()).toMatch(/^\S.* · 民情$/);
  expect.soft(await latinWords(page), 'words that are not Chinese').toEqual([]);
  expect.soft(await sideways(page), 'what reaches beyond the screen').toEqual([]);
  expect.soft(await violations(page), 'what axe finds').toEqual([]);
}

/** Findings of axe that weigh more than minor, each with the elements it is about. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact !== 'minor')
    .map(
      ({ id, impact, help, nodes }) =>
        `${impact} ${id}: ${help}\n${nodes.map((node) => `  ${node.html.slice(0, 200)}`).join('\n')}`,
    );
}

/** Ids of records, whole or their ends. */
const ids = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|…[0-9a-f]+/g;

/** Words of four Latin letters and more that a reader sees or hears. */
async function latinWords(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const attributes = ['placeholder', 'title', 'aria-label', 'alt', 'data-label'];
    // biome-ignore lint/performance/useDomNodeTextContent: what is laid out is what is read
    const seen: string[] = [document.title, document.body.innerText];
    for (const element of document.querySelectorAll(attributes.map((a) => `[${a}]`).join())) {
      if (element.closest('[aria-hidden=true]')) continue;
      for (const attribute of attributes) seen.push(element.getAttribute(attribute) ?? '');
    }
    return seen;
  });
  const words = texts
    .flatMap((text) => text.replace(ids, '').match(/[A-Za-z0-9]+/g) ?? [])
    // With digits at its end it is a user name that another test has made.
    .filter((word) => /^[A-Za-z]{4,}$/.test(word) && !known.has(word.toLowerCase()));
  return [...new Set(words)];
}

/** Elements that make the page scroll sideways; none when it does not. */
function sideways(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > room + 1)
      .map((element) => element.outerHTML.slice(0, 120))
      .slice(0, 5);
  });
}
