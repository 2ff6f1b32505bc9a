import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import type { RoleKey } from '../../../features/identity/contract.ts';
import { demoPassword } from '../../../features/identity/demo.ts';
import { testNow } from '../../support/template.ts';
import { Archive, Numbers } from './archive.ts';
import { listen } from './browser-log.ts';
import { type Site, startSite } from './site.ts';

/** 江山市虎山街道彭里村: the village of the account `village`. */
export const village = '330881002205';
/** 柯城区花园街道上洋村: that of `village2`. */
export const otherVillage = '330802013202';

interface Options {
  /** Statuses that the server refuses with in this test, which the browser logs as errors. */
  refusals: number[];
}

interface Fixtures {
  /** Signs an account in without the form; the pages of the test are then hers. */
  signInAs: (username: string, password?: string) => Promise<void>;
  /** A second browser, of somebody else or of the same person elsewhere. */
  otherBrowser: (username: string, password?: string) => Promise<Page>;
  /** The archive of the village, in the name of its cadre. */
  archive: Archive;
  /** Numbers that no other test uses. */
  numbers: Numbers;
  /** Makes an account that no other test uses, with posts from today on and a password of its own. */
  makeAccount: (posts: GivenPost[]) => Promise<MadeAccount>;
  /** Whether this is the project of the phone. */
  isPhone: boolean;
  quiet: undefined;
}

interface WorkerFixtures {
  /** The site of this worker: no other changes its archive meanwhile. */
  site: Site;
}

const chosenPassword = 'Quzhou bamboo 26';

interface GivenPost {
  role: RoleKey;
  area: string;
  department?: string;
}

interface MadeAccount {
  username: string;
  /** How the console calls them. */
  name: string;
  password: string;
}

async function enter(context: BrowserContext, username: string, password: string): Promise<void> {
  const answer = await context.request.post('/api/v1/session', { data: { username, password } });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** The test of every spec: the site's address, the day of the tests, and a browser that must not complain. */
export const test = base.extend<Options & Fixtures, WorkerFixtures>({
  refusals: [[], { option: true }],

  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
    async ({}, use) => {
      const site = await startSite(JSON.parse(process.env.MINQING_E2E_TEMPLATE ?? '{}'));
      await use(site);
      await site.stop();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ site }, use) => {
    await use(site.url);
  },

  context: async ({ context }, use) => {
    // Pages tell days by the browser's clock; it shows the server's day.
    await context.clock.setFixedTime(testNow);
    await use(context);
  },

  quiet: [
    async ({ context, refusals }, use) => {
      const log = listen(context, refusals);
      await use(undefined);
      expect(log.complaints(), 'what the browser complained of').toEqual([]);
    },
    { auto: true },
  ],

  signInAs: async ({ context }, use) => {
    await use((username, password = demoPassword) => enter(context, username, password));
  },

  otherBrowser: async ({ browser, baseURL, refusals }, use) => {
    const opened: { context: BrowserContext; log: ReturnType<typeof listen> }[] = [];
    await use(async (username, password = demoPassword) => {
      const context = await browser.newContext({ baseURL });
      await context.clock.setFixedTime(testNow);
      opened.push({ context, log: listen(context, refusals) });
      await enter(context, username, password);
      return context.newPage();
    });
    for (const { context, log } of opened) {
      await context.close();
      expect(log.complaints(), 'what the other browser complained of').toEqual([]);
    }
  },

  archive: async ({ playwright, baseURL }, use) => {
    const request = await playwright.request.newContext({ baseURL });
    await request.post('/api/v1/session', {
      data: { username: 'village', password: demoPassword },
    });
    await use(new Archive(request, village));
    await request.dispose();
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from a pattern
  numbers: async ({}, use, info) => {
    await use(new Numbers([info.project.name, ...info.titlePath, info.repeatEachIndex].join()));
  },

  makeAccount: async ({ playwright, baseURL, numbers }, use) => {
    await use(async (posts) => {
      const request = await playwright.request.newContext({ baseURL });
      const post = async <Body>(path: string, data: object): Promise<Body> => {
        const answer = await request.post(`/api/v1${path}`, { data });
        expect(answer.ok(), await answer.text()).toBe(true);
        return answer.json();
      };
      const digits = numbers.digits(6);
      const made = { username: `t${digits}`, name: `陈${digits}`, password: chosenPassword };
      await post('/session', { username: 'secadmin', password: demoPassword });
      const { id, password: first } = await post<{ id: string; password: string }>('/accounts', {
        username: made.username,
        name: made.name,
      });
      for (const given of posts) await post(`/accounts/${id}/posts`, given);
      // A first password opens nothing but the change of it.
      await post('/session', { username: made.username, password: first });
      const change = { current: first, next: chosenPassword };
      const changed = await request.post('/api/v1/session/password', { data: change });
      expect(changed.ok(), await changed.text()).toBe(true);
      await request.dispose();
      return made;
    });
  },

  isPhone: async ({ isMobile }, use) => {
    await use(Boolean(isMobile));
  },
});

export { type Archive, demoPassword, expect, testNow };
