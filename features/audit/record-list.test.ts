import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { makeAdministrator } from '../../tests/support/steps.ts';

let t: TestApp;
let auditor: Caller;
let resident: string;
beforeAll(async () => {
  t = await startApp();
  auditor = await t.signIn('auditor');
  const village = await t.signIn('village');
  resident = (await village.get('/residents?limit=1')).json().items[0].id;
  await village.get(`/residents/${resident}`);
  await village.send('POST', `/residents/${resident}/reveals`, { item: 'phone', purpose: 'visit' });
  await (await t.signIn('village2')).get(`/residents/${resident}`);
});
afterAll(() => t.close());

const take = (body: object, by = auditor) => by.send('POST', '/audit/export', body);

async function sheets(body: object, by = auditor) {
  const answer = await take(body, by);
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  const book = read(answer.rawPayload, { type: 'buffer', cellFormula: true });
  const rowsIn = (at: number): string[][] =>
    utils.sheet_to_json(book.Sheets[book.SheetNames[at] ?? ''] ?? {}, {
      header: 1,
      raw: false,
      defval: '',
    });
  const [head = [], names = [], ...rows] = rowsIn(0);
  const about = Object.fromEntries(rowsIn(1).map(([name, value]) => [name, value]));
  const cell = (name: string) => (row: string[]) => row[names.indexOf(name)];
  const cells = Object.values(book.Sheets[book.SheetNames[0] ?? ''] ?? {});
  return { head, rows, about, cell, formulas: cells.filter((one) => one?.f).length };
}

describe('the record as Excel', () => {
  it('says in words what the page says, with its filters, marked and on record', async () => {
    const { head, rows, about, cell } = await sheets({ reason: '年度检查', subject: resident });
    expect(head.join()).toContain('审计管理员');
    expect(head.join()).toContain('仅用于：年度检查');
    // The clock of the tests stands still: entries of one instant stand in any order.
    const of = (action: string): string[] => rows.find((row) => cell('动作')(row) === action) ?? [];
    expect(of('打开档案')).not.toEqual([]);
    const [refused, reveal] = [of('被拒绝'), of('查看敏感内容')];
    expect(cell('被拒的操作')(refused)).toBe('打开居民');
    expect(cell('说明')(refused)).toBe('不存在，或不在范围内');
    expect([cell('项目')(reveal), cell('目的')(reveal), cell('对象')(reveal)]).toEqual([
      '联系电话',
      '走访核实',
      '居民',
    ]);
    expect(about).toMatchObject({ 导出原因: '年度检查', 行数: '3', 筛选条件: `档案：${resident}` });
    const [entry] = await t.sql(
      `select item, detail, id::text from audit_entry where action = 'take_list' order by xid desc limit 1`,
    );
    expect(entry).toEqual({
      item: 'audit',
      detail: `年度检查（3 行；档案：${resident}）`,
      id: about.审计编号,
    });
  });

  it('holds the very entries of the list, whatever the filters', async () => {
    const filters: Record<string, string>[] = [
      { kind: 'look' },
      { action: 'sign_in' },
      { who: 'village' },
      { role: 'village_cadre', from: '2026-06-15', until: '2026-06-15' },
      { from: '2026-06-16' },
    ];
    for (const filter of filters) {
      const { rows, cell } = await sheets({ reason: '核对', ...filter });
      const query = new URLSearchParams(filter);
      const { items } = (await auditor.get(`/audit?limit=100&${query}`)).json();
      expect(rows.map(cell('记录编号'))).toEqual(items.map(({ id }: { id: string }) => id));
      expect(rows.length > 0).toBe(filter.from !== '2026-06-16');
    }
  });

  it('holds no formula, whatever was typed', async () => {
    await t.sql(
      `insert into audit_entry (id, at, kind, action, item, detail) values (uuidv7(), $1, 'reading', 'take_list', '@x', '=HYPERLINK("http://x")')`,
      [t.clock.now],
    );
    const { rows, cell, formulas } = await sheets({ reason: '=1+1', action: 'take_list' });
    expect(rows.map(cell('说明'))).toContain('=HYPERLINK("http://x")');
    expect(formulas).toBe(0);
  });

  it('takes the newest 10,000, and says where it was cut off', async () => {
    await t.sql(
      `insert into audit_entry (id, at, kind, action) select uuidv7(), $1::timestamptz - n * interval '1 minute', 'session', 'switch_post' from generate_series(1, 10050) n`,
      [t.clock.now],
    );
    const { rows, about, cell } = await sheets({ reason: '存档', action: 'switch_post' });
    expect(rows).toHaveLength(10_000);
    expect(cell('时间')(rows[0] ?? [])).toBe('2026-06-15 09:59');
    expect(about.行数).toBe('10000');
    expect(about.注意).toMatch(/^只含最新的 10,000 条；2026-06-08 \d\d:\d\d 及更早的没有导出/);
    const rest = await sheets({ reason: '存档', action: 'switch_post', until: '2026-06-08' });
    expect(rest.about.注意).not.toContain('没有导出');
  }, 60_000);

  it('reaches no further than the auditor’s area', async () => {
    const { caller } = await makeAdministrator(t, 'audit.small', 'audit_admin', '330802');
    const { rows } = await sheets({ reason: '存档', subject: resident, kind: 'look' }, caller);
    expect(rows).toEqual([]);
  });

  it('is refused without a reason, and to everybody else', async () => {
    for (const reason of ['', ' ', undefined])
      expect((await take({ reason })).statusCode).toBe(400);
    for (const username of ['village', 'secadmin', 'sysadmin', 'county'])
      expect((await take({ reason: '存档' }, await t.signIn(username))).statusCode).toBe(403);
  });
});
