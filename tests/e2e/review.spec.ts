import { type Gathering, gatheringIn, idOf } from '../support/gathered.ts';
import { expectFile, panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

// 待核比对, at the desk and on the phone: a row is looked at, decided about, taken back, and taken apart from the file.

const register = '户号,姓名,性别,民族,公民身份号码,与户主关系,出生日期,户籍地址,行政区划,更新日期';
const health = '姓名,证件号码,联系电话,慢病,家庭医生,建档日期';

let gathering: Gathering;
let father: string;
let ids: { father: string; son: string };

test.beforeEach(async ({ site, numbers }) => {
  gathering = gatheringIn(site.ground);
  const digits = numbers.digits(3);
  ids = {
    father: idOf(`990801196005${Number(digits) % 2 ? 11 : 12}${digits}`),
    son: idOf(`99080119900101${digits}`),
  };
  const household = `HKT${numbers.digits(6)}`;
  const row = (name: string, id: string, relation: string) =>
    `${household},${name},,汉族,${id},${relation},,彭里村3组5号,330881002205,2026-03-01`;
  const batch = await gathering.gather('public-security', [
    register,
    row('柴试甲', ids.father, '户主'),
    row('柴试晓', ids.son, '子女'),
  ]);
  father = (await gathering.row(batch, 1)).resident ?? '';
});
test.afterEach(async ({ site }) => {
  await site.ground.sql(
    "update gather_link set decision = 'none', area = null where decision = 'ask'",
  );
  await gathering.close();
});

test('a row is compared, confirmed, and its values say where they come from', async ({
  page,
  signInAs,
  site,
  numbers,
  isPhone,
}) => {
  await gathering.gather('health', [
    health,
    `欧阳远山,${ids.father},${numbers.phone()},高血压,王医生,2026-06-02`,
    `柴试小,,${numbers.phone()},,李医生,2026-06-02`,
  ]);
  await signInAs('village');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: /^待核比对 \d$/ })).toBeVisible();
  await page.getByRole('link', { name: /的数据/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: '待核比对' })).toBeVisible();
  await inspect(page);
  await page.getByRole('link', { name: /欧阳远山/ }).click();
  const first = page.getByRole('region', { name: '候选 1' });
  await expect(first).toContainText('柴试甲');
  await expect(first.locator('mark.differs').first()).toHaveText('柴试甲');
  await expect(first.getByRole('list', { name: '为什么' })).toContainText('证件号相同');
  await expect(page.getByRole('region', { name: '部门数据' })).toContainText(
    '有记录，入档后按目的查看',
  );
  await inspect(page);

  if (isPhone) await first.getByRole('button', { name: '就是柴试甲' }).click();
  else {
    await page.keyboard.press('1');
    await expect(first).toHaveAttribute('data-chosen', 'true');
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('status').filter({ hasText: '已确认：柴试甲' })).toBeVisible();
  await inspect(page);
  await site.ground.worker().drain();

  await page.goto(`/residents/${father}`);
  await expectFile(page, '柴试甲');
  await page
    .getByRole('button', { name: /汉族|彭里村3组5号/ })
    .first()
    .click();
  const lineage = page.getByRole('dialog', { name: '信息来历' });
  await expect(lineage).toContainText('公安');
  await expect(lineage).toContainText('按这一行建档');
  await inspect(page);
});

