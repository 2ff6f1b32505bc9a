import { utils, type WorkSheet, write } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { zipped } from '../../../server/spreadsheet/archive.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { makeAccount, makeAdministrator } from '../../../tests/support/steps.ts';
import { testNow } from '../../../tests/support/template.ts';
import type { Account } from '../contract.ts';
import type { StaffDone, StaffPlan } from './contract.ts';

// The day of the tests is 15 June 2026.
let t: TestApp;
let admin: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
});
afterAll(() => t.close());

const heading = '姓名,账号,区划代码,岗位,部门,起,止,手机';
const village = '330881002205';
const listOf = (...lines: string[]): string =>
  Buffer.from([heading, ...lines].join('\n')).toString('base64');

async function preview(file: string, more: object = {}, by = admin): Promise<StaffPlan> {
  const answer = await by.send('POST', '/staff-lists/preview', { file, ...more });
  expect(answer.body).toContain('"plan"');
  return answer.json();
}
const outcomes = ({ rows }: StaffPlan): string[] => rows.map(({ outcome }) => outcome);
const faults = ({ rows }: StaffPlan): string[] =>
  rows.flatMap(({ row, faults: found }) =>
    found.map(({ column, message }) => `${row} ${column}：${message}`),
  );

function sheetFile(sheet: WorkSheet): string {
  const made = utils.book_new();
  utils.book_append_sheet(made, sheet, '名单');
  return write(made, { type: 'base64', bookType: 'xlsx' });
}
const book = (rows: unknown[][]): string => sheetFile(utils.aoa_to_sheet(rows));

const send = (file: string, plan: string, more: object = {}, by = admin) =>
  by.send('POST', '/staff-lists', { file, plan, ...more });

