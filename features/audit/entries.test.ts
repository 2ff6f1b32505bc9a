import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { AuditEntry } from './contract.ts';
import { type EntryFilter, type EntryList, listEntries } from './entries.ts';

let t: TestApp;
let auditor: Caller;
beforeAll(async () => {
  t = await startApp();
  auditor = await t.signIn('auditor');
  const village = await t.signIn('village');
  await village.get('/areas/330881002205/book');
  // Rare acts over the years, and many others.
  await t.sql(`insert into audit_entry (county, id, at, account, role, kind, action, category, subject, area, purpose)
    select 330881, uuidv7(), day, (select id from account where username = 'county'), 'county_supervisor', 'look', 'export', 'resident', uuidv7(),
           330881002205001, 'election' from unnest(array['2026-06-14', '2026-03-01', '2024-02-29', '2021-12-31']::timestamptz[]) day`);
  await t.sql(`insert into audit_entry (county, id, at, kind, action, area)
    select 330802, uuidv7(), '2026-06-15T02:00:00Z'::timestamptz - g * interval '1 day', 'look', 'open_file', 330802013202001 from generate_series(1, 300) g`);
});
afterAll(() => t.close());

const get = async (query: string): Promise<{ items: AuditEntry[]; next: string | null }> => {
  const answer = await auditor.get(`/audit?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};
const days = (items: AuditEntry[]) => items.map(({ at }) => at.slice(0, 10));

describe('the auditor’s filters', () => {
  it('find what is rare however long ago', async () => {
    const wanted = ['2026-06-14', '2026-03-01', '2024-02-29', '2021-12-31'];
    for (const query of [
      'purpose=election',
      'action=export',
      'role=county_supervisor',
      'kind=look&area=330881002205001',
    ]) {
      const { items, next } = await get(query);
      expect(days(items)).toEqual(wanted);
      expect(next).toBeNull();
    }
  });

  it('are kind, post, name, area and period', async () => {
    const post = (await (await t.signIn('village')).get('/session')).json().post;
    expect((await get(`post=${post}&kind=look`)).items.map(({ action }) => action)).toEqual([
      'open_book',
    ]);
    for (const who of ['village', encodeURIComponent('毛村干')]) {
      const { items } = await get(`who=${who}&kind=session`);
      expect(items.length).toBeGreaterThan(0);
      expect(items.every(({ account }) => account?.username === 'village')).toBe(true);
    }
    expect((await get('who=vill')).items).toEqual([]);
    expect((await get('area=330802&limit=100')).items).toHaveLength(100);
    expect((await get('area=330803')).items).toEqual([]);
    expect(days((await get('purpose=election&from=2024-02-29&until=2026-03-01')).items)).toEqual([
      '2026-03-01',
      '2024-02-29',
    ]);
    // Days are those of Shanghai: 2026-03-01 00:00 UTC is eight in the morning there.
    expect((await get('purpose=election&from=2026-03-02&until=2026-06-13')).items).toEqual([]);
    expect((await get('kind=look&from=2026-06-16')).items).toEqual([]);
  });

  it('say under which post, and what it covers', async () => {
    const [book] = (await get('action=open_book')).items;
    expect(book).toMatchObject({
      kind: 'look',
      account: { username: 'village' },
      post: { role: 'village_cadre', department: null, area: { code: '330881002205' } },
      category: 'area',
      item: '330881002205',
      times: 1,
    });
  });

  it('refuse what is none', async () => {
    for (const query of ['kind=gossip', 'area=x', 'from=2026-02-30', 'post=1', 'who=', 'cursor=x'])
      expect((await auditor.get(`/audit?${query}`)).statusCode).toBe(400);
  });
});

describe('a search that takes long', () => {
  it('hands over what it has, and goes on from there until the end', async () => {
    const [post] = await t.sql<{
      id: string;
      account: string;
      lo: number;
      hi: number;
      token: Buffer;
    }>(
      `select p.id, p.account, p.lo, p.hi, s.token_hash as token from post p join account a on a.id = p.account join session s on s.account = a.id
        where a.username = 'auditor' limit 1`,
    );
    if (!post) throw new Error('no auditor');
    const actor = {
      tokenHash: post.token,
      account: post.account,
      username: 'auditor',
      post: { id: post.id, role: 'audit_admin', lo: post.lo, hi: post.hi },
      scope: null,
      open: [],
      reveal: [],
      write: [],
      admin: 'audit' as const,
      now: t.clock.now,
      day: '2026-06-15',
    };
    const page = (filter: Partial<EntryFilter>): Promise<EntryList> =>
      t.database.withActor(actor, (tx) =>
        listEntries(tx, { limit: 3, purpose: 'election', ...filter }, -1),
      );
    const found: string[] = [];
    let pages = 0;
    for (let before: EntryFilter['before'] | null; before !== null; pages++) {
      const { items, next } = await page({ before });
      found.push(...days(items));
      before = next;
    }
    expect(found).toEqual(['2026-06-14', '2026-03-01', '2024-02-29', '2021-12-31']);
    expect(pages).toBeGreaterThan(10);
  });
});
