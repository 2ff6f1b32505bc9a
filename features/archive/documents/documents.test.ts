import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../server/ids.ts';
import { renditionsOf } from '../../../server/renditions/pages.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { pdf, photo, upload } from '../../../tests/support/uploads.ts';
import type { DocumentList } from './contract.ts';

let t: TestApp;
let village: Caller;
let resident: string;
let household: string;
const records: Record<string, string> = {};

beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  resident = await make('residents', { name: '周留底' });
  household = await make('households', { address: '彭里村 980 号' });
});
afterAll(() => t.close());

async function make(path: string, items: object): Promise<string> {
  const made = await village.send('POST', `/${path}`, { area: '330881002205001', items });
  expect(made.statusCode).toBe(201);
  records[path] = made.json().id;
  return made.json().id;
}

const add = (
  path: string,
  fields: Record<string, string>,
  file?: Buffer,
  by = village,
  headers = {},
) => upload(t.app, by, path, fields, file, headers);
const list = async (path: string, by = village): Promise<DocumentList> => {
  const answer = await by.get(`${path}/documents`);
  expect(answer.statusCode).toBe(200);
  return answer.json();
};
const audit = (subject: string) =>
  t.sql<{ action: string; item: string; purpose: string | null; detail: string | null }>(
    `select action, item, purpose, detail from audit_entry
      where subject = $1 and action like '%document' order by xid, id`,
    [subject],
  );

