import { panel } from './support/console.ts';
import { inspect } from './support/inspect.ts';
import { expect, test, village } from './support/test.ts';

const grid = `${village}002`;

/** A rectangle in thousandths of a degree from a corner near 彭里村. */
const box = (x: number, y: number, w: number, h: number): number[][] =>
  [
    [x, y],
    [x + w, y],
    [x + w, y + h],
    [x, y + h],
  ].map(([a = 0, b = 0]) => [
    Number((118.6 + a / 1000).toFixed(4)),
    Number((28.7 + b / 1000).toFixed(4)),
  ]);
const shape = (corners: number[][]) => ({
  type: 'Polygon',
  coordinates: [[...corners, corners[0]]],
});
const file = (rows: [code: string, corners: number[][]][]): string =>
  JSON.stringify({
    type: 'FeatureCollection',
    features: rows.map(([code, corners]) => ({
      type: 'Feature',
      properties: { code },
      geometry: shape(corners),
    })),
  });

test('地图: outlines come by file, are checked, drawn, and mended by keys alone', async ({
  page,
  signInAs,
}) => {
  await signInAs('village');
  await page.goto('/map');
  await expect(page.getByRole('heading', { name: '地图', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: '导入边界' }).click();
  const dialog = page.getByRole('dialog', { name: '导入边界' });
  const choose = (text: string) =>
    dialog.getByLabel('选择文件').setInputFiles({
      name: 'grids.geojson',
      mimeType: 'application/geo+json',
      buffer: Buffer.from(text),
    });
  await choose(
    file([
      [`${village}001`, box(0, 0, 10, 10)],
      [grid, box(5, 0, 10, 10)],
    ]),
  );
  await expect(dialog.getByText(/与“第二网格”重叠 50%/)).toBeVisible();
  await expect(dialog.getByRole('button', { name: /导入 2 个边界/ })).toBeDisabled();
  await inspect(page);
  await choose(
    file([
      [`${village}001`, box(0, 0, 10, 10)],
      [grid, box(10, 0, 10, 10)],
      [`${village}003`, box(0, 10, 20, 8)],
    ]),
  );
  await dialog.getByRole('button', { name: /导入 3 个边界/ }).click();
  await expect(dialog).toBeHidden();

  const list = panel(page, '下级网格');
  await list.getByRole('button', { name: /第二网格/ }).click();
  await expect(page.locator('.map-area')).toHaveCount(3);
  await expect(page.locator('.maplibregl-canvas')).toBeVisible();
  // What is drawn is really seen: nothing lies over it.
  await page.locator('.map-area').first().click();
  await expect(list.getByRole('button', { name: /第一网格/ })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await list.getByRole('button', { name: /第二网格/ }).click();
  await expect(page.locator('.map-area.chosen')).toHaveCount(1);
  await inspect(page);
  await page.screenshot({
    path: `test-results/map-${test.info().project.name}.png`,
    fullPage: true,
  });

  // Over its neighbour: refused, with the place on the map.
  await page.getByRole('button', { name: '修改边界' }).click();
  const corners = page.getByLabel('顶点坐标');
  await corners.fill(
    box(5, 0, 15, 10)
      .map((corner) => corner.join(', '))
      .join('\n'),
  );
  await page.getByRole('button', { name: '保存边界' }).click();
  await expect(page.getByText(/与“第一网格”重叠/)).toBeVisible();
  await expect(page.locator('.map-fault')).toHaveCount(1);
  await inspect(page);
  await page.screenshot({
    path: `test-results/map-fault-${test.info().project.name}.png`,
    fullPage: true,
  });
  await page.getByRole('button', { name: '上一步' }).click();
  await expect(corners).toHaveValue(/^118\.61, 28\.7\n/);
  await page.getByRole('button', { name: '顶点 1', exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(corners).not.toHaveValue(/^118\.61, 28\.7\n/);
  await page.getByRole('button', { name: '上一步' }).click();
  await page.getByRole('button', { name: '保存边界' }).click();
  await expect(page.getByText('边界已保存')).toBeVisible();
});

test('地图: without WebGL the same is drawn on a plain ground', async ({ page, signInAs }) => {
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await signInAs('village');
  await page.goto('/map');
  await expect(page.locator('.map-area')).toHaveCount(3);
  await expect(page.locator('.maplibregl-canvas')).toHaveCount(0);
  const wide = async () => (await page.locator('.map-area').first().boundingBox())?.width ?? 0;
  const before = await wide();
  expect(before).toBeGreaterThan(20);
  await page.getByRole('button', { name: '放大' }).click();
  expect(await wide()).toBeGreaterThan(before * 1.5);
  await inspect(page);
});

test('地图: a change shows first what it does, and is found later by the old name', async ({
  page,
  signInAs,
}) => {
  await signInAs('village');
  await page.goto('/map');
  await page.getByRole('button', { name: '新增网格' }).click();
  const add = page.getByRole('dialog', { name: /新增网格/ });
  const name = `试点网格${Date.now() % 100_000}`;
  await add.getByLabel('名称').fill(name);
  await add.getByRole('button', { name: '查看影响' }).click();
  await expect(add.getByText('没有档案需要换码')).toBeVisible();
  await inspect(page);
  await add.getByLabel('依据').fill('村委会决议');
  await add.getByRole('button', { name: '确认调整' }).click();
  await expect(add).toBeHidden();
  const list = panel(page, '下级网格');
  await list.getByRole('button', { name: new RegExp(name) }).click();
  await page.getByRole('button', { name: /^撤\s*销$/ }).click();
  const retire = page.getByRole('dialog', { name: new RegExp(`撤销“${name}”`) });
  await retire.getByRole('button', { name: '查看影响' }).click();
  await retire.getByLabel('依据').fill('试点结束');
  await page.screenshot({ path: `test-results/map-change-${test.info().project.name}.png` });
  await retire.getByRole('button', { name: '确认调整' }).click();
  await expect(list.getByText(name)).toHaveCount(0);
  await page.getByLabel('查旧名称、旧代码').fill(name);
  await expect(page.getByText('已撤销，没有档案')).toBeVisible();
});
