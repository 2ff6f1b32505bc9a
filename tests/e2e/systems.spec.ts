import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

test.describe('other systems of departments', () => {
  // An address within the house is refused.
  test.use({ refusals: [400] });

  test('are made with a secret shown once, changed, and withdrawn', async ({
    page,
    signInAs,
    numbers,
  }) => {
    const name = `卫健系统${numbers.digits(4)}`;
    await signInAs('secadmin');
    await page.goto('/');
    await page.goto('/gather/systems');
    await expect(page.getByRole('heading', { level: 1, name: '外部系统' })).toBeVisible();
    await inspect(page);

    await page.getByRole('button', { name: '新建系统' }).click();
    const dialog = page.getByRole('dialog', { name: '新建系统' });
    await dialog.getByLabel('名称').fill(name);
    await dialog.getByLabel('代表部门').click();
    await page.getByTitle('卫健', { exact: true }).click();
    await expect(dialog.getByText('可报送数据，也可接收变更。')).toBeVisible();
    await dialog.getByRole('button', { name: '区域 选择区域' }).click();
    const tree = page.getByRole('dialog', { name: '选择区域' });
    await tree.getByRole('textbox').fill('彭里');
    await tree.getByRole('button', { name: /^彭里村/ }).click();
    await dialog.getByLabel('健康与残疾').check();
    await dialog.getByRole('combobox', { name: '接收变更的数据项' }).fill('慢性病');
    await page.getByTitle('居民 · 慢性病').click();
    await dialog.getByLabel('推送地址').fill('https://10.0.0.1/');
    await inspect(page);
    await dialog.getByRole('button', { name: '保存' }).click();
    await expect(dialog.getByText('指向内部网段')).toBeVisible();
    await dialog.getByLabel('推送地址').fill('https://223.5.5.5/');
    await dialog.getByRole('button', { name: '保存' }).click();

    const shown = page.getByRole('dialog', { name: '系统已建立' });
    await expect(shown.locator('code').nth(1)).toHaveText(/^[\w-]{43}$/);
    await page.keyboard.press('Escape');
    await shown.getByRole('button', { name: '已转交' }).click();

    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(panel(page, '接入信息')).toContainText('居民：慢性病');
    await expect(panel(page, '变更推送')).toContainText('已全部送达');
    await expect(panel(page, '变更推送')).toContainText('还没有推送过');
    await inspect(page);

    await page.getByRole('button', { name: '更换密钥' }).click();
    await inspect(page);
    await page.getByRole('dialog').getByRole('button', { name: '更换密钥' }).click();
    await page.getByRole('button', { name: '已转交' }).click();
    await expect(panel(page, '接入信息')).toContainText('旧密钥');

    await page.getByRole('button', { name: '停用' }).click();
    await page.getByLabel('原因').fill('试用结束');
    await page.getByRole('dialog').getByRole('button', { name: '停用' }).click();
    await expect(panel(page, '接入信息')).toContainText('原因：试用结束');
    await expect(page.getByRole('button', { name: '更换密钥' })).toHaveCount(0);
    await inspect(page);
    await page.getByRole('link', { name: '外部系统' }).first().click();
    const line = page.getByRole('row').filter({ hasText: name });
    await expect(line).toContainText('已停用');
    await inspect(page);
  });

  test('whose address does not answer are told at the top, with what was tried', async ({
    page,
    signInAs,
    site,
    numbers,
  }) => {
    const name = `教育系统${numbers.digits(4)}`;
    await signInAs('secadmin');
    const made = await page.request.post('/api/v1/gather/systems', {
      data: {
        name,
        source: 'education',
        area: village,
        items: ['resident.education'],
        groups: [],
        values: false,
        webhook: 'https://223.5.5.5/',
      },
    });
    expect(made.status(), await made.text()).toBe(201);
    const { id } = await made.json();
    const { withClient } = await import('../../server/database/connect.ts');
    await withClient(site.owner, async (client) => {
      await client.query(
        `update gather_webhook set tries = 30, failing_since = '2026-06-12T02:00Z', dead_at = '2026-06-15T01:00Z' where system = $1`,
        [id],
      );
      const tries = [
        ['received', 12, 1, '204', '2026-06-12T01:00Z'],
        ['dead', 3, 30, 'unreachable', '2026-06-15T01:00Z'],
      ];
      for (const [state, events, count, answer, at] of tries)
        await client.query(
          `insert into gather_delivery (id, system, lo, hi, after, upto, events, state, tries, answer, first_at, last_at)
             values (gen_random_uuid(), $1, 330881002205000, 330881002206000, 0, 1, $2, $3, $4, $5, $6, $6)`,
          [id, events, state, count, answer, at],
        );
    });
    await page.goto('/gather/systems');
    await expect(page.getByRole('alert')).toContainText(name);
    await inspect(page);
    await page.getByRole('link', { name }).click();
    const sending = panel(page, '变更推送');
    await expect(sending).toContainText('推送已停止');
    await expect(sending).toContainText('连不上');
    await inspect(page);
    await sending.getByRole('button', { name: '从这里重新推送' }).first().click();
    await inspect(page);
    await page.getByRole('dialog').getByRole('button', { name: '重新推送' }).click();
    await expect(sending).not.toContainText('推送已停止');
  });
});