test('keys go up and down the queue, say nobody, and put off', async ({
  page,
  signInAs,
  numbers,
  isPhone,
}) => {
  test.skip(isPhone, 'a phone has no such keys');
  await gathering.gather('health', [
    health,
    `欧阳远山,${ids.father},${numbers.phone()},,王医生,2026-06-03`,
    `司马相如,${ids.son},${numbers.phone()},,李医生,2026-06-03`,
  ]);
  await signInAs('village');
  await page.goto('/gather/review');
  await expect(page.getByText('请从左边选一行。')).toBeVisible();
  await page.getByRole('button', { name: '看下一行' }).click();
  await expect(page.getByRole('heading', { level: 2, name: '欧阳远山' })).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 2, name: '司马相如' })).toBeVisible();
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 2, name: '欧阳远山' })).toBeVisible();
  await page.keyboard.press('s');
  await expect(page.getByRole('status').filter({ hasText: '已留到稍后' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 2, name: '司马相如' })).toBeVisible();
  await page.keyboard.press('0');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: '档案里没有此人' })).toBeVisible();
  await page.getByRole('button', { name: '撤回' }).click();
  await expect(page.getByText('已撤回，这一行重新待核。')).toBeVisible();
  await page.getByRole('link', { name: /司马相如/ }).click();
  await page.getByText(/^稍后再核 1$/).click();
  await page.getByRole('link', { name: /欧阳远山/ }).click();
  await expect(page.getByRole('button', { name: '就是柴试甲' })).toBeVisible();
  await page.keyboard.press('0');
  await page.keyboard.press('Enter');
  await expect(page.getByText('没有留到稍后的数据。')).toBeVisible();
  await page.getByText('已办', { exact: true }).click();
  await page
    .getByRole('link', { name: /欧阳远山/ })
    .first()
    .click();
  await expect(page.getByText(/已确认档案里没有此人 · 毛村干/)).toBeVisible();
  await inspect(page);
  await page.getByRole('main').getByRole('alert').getByRole('button', { name: '撤回' }).click();
  await expect(page.getByRole('button', { name: '就是柴试甲' })).toBeVisible();
});

test.describe('two officials', () => {
  test.use({ refusals: [409] });

  test('where another official was first, that is said and shown', async ({
    page,
    signInAs,
    numbers,
    otherBrowser,
  }) => {
    await gathering.gather('health', [
      health,
      `欧阳远山,${ids.father},${numbers.phone()},,王医生,2026-06-04`,
    ]);
    await signInAs('village');
    await page.goto('/gather/review');
    await page.getByRole('link', { name: /欧阳远山/ }).click();
    await expect(page.getByRole('button', { name: '就是柴试甲' })).toBeVisible();
    const other = await otherBrowser('township');
    await other.goto(page.url());
    await other.getByRole('button', { name: '档案里没有此人' }).click();
    await expect(other.getByRole('status').filter({ hasText: '档案里没有此人' })).toBeVisible();
    await page.getByRole('button', { name: '就是柴试甲' }).click();
    await expect(page.getByRole('alert').filter({ hasText: '办理' }).first()).toBeVisible();
    await expect(page.getByText(/已确认档案里没有此人/)).toBeVisible();
    await inspect(page);
  });
});

test('a wrong link is taken apart on the resident’s page', async ({ page, signInAs, site }) => {
  const wrong = await gathering.gather('public-security', [
    register,
    `,柴试甲,,汉族,${ids.father},户主,,彭里村9组99号,330881002205,2026-05-01`,
  ]);
  expect((await gathering.row(wrong, 1)).decision).toBe('id');
  await signInAs('village');
  await page.goto(`/residents/${father}`);
  await expectFile(page, '柴试甲');
  await page.getByRole('button', { name: /彭里村9组99号/ }).click();
  const lineage = page.getByRole('dialog', { name: '信息来历' });
  await expect(lineage).toContainText(`第 ${wrong} 批第 1 行`);
  await expect(lineage).toContainText('证件号与姓名相符');
  await lineage.getByRole('button', { name: '对错人了' }).click();
  const dialog = page.getByRole('dialog', { name: '这一行不是此人的' });
  await expect(dialog).toBeVisible();
  await inspect(page);
  await dialog.getByRole('button', { name: '收回' }).click();
  await expect(page.getByText('已收回，正在恢复原来的值。')).toBeVisible();
  await site.ground.worker().drain();
  await page.reload();
  await expectFile(page, '柴试甲');
  await expect(page.getByRole('button', { name: /彭里村3组5号/ })).toBeVisible();
  await page.goto('/gather/review');
  await page.getByRole('link', { name: /柴试甲/ }).click();
  await expect(page.getByRole('region', { name: '候选 1' })).toContainText('柴试甲');
});

test('an empty queue says what will come', async ({ page, signInAs }) => {
  await signInAs('village');
  await page.goto('/gather/review');
  await expect(page.getByText('没有待核对的数据。')).toBeVisible();
  await inspect(page);
  await expect(panel(page, '待核比对')).toHaveCount(0);
});
