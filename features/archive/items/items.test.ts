import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../server/app.ts';
import { archivePack } from '../../../server/commands/demo.ts';
import { openDatabase } from '../../../server/database/actor.ts';
import { createRegistry } from '../../../server/jobs/kind.ts';
import { lapse } from '../../../server/jobs/worker.ts';
import { jobKinds } from '../../../server/kinds.ts';
import { type Caller, callerWith, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Item, loadDictionary } from '../dictionary.ts';

const county = '/areas/330881/items';
const own: Partial<Item> & { key: string } = {
  key: 'own_tea',
  label: { zh: '茶园面积', en: 'Tea garden' },
  type: 'decimal',
  group: 'file',
  sensitivity: 'personal',
  source: 'village',
  retention: 'village',
  section: 'contact',
  required: true,
};
const pack = loadDictionary(archivePack);
const phone = pack.item('resident', 'phone');

let t: TestApp;
let admin: Caller;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('sysadmin');
  village = await t.signIn('village');
  own.section = pack.categories.resident.sections[0]?.key ?? '';
});
afterAll(() => t.close());

const versionNow = async (): Promise<number> => (await admin.get(county)).json().version;
async function put(path: string, body: object, by = admin, version?: number) {
  const at = version ?? (await versionNow());
  return by.send('PUT', path, body, { 'if-match': `"${at}"` });
}
const change = (definition: Partial<Item> & { key: string }, by = admin) =>
  put(`${county}/resident/${definition.key}`, { definition, reason: '县里统一要求' }, by);
const itemsSeen = async (by: Caller) =>
  (await by.get('/dictionary'))
    .json<{ categories: Record<string, { items: { key: string }[] }> }>()
    .categories.resident?.items.map(({ key }) => key) ?? [];
const recounted = async (): Promise<void> => {
  await t.worker().drain();
};
const lacking = async (key: string): Promise<number> => {
  const [row] = await t.sql<{ n: number }>(
    'select count(*)::int as n from resident where county = 330881 and $1 = any (missing)',
    [key],
  );
  return row?.n ?? 0;
};
/** Kept counts of the county, as they stand and as the records themselves say. */
const tallies = () =>
  t.sql<{ measure: string; kept: number; counted: number }>(`
    with counted as (
      select 'missing:resident:' || k as measure, count(*)::int as n from resident, unnest(missing) k where county = 330881 group by k
      union all select 'completeness:resident', sum(completeness)::int from resident where county = 330881
      union all select 'incomplete:resident', count(*)::int from resident where county = 330881 and completeness < 100),
    kept as (select measure, sum(n)::int as n from area_tally where county = 330881
      and (measure like 'missing:resident:%' or measure in ('completeness:resident', 'incomplete:resident')) group by measure having sum(n) <> 0)
    select measure, kept.n as kept, counted.n as counted from kept full join counted using (measure)`);

describe('the recount', () => {
  it('counts as the edits do: after a limit is changed and changed back every record is as it was', async () => {
    const marks = () =>
      t.sql(
        'select id, missing, completeness, fresh_until, version from resident where county = 330881 order by id',
      );
    const before = await marks();
    const shorter = await change({ ...phone, key: 'phone', freshMonths: 23 });
    expect(shorter.statusCode, shorter.body).toBe(200);
    await recounted();
    expect(await marks()).not.toEqual(before);
    const back = await put(`${county}/resident/phone`, { definition: null, reason: '恢复通用' });
    expect(back.statusCode, back.body).toBe(200);
    await recounted();
    expect(await marks()).toEqual(before);
  });
});

