import { withClient } from '../../server/database/connect.ts';
import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

// A release without a reason is refused.
test.use({ refusals: [400] });

test('the security administrator sees who is bound to an account, and releases it with a reason', async ({
  page,
  site,
  signInAs,
  makeAccount,
}) => {
  const { username, name } = await makeAccount([{ role: 'village_cadre', area: village }]);
  await withClient(site.owner, (client) =>
    client.query(
      `insert into account_subject (account, issuer, subject, since)
       select id, 'https://10.0.0.1/', '99-0' || username, $2 from account where username = $1`,
      [username, '2026-06-01T02:00:00Z'],
    ),
  );
  await signInAs('secadmin');
  await page.goto(`/accounts?q=${username}`);
  await page.getByRole('link', { name }).click();
  const bound = panel(page, '统一身份认证');
  await expect(bound).toContainText(`99-0${username}`);
  await expect(bound).toContainText('2026-06-01 10:00');
  // An address is no word of the page.
  await bound.locator('code', { hasText: '10.0.0.1' }).evaluate((code) => {
    code.textContent = '10.0.0.1';
  });
  await inspect(page);
  await bound.getByRole('button', { name: '解除绑定' }).click();
  const dialog = page.getByRole('dialog', { name: `解除${name}与统一身份的绑定？` });
  await inspect(page);
  await dialog.getByRole('button', { name: '解除绑定' }).click();
  await expect(dialog).toContainText('原因');
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('原因').fill('更换工作证');
  await dialog.getByRole('button', { name: '解除绑定' }).click();
  await expect(page.getByText('已解除绑定')).toBeVisible();
  await expect(bound).toHaveCount(0);
});
