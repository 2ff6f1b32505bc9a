import { chooseFromMenu, signIn } from './support/console.ts';
import { expect, test, village } from './support/test.ts';

// The browser logs each refusal.
test.use({ refusals: [401, 403, 429] });

test('a wrong password is told, a right one goes on to the page that was asked for', async ({
  page,
}) => {
  await page.goto('/households?tag=lives_alone');
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('alert')).toHaveText('请填写用户名和密码');
  await signIn(page, 'village', 'not the password');
  await expect(page.getByRole('alert')).toHaveText('用户名或密码不正确');
  await expect(page.getByLabel('用户名')).toHaveValue('village');
  await signIn(page, 'village');
  await expect(page.getByRole('heading', { level: 1, name: '户' })).toBeVisible();
  await expect(page).toHaveURL(/\/households\?tag=lives_alone$/);
});

test('a demo account is one press away, and an address elsewhere leads nowhere', async ({
  page,
}) => {
  await page.goto('/sign-in?next=https://example.com/');
  await page.getByRole('button', { name: '网格员 · 彭里村第一网格' }).click();
  await expect(page.getByLabel('用户名')).toHaveValue('grid');
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('heading', { name: '周网格，您好' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/');
});

test('after five wrong passwords the account is locked, and the page says so', async ({
  page,
  makeAccount,
}) => {
  const { username, password } = await makeAccount([{ role: 'village_cadre', area: village }]);
  await page.goto('/sign-in');
  for (let attempt = 0; attempt < 5; attempt++) {
    const refused = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/session'));
    await signIn(page, username, 'not the password');
    await refused;
  }
  await expect(page.getByRole('alert')).toContainText('登录失败次数过多，请在');
  await signIn(page, username, password);
  await expect(page.getByRole('alert')).toContainText('登录失败次数过多，请在');
});

test('whoever signs out leaves nothing behind, not even for the way back', async ({
  page,
  makeAccount,
}) => {
  const { username, name, password } = await makeAccount([
    { role: 'village_cadre', area: village },
  ]);
  await page.goto('/sign-in');
  await signIn(page, username, password);
  await page
    .getByRole('link', { name: '居民', exact: true })
    .or(page.getByText(/^[\d,]+居民$/))
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: '居民' })).toBeVisible();
  await chooseFromMenu(page, `${name}的账号菜单`, '退出登录');
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
  await expect(page.getByText('加载更多')).toHaveCount(0);
});

test('signing out everywhere ends the other devices too', async ({
  page,
  otherBrowser,
  makeAccount,
  signInAs,
}) => {
  const { username, name, password } = await makeAccount([
    { role: 'village_cadre', area: village },
  ]);
  const other = await otherBrowser(username, password);
  await other.goto('/');
  await expect(other.getByRole('heading', { name: `${name}，您好` })).toBeVisible();
  await signInAs(username, password);
  await page.goto('/');
  await chooseFromMenu(page, `${name}的账号菜单`, '退出所有设备');
  await expect(page.getByRole('button', { name: '登录' })).toBeVisible();
  await other.reload();
  await expect(other.getByRole('button', { name: '登录' })).toBeVisible();
});
