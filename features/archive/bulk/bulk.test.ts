import { read, utils, type WorkBook, write } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { openSteward } from '../../../server/database/steward.ts';
import { newId } from '../../../server/ids.ts';
import { sealJson } from '../../../server/jobs/content.ts';
import { addSystemJob } from '../../../server/jobs/queue.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { bringBack } from '../../../tests/support/uploads.ts';
import type { BulkRow } from './contract.ts';

let t: TestApp;
let village: Caller;

beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

/** The sheet of the village's dwellings in its first grid, out as somebody, ready to be edited. */
async function taken(caller: Caller = village, path = '/housing'): Promise<WorkBook> {
  const answer = await caller.get(`${path}/editing?purpose=record_correction&area=330881002205001`);
  expect(answer.statusCode).toBe(200);
  return read(answer.rawPayload);
}

const head = 1;

/** The column of a heading. */
function columnOf(book: WorkBook, title: string): number {
  const [first = ''] = book.SheetNames;
  const rows = utils.sheet_to_json<unknown[]>(book.Sheets[first] ?? {}, { header: 1 });
  return (rows[head] ?? []).indexOf(title);
}

/** Writes a cell of the nth record, as a program for sheets would. */
function put(book: WorkBook, row: number, title: string, value: string | number | null): void {
  const [first = ''] = book.SheetNames;
  const sheet = book.Sheets[first] ?? {};
  const place = utils.encode_cell({ r: head + 1 + row, c: columnOf(book, title) });
  if (value === null) delete sheet[place];
  else sheet[place] = typeof value === 'number' ? { t: 'n', v: value } : { t: 's', v: value };
}

function cell(book: WorkBook, row: number, title: string): unknown {
  const [first = ''] = book.SheetNames;
  return book.Sheets[first]?.[utils.encode_cell({ r: head + 1 + row, c: columnOf(book, title) })]
    ?.v;
}

const bytes = (book: WorkBook): Buffer =>
  write(book, { type: 'buffer', bookType: 'xlsx', bookSST: true });

const key = '系统编号（请勿修改）';
const idIn = (book: WorkBook, row: number): string =>
  String(cell(book, row, key)).split('.')[0] ?? '';

async function readBack(book: WorkBook | Buffer, caller = village, path = '/housing') {
  const file = Buffer.isBuffer(book) ? book : bytes(book);
  const answer = await bringBack(t.app, caller, path, file);
  return { status: answer.statusCode, body: answer.json() };
}

const rowsOf = async (id: string, query = ''): Promise<BulkRow[]> =>
  (await village.get(`/edits/${id}?limit=100${query}`)).json().items;

const house = async (id: string) => (await village.get(`/housing/${id}`)).json();

