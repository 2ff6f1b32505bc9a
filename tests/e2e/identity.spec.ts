import type { APIRequestContext, Page } from '@playwright/test';
import { codeAt, stepOf } from '../../features/identity/rules/totp.ts';
import { signIn } from './support/console.ts';
import { demoPassword, expect, test, testNow } from './support/test.ts';

const ownPassword = 'chosen by its owner 7';

/** An account with a post, made by the security administrator over the API. @returns its first password */
async function makeAccount(
  request: APIRequestContext,
  username: string,
  post: { role: string; area: string },
): Promise<string> {
  await request.post('/api/v1/session', { data: { username: 'secadmin', password: demoPassword } });
  const made = await request.post('/api/v1/accounts', { data: { username, name: '沈新来' } });
  const { id, password } = await made.json();
  const given = await request.post(`/api/v1/accounts/${id}/posts`, { data: post });
  expect(given.status()).toBe(201);
  return password;
}

/** The code at the site's clock; `later` for the next one, which is taken a step early. */
const code = (secret: string, later = 0): string => codeAt(secret, stepOf(testNow) + later);

async function changeFirstPassword(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: '修改初始密码' })).toBeVisible();
  await page.getByLabel('新密码', { exact: true }).fill(ownPassword);
  await page.getByLabel('再输一次新密码').fill(ownPassword);
  await page.getByRole('button', { name: '保存' }).click();
}

test.describe('signing in for real', () => {
  // A common password, a code of six zeros, one used before: the browser logs each refusal.
  test.use({ refusals: [400, 401, 403] });

  test('an administrator changes the first password, binds a phone, and needs its code from then on', async ({
    page,
    playwright,
    baseURL,
    numbers,
  }) => {
    const request = await playwright.request.newContext({ baseURL });
    const username = `shen${numbers.digits(6)}`;
    const first = await makeAccount(request, username, { role: 'audit_admin', area: '3308' });
    await request.dispose();

    await page.goto('/audit');
    await signIn(page, username, first);
    await page.getByLabel('新密码', { exact: true }).fill('password1234');
    await page.getByLabel('再输一次新密码').fill('password1234');
    await page.getByRole('button', { name: '保存' }).click();
    await expect(page.getByRole('alert')).toContainText('太常见');
    await changeFirstPassword(page);

    await expect(page.getByRole('heading', { name: '绑定动态验证码' })).toBeVisible();
    await expect(page.getByRole('img', { name: '绑定动态验证码的二维码' })).toBeVisible();
    await page.getByText('不能扫码？手工输入密钥').click();
    const shown = await page.locator('details code').textContent();
    const secret = (shown ?? '').replaceAll(' ', '');
    await page.getByLabel('2. 输入验证器显示的 6 位数字').fill('000000');
    await page.getByRole('button', { name: '确定' }).click();
    await expect(page.getByRole('alert')).toContainText('验证码不正确');
    await page.getByLabel('2. 输入验证器显示的 6 位数字').fill(code(secret));
    await page.getByRole('button', { name: '确定' }).click();
    await expect(page.getByRole('heading', { name: '请保存备用码' })).toBeVisible();
    const codes = await page.getByRole('listitem').allTextContents();
    expect(codes.length).toBe(10);
    await page.getByRole('button', { name: '已保存，继续' }).click();
    // On to the page that was asked for at the beginning.
    await expect(page.getByRole('heading', { level: 1, name: '查看记录' })).toBeVisible();

    await page.request.delete('/api/v1/session');
    await page.goto('/');
    await signIn(page, username, ownPassword);
    await expect(page.getByLabel('动态验证码')).toBeFocused();
    await page.getByLabel('动态验证码').fill(code(secret));
    await page.getByRole('button', { name: '确定' }).click();
    await expect(page.getByRole('alert')).toContainText('已用过');
    await page.getByLabel('动态验证码').fill(code(secret, 1));
    await page.getByRole('button', { name: '确定' }).click();
    await expect(page.getByRole('heading', { name: '沈新来，您好' })).toBeVisible();

    await page.request.delete('/api/v1/session');
    await page.goto('/');
    await signIn(page, username, ownPassword);
    await page.getByRole('button', { name: '用备用码' }).click();
    await page.getByLabel('备用码').fill(codes[3] ?? '');
    await page.getByRole('button', { name: '确定' }).click();
    await expect(page.getByRole('heading', { name: '沈新来，您好' })).toBeVisible();
  });
});

