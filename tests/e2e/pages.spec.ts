import type { Page } from '@playwright/test';
import { panel, search } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { type Archive, expect, test, village } from './support/test.ts';

type Path = string | ((archive: Archive) => Promise<string>);

/** The first records of the village, which no test changes. */
const first =
  (list: string, at = 0, area = `${village}001`) =>
  async (archive: Archive): Promise<string> => {
    const { items } = await archive.get<{ items: { id: string }[] }>(
      `/${list}?limit=30&area=${area}`,
    );
    return `/${list}/${items[at]?.id}`;
  };
const household = first('households', 4);
const resident = first('residents', 12);

/** The account of the village's cadre, who makes the test's records. */
const cadre = async (archive: Archive): Promise<string> =>
  (await archive.get<{ account: { id: string } }>('/session')).account.id;
/** The question who sees that household's file. */
const asked = async (archive: Archive): Promise<string> =>
  `/access?category=household&record=${(await household(archive)).split('/').at(-1)}`;

/** Every page, by the account that looks at it; an account opens its pages one after the other. */
const pagesOf: Record<string, [what: string, path: Path][]> = {
  nobody: [['the door', '/sign-in']],
  village: [
    ['the workbench', '/'],
    ['the book of a village', `/areas/${village}`],
    ['the book of a grid', `/areas/${village}001`],
    ['the residents', '/residents'],
    ['the households', '/households'],
    ['the dwellings', '/housing'],
    ['the premises', '/premises'],
    ['the organisations', '/organisations'],
    ['a list without a record', '/residents?ageFrom=149'],
    ['a household', household],
    ['a resident', resident],
    ['a dwelling', first('housing', 4)],
    ['premises', first('premises', 1)],
    ['an organisation', first('organisations', 0, village)],
    ['the quality of the data', '/gather/quality'],
    ['the jobs', '/jobs'],
    ['one’s own sign-ins', '/my-sign-ins'],
    ['no page at all', '/no/such/page'],
  ],
  grid: [
    ['the workbench', '/'],
    ['a resident', resident],
  ],
  civil: [
    ['a household', household],
    ['the departments’ data', '/gather'],
    ['a new profile', '/gather/profiles/new'],
    ['the quality of the data', '/gather/quality'],
  ],
  city: [
    ['the workbench', '/'],
    ['the book of a city', '/areas/3308'],
  ],
  sysadmin: [
    ['the workbench', '/'],
    ['the departments’ data', '/gather'],
    ['the items of a county', '/items'],
    ['the system', '/system'],
  ],
  secadmin: [
    ['the workbench', '/'],
    ['the accounts', '/accounts'],
    ['an account', async (archive) => `/accounts/${await cadre(archive)}`],
    ['the import of a list', '/accounts/import'],
    ['who sees a file', '/access'],
    ['the other systems', '/gather/systems'],
    ['who sees this file', asked],
    [
      'why somebody sees it',
      async (archive) => `${await asked(archive)}&account=${await cadre(archive)}`,
    ],
  ],
  auditor: [
    ['the workbench', '/'],
    ['the audit', '/audit'],
    ['the patterns', '/audit?view=patterns'],
  ],
};

test.describe('without a fault to the eye, the ear and the hand:', () => {
  test.slow();
  // A file that asks for a purpose.
  test.use({ refusals: [403] });

  for (const [account, pages] of Object.entries(pagesOf)) {
    test(`the pages of ${account}`, async ({ page, signInAs, archive }) => {
      if (account !== 'nobody') await signInAs(account);
      for (const [what, path] of pages) {
        await test.step(what, async () => {
          await page.goto(typeof path === 'string' ? path : await path(archive));
          await settle(page);
          await inspect(page);
        });
      }
    });
  }

  test('the forms of a household', async ({ page, signInAs, archive }) => {
    await signInAs('village');
    await page.goto(await household(archive));
    await page.getByRole('button', { name: '修改档案' }).click();
    await expect(page.getByLabel('变更原因')).toBeVisible();
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByText('还没有改动任何内容')).toBeVisible();
    await inspect(page);
    await page.getByRole('button', { name: '关闭' }).last().click();

    await page.getByRole('button', { name: '添加成员' }).click();
    await page.getByLabel('查找居民').fill('王');
    await expect(page.getByRole('radio', { name: /^王/ }).first()).toBeVisible();
    await inspect(page);
    await page.getByText('登记新居民').click();
    await expect(page.getByLabel('姓名')).toBeVisible();
    await inspect(page);
    await page.getByRole('button', { name: '关闭' }).last().click();

    await page
      .getByRole('button', { name: /移出本户/ })
      .first()
      .click();
    await expect(page.getByRole('dialog')).toContainText('居民本人的档案保留');
    await inspect(page);
    await page.getByRole('button', { name: '取消' }).click();

    await page.getByRole('button', { name: '关联住房' }).click();
    await page.getByLabel('查找住房').fill('12号');
    await expect(page.getByRole('radio', { name: /组12号/ }).first()).toBeVisible();
    await inspect(page);
  });

  test('what opens on a file', async ({ page, signInAs, archive }) => {
    await signInAs('village');
    await page.goto(await resident(archive));
    await panel(page, '登记内容').getByRole('button', { expanded: false }).first().click();
    await expect(page.getByRole('dialog', { name: '信息来历' })).toBeInViewport();
    await inspect(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '查看公民身份号码' }).click();
    await expect(page.getByRole('radio', { name: '走访核实' })).toBeVisible();
    await inspect(page);
  });

  test('what opens on a list', async ({ page, signInAs, isPhone }) => {
    await signInAs('village');
    await page.goto('/residents');
    if (isPhone) await page.getByRole('button', { name: '筛选' }).click();
    await page.getByRole('button', { name: '区域' }).click();
    await expect(page.getByRole('dialog', { name: '选择区域' })).toContainText('彭里村');
    await inspect(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '新建居民' }).click();
    await expect(page.getByLabel('姓名')).toBeVisible();
    await inspect(page);
  });

  test('what opens in the header', async ({ page, signInAs, isPhone }) => {
    await signInAs('village');
    await page.goto('/');
    await expect((await search(page, '王')).first()).toBeVisible();
    await inspect(page);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: '毛村干的账号菜单' }).click();
    await expect(page.getByRole('menuitem', { name: '退出登录' })).toBeInViewport();
    await inspect(page);
    await page.getByRole('menuitem', { name: '修改密码' }).click();
    await expect(page.getByLabel('当前密码')).toBeVisible();
    await inspect(page);
    if (!isPhone) return;
    await page.goto('/');
    await page.getByRole('button', { name: '打开导航' }).click();
    await expect(page.getByRole('dialog', { name: '主导航' })).toBeVisible();
    await inspect(page);
  });

  test('a file that opens with a purpose', async ({ page, signInAs, archive }) => {
    await signInAs('county');
    await page.goto(await household(archive));
    await expect(page.getByRole('dialog')).toContainText('查看档案的目的');
    await inspect(page);
    await page.getByRole('radio', { name: '督查抽查' }).check();
    await page.getByRole('dialog').getByRole('button', { name: '查看' }).click();
    await expect(page.getByText('本次查看目的：督查抽查')).toBeVisible();
    await inspect(page);
  });
});

/** Nothing is on its way any more. */
async function settle(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('status', { name: '正在加载' })).toHaveCount(0);
}
