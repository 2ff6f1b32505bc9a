import { read, utils } from '@e965/xlsx';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import { makeAccount, makeAdministrator } from '../../tests/support/steps.ts';

const village = '330881002205';
let t: TestApp;
let admin: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
});
afterAll(() => t.close());

const take = (body: object, by = admin) => by.send('POST', '/accounts/export', body);

/** The sheets of a workbook, read by another program: cells as texts, and formulas where there are any. */
function sheetsOf(answer: LightMyRequestResponse): {
  rows: string[][];
  about: string[][];
  formulas: number;
} {
  const book = read(answer.rawPayload, { type: 'buffer', cellFormula: true });
  const rowsIn = (at: number): string[][] =>
    utils.sheet_to_json(book.Sheets[book.SheetNames[at] ?? ''] ?? {}, {
      header: 1,
      raw: false,
      defval: '',
    });
  const cells = Object.values(book.Sheets[book.SheetNames[0] ?? ''] ?? {});
  return { rows: rowsIn(0), about: rowsIn(1), formulas: cells.filter((one) => one?.f).length };
}

describe('the list of accounts as Excel', () => {
  it('has a row for each post, with the watermark, the reason and the filter, and is on record', async () => {
    await makeAccount(t, 'out.one', { role: 'village_cadre', area: village, until: '2026-12-31' });
    await makeAccount(t, 'out.none');
    const answer = await take({ reason: ' 上级检查 ', q: 'out.' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-disposition']).toContain('.xlsx');
    const { rows, about } = sheetsOf(answer);
    expect(rows[0]?.join()).toContain('安全管理员');
    expect(rows[0]?.join()).toContain('仅用于：上级检查');
    expect(rows[1]?.slice(0, 7)).toEqual(['姓名', '账号', '区划代码', '岗位', '部门', '起', '止']);
    expect(rows[2]?.slice(1)).toEqual([
      'out.none',
      '',
      '',
      '',
      '',
      '',
      '',
      '没有岗位',
      '在用',
      '未改初始密码',
      '',
      '2026-06-15',
    ]);
    expect(rows[3]?.slice(1, 7)).toEqual([
      'out.one',
      village,
      '村（社区）干部',
      '',
      '2026-06-15',
      '2026-12-31',
    ]);
    const lines = Object.fromEntries(about.map(([name, value]) => [name, value]));
    expect(lines).toMatchObject({
      导出原因: '上级检查',
      筛选条件: '姓名或用户名：out.',
      行数: '2',
    });
    const [entry] = await t.sql(
      `select kind, item, detail, id::text from audit_entry where action = 'take_list' order by xid desc limit 1`,
    );
    expect(entry).toEqual({
      kind: 'reading',
      item: 'accounts',
      detail: '上级检查（2 行；姓名或用户名：out.）',
      id: lines.审计编号,
    });
  });

  it('holds no formula, whatever somebody is called', async () => {
    const { id } = await makeAccount(t, 'out.formula');
    for (const name of ['=1+1', '+1', '-1', '@SUM(A1)']) {
      await admin.send('PATCH', `/accounts/${id}`, { name });
      const { rows, formulas } = sheetsOf(await take({ reason: '存档', q: 'out.formula' }));
      expect([rows[2]?.[0], formulas]).toEqual([name, 0]);
    }
  });

  it('can be corrected and imported again: its columns are those of a staff list', async () => {
    const file = (await take({ reason: '存档', q: 'out.one' })).rawPayload.toString('base64');
    const plan = (await admin.send('POST', '/staff-lists/preview', { file })).json();
    expect(plan.rows).toMatchObject([{ username: 'out.one', outcome: 'unchanged', faults: [] }]);
  });

  it('shows the posts of one’s own area alone, as the page does', async () => {
    const { caller } = await makeAdministrator(t, 'out.small', 'security_admin', '330802');
    const { rows } = sheetsOf(await take({ reason: '存档', q: 'out.one' }, caller));
    expect(rows[2]?.slice(1, 4)).toEqual(['out.one', '', '']);
  });

  it.each([
    {},
    { reason: '' },
    { reason: '   ' },
    { reason: 'x'.repeat(201) },
    { reason: '存档', role: 'nobody' },
  ])('is refused without a reason, or by a filter that is none: %j', async (body) => {
    expect((await take(body)).statusCode).toBe(400);
  });

  it('is the security administrator’s', async () => {
    for (const username of ['village', 'auditor', 'sysadmin', 'county'])
      expect((await take({ reason: '存档' }, await t.signIn(username))).statusCode).toBe(403);
    expect(
      await t.sql(
        `select 1 from audit_entry where action = 'take_list' and account <> (select id from account where username = 'secadmin') and account <> (select id from account where username = 'out.small')`,
      ),
    ).toEqual([]);
  });

  it('is no longer than one file takes, and says what to do', async () => {
    await t.sql(
      `insert into account (id, username, name, password_hash, created_at)
       select uuidv7(), 'many' || n, '众', 'x', now() from generate_series(1, 5001) n`,
    );
    const answer = await take({ reason: '存档', q: 'many' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({
      code: 'too_many',
      message: '区域：共 5,001 个账号，一次最多导出 5,000 个，请选小一些的区域或某一岗位',
    });
  });
});