describe('many records by an Excel round trip', () => {
  it('comes back unchanged as it went out, after another program has saved it', async () => {
    const { status, body } = await readBack(await taken());
    expect(status).toBe(201);
    expect(Object.keys(body.counts)).toEqual(['same']);
    expect(body.counts.same).toBeGreaterThan(50);
  });

  it('shows what differs, keeps what stands against the authority beside it, writes the rest, and reports', async () => {
    const book = await taken();
    const [first, second, third] = [0, 1, 2].map((row) => idIn(book, row));
    put(book, 0, '使用情况', cell(book, 0, '使用情况') === '出租' ? '自住' : '出租');
    put(book, 1, '建筑面积（平方米）', '１２３.5');
    put(book, 2, '建成年份', '去年');
    const { body } = await readBack(book);
    expect(body.counts).toMatchObject({ changed: 1, claim: 1, faulty: 1 });
    const changed = await rowsOf(body.id, '&status=changed');
    expect(changed[0]).toMatchObject({ id: first, changes: [{ item: 'use', claim: false }] });
    const claims = await rowsOf(body.id, '&status=claim');
    expect(claims[0]).toMatchObject({
      id: second,
      changes: [{ item: 'area_m2', after: 123.5, claim: true }],
    });
    const faulty = await rowsOf(body.id, '&status=faulty');
    expect(faulty[0]).toMatchObject({
      id: third,
      problems: [{ item: 'year_built', message: expect.stringContaining('应为数字') }],
    });
    const before = await house(first ?? '');

    const applied = await village.send('POST', `/edits/${body.id}/application`, {
      reason: '房屋普查',
    });
    expect(applied.statusCode).toBe(202);
    await t.worker().drain();
    const job = (await village.get(`/jobs/${applied.json().job}`)).json();
    expect(job).toMatchObject({
      state: 'done',
      result: { words: '写入 1 行，并列保留 1 行，未写入 0 行' },
    });
    const after = await house(first ?? '');
    expect(after.version).toBe(before.version + 1);
    expect(after.items.use.value).not.toBe(before.items.use?.value);
    expect((await house(second ?? '')).conflicts).toMatchObject([
      { item: 'area_m2', value: 123.5, reason: '房屋普查' },
    ]);
    const edits = await t.sql<{ subject: string }>(
      "select subject from audit_entry where action = 'edit' and category = 'housing'",
    );
    expect(edits.map(({ subject }) => subject).sort()).toEqual([first, second].sort());

    const report = await village.get(`/edits/${body.id}/report`);
    const lines = utils.sheet_to_json<Record<string, string>>(
      read(report.rawPayload).Sheets.批量修改结果 ?? {},
    );
    expect(new Set(lines.map(({ 结果 }) => 结果))).toEqual(
      new Set(['已写入', '已提交，并列保留待核实', '有错误，未写入', '未改动']),
    );
    // Once is enough.
    const again = await village.send('POST', `/edits/${body.id}/application`, { reason: '再来' });
    expect(again.statusCode).toBe(409);
  });

  it('leaves alone what somebody changed after it went out, be it before or after the look', async () => {
    const book = await taken();
    const [early, late] = [3, 4].map((row) => idIn(book, row));
    for (const row of [3, 4]) put(book, row, '承租人', `周租客${row}`);
    const edit = async (id = ''): Promise<void> => {
      const { version } = await house(id);
      const body = { items: { tenants: '抢先改的' }, reason: '走访' };
      expect(
        (await village.send('PATCH', `/housing/${id}`, body, { 'if-match': `"${version}"` }))
          .statusCode,
      ).toBe(200);
    };
    await edit(early);
    const { body } = await readBack(book);
    expect(body.counts).toMatchObject({ moved: 1, changed: 1 });
    await edit(late);
    await village.send('POST', `/edits/${body.id}/application`, { reason: '普查' });
    await t.worker().drain();
    for (const id of [early, late])
      expect((await house(id ?? '')).items.tenants.value).toBe('抢先改的');
    const outcomes = (await rowsOf(body.id, '&status=changed')).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['moved']);
  });

  it('takes what WPS makes of it: days as text, full width, blanks; a blank clears', async () => {
    const book = await taken(village, '/organisations');
    const made = await village.send('POST', '/organisations', {
      area: '330881002205001',
      items: { name: '往返小组', founded: '2020-01-01', hall: '祠堂' },
    });
    expect(made.statusCode).toBe(201);
    expect(book.SheetNames[0]).toBe('组织名单-批量修改');
    const fresh = await taken(village, '/organisations');
    const rows = utils.sheet_to_json<string[]>(fresh.Sheets[fresh.SheetNames[0] ?? ''] ?? {}, {
      header: 1,
    });
    const at = rows.findIndex((row) => row[2] === '往返小组') - head - 1;
    const dictionary = (await village.get('/dictionary')).json();
    const label = (item: string): string =>
      dictionary.categories.organisation.items.find((one: { key: string }) => one.key === item)
        .label.zh;
    put(fresh, at, label('founded'), '２０２１年３月５日');
    put(fresh, at, label('hall'), '   ');
    const { body } = await readBack(fresh, village, '/organisations');
    const [row] = await rowsOf(body.id, '&status=changed');
    expect(row?.changes).toEqual([
      { item: 'founded', before: '2020-01-01', after: '2021-03-05', claim: false },
      { item: 'hall', before: '祠堂', after: null, claim: false },
    ]);
  });

  it('does not hold sensitive items, and takes none that is written into it', async () => {
    const book = await taken(village, '/residents');
    const [first = ''] = book.SheetNames;
    const rows = utils.sheet_to_json<string[]>(book.Sheets[first] ?? {}, { header: 1 });
    for (const title of ['公民身份号码', '联系电话', '慢性病', '民族'])
      expect(rows[head]).not.toContain(title);
    const sheet = book.Sheets[first] ?? {};
    const width = rows[head]?.length ?? 0;
    sheet[utils.encode_cell({ r: head, c: width })] = { t: 's', v: '联系电话' };
    sheet[utils.encode_cell({ r: head + 1, c: width })] = { t: 's', v: '19900099999' };
    sheet['!ref'] = `A1:${utils.encode_cell({ r: rows.length, c: width })}`;
    const { body } = await readBack(book, village, '/residents');
    expect(Object.keys(body.counts)).toEqual(['same']);
  });
});

