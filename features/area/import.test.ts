import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programFolder } from '../../server/installation.ts';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { type AreaFileError, type AreaImport, importAreas } from './import.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const take = (csv: string | Buffer): Promise<AreaImport> =>
  importAreas(t.owner, Readable.from([Buffer.from(csv)]));

const tree = async (): Promise<string> =>
  (
    await t.sql<{ hash: string }>(
      `select md5(string_agg(a::text, '|' order by code)) as hash from area a`,
    )
  )[0]?.hash ?? '';

/** The faults of a file, after making sure that it left the tree as it was. */
async function faultsOf(csv: string | Buffer): Promise<string[]> {
  const before = await tree();
  const error = await take(csv).then(
    () => new Error('the file was taken in'),
    (reason: AreaFileError) => reason,
  );
  expect(error.name).toBe('AreaFileError');
  expect(await tree()).toBe(before);
  return (error as AreaFileError).faults;
}

const good = 'code,name,parent\n330881,江山市,3308\n330881999,试验镇,330881\n';

describe('the file as delivered', () => {
  const delivered = () => createReadStream(join(programFolder, 'packs/areas/quzhou.csv'));

  it('has a province, a city, 6 counties, 100 townships and 1,664 villages', async () => {
    const rows = await t.sql(
      'select level, count(*)::int as n from area where level <= 5 group by level order by level',
    );
    expect(rows).toEqual([
      { level: 1, n: 1 },
      { level: 2, n: 1 },
      { level: 3, n: 6 },
      { level: 4, n: 100 },
      { level: 5, n: 1664 },
    ]);
  });

  it('changes nothing the second time, not even a grid', async () => {
    const before = await tree();
    expect(await importAreas(t.owner, delivered())).toEqual({ read: 1772, added: 0, changed: 0 });
    expect(await tree()).toBe(before);
  });

  it('owns ranges that lie in those of the parent and never overlap', async () => {
    const loose =
      await t.sql(`select a.code from area a join area p on p.code = a.parent where a.lo < p.lo or a.hi > p.hi or a.level <= p.level
        union all select a.code from area a join area b on a.level = b.level and a.code <> b.code and a.lo < b.hi and b.lo < a.hi`);
    expect(loose).toEqual([]);
  });
});

describe('a good file', () => {
  it('is read with a byte order mark, quoted fields, more columns in another order, and CRLF', async () => {
    const csv =
      '\ufeffNAME, parent ,note,code\r\n"引号, 镇 ""甲""",330881,"two\nlines",330881998\r\n\r\n反斜\\线镇,330881,,330881997\r\n';
    expect(await take(csv)).toEqual({ read: 2, added: 2, changed: 0 });
    const rows = await t.sql(
      `select name, search, level, lo, hi from area where code in ('330881997', '330881998') order by code`,
    );
    expect(rows).toEqual([
      {
        name: '反斜\\线镇',
        search: 'fx\\xz',
        level: 4,
        lo: 330881997000000,
        hi: 330881998000000,
      },
      {
        name: '引号, 镇 "甲"',
        search: 'yh, z "j"',
        level: 4,
        lo: 330881998000000,
        hi: 330881999000000,
      },
    ]);
  });

  it('renames, adds and leaves alone what it does not name', async () => {
    expect(await take(good)).toEqual({ read: 2, added: 1, changed: 0 });
    expect(await take(good.replace('试验镇', '新试验镇'))).toEqual({
      read: 2,
      added: 0,
      changed: 1,
    });
    const caller = await t.signIn('county');
    const { items } = (await caller.get('/areas?q=xsyz')).json();
    expect(items).toMatchObject([{ code: '330881999', name: '新试验镇', parent: '330881' }]);
  });

  it('may bring children before their parents', async () => {
    const csv =
      'code,name,parent\n330881996201,子村,330881996\n330881996,晚到镇,330881\n330881996201001,一格,330881996201\n';
    expect(await take(csv)).toEqual({ read: 3, added: 3, changed: 0 });
  });

  it('brings a retired area back', async () => {
    await t.sql(`update area set retired_at = now() where code = '330881999'`);
    expect(await take('code,name,parent\n330881999,新试验镇,330881\n')).toMatchObject({
      changed: 1,
    });
  });
});

describe('a file with faults is refused whole, with line and fix', () => {
  it.each([
    ['a column is missing', 'code,name\n330881,江山市\n', /第 1 行：缺少列 parent.*line 1/],
    ['nothing in it', '', /第 1 行/],
    ['a malformed code', `${good}33088100A,坏镇,330881\n`, /第 4 行 代码“33088100A”.*line 4/],
    ['a code of 8 digits', `${good}33088100,坏镇,330881\n`, /第 4 行 代码“33088100”应为/],
    ['a code twice', `${good}330881999,又一镇,330881\n`, /第 4 行 代码 330881999 重复/],
    ['a parent nowhere', `${good}330899001,孤镇,330899\n`, /第 4 行 上级 330899 不存在/],
    ['a wrong parent', `${good}330881995,错镇,330802\n`, /第 4 行 330802 不是 330881995 的上一级/],
    ['a level left out', `${good}330881994,越镇,3308\n`, /第 4 行 3308 不是 330881994 的上一级/],
    ['itself as parent', `${good}330881993,己镇,330881993\n`, /第 4 行 330881993 不是/],
    ['no parent', `${good}330881992,无镇,\n`, /第 4 行 代码 330881992 没有上级/],
    ['an empty name', `${good}330881991,  ,330881\n`, /第 4 行 代码 330881991 没有名称/],
    ['a line cut short', `${good}330881990,半`, /第 4 行 代码 330881990 没有上级/],
    ['a code cut short', `${good}3308819`, /第 4 行 代码“3308819”/],
    ['a quote that never closes', `${good}330881989,"断镇,330881\n`, /第 [45] 行附近无法读取/],
    ['a grid in the place of its village', `${good}330881002205000,零格,330881002205\n`, /第 4 行/],
    ['another encoding than UTF-8', gbk(), /第 2 行.*UTF-8/],
  ])('%s', async (_what, csv, fault) => {
    const faults = await faultsOf(csv);
    expect(faults[0]).toMatch(fault);
  });

  it('counts the lines of the file, not its records', async () => {
    const csv = 'code,name,parent\n\n\n330881987,"两\n行镇",330881\n\n33088198,短,330881\n';
    expect((await faultsOf(csv))[0]).toMatch(/^第 7 行/);
  });

  it('tells at most ten faults, in order', async () => {
    const many = Array.from({ length: 30 }, (_, i) => `bad${i},坏,330881`).join('\n');
    const faults = await faultsOf(`${good}${many}\n`);
    expect(faults.length).toBe(10);
    expect(faults.map((fault) => Number(/line (\d+)/.exec(fault)?.[1]))).toEqual([
      4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
  });
});

/** "code,name,parent" and a township whose name is 江山 in GB 18030, as spreadsheets save it. */
function gbk(): Buffer {
  return Buffer.concat([
    Buffer.from('code,name,parent\n330881986,'),
    Buffer.from([0xbd, 0xad, 0xc9, 0xbd]),
    Buffer.from(',330881\n'),
  ]);
}
