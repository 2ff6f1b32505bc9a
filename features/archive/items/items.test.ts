import { read, utils } from '@e965/xlsx';
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

describe('what a value of an item may be', () => {
  const text = {
    ...own,
    section: pack.categories.resident.sections[0]?.key ?? '',
    key: 'own_meter',
    label: { zh: '水表号', en: 'Water meter' },
    type: 'text' as const,
    required: false,
  };
  const number = {
    ...text,
    key: 'own_trees',
    label: { zh: '果树数', en: 'Fruit trees' },
    type: 'integer' as const,
  };
  const faultsOf = async (definition: Partial<Item> & { key: string }) => {
    const answer = await change(definition);
    expect(answer.statusCode, answer.body).toBe(400);
    return answer.json<{ errors: { field: string; message: string }[] }>().errors;
  };

  it.each([
    [{ ...number, min: 10, max: 5 }, 'max', '不能小于最小值 10'],
    [{ ...number, max: -1 }, 'max', '小于 0，请先填最小值'],
    [{ ...number, min: 1.5 }, 'min', '整数的上下限应为整数'],
    [{ ...text, min: 1 }, 'min', '数字类型写数字'],
    [{ ...number, maxLength: 5 }, 'maxLength', '只有文字可以限字数'],
    [{ ...text, maxLength: 201 }, 'maxLength', '最多 200 字'],
    [{ ...text, maxLength: 0 }, 'maxLength', '不小于 1'],
    [{ ...number, form: 'digits' as const }, 'form', '只有单行文字可以选书写格式'],
    [{ ...text, form: 'rhyme' as never }, 'form', '不可用'],
    [{ ...text, form: 'digits' as const, pattern: 'a', help: own.label }, 'form', '只能选一个'],
    [{ ...text, pattern: '(', help: own.label }, 'pattern', '正则表达式有误'],
    [{ ...text, pattern: 'a+' }, 'pattern', '请用 help 说明写法'],
    [{ ...number, pattern: 'a', help: own.label }, 'pattern', '只有文字可以限格式'],
    [{ ...text, order: -1 }, 'order', '应为 0 至 1000000 的数'],
  ] as [Partial<Item> & { key: string }, string, string][])(
    'is refused naming field and fix: %j',
    async (definition, field, words) => {
      const found = (await faultsOf(definition)).find((one) => one.field === field);
      expect(found?.message).toContain(words);
    },
  );

  it('is obeyed by every form and told in it: numbers, length, a named form', async () => {
    for (const definition of [
      { ...number, min: 1, max: 500 },
      { ...text, form: 'digits' as const, maxLength: 8 },
    ])
      expect((await change(definition)).statusCode).toBe(200);
    // Every server process hears of it a moment later.
    await vi.waitFor(async () => {
      const view = (await village.get('/dictionary')).json();
      const items: Item[] = view.categories.resident.items;
      const find = (key: string) => items.find((item) => item.key === key);
      expect(find('own_trees')).toMatchObject({ min: 1, max: 500 });
      expect(find('own_meter')).toMatchObject({ form: 'digits', maxLength: 8 });
    });
    const [person] = (await village.get('/residents?limit=1')).json().items;
    const edit = async (values: object) => {
      const { version } = (await village.get(`/residents/${person.id}`)).json();
      return village.send(
        'PATCH',
        `/residents/${person.id}`,
        { items: values, reason: '核实' },
        { 'if-match': `"${version}"` },
      );
    };
    for (const [values, words] of [
      [{ own_trees: 0 }, '果树数：不能小于 1'],
      [{ own_trees: 501 }, '果树数：不能大于 500'],
      [{ own_meter: 'A12' }, '水表号：格式不对，应为：只填数字'],
      [{ own_meter: '123456789' }, '水表号：最多 8 个字符'],
    ] as const) {
      const answer = await edit(values);
      expect(answer.statusCode, answer.body).toBe(400);
      expect(answer.json().errors[0].message).toContain(words);
    }
    const right = await edit({ own_trees: 500, own_meter: '１２３４' });
    expect(right.statusCode, right.body).toBe(200);
    const [kept] = await t.sql<{ v: string }>(
      `select facts -> 'own_meter' ->> 'v' as v from resident_file where id = $1`,
      [person.id],
    );
    expect(kept?.v).toBe('1234');
  });

  it('never loosens what the pack says, and a form of the pack’s item may be added', async () => {
    const packed = pack.categories.household.items.find(
      ({ maxLength, type }) => type === 'text' && maxLength,
    );
    const definition = {
      ...packed,
      key: packed?.key ?? '',
      maxLength: (packed?.maxLength ?? 0) + 1,
    };
    const answer = await put(`${county}/household/${definition.key}`, {
      definition,
      reason: '放宽',
    });
    expect(answer.json().errors[0]).toMatchObject({
      field: 'maxLength',
      message: expect.stringContaining('不能超过'),
    });
  });

  it('stands where it was put, in every form, and stays there when another comes', async () => {
    const keys = async () =>
      (await itemsSeen(village)).filter((key) => packKeys.has(key) || key.startsWith('own_'));
    const packKeys = new Set(pack.categories.resident.items.map(({ key }) => key));
    const [first = '', second = ''] = await keys();
    const view = (await admin.get(county)).json();
    const places: { key: string; place: number }[] = view.categories.find(
      ({ key }: { key: string }) => key === 'resident',
    ).items;
    const placeOf = (key: string): number => places.find((one) => one.key === key)?.place ?? 0;
    expect(places.map(({ place }) => place)).toEqual(
      places.map(({ place }) => place).toSorted((a, b) => a - b),
    );
    const between = (placeOf(first) + placeOf(second)) / 2;
    expect((await change({ ...text, key: 'own_between', order: between })).statusCode).toBe(200);
    await vi.waitFor(async () =>
      expect((await keys()).slice(0, 3)).toEqual([first, 'own_between', second]),
    );
    expect(
      (await change({ ...text, key: 'own_closer', order: (between + placeOf(second)) / 2 }))
        .statusCode,
    ).toBe(200);
    await vi.waitFor(async () =>
      expect((await keys()).slice(0, 4)).toEqual([first, 'own_between', 'own_closer', second]),
    );
  });
});

