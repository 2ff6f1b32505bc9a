import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { utils, write } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { makeAccount } from '../../tests/support/steps.ts';
import { type Importing, importStaff } from './staff.ts';

const village = '330881002205';
const titles = ['姓名', '账号', '区划代码', '岗位', '手机'];
let t: TestApp;
let folder: string;
beforeAll(async () => {
  t = await startApp();
  folder = mkdtempSync(join(tmpdir(), 'minqing-staff-'));
});
afterAll(async () => {
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A list on the disk, as a workbook. */
function listOf(...rows: string[][]): string {
  const made = utils.book_new();
  utils.book_append_sheet(made, utils.aoa_to_sheet([titles, ...rows]), '名单');
  const path = join(folder, 'list.xlsx');
  writeFileSync(path, write(made, { type: 'buffer', bookType: 'xlsx' }));
  return path;
}
const run = (file: string, options: Importing = {}) =>
  importStaff(t, () => t.clock.now, file, options);
const people = (...usernames: string[]) =>
  t.sql('select username from account where username = any ($1)', [usernames]);
const passwordsIn = (name: string): string => join(folder, name);

describe('minqing staff import', () => {
  it('shows first: with --dry-run nothing is done, and no file is made', async () => {
    const file = listOf(['周一', 'zhou.one', village, '村干部', '']);
    const passwords = passwordsIn('dry.csv');
    const { plan, done } = await run(file, { dryRun: true, passwords });
    expect(plan.rows[0]).toMatchObject({ outcome: 'account', name: '周一' });
    expect(done).toBeNull();
    expect(await people('zhou.one')).toEqual([]);
    expect(existsSync(passwords)).toBe(false);
  });

  it('carries it out in the administrator’s name, on record as done by command, and keeps the passwords from others', async () => {
    const file = listOf(
      ['周一', 'zhou.one', village, '村干部', '19900000001'],
      ['周二', 'zhou.two', `${village}001`, '网格员', ''],
    );
    const path = passwordsIn('first.csv');
    const { done, passwords } = await run(file, { as: 'secadmin', passwords: path });
    expect(done).toMatchObject({ posts: 2, ended: 0, left: 0 });
    expect(passwords).toBe(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const lines = readFileSync(path, 'utf8').replace('\uFEFF', '').trim().split('\r\n');
    expect(lines[0]).toBe('姓名,用户名,一次性密码,手机');
    const [name, username, password = '', phone] = lines[1]?.split(',') ?? [];
    expect([name, username, phone]).toEqual(['周一', 'zhou.one', '19900000001']);
    const first = await t.signIn('zhou.one', password);
    expect((await first.get('/session')).json().stage).toBe('password');
    const left = await t.sql<{ action: string; username: string; detail: string | null }>(
      `select e.action, a.username, e.detail from audit_entry e join account a on a.id = e.account
        where e.action in ('act_by_command', 'import_staff', 'add_account', 'add_post') and e.at >= $1
          and (e.action <> 'act_by_command') order by e.id`,
      [t.clock.now],
    );
    expect(left.map(({ action }) => action).sort()).toEqual([
      'add_account',
      'add_account',
      'add_post',
      'add_post',
      'import_staff',
    ]);
    expect(new Set(left.map((one) => one.username))).toEqual(new Set(['secadmin']));
    expect(left.find(({ action }) => action === 'import_staff')?.detail).toContain('（命令行）');
    const begun = await t.sql(`select kind from audit_entry where action = 'act_by_command'`);
    expect(begun.length).toBeGreaterThan(0);
    expect(await t.sql(`select 1 from session where method = 'command'`)).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const file = listOf(['周一', 'zhou.one', village, '村干部', '']);
    const { plan, done, passwords } = await run(file);
    expect(plan.rows[0]?.outcome).toBe('unchanged');
    expect([done, passwords]).toEqual([null, null]);
  });

  it('does nothing while a row has a fault', async () => {
    const file = listOf(
      ['周三', 'zhou.three', village, '村干部', ''],
      ['周四', 'zhou.four', village, '村长', ''],
    );
    const path = passwordsIn('faulty.csv');
    const { plan, done } = await run(file, { passwords: path });
    expect(plan.rows.map(({ outcome }) => outcome)).toEqual(['account', 'fault']);
    expect(done).toBeNull();
    expect(await people('zhou.three')).toEqual([]);
    expect(existsSync(path)).toBe(false);
  });

  it('ends the posts of leavers only in the area that is named', async () => {
    await makeAccount(t, 'zhou.leaves', { role: 'grid_worker', area: '330802013202001' });
    const file = listOf(['徐村干', 'village2', '330802013202', '村干部', '']);
    expect((await run(file)).plan.leavers).toEqual([]);
    const { plan, done } = await run(file, { complete: '330802013202' });
    expect(plan.leavers.map(({ username }) => username)).toContain('zhou.leaves');
    expect(done?.left).toBe(plan.leavers.length);
    await expect(run(file, { complete: '34' })).rejects.toThrow(/不在您负责的范围内/);
  });

  it('leaves neither accounts nor a file when the passwords cannot be kept', async () => {
    const path = passwordsIn('taken.csv');
    writeFileSync(path, 'of somebody else');
    const file = listOf(['周五', 'zhou.five', village, '村干部', '']);
    await expect(run(file, { passwords: path })).rejects.toThrow(/已经存在/);
    expect(await people('zhou.five')).toEqual([]);
    expect(readFileSync(path, 'utf8')).toBe('of somebody else');
  });

  it('takes the passwords away again when the tables refuse the list', async () => {
    const path = passwordsIn('refused.csv');
    const file = listOf(['周六', 'zhou.six', `${village}003`, '网格员', '']);
    await t.sql(
      `create policy never on post as restrictive for insert to minqing_server with check (area <> '${village}003')`,
    );
    await expect(run(file, { passwords: path })).rejects.toThrow();
    await t.sql('drop policy never on post');
    expect(existsSync(path)).toBe(false);
    expect(await people('zhou.six')).toEqual([]);
  });

  it('acts under a security administrator’s post, and under no other', async () => {
    const file = listOf(['周七', 'zhou.seven', village, '村干部', '']);
    for (const as of ['village', 'auditor', 'nobody.here'])
      await expect(run(file, { as })).rejects.toThrow(/没有在任的这种管理员/);
    await makeAccount(t, 'sec.other', { role: 'security_admin', area: '330802' });
    await expect(run(file)).rejects.toThrow(/--as.*sec\.other/);
    // What lies outside that post is outside the command too.
    const { plan } = await run(file, { as: 'sec.other' });
    expect(plan.rows[0]?.faults[0]?.message).toContain('不在您负责的范围内');
  });

  it('says what is wrong with a file in the words of the page', async () => {
    const path = join(folder, 'no-list.csv');
    writeFileSync(path, 'hello');
    await expect(run(path, { as: 'secadmin' })).rejects.toThrow(/没有找到表头.*No heading/);
  });
});