/** Carries a sheet out, to its end. */
async function apply(id: string): Promise<string> {
  const applied = await village.send('POST', `/edits/${id}/application`, { reason: '普查' });
  expect(applied.statusCode, applied.body).toBe(202);
  await t.worker().drain();
  const { result } = (await village.get(`/jobs/${applied.json().job}`)).json();
  return result.words;
}

describe('a sheet that comes a second time', () => {
  const linesOf = (id: string) =>
    t.sql<{ kind: string; n: number }>(
      `select kind, count(*)::int as n from archive_change where subject = $1 and kind <> 'created' group by kind order by kind`,
      [id],
    );

  it('changes nothing, claims neither', async () => {
    const book = await taken();
    const id = idIn(book, 7);
    put(book, 7, '承租人', '周重复');
    put(book, 7, '建筑面积（平方米）', 77.5);
    expect(await apply((await readBack(book)).body.id)).toContain('并列保留 1 行');
    const before = { lines: await linesOf(id), house: await house(id) };
    expect(before.lines.find(({ kind }) => kind === 'conflict')?.n).toBe(1);

    const again = await readBack(book);
    expect(Object.keys(again.body.counts)).toEqual(['same']);
    expect(await apply(again.body.id)).toContain('写入 0 行，并列保留 0 行');
    // Nor does a claim that was decided upon meanwhile come back by the same sheet.
    await t.sql('delete from archive_claim where subject = $1', [id]);
    expect(Object.keys((await readBack(book)).body.counts)).toEqual(['same']);
    expect(await linesOf(id)).toEqual(before.lines);
    expect((await house(id)).version).toBe(before.house.version);

    // Another value is another matter, and so is a sheet taken out anew.
    const fresh = await taken();
    put(fresh, 7, '建筑面积（平方米）', 77.5);
    expect((await readBack(fresh)).body.counts).toMatchObject({ claim: 1 });
  });

  it('says a claim once when it was read twice before it was carried out', async () => {
    const book = await taken();
    const id = idIn(book, 8);
    put(book, 8, '建筑面积（平方米）', 88.5);
    const [one, two] = [await readBack(book), await readBack(book)];
    await apply(one.body.id);
    expect(await apply(two.body.id)).toContain('并列保留 0 行');
    expect((await linesOf(id)).find(({ kind }) => kind === 'conflict')?.n).toBe(1);
  });

  it('is refused while it is being carried out, however it came', async () => {
    const book = await taken();
    put(book, 9, '承租人', '周同时');
    const [one, two] = [await readBack(book), await readBack(book)];
    const start = (id: string) =>
      village.send('POST', `/edits/${id}/application`, { reason: '普查' });
    const answers = await Promise.all([start(one.body.id), start(one.body.id), start(two.body.id)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409, 409]);
    const refused = answers.find(({ statusCode }) => statusCode === 409);
    expect(refused?.json().detail).toContain('正在写入');
    await t.worker().drain();
    // An unrelated sheet is not held up, and the first is not carried out twice.
    const winner = answers.findIndex(({ statusCode }) => statusCode === 202) < 2 ? one : two;
    const late = await start(winner.body.id);
    expect([late.statusCode, late.json().detail]).toEqual([
      409,
      '这份表已经写入过，请重新导出再改',
    ]);
  });

  it('is not taken any more a month after it was taken out; what is remembered of it goes', async () => {
    const book = await taken();
    put(book, 10, '建筑面积（平方米）', 99.5);
    await apply((await readBack(book)).body.id);
    const now = t.clock.now;
    t.clock.now = new Date(now.getTime() + 31 * 86_400_000);
    try {
      const later = await t.signIn('village');
      const { body } = await readBack(book, later);
      expect(Object.keys(body.counts)).toEqual(['refused']);
      const { items } = (await later.get(`/edits/${body.id}?limit=1`)).json();
      expect(items[0].problems[0].message).toContain('超过 30 天');
      expect((await t.sql('select 1 from bulk_claim')).length).toBeGreaterThan(0);
      const steward = openSteward(t.steward, 1);
      const nothing = sealJson(createVault(t.keys), {});
      await steward.transaction((tx) =>
        addSystemJob(tx, newId(), 'exports.sweep', nothing, t.clock.now),
      );
      await steward.close();
      await t.worker().drain();
      expect(await t.sql('select 1 from bulk_claim')).toEqual([]);
    } finally {
      t.clock.now = now;
      // The old session ran out in that month.
      village = await t.signIn('village');
    }
  });
});

