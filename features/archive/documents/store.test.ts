import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { withClient } from '../../../server/database/connect.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { startApp, type TestApp } from '../../../tests/support/app.ts';
import { photo, upload } from '../../../tests/support/uploads.ts';

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('files on disk', () => {
  let t: TestApp;
  let document: string;
  let page: string;
  beforeAll(async () => {
    t = await startApp();
    const village = await t.signIn('village');
    const made = await village.send('POST', '/households', {
      area: '330881002205001',
      items: { address: '彭里村 960 号' },
    });
    const path = `/households/${made.json().id}`;
    const added = await upload(t.app, village, path, { kind: 'register_cover' }, await photo());
    document = added.json().id;
    page = `/documents/${document}/pages/1`;
  });
  afterAll(() => t.close());

  async function sweep(): Promise<void> {
    const steward = openSteward(t.steward, 1);
    await steward.transaction((tx) =>
      addSystemJob(tx, newId(), 'documents.sweep', sealJson(createVault(t.keys), {}), t.clock.now),
    );
    await steward.close();
    await t.worker().drain();
  }

  it('are no pictures to whoever reads the disk', () => {
    const stored = filesUnder(t.dataFolder);
    expect(stored).toHaveLength(3);
    for (const file of stored) {
      const bytes = readFileSync(file);
      expect(bytes.subarray(0, 4).toString()).toBe('MQF1');
      for (const plain of ['\xff\xd8\xff', 'JFIF', '%PDF'])
        expect(bytes.includes(Buffer.from(plain, 'latin1'))).toBe(false);
    }
  });

  it('that no document names are swept a day later, and no others', async () => {
    const orphan = `documents/${newId()}/original`;
    await t.files.put(orphan, Buffer.from('left by a process that died'));
    const young = `documents/${newId()}/original`;
    await t.files.put(young, Buffer.from('of an upload under way'));
    const twoDaysAgo = new Date(t.clock.now.getTime() - 2 * 86_400_000);
    for (const file of filesUnder(t.dataFolder))
      if (!file.includes(young.split('/')[1] ?? '')) utimesSync(file, twoDaysAgo, twoDaysAgo);
      else utimesSync(file, t.clock.now, t.clock.now);
    await sweep();
    const left = (await Array.fromAsync(t.files.list('documents'))).map(({ key }) => key);
    expect(left).not.toContain(orphan);
    expect(left).toContain(young);
    expect(left).toHaveLength(4);
    expect((await (await t.signIn('village')).get(page)).statusCode).toBe(200);
  });

  it('that were altered are told in words, and nothing of them is shown', async () => {
    const [row] = await t.sql<{ files: string }>('select files from document where id = $1', [
      document,
    ]);
    const file = filesUnder(t.dataFolder).find((path) => path.endsWith(`${row?.files}.p1`)) ?? '';
    const bytes = readFileSync(file);
    bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
    writeFileSync(file, bytes);
    const village = await t.signIn('village');
    const answer = await village.get(page);
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({
      type: '/problems/file-damaged',
      title: expect.stringContaining('从备份恢复'),
    });
    rmSync(file);
    expect((await village.get(page)).json().type).toBe('/problems/file-damaged');
  });
});

describe('files in a bucket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'minqing-bucket-'));
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    configureBuckets: [{ name: 'minqing', configs: [] }],
  });
  let t: TestApp;
  beforeAll(async () => {
    const { port } = await server.run();
    t = await startApp({
      bucket: {
        endpoint: `http://127.0.0.1:${port}`,
        name: 'minqing',
        region: 'us-east-1',
        accessKey: 'S3RVER',
        secretKey: 'S3RVER',
      },
    });
  });
  afterAll(async () => {
    await t.close();
    rmSync(folder, { recursive: true });
  });

  it('go there and come from there, and a store that is away is told in words', async () => {
    const village = await t.signIn('village');
    const made = await village.send('POST', '/residents', {
      area: '330881002205001',
      items: { name: '周远存' },
    });
    const path = `/residents/${made.json().id}`;
    const added = await upload(t.app, village, path, { kind: 'consent' }, await photo('990002'));
    expect(added.statusCode).toBe(201);
    expect(filesUnder(t.dataFolder)).toEqual([]);
    const objects = filesUnder(folder).map((file) => readFileSync(file));
    expect(objects.some((bytes) => bytes.subarray(0, 4).toString() === 'MQF1')).toBe(true);
    expect(objects.some((bytes) => bytes.includes('JFIF'))).toBe(false);
    expect((await village.get(`/documents/${added.json().id}/pages/1`)).statusCode).toBe(200);
    await server.close();
    const away = await upload(t.app, village, path, { kind: 'consent' }, await photo());
    expect(away.statusCode).toBe(503);
    expect(away.json().detail).toContain('文件没有保存');
    expect(await t.sql('select 1 from document')).toHaveLength(1);
  });
});