describe('a county’s own item', () => {
  it('is added, asked for at once, filled in, counted by a job that a killed worker left, and retired', async () => {
    expect(await itemsSeen(village)).not.toContain('own_tea');
    const check = await admin.send('POST', `${county}/check`, {
      category: 'resident',
      definition: own,
    });
    const [{ whole, all }] = (await t.sql<{ whole: number; all: number }>(
      'select count(*) filter (where completeness = 100)::int as whole, count(*)::int as all from resident where county = 330881',
    )) as [{ whole: number; all: number }];
    expect(check.json()).toMatchObject({
      records: all,
      filled: 0,
      newlyIncomplete: whole,
      recount: true,
    });
    expect(whole).toBeGreaterThan(0);

    const saved = await change(own);
    expect(saved.statusCode, saved.body).toBe(200);
    expect(saved.json().job).toEqual(expect.any(String));
    await vi.waitFor(async () => expect(await itemsSeen(village)).toContain('own_tea'));

    // Another county has nothing of it.
    expect(await itemsSeen(await t.signIn('village2'))).not.toContain('own_tea');
    // A post above both sees it.
    expect(await itemsSeen(admin)).toContain('own_tea');

    // A worker took it and never came back: another goes on.
    await t.sql(
      "update job set state = 'running', lease = gen_random_uuid(), seen_at = $1 where kind = 'archive.items' and state = 'queued'",
      [t.clock.now],
    );
    await recounted();
    expect(await lacking('own_tea')).toBe(0);
    t.clock.now = new Date(t.clock.now.getTime() + lapse + 1);
    await recounted();
    for (const { measure, kept, counted } of await tallies())
      expect([measure, kept]).toEqual([measure, counted]);
    expect(await lacking('own_tea')).toBe(all);
    const [tokens] = await t.sql<{ n: number }>(
      "select count(*)::int as n from archive_token where token = '!:r:own_tea' and county = 330881",
    );
    expect(tokens?.n).toBe(all);

    village = await t.signIn('village');
    const list = (await village.get('/residents?missing=own_tea&limit=1')).json();
    const [row] = list.items;
    const edit = await village.send(
      'PATCH',
      `/residents/${row.id}`,
      { items: { own_tea: 2.5 }, reason: '入户登记' },
      { 'if-match': `"${row.version}"` },
    );
    expect(edit.statusCode, edit.body).toBe(200);
    const file = (await village.get(`/residents/${row.id}`)).json();
    expect(file.items.own_tea).toMatchObject({ value: 2.5, source: 'village' });
    expect(file.missing).not.toContain('own_tea');

    admin = await t.signIn('sysadmin');
    const retired = await change({ ...own, retired: true });
    expect(retired.statusCode, retired.body).toBe(200);
    // The next write by anybody goes by it, whatever the process knew.
    const refused = await village.send(
      'PATCH',
      `/residents/${row.id}`,
      { items: { own_tea: 3 }, reason: '改' },
      { 'if-match': `"${file.version}"` },
    );
    expect(refused.statusCode).toBe(400);
    await recounted();
    for (const { measure, kept, counted } of await tallies())
      expect([measure, kept]).toEqual([measure, counted]);
    const kept = (await village.get(`/residents/${row.id}`)).json();
    expect(kept.items.own_tea).toMatchObject({ value: 2.5 });
    expect(kept.abilities.editable).not.toContain('own_tea');
    expect(kept.missing).not.toContain('own_tea');
  });

  it('is in force in another process without a restart', async () => {
    const database = openDatabase(t.server, 2);
    const app = await createApp({
      database,
      keys: t.keys,
      clock: () => t.clock.now,
      files: t.files,
      dictionary: pack,
      version: 'another',
      demo: true,
      secureCookies: false,
      logLevel: 'silent',
      kinds: createRegistry([...jobKinds(t.files).kinds.values()]),
    });
    try {
      village = await t.signIn('village');
      const there = callerWith(app, village.cookie);
      expect(await itemsSeen(there)).not.toContain('own_well');
      expect((await change({ ...own, key: 'own_well', required: false })).statusCode).toBe(200);
      await vi.waitFor(async () => expect(await itemsSeen(there)).toContain('own_well'));
    } finally {
      await app.close();
      await database.close();
    }
  });
});

describe('what a county may not', () => {
  it.each([
    ['key', { ...own, key: 'tea' }, 'own_'],
    ['label', { ...own, key: 'own_faith', label: { zh: '宗教信仰', en: 'Religion' } }, '信仰'],
    ['label', { ...own, key: 'own_rank', label: { zh: '家庭评分', en: 'Family' } }, '打分'],
    ['label', { ...own, key: 'own_x', label: { zh: '备注', en: 'Petition' } }, '信访'],
    ['group', { ...own, key: 'own_ill', sensitivity: 'sensitive' }, 'file'],
    ['type', { ...own, key: 'own_y', type: 'picture' }, 'picture'],
    ['section', { ...own, key: 'own_z', section: 'nowhere' }, 'nowhere'],
    ['retired', { ...pack.item('resident', 'name'), retired: true }, '名册'],
    ['sensitivity', { ...phone, sensitivity: 'public' }, '不能调低'],
    ['group', { ...phone, group: 'file' }, '不能改'],
    ['type', { ...pack.item('resident', 'citizen_id'), type: 'text' }, '不能改'],
  ])('%s: %j', async (field, definition, words) => {
    const answer = await change(definition as never);
    expect(answer.statusCode, answer.body).toBe(400);
    const [error] = answer.json().errors.filter((one: { field: string }) => one.field === field);
    expect(error?.message).toContain(words);
  });

  it('lower by going back to the pack what it has raised', async () => {
    const school = pack.item('resident', 'school');
    const raised = { ...school, key: 'school', sensitivity: 'restricted' as const };
    expect((await change(raised)).statusCode).toBe(200);
    const back = await put(`${county}/resident/school`, { definition: null, reason: '恢复通用' });
    expect(back.statusCode).toBe(400);
    expect(back.body).toContain('不能调低');
  });

  it('loosen a check of the pack', async () => {
    const long = Object.values(pack.categories)
      .flatMap(({ items }) => items)
      .find(({ maxLength, key }) => maxLength && pack.item('resident', key));
    const answer = await change({ ...long, maxLength: 5000 } as never);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('maxLength');
  });

  it('change a table of a standard, or take a code away', async () => {
    const sex = await put('/areas/330881/code-tables/sex', {
      codes: pack.codes.sex?.codes,
      reason: '改名',
    });
    expect(sex.statusCode).toBe(400);
    const local = Object.values(pack.codes).find(({ standard }) => standard === 'local');
    if (!local) throw new Error('no local table');
    const fewer = await put(`/areas/330881/code-tables/${local.name}`, {
      codes: local.codes.slice(1),
      reason: '删去',
    });
    expect(fewer.statusCode).toBe(400);
    expect(fewer.body).toContain('停用');
  });
});