describe('a document', () => {
  it('is uploaded, listed, shown with a watermark and taken out as a PDF, all on record', async () => {
    const path = `/residents/${resident}`;
    expect((await list(path)).missing).toEqual(['id_card_front', 'id_card_back']);
    const id = newId(t.clock.now.getTime());
    const file = await photo('周留底 990001');
    const added = await add(path, { id, kind: 'id_card_front', takenOn: '2020-05-01' }, file);
    expect({ status: added.statusCode, body: added.json() }).toEqual({
      status: 201,
      body: { id, series: id, version: 1 },
    });
    const { items, missing } = await list(path);
    expect(missing).toEqual(['id_card_back']);
    expect(items).toEqual([
      {
        id,
        kind: 'id_card_front',
        title: null,
        takenOn: '2020-05-01',
        mediaType: 'image/jpeg',
        size: file.length,
        pages: [{ width: 1200, height: 800 }],
        series: id,
        version: 1,
        current: true,
        uploadedAt: '2026-06-15T02:00:00.000Z',
        uploadedBy: '毛村干',
        retired: null,
        proves: false,
        sealed: true,
        abilities: { download: true, replace: true, retire: true },
      },
    ]);

    const page = `/documents/${id}/pages/1`;
    const without = await village.get(page);
    expect(without.statusCode).toBe(403);
    expect(without.json().type).toBe('/problems/purpose-required');
    expect((await village.get(`${page}?purpose=curiosity`)).statusCode).toBe(400);
    const shown = await village.get(`${page}?purpose=errand`);
    expect(shown.statusCode).toBe(200);
    expect(shown.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'cache-control': 'no-store',
    });
    const copy = await village.get(`/documents/${id}/file?purpose=errand`);
    expect(copy.headers['content-type']).toBe('application/pdf');
    expect(copy.headers['content-disposition']).toContain(encodeURIComponent('身份证（人像面）'));
    expect((await renditionsOf(copy.rawPayload, 'application/pdf')).pages).toHaveLength(1);
    expect((await village.get(`/documents/${id}/file`)).statusCode).toBe(400);
    expect((await village.get(`/documents/${id}/pages/2?purpose=errand`)).statusCode).toBe(404);
    expect(await audit(resident)).toEqual([
      { action: 'add_document', item: 'id_card_front', purpose: null, detail: 'v1' },
      { action: 'view_document', item: 'id_card_front', purpose: 'errand', detail: 'v1 p1' },
      { action: 'download_document', item: 'id_card_front', purpose: 'errand', detail: 'v1' },
    ]);
  });

  it('shows its watermark over the whole page, and the content under it', async () => {
    const blank = await sharp({
      create: { width: 1000, height: 700, channels: 3, background: '#fff' },
    })
      .png()
      .toBuffer();
    const path = `/households/${household}`;
    const added = await add(path, { kind: 'register_cover' }, blank);
    const { id } = added.json();
    const shown = await village.get(`/documents/${id}/pages/1`);
    const { data, info } = await sharp(shown.rawPayload)
      .greyscale()
      .raw()
      .toBuffer({ resolveWithObject: true });
    // In each ninth of the page something is drawn, and most of it is left as it was.
    for (let part = 0; part < 9; part++) {
      let dark = 0;
      const [w, h] = [Math.floor(info.width / 3), Math.floor(info.height / 3)];
      for (let y = 0; y < h; y++)
        for (let x = 0; x < w; x++) {
          const at = (Math.floor(part / 3) * h + y) * info.width + (part % 3) * w + x;
          if ((data[at] ?? 255) < 225) dark += 1;
        }
      expect(dark / (w * h)).toBeGreaterThan(0.003);
      expect(dark / (w * h)).toBeLessThan(0.15);
    }
  });

  it('gets versions: the new one in force, the old ones readable', async () => {
    const path = `/residents/${await make('residents', { name: '周更换' })}`;
    const first = (await add(path, { kind: 'senior_card' }, await photo('one'))).json();
    const second = await add(
      path,
      { kind: 'senior_card', replaces: first.id },
      await photo('two', { width: 600, height: 400 }),
    );
    expect(second.json()).toMatchObject({ series: first.id, version: 2 });
    const { items } = await list(path);
    expect(items.map(({ version, current }) => ({ version, current }))).toEqual([
      { version: 1, current: false },
      { version: 2, current: true },
    ]);
    for (const [id, width] of [
      [first.id, 1200],
      [second.json().id, 600],
    ]) {
      const shown = await village.get(`/documents/${id}/pages/1`);
      expect((await sharp(shown.rawPayload).metadata()).width).toBe(width);
    }
    // Made upon the first, which is no longer in force.
    const late = await add(path, { kind: 'senior_card', replaces: first.id }, await photo('three'));
    expect(late.statusCode).toBe(409);
    expect(late.json().detail).toContain('其他人刚刚更换过');
    const other = await add(path, { kind: 'consent', replaces: first.id }, await photo('four'));
    expect(other.statusCode).toBe(404);
  });

  it('of a single kind is one, also when two come at once; of others as many as there are', async () => {
    const path = `/residents/${await make('residents', { name: '周唯一' })}`;
    const file = await photo();
    const answers = await Promise.all([
      add(path, { kind: 'senior_card' }, file),
      add(path, { kind: 'senior_card' }, file),
    ]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect(answers.find(({ statusCode }) => statusCode === 409)?.json().detail).toContain(
      '已有“老年优待证”',
    );
    for (const title of ['2025', '2026'])
      expect((await add(path, { kind: 'consent', title }, file)).statusCode).toBe(201);
    expect((await list(path)).items).toHaveLength(3);
  });

  it('is taken out of use with a reason, whole, once; then there may be another', async () => {
    const path = `/residents/${await make('residents', { name: '周停用' })}`;
    const file = await photo();
    const first = (await add(path, { kind: 'portrait' }, file)).json();
    const second = (await add(path, { kind: 'portrait', replaces: first.id }, file)).json();
    const retire = (id: string, body: object, by = village) =>
      by.send('POST', `/documents/${id}/retirement`, body);
    expect((await retire(second.id, {})).statusCode).toBe(400);
    expect((await retire(second.id, { reason: '拍错了人' })).statusCode).toBe(204);
    expect((await retire(second.id, { reason: '再来' })).statusCode).toBe(409);
    const { items } = await list(path);
    expect(items.map(({ retired }) => retired?.reason)).toEqual(['拍错了人', '拍错了人']);
    expect(items.map(({ current }) => current)).toEqual([false, false]);
    expect((await village.get(`/documents/${first.id}/pages/1?purpose=visit`)).statusCode).toBe(
      200,
    );
    const onto = await add(path, { kind: 'portrait', replaces: second.id }, file);
    expect(onto.json().detail).toContain('已停用');
    expect((await add(path, { kind: 'portrait' }, file)).statusCode).toBe(201);
  });

  it('sent twice under one key is one; another file under that key is refused', async () => {
    const path = `/residents/${await make('residents', { name: '周重发' })}`;
    const file = await photo();
    const key = { 'idempotency-key': 'upload-1' };
    const stored = async () => (await Array.fromAsync(t.files.list('documents'))).length;
    const before = await stored();
    const first = await add(path, { kind: 'consent' }, file, village, key);
    const again = await add(path, { kind: 'consent' }, file, village, key);
    expect(again.json()).toEqual(first.json());
    expect((await list(path)).items).toHaveLength(1);
    // The replay's own files are gone again.
    await expect.poll(stored).toBe(before + 3);
    const other = await add(path, { kind: 'consent' }, await photo('other'), village, key);
    expect(other.json().type).toBe('/problems/key-reused');
    const bad = await add(path, { kind: 'consent' }, file, village, { 'idempotency-key': 'ä' });
    expect(bad.json().errors[0].field).toBe('Idempotency-Key');
    await expect.poll(stored).toBe(before + 3);
  });

  it('of a PDF shows every page, and nothing that it carries beside', async () => {
    const path = `/housing/${await make('housing', { address: '彭里村 981 号' })}`;
    const script = '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>';
    const added = await add(path, { kind: 'safety_report' }, pdf(3, script));
    expect(added.statusCode).toBe(201);
    const { id } = added.json();
    const [item] = (await list(path)).items;
    expect(item).toMatchObject({ mediaType: 'application/pdf', sealed: false });
    expect(item?.pages).toHaveLength(3);
    const copy = await village.get(`/documents/${id}/file?purpose=errand`);
    expect(copy.rawPayload.toString('latin1')).not.toMatch(/JavaScript|OpenAction|app\.alert/);
    expect((await renditionsOf(copy.rawPayload, 'application/pdf')).pages).toHaveLength(3);
  });

  it('of a photo shows it upright and without the place it was taken', async () => {
    const path = `/housing/${records.housing}`;
    const sideways = await sharp(await photo('x', { width: 400, height: 300 }))
      .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '28/1 58/1 0/1' } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await sharp(sideways).metadata()).exif).toBeDefined();
    const { id } = (await add(path, { kind: 'house_photo' }, sideways)).json();
    for (const shown of [`/documents/${id}/pages/1`, `/documents/${id}/thumbnail`]) {
      const { rawPayload } = await village.get(shown);
      const { width, height, exif } = await sharp(rawPayload).metadata();
      expect(height).toBeGreaterThan(width ?? 0);
      expect(exif).toBeUndefined();
    }
  });
});

