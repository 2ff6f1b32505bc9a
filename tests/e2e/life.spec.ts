import { photo } from '../support/uploads.ts';
import { chooseFromMenu, expectFile, panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

test('a birth from the household’s menu, the day before it, and its cancellation', async ({
  page,
  archive,
  numbers,
  signInAs,
}) => {
  const address = `彭里村92组${numbers.digits(4)}号`;
  const household = await archive.make('household', { address, head: '端木山' });
  await archive.make(
    'resident',
    { name: '端木山', sex: '1', birth: '1990-01-01' },
    { household: { id: household.id, relation: '02' } },
  );
  await signInAs('village');
  await page.goto(household.path);
  await expectFile(page, address);

  await chooseFromMenu(page, '登记变动', '登记出生');
  const form = page.getByRole('dialog', { name: '登记出生' });
  await form.getByLabel('姓名').fill('端木小');
  await form.getByRole('combobox', { name: '与户主关系' }).fill('子');
  await page.locator('.ant-select-item-option').filter({ hasText: '子' }).first().click();
  await inspect(page);
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await expect(form).toHaveCount(0);
  const newest = panel(page, '变更记录').getByRole('listitem').filter({ hasText: '端木小出生' });
  await expect(newest.first()).toContainText('凭证：出生医学证明');

  const past = panel(page, '历史');
  await past.getByLabel('查看哪一天').fill('2026-06-14');
  await page.keyboard.press('Enter');
  await expect(past).toContainText('后来加入');
  await expect(past).toContainText('端木小');
  await inspect(page);

  await newest.getByRole('button', { name: '撤销' }).first().click();
  const asked = page.getByRole('dialog', { name: '撤销这项登记' });
  await asked.getByLabel('变更原因').fill('登记有误');
  await asked.getByRole('button', { name: '撤销' }).click();
  await expect(asked).toHaveCount(0);
  await expect(panel(page, '变更记录')).toContainText('撤销“登记出生”');
});

test('a document uploaded on the spot proves a birth, and opens from the timeline', async ({
  page,
  archive,
  numbers,
  signInAs,
}) => {
  const address = `彭里村91组${numbers.digits(4)}号`;
  const household = await archive.make('household', { address, head: '端木海' });
  await archive.make(
    'resident',
    { name: '端木海', sex: '1', birth: '1990-01-01' },
    { household: { id: household.id, relation: '02' } },
  );
  await signInAs('village');
  await page.goto(household.path);
  await expectFile(page, address);
  await chooseFromMenu(page, '登记变动', '登记出生');
  const form = page.getByRole('dialog', { name: '登记出生' });
  await form.getByLabel('姓名').fill('端木新');
  await form.getByRole('combobox', { name: '与户主关系' }).fill('子');
  await page.locator('.ant-select-item-option').filter({ hasText: '子' }).first().click();
  await form.getByRole('button', { name: '选择或上传' }).click();
  const papers = page.getByRole('dialog', { name: '凭证材料' });
  await expect(papers).toContainText('还没有证件资料');
  await inspect(page);
  await papers.getByRole('button', { name: '上传一份' }).click();
  const upload = page.getByRole('dialog', { name: '上传资料' });
  await upload.getByRole('combobox', { name: '资料种类' }).click();
  await page.locator('.ant-select-item-option').filter({ hasText: '人口变动凭证' }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    upload.getByRole('button', { name: '选择文件' }).click(),
  ]);
  await chooser.setFiles({
    name: '出生证.jpg',
    mimeType: 'image/jpeg',
    buffer: await photo('出生医学证明'),
  });
  await upload.getByRole('button', { name: '上传', exact: true }).click();
  await expect(papers).toHaveCount(0);
  await expect(form).toContainText('人口变动凭证');
  await inspect(page);
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await expect(form).toHaveCount(0);

  const born = panel(page, '变更记录').getByRole('listitem').filter({ hasText: '端木新出生' });
  await inspect(page);
  await born.first().getByRole('button', { name: '查看凭证材料' }).click();
  const viewer = page.getByRole('dialog', { name: '人口变动凭证' });
  await expect(viewer.getByRole('img', { name: '人口变动凭证，第 1 页' })).toBeVisible();
  await expect(viewer).toContainText('登记撤销前不能停用');
  await expect(viewer.getByRole('button', { name: '停用' })).toHaveCount(0);
  await inspect(page);
});