describe('days of long ago, and languages', () => {
  it('come through as numbers and as texts, whatever Excel makes of 1900', async () => {
    const dictionary = (await village.get('/dictionary')).json();
    const label = dictionary.categories.organisation.items.find(
      (one: { key: string }) => one.key === 'founded',
    ).label.zh;
    for (const [i, founded] of ['1899-12-31', '1900-01-01', '1900-02-28', '1900-03-01'].entries()) {
      const made = await village.send('POST', '/organisations', {
        area: '330881002205001',
        items: { name: `百年小组${i}`, founded },
      });
      expect(made.statusCode, made.body).toBe(201);
    }
    const book = await taken(village, '/organisations');
    const rows = utils.sheet_to_json<string[]>(book.Sheets[book.SheetNames[0] ?? ''] ?? {}, {
      header: 1,
    });
    const at = (name: string): number => rows.findIndex((row) => row[2] === name) - head - 1;
    const untouched = await readBack(book, village, '/organisations');
    expect(Object.keys(untouched.body.counts)).toEqual(['same']);
    put(book, at('百年小组0'), label, 1);
    put(book, at('百年小组1'), label, 59);
    put(book, at('百年小组2'), label, '1898年12月1日');
    put(book, at('百年小组3'), label, 60);
    const { body } = await readBack(book, village, '/organisations');
    const changed = await rowsOf(body.id, '&status=changed');
    expect(changed.map(({ changes }) => changes[0]?.after).sort()).toEqual([
      '1898-12-01',
      '1900-01-01',
      '1900-02-28',
    ]);
    expect(await rowsOf(body.id, '&status=faulty')).toMatchObject([{ title: '百年小组3' }]);
  });

  it('tell faults of a row in the language of the reader', async () => {
    const book = await taken();
    put(book, 0, '建成年份', '去年');
    put(book, 1, key, 'x');
    const { body } = await readBack(book);
    const told = async (language: string): Promise<string[]> => {
      const answer = await t.app.inject({
        url: `/api/v1/edits/${body.id}?limit=100`,
        headers: { cookie: village.cookie, 'accept-language': language },
      });
      const items: BulkRow[] = answer.json().items;
      return items.flatMap(({ problems }) => problems.map(({ message }) => message));
    };
    const [zh, en] = [await told('zh-CN'), await told('en')];
    expect(zh).toHaveLength(2);
    expect(zh.join()).toMatch(/系统编号被改动.*|.*应为数字/);
    expect(en.join()).toContain('The system number was changed');
    expect(en.join()).not.toMatch(/\p{Script=Han}/u);
  });
});

