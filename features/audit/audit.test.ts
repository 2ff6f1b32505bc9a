import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { AuditEntry } from './contract.ts';

let t: TestApp;
let auditor: Caller;
let village: Caller;
let resident: string;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const made = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周见证', phone: '19900012121' },
  });
  resident = made.json().id;
  const path = `/residents/${resident}`;
  await later(() => village.get(path));
  await later(() => village.send('POST', `${path}/reveals`, { item: 'phone', purpose: 'visit' }));
  await later(() =>
    village.send(
      'PATCH',
      path,
      { items: { skills: '书法' }, reason: '走访' },
      { 'if-match': '"1"' },
    ),
  );
  auditor = await t.signIn('auditor');
});
afterAll(() => t.close());

async function later<T>(act: () => Promise<T>): Promise<T> {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
  return act();
}

async function list(query = '', by = auditor): Promise<AuditEntry[]> {
  const answer = await by.get(`/audit${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json().items;
}

describe('the record of what was seen and done', () => {
  it('tells of one person’s file who did what, when, under which role and for what purpose', async () => {
    const entries = await list(`?subject=${resident}`);
    expect(entries.map(({ action }) => action)).toEqual(['edit', 'reveal', 'open_file', 'create']);
    expect(entries[1]).toMatchObject({
      at: '2026-06-15T02:00:02.000Z',
      account: { username: 'village', name: '毛村干' },
      role: 'village_cadre',
      category: 'resident',
      item: 'phone',
      purpose: 'visit',
      area: { code: '330881002205001', name: '第一网格' },
    });
  });

  it('holds nothing of the person', async () => {
    const { body } = await auditor.get(`/audit?subject=${resident}`);
    for (const secret of ['周见证', '19900012121', '书法', '走访'])
      expect(body).not.toContain(secret);
  });

  it('is filtered by action and by account', async () => {
    const account = (await village.get('/session')).json().account.id;
    const signIns = await list('?action=sign_in');
    expect(signIns.map((entry) => entry.account?.username).sort()).toEqual(['auditor', 'village']);
    const own = await list(`?account=${account}&action=reveal`);
    expect(own.map(({ subject }) => subject)).toEqual([resident]);
    expect(await list('?action=nothing')).toEqual([]);
  });

  it('pages newest first, each entry once, while more are written', async () => {
    for (let i = 0; i < 12; i++) await village.get(`/residents/${resident}`);
    const all = await list('?limit=100');
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    const seen: string[] = [];
    for (let cursor = '', more = true; more; ) {
      const page = (await auditor.get(`/audit?limit=5${cursor}`)).json();
      seen.push(...page.items.map(({ id }: AuditEntry) => id));
      await village.get(`/residents/${resident}`);
      t.clock.now = new Date(t.clock.now.getTime() + 1000);
      more = page.next !== null;
      cursor = `&cursor=${page.next}`;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const missed = all.map(({ id }) => id).filter((id) => !seen.includes(id));
    expect(missed).toEqual([]);
  });

  it('is read by the auditor only', async () => {
    for (const name of ['village', 'county', 'secadmin', 'sysadmin']) {
      const answer = await (await t.signIn(name)).get('/audit');
      expect(answer.statusCode).toBe(403);
    }
    expect((await t.app.inject('/api/v1/audit')).statusCode).toBe(401);
  });

  it('of another county is not shown to a county’s auditor', async () => {
    await t.sql(`update post set lo = 330802000000000, hi = 330803000000000
      where account = (select id from account where username = 'auditor')`);
    const narrow = await t.signIn('auditor');
    expect(await list(`?subject=${resident}`, narrow)).toEqual([]);
    await (await t.signIn('village2')).get('/households?limit=1');
    const users = (await list('', narrow)).map((entry) => entry.account?.username);
    expect(users).toContain('village2');
    expect(users).not.toContain('village');
  });

  it('is written with an act or not at all', async () => {
    const count = async () =>
      (await t.sql('select 1 from audit_entry where action = $1', ['edit'])).length;
    const before = await count();
    const stale = { 'if-match': '"1"' };
    const body = { items: { skills: '木工' }, reason: '走访' };
    expect((await village.send('PATCH', `/residents/${resident}`, body, stale)).statusCode).toBe(
      412,
    );
    expect(await count()).toBe(before);
    const hidden = await (await t.signIn('village2')).get(`/residents/${resident}`);
    expect(hidden.statusCode).toBe(404);
    const left = await t.sql(
      `select e.action from audit_entry e join account a on a.id = e.account where e.subject = $1 and a.username = 'village2'`,
      [resident],
    );
    expect(left).toEqual([{ action: 'refused' }]);
  });
});