test('a death from the file of somebody who lives in no household', async ({
  page,
  archive,
  signInAs,
}) => {
  const { path } = await archive.make('resident', { name: '端木独', birth: '1940-01-01' });
  await signInAs('village');
  await page.goto(path);
  await expectFile(page, '端木独');
  await page.getByRole('button', { name: '修改档案' }).click();
  await expect(page.getByRole('dialog').getByLabel('死亡日期')).toHaveCount(0);
  await page.goto(path);
  await page.getByRole('button', { name: '登记死亡' }).click();
  const form = page.getByRole('dialog', { name: '登记死亡' });
  await expect(form.getByRole('checkbox', { name: '端木独' })).toBeChecked();
  await inspect(page);
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await expect(form).toHaveCount(0);
  await expect(page.getByText('已故（2026-06-15）')).toBeVisible();
  await expect(page.getByRole('button', { name: '登记死亡' })).toHaveCount(0);
  await inspect(page);
});

test('a file handed over: offered by the old village, taken over by the new one', async ({
  page,
  archive,
  numbers,
  otherBrowser,
  signInAs,
}) => {
  const mark = numbers.digits(4);
  const address = `彭里村93组${mark}号`;
  const name = `公孙${'甲乙丙丁戊己庚辛壬癸'[Number(mark[3])]}`;
  const household = await archive.make('household', { address, head: '公孙山' });
  const tie = (relation: string) => ({ household: { id: household.id, relation } });
  await archive.make('resident', { name: '公孙山' }, tie('02'));
  const mover = await archive.make('resident', { name, sex: '2', birth: '1991-05-06' }, tie('12'));
  await signInAs('village');
  await page.goto(household.path);
  await chooseFromMenu(page, '登记变动', '登记迁出');
  const form = page.getByRole('dialog', { name: '登记迁出' });
  await form.getByRole('checkbox', { name }).check();
  await form.getByRole('combobox', { name: '迁往的村（社区）' }).fill('上洋');
  await page.locator('.ant-select-item-option').filter({ hasText: '上洋' }).first().click();
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await expect(form).toHaveCount(0);
  await page.goto(mover.path);
  await expect(page.getByText(/已迁出（2026-06-15）/).first()).toBeVisible();

  const there = await otherBrowser('village2');
  await there.goto('/');
  const waiting = panel(there, '迁入待接收').getByRole('listitem').filter({ hasText: name });
  await expect(waiting.first()).toContainText('1991 年生');
  await inspect(there);
  await waiting.first().getByRole('button', { name: '接收' }).click();
  const accept = there.getByRole('dialog', { name: `接收${name}的档案` });
  await accept.getByText('新立一户').click();
  await accept.getByLabel('住址').fill(`上洋村93组${mark}号`);
  await inspect(there);
  await accept.getByRole('button', { name: '接收', exact: true }).click();
  await expectFile(there, `上洋村93组${mark}号`);
  await there.goto(mover.path);
  await expectFile(there, name);
});

test('the register of acts, narrowed by kind and taken out as Excel; what became of files that left', async ({
  page,
  archive,
  numbers,
  signInAs,
}) => {
  const name = `端木${numbers.digits(3)}`;
  const household = await archive.make('household', { address: '彭里村94组1号', head: name });
  await archive.make(
    'resident',
    { name, birth: '1950-01-01' },
    { household: { id: household.id, relation: '02' } },
  );
  await signInAs('village');
  await page.goto(household.path);
  await chooseFromMenu(page, '登记变动', '登记死亡');
  const form = page.getByRole('dialog', { name: '登记死亡' });
  await form.getByRole('checkbox', { name }).check();
  await form.getByRole('button', { name: '登记', exact: true }).click();
  await expect(form).toHaveCount(0);
  await page.goto('/register?kind=death&from=2026-06-01');
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('死亡');
  await expect(panel(page, '移交出去的档案')).toBeVisible();
  await inspect(page);
  await page.getByRole('button', { name: '导出 Excel' }).click();
  const dialog = page.getByRole('dialog', { name: '导出出入登记' });
  await dialog.getByRole('radio').first().check();
  await inspect(page);
  const coming = page.waitForEvent('download');
  await dialog.getByRole('button', { name: '导出', exact: true }).click();
  expect((await coming).suggestedFilename()).toMatch(/^出入登记-.+\.xlsx$/);
  await page.goto('/register?kind=birth&from=2020-01-01&to=2020-01-02');
  await expect(page.getByText('没有符合条件的登记')).toBeVisible();
});
