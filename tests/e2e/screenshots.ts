// npm run screenshots: the main pages as pictures for the README, into docs/screenshots.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { demoPassword } from '../../features/identity/demo.ts';
import { programFolder } from '../../server/installation.ts';
import { chromiumArgs, chromiumPath } from '../support/chromium.ts';
import { makeTemplate, testNow } from '../support/template.ts';
import { startSite } from './support/site.ts';

const folder = join(programFolder, 'docs/screenshots');
/** What a page of the README can bear. */
const mostBytes = 250_000;

const screens = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 1.5,
    hasTouch: true,
    isMobile: true,
  },
} as const;
type Screen = keyof typeof screens;

interface Picture {
  name: string;
  on: readonly Screen[];
  path: string;
  /** What is done on the page before the picture is taken. */
  open?: (page: Page) => Promise<void>;
}

/** The pictures of one village; its records are the same at every run. */
async function pictures(page: Page): Promise<Picture[]> {
  const api = async (path: string): Promise<{ items: { id: string; tags: string[] }[] }> =>
    (await page.request.get(`/api/v1${path}`)).json();
  const { items: households } = await api('/households?tag=lives_alone&limit=5');
  const { items: families } = await api('/households?limit=30');
  const { items: residents } = await api('/residents?tag=lives_alone&ageFrom=75&limit=5');
  const family = families.find(({ tags }) => tags.length > 2) ?? families[0];
  return [
    { name: 'workbench', on: ['desktop', 'phone'], path: '/' },
    { name: 'village-book', on: ['desktop'], path: '/areas/330881002205' },
    { name: 'household', on: ['desktop', 'phone'], path: `/households/${family?.id}` },
    { name: 'resident', on: ['desktop'], path: `/residents/${residents[0]?.id}` },
    {
      name: 'search',
      on: ['desktop'],
      path: `/households/${households[0]?.id}`,
      open: async (one) => {
        await one.getByRole('combobox', { name: '搜索' }).fill('lm');
        await one.getByRole('option').first().waitFor();
      },
    },
  ];
}

async function take(context: BrowserContext, screen: Screen): Promise<void> {
  const page = await context.newPage();
  for (const { name, on, path, open } of await pictures(page)) {
    if (!on.includes(screen)) continue;
    await page.goto(path, { waitUntil: 'networkidle' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await open?.(page);
    const file = join(folder, `${name}-${screen}.png`);
    await page.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    const { size } = statSync(file);
    console.log(`${file}  ${Math.round(size / 1000)} kB`);
    if (size > mostBytes) throw new Error(`${file} is larger than ${mostBytes / 1000} kB`);
  }
}

mkdirSync(folder, { recursive: true });
const template = await makeTemplate();
const site = await startSite(template.reach);
const browser = await chromium.launch({ executablePath: await chromiumPath(), args: chromiumArgs });
try {
  for (const screen of Object.keys(screens) as Screen[]) {
    const context = await browser.newContext({
      ...screens[screen],
      baseURL: site.url,
      locale: 'zh-CN',
      timezoneId: 'Asia/Shanghai',
      reducedMotion: 'reduce',
    });
    await context.clock.setFixedTime(testNow);
    const data = { username: 'village', password: demoPassword };
    await context.request.post('/api/v1/session', { data });
    await take(context, screen);
    await context.close();
  }
} finally {
  await browser.close();
  await site.stop();
  await template.stop();
}