describe('a file that is not what it should be', () => {
  it('with a key of another village, of another account, made up, or twice, is refused by row', async () => {
    const other = await taken(
      await t.signIn('village2').then((caller) => ({
        ...caller,
        get: (path: string) => caller.get(path.replace('&area=330881002205001', '')),
      })),
    );
    const book = await taken();
    const own = cell(book, 0, key);
    const [id, version, entry, signature] = String(own).split('.');
    put(book, 1, key, String(cell(other, 0, key)));
    put(book, 2, key, `${idIn(other, 0)}.${version}.${entry}.${signature}`);
    put(book, 3, key, `${id}.99.${entry}.${signature}`);
    put(book, 4, key, String(own));
    put(book, 5, key, null);
    const { body } = await readBack(book);
    expect(body.counts.refused).toBe(5);
    const refused = await rowsOf(body.id, '&status=refused');
    expect(refused.every(({ changes }) => changes.length === 0)).toBe(true);
    expect(refused.map(({ problems }) => problems[0]?.message)).toContain(
      '同一份档案在表中出现两次，请保留一行',
    );
  });

  it('with a formula in a cell is faulty there', async () => {
    const book = await taken();
    const [first = ''] = book.SheetNames;
    const place = utils.encode_cell({ r: head + 1, c: columnOf(book, '承租人') });
    const sheet = book.Sheets[first];
    if (sheet) sheet[place] = { t: 's', f: 'HYPERLINK("http://x")', v: '张三' };
    const { body } = await readBack(book);
    expect(await rowsOf(body.id, '&status=faulty')).toMatchObject([
      { problems: [{ item: 'tenants', message: '承租人：是公式，请改为文字或数字' }] },
    ]);
  });

  it('is refused with words as a whole: another category’s, a foreign sheet, no workbook, too many rows', async () => {
    const household = await taken(village, '/households');
    expect(
      (await readBack(household)).body.errors ?? (await readBack(household)).body.counts,
    ).toBeDefined();
    const foreign = utils.book_new();
    utils.book_append_sheet(foreign, utils.aoa_to_sheet([['姓名'], ['张三']]), '表');
    expect(await readBack(foreign)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'file', code: 'foreign' }] },
    });
    expect(await readBack(Buffer.from('no workbook at all, none whatever'))).toMatchObject({
      status: 400,
      body: { errors: [{ code: 'damaged' }] },
    });
    const long = utils.book_new();
    utils.book_append_sheet(
      long,
      utils.aoa_to_sheet([[key], ...Array.from({ length: 200_000 }, (_, i) => [i])]),
      '表',
    );
    const answer = await readBack(
      write(long, { type: 'buffer', bookType: 'xlsx', compression: true }),
    );
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 'rows' }] } });
    expect(answer.body.detail).toContain('5,000');
  });

  it('is its reader’s alone, under the same post, for a day', async () => {
    const { body } = await readBack(await taken());
    const cadre = await t.signIn('village2');
    for (const path of [`/edits/${body.id}`, `/edits/${body.id}/report`])
      expect((await cadre.get(path)).statusCode).toBe(404);
    expect(
      (await cadre.send('POST', `/edits/${body.id}/application`, { reason: 'x' })).statusCode,
    ).toBe(404);
  });
});