describe('where the codes of a table stand', () => {
  const uses = (by = admin, table = 'residence_kind', code = '330881') =>
    by.get(`/areas/${code}/code-tables/${table}/uses`);
  /** What the records themselves say. */
  const counted = async (of: number) =>
    Object.fromEntries(
      (
        await t.sql<{ code: string; n: number }>(
          `select facts -> 'residence_kind' ->> 'v' as code, count(*)::int as n from resident_file
            where county = $1 and facts -> 'residence_kind' ->> 'v' is not null group by 1`,
          [of],
        )
      ).map(({ code, n }) => [code, n]),
    );

  it('is told as a count of this county’s records, and small counts are not', async () => {
    const [one = { id: '' }] = await t.sql<{ id: string }>(
      `select id from resident_file where county = 330881 and facts -> 'residence_kind' ->> 'v' is not null limit 1`,
    );
    await t.sql(
      `update resident_file set facts = jsonb_set(facts, '{residence_kind,v}', '"abroad"') where id = $1`,
      [one.id],
    );
    await t.sql(
      `update resident_file set facts = facts - 'residence_kind' where county = 330881 and facts -> 'residence_kind' ->> 'v' = 'abroad' and id <> $1`,
      [one.id],
    );
    const real = await counted(330881);
    expect(real.abroad).toBe(1);
    const answer = (await uses()).json<{ codes: { code: string; records: number | null }[] }>();
    const told = new Map(answer.codes.map(({ code, records }) => [code, records]));
    expect(told.get('abroad')).toBeNull();
    for (const { code } of pack.codes.residence_kind?.codes ?? []) {
      const n = real[code] ?? 0;
      expect([code, told.get(code)]).toEqual([code, n > 0 && n < 5 ? null : n]);
    }
    expect(Math.max(...[...told.values()].map((n) => n ?? 0))).toBeGreaterThan(5);
    expect(Object.keys(answer.codes[0] ?? {})).toEqual(['code', 'records']);
    // The check before a change tells no more.
    const check = await admin.send('POST', `${county}/check`, {
      category: 'resident',
      definition: pack.item('resident', 'residence_kind'),
    });
    expect(check.json().codes.abroad).toBeNull();
  });

  it('counts a record once, though two of its items hold the code, and goes by each county alone', async () => {
    const second = {
      ...own,
      key: 'own_kind',
      label: { zh: '过去居住类型', en: 'Kind before' },
      type: 'codes' as const,
      codes: 'residence_kind',
      required: false,
    };
    expect((await change(second)).statusCode).toBe(200);
    const before = (await uses()).json();
    const most = before.codes.toSorted(
      (a: { records: number }, b: { records: number }) => b.records - a.records,
    )[0];
    await t.sql(
      `update resident_file set facts = facts || jsonb_build_object('own_kind', jsonb_build_object('v', jsonb_build_array($1::text)))
        where county = 330881 and facts -> 'residence_kind' ->> 'v' = $1`,
      [most.code],
    );
    expect((await uses()).json().codes).toEqual(before.codes);
    const other = await uses(admin, 'residence_kind', '330802');
    const real = await counted(330802);
    for (const { code, records } of other.json().codes)
      if (records !== null) expect([code, records]).toEqual([code, real[code] ?? 0]);
  });

  it('is told to nobody but the county’s system administrator', async () => {
    for (const username of ['village', 'secadmin', 'auditor', 'county', 'city'])
      expect((await uses(await t.signIn(username).catch(() => village))).statusCode).toBe(403);
    expect((await uses(admin, 'residence_kind', '110101')).statusCode).toBe(404);
    expect((await uses(admin, 'no_such_table')).statusCode).toBe(404);
  });
});

describe('the items as Excel', () => {
  const take = (body: object, by = admin) => by.send('POST', `${county}/sheet`, body);

  it('holds items, codes and changes, and nothing of anybody; marked and on record', async () => {
    const answer = await take({ reason: '年度归档' });
    expect(answer.statusCode, answer.body.slice(0, 200)).toBe(200);
    const book = read(answer.rawPayload, { type: 'buffer' });
    expect(book.SheetNames).toEqual(['档案项目', '代码表', '修改历史', '说明']);
    const rowsOf = (name: string): string[][] =>
      utils.sheet_to_json(book.Sheets[name] ?? {}, { header: 1, raw: false, defval: '' });
    const [mark, titles = [], ...items] = rowsOf('档案项目');
    expect(mark?.join()).toContain('仅用于：年度归档');
    const meter = items.find((row) => row.includes('own_meter')) ?? [];
    expect(meter[titles.indexOf('书写格式')]).toBe('数字');
    expect(meter[titles.indexOf('来自')]).toBe('本县新增');
    expect(rowsOf('修改历史').some((row) => row.includes('水表号'))).toBe(true);
    const [entry] = await t.sql(
      `select item, detail from audit_entry where action = 'take_list' order by xid desc limit 1`,
    );
    expect(entry).toMatchObject({ item: 'items', detail: expect.stringContaining('年度归档') });
  });

  it('is the system administrator’s, with a reason', async () => {
    expect((await take({})).statusCode).toBe(400);
    for (const username of ['village', 'secadmin', 'auditor', 'county'])
      expect((await take({ reason: '存档' }, await t.signIn(username))).statusCode).toBe(403);
  });
});