describe('who', () => {
  it.each(['village', 'township', 'county', 'secadmin', 'auditor'])('%s may not', async (name) => {
    const caller = await t.signIn(name);
    expect((await caller.get(county)).statusCode).toBe(403);
    expect((await change({ ...own, key: 'own_no' }, caller)).statusCode).toBe(403);
    expect(
      (await caller.send('POST', `${county}/check`, { category: 'resident', definition: own }))
        .statusCode,
    ).toBe(403);
  });

  it('a county outside the post is not there', async () => {
    expect((await admin.get('/areas/330106/items')).statusCode).toBe(404);
    expect(
      (
        await put('/areas/330106/items/resident/own_a', {
          definition: { ...own, key: 'own_a' },
          reason: '试试',
        })
      ).statusCode,
    ).toBe(404);
  });

  it('of two administrators at once one is told of the other', async () => {
    const version = await versionNow();
    const both = await Promise.all(
      ['own_left', 'own_right'].map((key) =>
        put(
          `${county}/resident/${key}`,
          { definition: { ...own, key, required: false }, reason: '两人同时' },
          admin,
          version,
        ),
      ),
    );
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect(await versionNow()).toBe(version + 1);
  });
});

describe('history, codes and handing on', () => {
  it('tells who, when and why, the latest first', async () => {
    const { items } = (await admin.get(`${county}/history?category=resident&key=own_tea`)).json();
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      by: '施系统',
      reason: '县里统一要求',
      definition: { retired: true },
    });
    expect(items[1].definition.retired).toBeUndefined();
  });

  it('a retired code is read and no longer chosen', async () => {
    const codes = pack.codes.residence_kind?.codes ?? [];
    expect(pack.codes.residence_kind?.standard).toBe('local');
    const next = codes.map((code) => (code.code === 'abroad' ? { ...code, retired: true } : code));
    const saved = await put('/areas/330881/code-tables/residence_kind', {
      codes: [...next, { code: 'seasonal', zh: '候鸟式居住', en: 'Seasonal' }],
      reason: '新增一类',
    });
    expect(saved.statusCode, saved.body).toBe(200);
    village = await t.signIn('village');
    const [row] = (await village.get('/residents?limit=1')).json().items;
    const edit = (value: string, version: number) =>
      village.send(
        'PATCH',
        `/residents/${row.id}`,
        { items: { residence_kind: value }, reason: '核实' },
        { 'if-match': `"${version}"` },
      );
    const refused = await edit('abroad', row.version);
    expect(refused.statusCode).toBe(400);
    expect(refused.body).toContain('已停用');
    expect((await edit('seasonal', row.version)).statusCode).toBe(200);
  });

  it('goes to another county as YAML, whose faults are told by line', async () => {
    const { yaml } = (await admin.get(`${county}/export`)).json();
    expect(yaml).toContain('own_tea');
    const other = '/areas/330802/items';
    const { version } = (await admin.get(other)).json();
    const send = (text: string) =>
      admin.send(
        'POST',
        `${other}/import`,
        { yaml: text, reason: '借用江山的项目' },
        { 'if-match': `"${version}"` },
      );
    const broken = yaml.replace('type: decimal', 'type: dezimal');
    const line = broken.split('\n').findIndex((text: string) => text.includes('dezimal')) + 1;
    const refused = await send(broken);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors[0].message).toContain(`第 ${line} 行`);
    expect((await admin.get(other)).json().version).toBe(version);
    const taken = await send(yaml);
    expect(taken.statusCode, taken.body).toBe(200);
    const village2 = await t.signIn('village2');
    await vi.waitFor(async () => expect(await itemsSeen(village2)).toContain('own_well'));
  });

  it('the rows are never changed or removed', async () => {
    const { withClient } = await import('../../../server/database/connect.ts');
    for (const text of ["update item_change set reason = 'x'", 'delete from item_change'])
      await expect(withClient(t.server, (client) => client.query(text))).rejects.toThrow(
        /permission denied/,
      );
  });
});
