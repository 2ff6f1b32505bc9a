import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { dirtLevels } from '../../bench/gather/dirt.ts';
import { extractFiles, writeExtracts } from '../../bench/gather/extracts.ts';
import { programFolder } from '../../server/installation.ts';
import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test } from './support/test.ts';

const county = '330881';
/** Text in GB18030, JSON lines, a workbook: with MINQING_EXTRACTS all eleven. */
const kinds = ['public-security', 'medical-insurance', 'civil-affairs'];
const given = process.env.MINQING_EXTRACTS;

/** The departments' files: those of the folder that was named, or small ones of the county's villages. */
async function extracts(folder: string): Promise<Record<string, string>> {
  if (given !== undefined) return pathsIn(given, Object.keys(extractFiles));
  const dirt = dirtLevels['1'];
  if (!dirt) throw new Error('no such level of dirt');
  const areas = join(folder, 'areas.csv');
  const lines = readFileSync(join(programFolder, 'packs/areas/quzhou.csv'), 'utf8').split('\n');
  const [head, ...rest] = lines;
  // The street of the demo's village stays as other tests know it.
  const elsewhere = rest.filter((line) => line.startsWith(county) && !line.startsWith('330881002'));
  writeFileSync(areas, [head, ...elsewhere].join('\n'));
  await writeExtracts(join(folder, 'files'), {
    households: 60,
    areas,
    dirt,
    years: 1,
    seed: 7,
  });
  return pathsIn(join(folder, 'files'), kinds);
}

const pathsIn = (folder: string, sources: readonly string[]): Record<string, string> =>
  Object.fromEntries(sources.map((source) => [source, join(folder, extractFiles[source] ?? '')]));

/** Goes through the wizard with a file. @returns once its batch has been started */
async function throughWizard(
  page: Page,
  file: string,
  look: (step: string) => Promise<void>,
): Promise<void> {
  await page.goto('/gather/profiles/new');
  await page.getByLabel('选择文件').setInputFiles(file);
  await expect(panel(page, '文件写法')).toBeVisible();
  await look('format');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(panel(page, '列的含义')).toBeVisible();
  await look('columns');
  await page.getByRole('button', { name: '下一步' }).click();
  await expect(panel(page, '前 50 行，清洗之前与之后').getByRole('table')).toBeVisible();
  await look('preview');
  await page.getByRole('button', { name: '下一步' }).click();
  await look('save');
  await page.getByRole('button', { name: '保存并归集这份文件' }).click();
  await expect(page.getByRole('heading', { name: /^第 \d+ 批/ })).toBeVisible();
}

const silent = async (): Promise<void> => {};

test('departments’ files are gathered through the wizard, each by its own officer', async ({
  makeAccount,
  signInAs,
  page,
  site,
}, info) => {
  test.slow();
  const files = await extracts(info.outputPath());
  for (const [source, file] of Object.entries(files)) {
    await test.step(source, async () => {
      const account = await makeAccount([
        { role: 'department_officer', area: county, department: source },
      ]);
      await signInAs(account.username, account.password);
      // The columns of JSON lines have names of their department's own.
      const look = source === 'public-security' ? () => inspect(page) : silent;
      await throughWizard(page, file, look);
      await expect(panel(page, '进度')).toBeVisible();
      await site.runJobs();
      await expect(page.getByText('已完成').first()).toBeVisible();
      const bars = panel(page, '进度').getByRole('progressbar');
      await expect(bars.last()).toHaveAttribute('aria-valuenow', '100');
      await look();
      await page.goto('/gather/quality');
      await expect(panel(page, '按来源').getByRole('row')).toHaveCount(2);
      await look();
    });
  }
});

test('a batch is gathered by a profile that fits, what was not taken is downloaded, and it is undone', async ({
  makeAccount,
  signInAs,
  page,
  site,
}, info) => {
  const account = await makeAccount([
    { role: 'department_officer', area: county, department: 'health' },
  ]);
  await signInAs(account.username, account.password);
  await page.goto('/gather');
  await expect(page.getByText('还没有归集过数据')).toBeVisible();
  await inspect(page);

  const wrong = info.outputPath('wrong.csv');
  writeFileSync(wrong, '姓名,单位\n周一,一厂\n');
  await page.getByLabel('选择文件').setInputFiles(wrong);
  await expect(page.getByText('没有表头相符的方案')).toBeVisible();
  await expect(page.getByText('缺少列：证件号码')).toBeVisible();
  await expect(page.getByRole('button', { name: '开始归集' })).toBeDisabled();
  await page.getByRole('button', { name: '换一份文件' }).click();

  const file = info.outputPath('卫健.csv');
  writeFileSync(
    file,
    '姓名,证件号码,联系电话,慢病,家庭医生,建档日期\n周健康,,19900033333,怪病,甲,2026-03-01\n,,,,乙,2026-03-01\n',
  );
  await page.getByLabel('选择文件').setInputFiles(file);
  await expect(page.getByText('表头相符')).toBeVisible();
  await inspect(page);
  await page.getByRole('button', { name: '开始归集' }).click();
  await expect(page.getByRole('heading', { name: /^第 \d+ 批/ })).toBeVisible();
  await expect(page.getByRole('button', { name: '暂停' })).toBeVisible();
  await page.getByRole('button', { name: '暂停' }).click();
  await expect(page.getByText('已暂停')).toBeVisible();
  await page.getByRole('button', { name: '继续' }).click();
  await expect(page.getByText('已暂停')).toBeHidden();
  await expect(page.getByRole('button', { name: '暂停' })).toBeVisible();
  await site.runJobs();
  const faults = panel(page, '未采用的内容');
  await expect(faults.getByText('不在代码表和方案的对照表中')).toBeVisible();
  await inspect(page);

  await faults.getByRole('button', { name: '全部下载' }).click();
  await page.getByRole('dialog').getByText('逗号分隔文本').click();
  await inspect(page);
  const coming = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: '下载' }).click();
  const taken = readFileSync(await (await coming).path(), 'utf8');
  expect(taken).toContain('周健康');
  expect(taken).toContain('慢病：');

  await page.goto('/gather');
  await page.getByLabel('选择文件').setInputFiles(file);
  await expect(page.getByText(/已在第 \d+ 批归集过/)).toBeVisible();
  await page.getByRole('link', { name: '查看那一批' }).click();
  await page.getByRole('button', { name: '撤销这一批' }).click();
  await expect(page.getByRole('dialog')).toContainText('恢复到归集之前');
  await inspect(page);
  await page.getByRole('dialog').getByRole('button', { name: '撤销' }).click();
  await expect(page.getByText('撤销中').first()).toBeVisible();
  await site.runJobs();
  await expect(page.getByText('已撤销').first()).toBeVisible();

  await signInAs('sysadmin');
  await page.goto('/gather');
  await expect(panel(page, '批次').getByRole('row').nth(1)).toContainText('已撤销');
  await expect(page.getByLabel('选择文件')).toHaveCount(0);
});