describe('SQL as the server’s role', () => {
  let t: TestApp;
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    t = await startApp();
    const village = await t.signIn('village');
    const made = await village.send('POST', '/residents', {
      area: '330881002205001',
      items: { name: '周越权' },
    });
    ids.subject = made.json().id;
    for (const kind of ['id_card_front', 'consent']) {
      const path = `/residents/${ids.subject}`;
      ids[kind] = (await upload(t.app, village, path, { kind }, await photo())).json().id;
    }
  });
  afterAll(() => t.close());

  const at = "set local minqing.lo = '330881002205000'; set local minqing.hi = '330881002206000';";
  const elsewhere =
    "set local minqing.lo = '330802013202000'; set local minqing.hi = '330802013203000';";
  const open = "set local minqing.open = ',file,';";
  const rights = "set local minqing.write = ',list,file,';";
  const run = <R extends object>(settings: string, text: string, values: unknown[] = []) =>
    withClient(t.server, async (client) => {
      await client.query(`begin; ${settings}`);
      const { rows, rowCount } = await client.query(text, values);
      await client.query('rollback');
      return { rows: rows as R[], rowCount };
    });
  const seen = async (settings: string): Promise<string[]> => {
    const { rows } = await run<{ kind: string }>(
      settings,
      'select kind from document order by kind',
    );
    return rows.map(({ kind }) => kind);
  };

  it('shows documents by area and group, a sealed one for its record or itself alone', async () => {
    const reveal = (groups: string, subject: string | undefined) =>
      `set local minqing.reveal = ',${groups},'; set local minqing.subject = '{${subject}}';`;
    expect(await seen('')).toEqual([]);
    expect(await seen(at)).toEqual([]);
    expect(await seen(at + open)).toEqual(['consent']);
    expect(await seen(elsewhere + open + reveal('identity', ids.subject))).toEqual([]);
    expect(await seen(at + reveal('identity', ids.subject))).toEqual(['id_card_front']);
    expect(await seen(at + reveal('identity', ids.id_card_front))).toEqual(['id_card_front']);
    expect(await seen(at + reveal('identity', ids.consent))).toEqual([]);
    expect(await seen(at + reveal('health', ids.subject))).toEqual([]);
  });

  it('changes no content, deletes nothing, retires only within scope and group', async () => {
    const settings = at + open + rights;
    for (const text of [
      "update document set kind = 'portrait'",
      'update document set files = uuidv7()',
      'update document set area = 330802013202000',
      'delete from document',
    ])
      await expect(run(settings, text)).rejects.toThrow(/permission denied/);
    const [account] = await t.sql<{ id: string }>(
      `select id from account where username = 'village'`,
    );
    const who = `set local minqing.account = '${account?.id}';`;
    const retire = `update document set retired_at = now(), retired_by = $1, retired_reason = 'x'`;
    const touched = async (more: string) => (await run(more, retire, [account?.id])).rowCount;
    expect(await touched(settings + who)).toBe(1);
    expect(await touched(elsewhere + open + rights + who)).toBe(0);
    expect(await touched(at + open + who)).toBe(0);
    // In another's name.
    await expect(run(settings, retire, [account?.id])).rejects.toThrow(/row-level security/);
  });

  it('adds none out of scope, in a group not written, or in another’s name', async () => {
    const [account] = await t.sql<{ id: string }>(
      `select id from account where username = 'village'`,
    );
    const who = `set local minqing.account = '${account?.id}';`;
    const insert = (area: string, group: string, by: string) =>
      `insert into document (county, id, area, category, subject, kind, item_group, media_type, size, sha256, pages, files, series, version, single, uploaded_at, uploaded_by)
       select ${area}::bigint / 1000000000, i, ${area}, 'resident', '${ids.subject}', 'consent', '${group}', 'image/jpeg', 1, '', '[]', uuidv7(), i, 1, false, now(), '${by}' from uuidv7() i`;
    const settings = at + open + rights + who;
    const own = account?.id ?? '';
    expect((await run(settings, insert('330881002205001', 'file', own))).rowCount).toBe(1);
    for (const text of [
      insert('330802013202000', 'file', own),
      insert('330881002205001', 'identity', own),
      insert('330881002205001', 'file', newId()),
    ])
      await expect(run(settings, text)).rejects.toThrow(/row-level security/);
  });
});