test('one’s own sign-ins are listed and ended', async ({ page, signInAs, otherBrowser }) => {
  const other = await otherBrowser('city');
  await signInAs('city');
  await page.goto('/my-sign-ins');
  const sessions = page.getByRole('region', { name: '登录的设备' });
  await expect(sessions.getByText('本机')).toHaveCount(1);
  await sessions.getByRole('button', { name: '结束其他全部登录' }).click();
  await expect(sessions.getByRole('button', { name: /^结束/ })).toHaveCount(0);
  await other.goto('/');
  await expect(other.getByRole('button', { name: '登录' })).toBeVisible();
  await expect(page.getByText('演示账号人人可用，不绑定动态验证码')).toBeVisible();
});

test('the security administrator makes an account, gives it a post, and ends that', async ({
  page,
  signInAs,
  numbers,
}) => {
  const username = `mao${numbers.digits(6)}`;
  await signInAs('secadmin');
  await page.goto('/accounts');
  await page.getByRole('button', { name: '新建账号' }).click();
  await page.getByLabel('姓名', { exact: true }).fill('毛试用');
  await page.getByLabel('用户名', { exact: true }).fill(username);
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('definition').last()).toHaveText(/^(\w{4}-){3}\w{4}$/);
  await page.getByRole('button', { name: '已告知' }).click();
  await expect(page.getByRole('heading', { level: 1, name: `毛试用 ${username}` })).toBeVisible();
  await expect(page.getByText('未改初始密码')).toBeVisible();

  await page.getByRole('button', { name: '安排岗位' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '区域 衢州市' }).click();
  await page.getByRole('textbox', { name: '按名称或拼音首字母查找区域' }).fill('彭里');
  await page.getByRole('button', { name: /^彭里村/ }).click();
  await page.getByRole('button', { name: '保存' }).click();
  const present = page.getByRole('region', { name: '在任' });
  await expect(present).toContainText('村（社区）干部');
  await present.getByRole('button', { name: '结束岗位：村（社区）干部' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('region', { name: '已结束' })).toContainText('村（社区）干部');

  await page.getByRole('button', { name: '停用' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用' }).click();
  await expect(page.getByRole('button', { name: '启用' })).toBeVisible();
  await page.goto(`/accounts?q=${username}&state=inactive`);
  await expect(page.getByRole('link', { name: '毛试用' })).toBeVisible();
});

test('who sees a file, and why: from the pasted address to the reason', async ({
  page,
  signInAs,
  archive,
  numbers,
}) => {
  const name = '欧阳可查';
  const resident = await archive.make('resident', { name, phone: numbers.phone() });
  await signInAs('secadmin');
  await page.goto('/access');
  await page.getByLabel('档案编号或档案页面的网址').fill('彭里村');
  await page.getByRole('button', { name: '查询' }).click();
  await expect(page.getByRole('alert')).toHaveText('这里面没有档案编号，请重新复制');
  await page.getByLabel('档案编号或档案页面的网址').fill(`https://minqing.example${resident.path}`);
  await page.getByRole('button', { name: '查询' }).click();
  const holders = page.getByRole('region', { name: '哪些账号能看' });
  await expect(holders).toContainText('毛村干');
  await holders.getByRole('button', { name: '毛村干为什么能看' }).first().click();
  const reasons = page.getByRole('region', { name: '村（社区）干部 · 彭里村委会' });
  await expect(reasons).toContainText('档案在岗位区域内');
  await expect(reasons.getByRole('listitem').filter({ hasText: '电话' })).toContainText(
    '须说明目的',
  );
  await expect(page.getByText(name)).toHaveCount(0);
});