/** Looks at the list, then carries it out. */
async function take(file: string, more: object = {}, by = admin): Promise<StaffDone> {
  const { plan } = await preview(file, more, by);
  const answer = await send(file, plan, more, by);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

async function accountOf(username: string): Promise<Account> {
  const { items }: { items: Account[] } = (await admin.get(`/accounts?q=${username}`)).json();
  const found = items.find((one) => one.username === username);
  if (!found) throw new Error(`no account ${username}`);
  return found;
}
const postsOf = async (username: string): Promise<string[]> =>
  (await accountOf(username)).posts
    .map(({ role, area, from, until }) => `${role} ${area.code} ${from} ${until ?? ''}`.trim())
    .sort();
const everything = () =>
  t.sql(
    'select (select count(*)::int from account) as a, (select json_agg(p order by p.id) from post p) as p',
  );

describe('a list', () => {
  it('makes accounts with one-time passwords and posts, told once', async () => {
    const file = listOf(
      `陈一,chen.one,${village},村干部,,2026-06-15,,19900000001`,
      `陈一,chen.one,${village}001,网格员,,2026/7/1,2026年12月31日,`,
      `陈二,chen.two,彭里村,儿童主任,,,,`,
      `陈三,chen.three,330881000000,部门工作人员,民政局,,2027-06-30,`,
    );
    const before = await everything();
    const plan = await preview(file);
    expect(outcomes(plan)).toEqual(['account', 'post', 'account', 'account']);
    expect(plan.rows[2]?.post).toMatchObject({ area: { code: village, level: 'village' } });
    expect(plan.rows[3]?.post).toMatchObject({
      department: 'civil-affairs',
      area: { code: '330881' },
      until: '2027-06-30',
    });
    expect(await everything()).toEqual(before);
    const done = await take(file);
    expect(done).toMatchObject({ posts: 4, ended: 0, left: 0 });
    expect(done.made.map(({ username }) => username)).toEqual([
      'chen.one',
      'chen.two',
      'chen.three',
    ]);
    expect(plan.rows[0]?.phone).toBe('19900000001');
    expect(JSON.stringify(done)).not.toContain('19900000001');
    expect(await postsOf('chen.one')).toEqual([
      `grid_worker ${village}001 2026-07-01 2026-12-31`,
      `village_cadre ${village} 2026-06-15`,
    ]);
    const first = await t.signIn('chen.one', done.made[0]?.password);
    expect((await first.get('/session')).json().stage).toBe('password');
    expect((await first.get('/households')).statusCode).toBe(403);
    const [entry] = await t.sql<{ detail: string }>(
      `select detail from audit_entry where action = 'import_staff'`,
    );
    expect(entry?.detail).toBe('新账号 3、新岗位 4、改结束日期 0、离任 0');
    const kept = await t.sql(
      `select 1 from audit_entry where action in ('add_account', 'add_post') and account = (select id from account where username = 'secadmin')`,
    );
    expect(kept).toHaveLength(7);
    expect(JSON.stringify(await t.sql('select * from account'))).not.toContain('19900000001');
  });

  it('changes nothing the second time, on another day either', async () => {
    const file = listOf(
      `陈四,chen.four,${village},村干部,,,,`,
      `陈五,chen.five,${village}001,网格员,,2026-06-01,2026-06-30,`,
      `陈五,chen.five,${village}002,网格员,,2026-01-01,2026-06-01,`,
      `陈六,chen.six,${village}001,网格员,,2026-01-01,2026-06-01,`,
    );
    expect(outcomes(await preview(file))).toEqual(['account', 'account', 'unchanged', 'unchanged']);
    await take(file);
    await expect(accountOf('chen.six')).rejects.toThrow();
    const before = await everything();
    for (const later of [0, 1, 20, 400]) {
      t.clock.now = new Date(testNow.getTime() + later * 86_400_000);
      admin = await t.signIn('secadmin');
      const plan = await preview(file);
      expect(new Set(outcomes(plan))).toEqual(new Set(['unchanged']));
      expect(await take(file)).toEqual({ made: [], posts: 0, ended: 0, left: 0 });
      expect(await everything()).toEqual(before);
    }
    t.clock.now = testNow;
    admin = await t.signIn('secadmin');
  });

  it('moves the last day of a post that stands, and only that', async () => {
    await take(listOf(`陈七,chen.seven,${village},村干部,,2026-03-01,,`));
    const until = (day: string) => listOf(`陈七,chen.seven,${village},村干部,,2026-03-01,${day},`);
    const plan = await preview(until('2026-12-31'));
    expect(plan.rows[0]).toMatchObject({
      outcome: 'end',
      post: { from: '2026-03-01', until: '2026-12-31' },
    });
    await take(until('2026-12-31'));
    expect(await postsOf('chen.seven')).toEqual([`village_cadre ${village} 2026-03-01 2026-12-31`]);
    // Without a last day in the list, or with another first one, the post keeps its own.
    for (const [line, remark] of [
      ['2026-03-01,', 'keeps-end'],
      ['2026-04-01,2026-12-31', 'keeps-start'],
    ]) {
      const [row] = (await preview(listOf(`陈七,chen.seven,${village},村干部,,${line},`))).rows;
      expect(row).toMatchObject({ outcome: 'unchanged', remark });
    }
    // What is past is not rewritten: it was in force until today.
    await take(until('2026-05-01'));
    expect(await postsOf('chen.seven')).toEqual([`village_cadre ${village} 2026-03-01 2026-06-14`]);
    const [again] = (await preview(until('2026-05-01'))).rows;
    expect(again).toMatchObject({ outcome: 'unchanged' });
    const [back] = (await preview(listOf(`陈七,chen.seven,${village},村干部,,2026-03-01,,`))).rows;
    expect(back).toMatchObject({ outcome: 'unchanged', remark: 'ended' });
    const [anew] = (await preview(listOf(`陈七,chen.seven,${village},村干部,,2026-06-20,,`))).rows;
    expect(anew).toMatchObject({ outcome: 'post' });
  });

  it('is taken in GB18030', async () => {
    // 姓名,账号,区划代码,岗位 / 毛,mao,330881002205,网格员
    const file = Buffer.from(
      'd0d5c3fb2cd5cbbac52cc7f8bbaeb4fac2eb2cb8dacebb0d0ac3ab2c6d616f2c3333303838313030323230352ccdf8b8f1d4b10d0a',
      'hex',
    ).toString('base64');
    const plan = await preview(file);
    expect(plan.rows[0]).toMatchObject({ name: '毛', username: 'mao', outcome: 'account' });
  });
});

describe('faults', () => {
  it.each([
    ['no name', `,nobody,${village},村干部,,,,`, '2 姓名：请填写姓名'],
    ['no user name', `某,,${village},村干部,,,,`, '2 账号：账号应以小写字母开头'],
    ['a Chinese user name', `某,某人,${village},村干部,,,,`, '2 账号：'],
    ['no area', `某,someone,,村干部,,,,`, '2 区划代码：区划代码应为'],
    ['a number of Excel', `某,someone,3.30881E+11,村干部,,,,`, '“文本”格式'],
    [
      'an area that does not exist',
      `某,someone,330881002299,村干部,,,,`,
      '2 区划代码：没有这个区域，或不在您负责的范围内',
    ],
    ['a name of no area', `某,someone,桃花岛,村干部,,,,`, '没有“桃花岛”，请改填区划代码'],
    [
      'a name of many areas',
      `某,someone,第一网格,网格员,,,,`,
      /同名的区域有 \d+ 个，请改填区划代码，如 \d{15}/,
    ],
    ['no role', `某,someone,${village},村长助理,,,,`, '2 岗位：没有这个岗位，应为网格员、'],
    ['the wrong level', `某,someone,330881,村干部,,,,`, '不能设在这一级，应设在村（社区）'],
    ['no department', `某,someone,330881,部门干部,,,,`, '2 部门：部门干部须指明部门'],
    ['an unknown department', `某,someone,330881,部门干部,税务,,,`, '2 部门：没有这个部门'],
    ['a department of no use', `某,someone,${village},村干部,民政,,,`, '2 部门：这个岗位不分部门'],
    ['no day', `某,someone,${village},村干部,,明天,,`, '2 起：日期看不懂，请写成 2026-07-01'],
    [
      'an end before the beginning',
      `某,someone,${village},村干部,,2026-08-01,2026-07-01,`,
      '2 止：',
    ],
    ['half a phone', `某,someone,${village},村干部,,,,1990`, '2 手机：手机号应为 11 位数字'],
    ['somebody else’s user name', `某,village,${village},村干部,,,,`, '账号 village 是“毛村干”的'],
    ['one’s own post', `安管理,secadmin,330881,安全管理员,,,,`, '不能给自己安排或结束岗位'],
  ])('name row, field and fix: %s', async (_what, line, words) => {
    const before = await everything();
    const file = listOf(line);
    const plan = await preview(file);
    expect(outcomes(plan)).toEqual(['fault']);
    expect(faults(plan).join()).toMatch(words);
    const refused = await send(file, plan.plan);
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors[0].message).toMatch(/^第 2 行 /);
    expect(await everything()).toEqual(before);
  });

  it('are told in the language of the caller', async () => {
    const body = { file: listOf(`某,some.one,,村干部,,,,`) };
    const answer = await admin.send('POST', '/staff-lists/preview', body, {
      'accept-language': 'en',
    });
    expect(answer.json().rows[0].faults[0].message).toMatch(/^A code has 2, 4, 6/);
  });

  it('of one row keep the whole list out, and all of them are named', async () => {
    const file = listOf(
      `陈八,chen.eight,${village},村干部,,,,`,
      `,chen.nine,${village},村长,,,,`,
      `陈八,chen.eight,${village},村干部,,2026-08-01,,`,
      `陈八八,chen.eight,${village}001,网格员,,,,`,
    );
    const plan = await preview(file);
    expect(outcomes(plan)).toEqual(['account', 'fault', 'fault', 'fault']);
    expect(faults(plan).map((one) => one.slice(0, 7))).toEqual([
      expect.stringMatching(/^3 姓名/),
      expect.stringMatching(/^3 岗位/),
      expect.stringMatching(/^4 岗位：与第/),
      expect.stringMatching(/^5 姓名/),
    ]);
    expect((await send(file, plan.plan)).statusCode).toBe(400);
    await expect(accountOf('chen.eight')).rejects.toThrow();
  });

  it('of a withdrawn account: no new post, while one that stands may end', async () => {
    const { id } = await makeAccount(t, 'gone', { role: 'village_cadre', area: village });
    await admin.send('PATCH', `/accounts/${id}`, { active: false });
    const plan = await preview(
      listOf(
        `gone先生,gone,${village},村干部,,,2026-06-30,`,
        `gone先生,gone,${village}001,网格员,,,,`,
      ),
    );
    expect(outcomes(plan)).toEqual(['end', 'fault']);
    expect(faults(plan)[0]).toContain('该账号已停用');
  });

  it.each([
    [
      'a stump of a workbook',
      Buffer.from('504b0304140006000000', 'hex').toString('base64'),
      '重新保存',
    ],
    ['no list', Buffer.from('hello, world').toString('base64'), '没有找到表头'],
  ])('of the file itself: %s', async (_what, file, words) => {
    const answer = await admin.send('POST', '/staff-lists/preview', { file });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({ field: 'file' });
    expect(answer.json().errors[0].message).toContain(words);
  });

  it.each([{}, { file: '不' }, { file: listOf('x'), plan: 'x' }])(
    'of the call: %j',
    async (body) => {
      expect((await admin.send('POST', '/staff-lists', body)).statusCode).toBe(400);
    },
  );
});