describe('who sees documents', () => {
  let front: string;
  let cover: string;
  beforeAll(async () => {
    const file = await photo();
    const path = `/residents/${await make('residents', { name: '周权限' })}`;
    front = (await add(path, { kind: 'id_card_front' }, file)).json().id;
    const home = `/households/${await make('households', { address: '彭里村 982 号' })}`;
    cover = (await add(home, { kind: 'register_cover' }, file)).json().id;
  });

  it('another village finds neither record nor document', async () => {
    const other = await t.signIn('village2');
    for (const path of [
      `/residents/${records.residents}/documents`,
      `/documents/${front}/pages/1?purpose=errand`,
      `/documents/${cover}/pages/1`,
      `/documents/${cover}/thumbnail`,
      `/documents/${cover}/file?purpose=errand`,
    ])
      expect({ path, status: (await other.get(path)).statusCode }).toEqual({ path, status: 404 });
    const retired = await other.send('POST', `/documents/${cover}/retirement`, { reason: 'x' });
    expect(retired.statusCode).toBe(404);
    const put = await add(
      `/residents/${records.residents}`,
      { kind: 'consent' },
      await photo(),
      other,
    );
    expect(put.statusCode).toBe(404);
  });

  it('a grid worker has the open kinds, and does not learn of the sealed ones', async () => {
    const grid = await t.signIn('grid');
    const { items, missing, upload: may } = await list(`/residents/${records.residents}`, grid);
    expect(items).toEqual([]);
    expect(missing).toEqual([]);
    expect(may).toEqual(['senior_card', 'consent']);
    expect((await grid.get(`/documents/${front}/pages/1?purpose=errand`)).statusCode).toBe(404);
    expect((await grid.get(`/documents/${front}/thumbnail`)).statusCode).toBe(404);
    expect((await grid.get(`/documents/${cover}/pages/1`)).statusCode).toBe(200);
    const put = await add(
      `/residents/${records.residents}`,
      { kind: 'diagnosis' },
      await photo(),
      grid,
    );
    expect(put.statusCode).toBe(403);
    const retired = await grid.send('POST', `/documents/${front}/retirement`, { reason: 'x' });
    expect(retired.statusCode).toBe(404);
  });

  it('a supervisor looks for a purpose, and takes nothing out', async () => {
    const county = await t.signIn('county');
    const home = `/households/${records.households}/documents`;
    expect((await county.get(home)).json().type).toBe('/problems/purpose-required');
    const seen = (await county.get(`${home}?purpose=supervision`)).json();
    expect(seen.items).toHaveLength(1);
    expect(seen.items[0].abilities).toEqual({ download: false, replace: false, retire: false });
    expect(seen.upload).toEqual([]);
    expect((await county.get(`/documents/${cover}/pages/1`)).statusCode).toBe(403);
    expect((await county.get(`/documents/${cover}/thumbnail`)).statusCode).toBe(404);
    expect((await county.get(`/documents/${cover}/pages/1?purpose=supervision`)).statusCode).toBe(
      200,
    );
    expect((await county.get(`/documents/${cover}/file?purpose=supervision`)).statusCode).toBe(403);
    expect((await county.get(`/documents/${front}/pages/1?purpose=supervision`)).statusCode).toBe(
      404,
    );
    const put = await add(
      `/households/${records.households}`,
      { kind: 'register_cover' },
      await photo(),
      county,
    );
    expect(put.statusCode).toBe(403);
  });

  it('a sealed document has no thumbnail, for anybody', async () => {
    expect((await village.get(`/documents/${front}/thumbnail`)).statusCode).toBe(404);
    expect((await village.get(`/documents/${cover}/thumbnail`)).statusCode).toBe(200);
  });

  it('administrators see nothing', async () => {
    for (const name of ['sysadmin', 'secadmin', 'auditor'])
      for (const path of [
        `/documents/${cover}/pages/1`,
        `/households/${records.households}/documents`,
      ])
        expect((await (await t.signIn(name)).get(path)).statusCode).toBe(403);
  });
});
