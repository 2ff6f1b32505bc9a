import { expectFile, panel, search } from './support/console.ts';
import { expect, test } from './support/test.ts';

test('finds a person by every way of typing', async ({ page, signInAs, archive, numbers }) => {
  const house = numbers.digits(4);
  const address = `彭里村92组${house}号`;
  const phone = numbers.phone();
  const citizenId = numbers.citizenId('1961-08-09');
  const household = await archive.make('household', { address, head: '澹台若水' });
  await archive.make(
    'resident',
    { name: '澹台若水', citizen_id: citizenId, phone, residence_address: address },
    { household: { id: household.id, relation: '02' } },
  );
  await signInAs('village');
  await page.goto('/');
  const ways: [what: string, typed: string, category: '居民' | '户'][] = [
    ['characters', '澹台若水', '居民'],
    ['the surname', '澹台', '居民'],
    ['pinyin', 'tantai', '居民'],
    ['pinyin, the last syllable half typed', 'tantairuoshu', '居民'],
    ['initials', 'ttrs', '居民'],
    ['the end of the phone', phone.slice(-4), '居民'],
    ['the whole phone', phone, '居民'],
    ['the whole citizen id', citizenId, '居民'],
    ['the house number', `${house}号`, '户'],
    ['a name and a house number', `澹台 ${house}`, '居民'],
  ];
  for (const [what, typed, category] of ways) {
    await test.step(what, async () => {
      const hits = await search(page, typed);
      const hit = hits.filter({ hasText: address }).filter({ hasText: category });
      await expect(hit).toHaveCount(1);
      await expect(hit).not.toContainText(phone);
      await expect(hit).not.toContainText(citizenId);
    });
  }
  await (await search(page, 'ttrs')).filter({ hasText: address }).click();
  await expectFile(page, '澹台若水');
  await expect(page.getByRole('combobox', { name: '搜索' })).toHaveValue('');
  await page.getByRole('main').getByRole('link', { name: address }).click();
  await expectFile(page, address);
  await page.goto('/');
  await expect(panel(page, '最近打开').getByRole('listitem')).toHaveText([
    `${address}户`,
    '澹台若水居民',
  ]);
});

test('says what to try when it finds nothing, and finds nobody of another village', async ({
  page,
  signInAs,
  archive,
}) => {
  await archive.make('resident', { name: '澹台明镜' });
  await signInAs('village2');
  await page.goto('/');
  await search(page, '澹台明镜');
  await expect(page.getByText('没有找到。可换用姓名')).toBeVisible();
});

test('goes by keyboard alone', async ({ page, signInAs, isPhone }) => {
  test.skip(isPhone, 'a phone has no keys');
  await signInAs('village');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: '毛村干，您好' })).toBeVisible();

  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#page')).toBeFocused();

  await page.keyboard.press('/');
  const box = page.getByRole('combobox', { name: '搜索' });
  await expect(box).toBeFocused();
  await page.keyboard.type('wang');
  const options = page.getByRole('listbox', { name: '搜索结果' }).getByRole('option');
  await expect(options.nth(2)).toBeVisible();
  await expect(options.nth(0)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(box).toHaveAttribute(
    'aria-activedescendant',
    (await options.nth(1).getAttribute('id')) ?? '',
  );
  const name = (await options.nth(1).locator('b').textContent()) ?? '';
  await page.keyboard.press('Enter');
  await expectFile(page, name);

  await page.keyboard.press('/');
  await page.keyboard.type('wang');
  await expect(options.first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(options).toHaveCount(0);

  // Into a dialog and out again: focus goes with it.
  await page.getByRole('button', { name: '修改档案' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('变更原因')).toBeVisible();
  await expect(page.locator('.ant-drawer:focus, .ant-drawer :focus')).toHaveCount(1);
  await page.keyboard.press('/');
  await expect(box).not.toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('button', { name: '修改档案' })).toBeFocused();
});