describe('a workbook', () => {
  const titles = heading.split(',');

  it('is carried out as a CSV file is', async () => {
    const file = book([
      ['名单'],
      titles,
      ['吴一', 'wu.one', Number(village), '村干部', '', 46204, 46387, 19900000009],
    ]);
    const plan = await preview(file);
    expect(plan.rows[0]).toMatchObject({ row: 3, outcome: 'account', phone: '19900000009' });
    expect(await take(file)).toMatchObject({ posts: 1 });
    expect(await postsOf('wu.one')).toEqual([`village_cadre ${village} 2026-07-01 2026-12-31`]);
    expect(outcomes(await preview(file))).toEqual(['unchanged']);
  });

  it('with a formula is refused by row and column, whatever the formula last came to', async () => {
    const sheet = utils.aoa_to_sheet([titles, ['吴二', 'wu.two', village, '村干部']]);
    sheet.B2 = { t: 's', f: 'A1', v: 'wu.two' };
    const plan = await preview(sheetFile(sheet));
    expect(faults(plan)).toEqual([expect.stringMatching(/^2 账号：这一格是公式/)]);
    expect((await send(sheetFile(sheet), plan.plan)).statusCode).toBe(400);
    await expect(accountOf('wu.two')).rejects.toThrow();
  });

  it('that is a bomb is refused before it is unpacked', async () => {
    const entries = [
      { name: 'xl/workbook.xml', content: ['<workbook/>'] },
      { name: 'xl/worksheets/sheet1.xml', content: [`<worksheet>${' '.repeat(20_000_000)}`] },
    ];
    const bomb = Buffer.concat(await Array.fromAsync(zipped(entries)));
    const answer = await admin.send('POST', '/staff-lists/preview', {
      file: bomb.toString('base64'),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({
      field: 'file',
      code: 'bomb',
      message: expect.stringContaining('展开后过大'),
    });
  });
});

describe('the three administrators', () => {
  it('stay three people, within the list and beside what stands', async () => {
    await makeAccount(t, 'sys.one', { role: 'system_admin', area: '330881' });
    const plan = await preview(
      listOf(
        `管一,adm.one,330881,系统管理员,,2026-07-01,2026-08-31,`,
        `管一,adm.one,330802,审计管理员,,2026-08-31,,`,
        `管二,adm.two,330881,系统管理员,,2026-07-01,2026-08-31,`,
        `管二,adm.two,330802,审计管理员,,2026-09-01,,`,
        `sys.one先生,sys.one,330881,安全管理员,,2027-01-01,,`,
      ),
    );
    expect(outcomes(plan)).toEqual(['account', 'fault', 'account', 'post', 'fault']);
    expect(faults(plan)).toEqual([
      expect.stringMatching(/^3 岗位：.*不得由一人兼任/),
      expect.stringMatching(/^6 岗位：.*不得由一人兼任/),
    ]);
  });

  it('are told apart by a post that the giver does not see, too', async () => {
    await makeAccount(t, 'aud.city', { role: 'audit_admin', area: '3308' });
    const { caller } = await makeAdministrator(t, 'sec.county', 'security_admin', '330881');
    const plan = await preview(listOf(`aud.city先生,aud.city,330881,系统管理员,,,,`), {}, caller);
    expect(faults(plan)[0]).toContain('不得由一人兼任');
  });

  it('have their end drawn out no further than another’s beginning', async () => {
    const { id } = await makeAccount(t, 'turns', {
      role: 'system_admin',
      area: '330881',
      until: '2026-06-30',
    });
    await admin.send('POST', `/accounts/${id}/posts`, {
      role: 'audit_admin',
      area: '330881',
      from: '2026-07-01',
    });
    const plan = await preview(listOf(`turns先生,turns,330881,系统管理员,,,2026-12-31,`));
    expect(faults(plan)[0]).toContain('不得由一人兼任');
  });
});

describe('who may', () => {
  it('is the security administrator, within the own area', async () => {
    for (const username of ['village', 'township', 'auditor', 'sysadmin', 'county']) {
      const caller = await t.signIn(username);
      const body = { file: listOf(`某,someone,${village},村干部,,,,`) };
      expect((await caller.send('POST', '/staff-lists/preview', body)).statusCode).toBe(403);
      const act = { ...body, plan: 'a'.repeat(64) };
      expect((await caller.send('POST', '/staff-lists', act)).statusCode).toBe(403);
    }
    const { caller } = await makeAdministrator(t, 'sec.kecheng', 'security_admin', '330802');
    const file = listOf(
      `某,someone,${village},村干部,,,,`,
      `某,someone,330802013202,村干部,,,,`,
      `某,someone,彭里村,村干部,,2026-09-01,,`,
      `某,someone,3308,市级督导,,,,`,
    );
    const plan = await preview(file, {}, caller);
    expect(outcomes(plan)).toEqual(['fault', 'account', 'fault', 'fault']);
    const beyond = { file: listOf(`某,someone,330802013202,村干部,,,,`), leavers: '330881' };
    const refused = await caller.send('POST', '/staff-lists/preview', beyond);
    expect(refused.json().errors[0].field).toBe('leavers');
    // Posts elsewhere are neither seen nor ended.
    const blind = await preview(listOf(`毛村干,village,330802013202,村干部,,,,`), {}, caller);
    expect(outcomes(blind)).toEqual(['post']);
  });

  it('sees whole plans carried out only: what changed since is looked at again', async () => {
    const file = listOf(`陈十,chen.ten,${village},村干部,,,,`);
    const { plan } = await preview(file);
    await makeAccount(t, 'chen.ten');
    await t.sql(`update account set name = '陈十' where username = 'chen.ten'`);
    const refused = await send(file, plan);
    expect(refused.statusCode).toBe(409);
    expect(refused.json().detail).toContain('请重新预览');
    const other = listOf(`陈十一,chen.ten,${village},村干部,,,,`);
    expect((await send(other, (await preview(file)).plan)).statusCode).toBe(400);
    expect((await accountOf('chen.ten')).posts).toEqual([]);
    expect((await take(file)).posts).toBe(1);
  });

  it('meets the tables’ own policies, and then nothing of the list is done', async () => {
    const file = listOf(
      `陈卅,chen.thirty,${village},村干部,,,,`,
      `陈卌,chen.forty,${village}002,网格员,,,,`,
    );
    const { plan } = await preview(file);
    await t.sql(
      `create policy never on post as restrictive for insert to minqing_server with check (area <> '${village}002')`,
    );
    const before = await everything();
    expect((await send(file, plan)).statusCode).toBe(403);
    expect(await everything()).toEqual(before);
    await t.sql('drop policy never on post');
    expect((await send(file, plan)).statusCode).toBe(200);
  });

  it('gets the same answer to the same call, and the list is carried out once', async () => {
    const file = listOf(`陈廿,chen.twenty,${village},村干部,,,,`);
    const { plan } = await preview(file);
    const headers = { 'idempotency-key': 'staff-once' };
    const answers = await Promise.all(
      [1, 2].map(() => admin.send('POST', '/staff-lists', { file, plan }, headers)),
    );
    expect(answers[0]?.body).toBe(answers[1]?.body);
    expect(await postsOf('chen.twenty')).toHaveLength(1);
    const [kept] = await t.sql<{ body: Buffer }>(
      `select body from request_receipt where key = 'staff-once'`,
    );
    const [made] = (answers[0]?.json() as StaffDone | undefined)?.made ?? [];
    expect(made?.password).toMatch(/^(\w{4}-){3}\w{4}$/);
    expect(kept?.body.includes(made?.password ?? '')).toBe(false);
  });
});

describe('leavers', () => {
  const other = '330802013202';
  it('stay unless asked for; then their posts in that area end, and no others', async () => {
    await take(
      listOf(
        `徐一,xu.one,${other},村干部,,,,`,
        `徐二,xu.two,${other},村干部,,,,`,
        `徐二,xu.two,${village},村干部,,,,`,
        `徐三,xu.three,${other}001,网格员,,2026-07-01,,`,
      ),
    );
    await makeAccount(t, 'xu.admin', { role: 'system_admin', area: '330802' });
    const next = listOf(
      `徐一,xu.one,${other},村干部,,,,`,
      `徐村干,village2,${other},村干部,,,,`,
      '吴社区,community,330802008001,村干部,,,,',
    );
    expect((await preview(next)).leavers).toEqual([]);
    const plan = await preview(next, { leavers: '330802' });
    expect(plan.leavers.map(({ username, post }) => `${username} ${post.area.code}`)).toEqual([
      `xu.three ${other}001`,
      `xu.two ${other}`,
    ]);
    expect(await take(next)).toMatchObject({ left: 0 });
    expect(await take(next, { leavers: '330802' })).toMatchObject({ posts: 0, ended: 0, left: 2 });
    expect(await postsOf('xu.two')).toEqual([
      `village_cadre ${other} 2026-06-15 2026-06-14`,
      `village_cadre ${village} 2026-06-15`,
    ]);
    expect(await postsOf('xu.three')).toEqual([`grid_worker ${other}001 2026-07-01 2026-06-30`]);
    expect(await postsOf('xu.one')).toHaveLength(1);
    expect((await accountOf('xu.admin')).posts[0]?.until).toBeNull();
    expect((await preview(next, { leavers: '330802' })).leavers).toEqual([]);
  });

  it('are shown before, and asking for them afterwards is another plan', async () => {
    const file = listOf(`徐村干,village2,${other},村干部,,,,`);
    const { plan } = await preview(file);
    expect((await send(file, plan, { leavers: other })).statusCode).toBe(409);
  });
});

describe('a county’s list', () => {
  it('of two thousand is carried out in seconds', async () => {
    const lines = Array.from(
      { length: 2000 },
      (_, at) => `工${at},worker${at},${village}00${(at % 3) + 1},网格员,,2026-06-15,,`,
    );
    const file = listOf(...lines);
    const began = performance.now();
    const { plan } = await preview(file);
    const looked = performance.now();
    const answer = await send(file, plan);
    const done = performance.now();
    expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
    expect(answer.json().made).toHaveLength(2000);
    console.log(
      `2000 rows: preview ${Math.round(looked - began)} ms, carried out ${Math.round(done - looked)} ms`,
    );
    expect(new Set(outcomes(await preview(file)))).toEqual(new Set(['unchanged']));
  }, 60_000);
});
