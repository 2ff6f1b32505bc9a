import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';
import type { LookEntry } from './contract.ts';
import { recordHanding } from './queries.ts';

let t: TestApp;
let village: Caller;
let resident: string;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const made = await village.send('POST', '/residents', {
    area: '330881002205001',
    items: { name: '周见证', phone: '19900012121', citizen_id: '990000199001010017' },
  });
  expect(made.statusCode).toBe(201);
  resident = made.json().id;
});
afterAll(() => t.close());

const later = () => {
  t.clock.now = new Date(t.clock.now.getTime() + 1000);
};

async function looks(
  by: Caller,
  query = '',
  path = `/residents/${resident}`,
): Promise<LookEntry[]> {
  const answer = await by.get(`${path}/looks${query}`);
  expect(answer.statusCode).toBe(200);
  return answer.json().items;
}

describe('who opened a file', () => {
  it('is told to those whose post covers it: who, when, under which post, for what purpose', async () => {
    const county = await t.signIn('county');
    const grid = await t.signIn('grid');
    later();
    await grid.get(`/residents/${resident}`);
    later();
    await county.get(`/residents/${resident}?purpose=supervision`);
    later();
    await village.send('POST', `/residents/${resident}/reveals`, {
      item: 'phone',
      purpose: 'visit',
    });
    const seen = await looks(village);
    expect(seen.map(({ action }) => action)).toEqual([
      'reveal',
      'open_file',
      'open_file',
      'create',
    ]);
    expect(seen[0]).toMatchObject({
      own: true,
      item: 'phone',
      purpose: 'visit',
      role: 'village_cadre',
    });
    expect(seen[1]).toMatchObject({
      own: false,
      account: { name: '郑督导' },
      post: { role: 'county_supervisor', area: { code: '330881', name: '江山市' } },
      purpose: 'supervision',
    });
    expect(seen[2]).toMatchObject({
      account: { name: '周网格' },
      post: { role: 'grid_worker', area: { name: '第一网格' } },
      purpose: null,
    });
    expect((await looks(grid)).map(({ id }) => id)).toEqual(seen.map(({ id }) => id));
  });

  it('pages, newest first, each once', async () => {
    for (let i = 0; i < 7; i++) {
      later();
      await village.get(`/residents/${resident}`);
    }
    const whole = await looks(village, '?limit=100');
    const seen: LookEntry[] = [];
    for (let cursor = ''; ; ) {
      const page = (await village.get(`/residents/${resident}/looks?limit=3${cursor}`)).json();
      seen.push(...page.items);
      if (page.next === null) break;
      cursor = `&cursor=${page.next}`;
    }
    expect(seen).toEqual(whole);
    expect((await village.get('/residents/looks')).statusCode).toBe(400);
  });

  it('tells of one’s own look at the history, but not of sign-ins, refusals and the reading of this list', async () => {
    await (await t.signIn('village2')).get(`/residents/${resident}`);
    later();
    await village.get(`/residents/${resident}/changes`);
    const kinds = new Set((await looks(village, '?limit=100')).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['change', 'look']);
    expect((await looks(village, '?limit=1'))[0]).toMatchObject({
      action: 'open_changes',
      own: true,
    });
    const [entry] = await t.sql(
      `select 1 from audit_entry where subject = $1 and kind = 'refusal'`,
      [resident],
    );
    expect(entry).toBeDefined();
  });

  it('tells who found the person by a whole number, and never the number', async () => {
    later();
    await village.get('/search?q=990000199001010017');
    later();
    await village.get('/search?q=199-0001-2121');
    later();
    await village.get(`/search?q=${encodeURIComponent('周见证')}`);
    const found = (await looks(village)).slice(0, 2);
    expect(found.map(({ action, item }) => [action, item])).toEqual([
      ['find_by_number', 'phone'],
      ['find_by_number', 'citizen_id'],
    ]);
    const nobody = await village.get('/search?q=99000019900101099X');
    expect(nobody.json().items).toEqual([]);
    const [last] = await t.sql<{ subject: string | null; item: string }>(
      "select subject, item from audit_entry where action = 'find_by_number' order by xid desc, id desc limit 1",
    );
    expect(last).toEqual({ subject: null, item: 'citizen_id' });
    const texts = await t.sql<{ line: string }>('select e::text as line from audit_entry e');
    expect(texts.some(({ line }) => /9900001990|19900012121/.test(line))).toBe(false);
  });

  it('needs a purpose from those who need one to open the file', async () => {
    const county = await t.signIn('county');
    expect((await county.get(`/residents/${resident}/looks`)).statusCode).toBe(403);
    expect((await looks(county, '?purpose=supervision')).length).toBeGreaterThan(3);
  });

  it('stays hidden from other villages and from administrators', async () => {
    const other = await t.signIn('village2');
    expect((await other.get(`/residents/${resident}/looks`)).statusCode).toBe(404);
    for (const name of ['secadmin', 'sysadmin', 'auditor'])
      expect((await (await t.signIn(name)).get(`/residents/${resident}/looks`)).statusCode).toBe(
        403,
      );
  });

  it('is there for every category of record', async () => {
    const [row] = await t.sql<Record<string, string>>(`select
      (select id from household where area = 330881002205001 limit 1) as households,
      (select id from housing where area = 330881002205001 limit 1) as housing,
      (select id from premises where area >= 330881002205000 and area < 330881002206000 limit 1) as premises,
      (select id from organisation where area = 330881002205000 limit 1) as organisations`);
    for (const [path, id] of Object.entries(row ?? {})) {
      await village.get(`/${path}/${id}`);
      const [first] = await looks(village, '', `/${path}/${id}`);
      expect(first).toMatchObject({ action: 'open_file', own: true });
    }
  });
});

describe('what leaves the system', () => {
  it('is on each record’s page, and only for records within the scope', async () => {
    const [foreign] = await t.sql<{ id: string }>(
      'select id from resident where area < 330881000000000 limit 1',
    );
    const [post] = await t.sql<{ id: string; account: string; lo: number; hi: number }>(
      `select p.id, p.account, p.lo, p.hi from post p join account a on a.id = p.account where a.username = 'village'`,
    );
    if (!post || !foreign) throw new Error('the demo district lacks a post or a resident');
    const [session] = await t.sql<{ token_hash: Buffer }>(
      'select token_hash from session where account = $1',
      [post.account],
    );
    later();
    const handed = await t.database.withActor(
      {
        tokenHash: session?.token_hash ?? Buffer.alloc(32),
        account: post.account,
        username: 'village',
        post: { ...post, role: 'village_cadre' },
        scope: { lo: post.lo, hi: post.hi },
        open: ['file'],
        reveal: [],
        write: [],
        admin: null,
        now: t.clock.now,
        day: '2026-06-15',
      },
      (tx) =>
        recordHanding(tx, {
          action: 'export',
          category: 'resident',
          subjects: [resident, foreign.id],
          purpose: 'visit',
        }),
    );
    expect(handed).toBe(1);
    expect((await looks(village))[0]).toMatchObject({
      action: 'export',
      purpose: 'visit',
      own: true,
    });
  });
});

describe('SQL as the server’s role', () => {
  async function seen(
    settings: Record<string, string>,
    where = 'true',
  ): Promise<{ kind: string; area: number; subject: string | null }[]> {
    const client = new pg.Client(t.server);
    await client.connect();
    try {
      const set = Object.entries(settings)
        .map(([name, value]) => `set local minqing.${name} = '${value}';`)
        .join('');
      await client.query(`begin;${set}`);
      return (await client.query(`select kind, area, subject from audit_entry where ${where}`))
        .rows;
    } finally {
      await client.end();
    }
  }

  it('shows nothing without a scope', async () => {
    expect(await seen({})).toEqual([]);
    expect(await seen({ account: '01970000-0000-7000-8000-000000000000' })).toEqual([]);
    expect(await seen({ lo: '', hi: '' })).toEqual([]);
  });

  it('shows a post looks and changes of records in its range, whatever is asked', async () => {
    const rows = await seen(
      { lo: '330881002205000', hi: '330881002206000', open: ',file,', write: ',list,' },
      "kind <> 'x' or true",
    );
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.every(({ kind }) => kind === 'look' || kind === 'change')).toBe(true);
    expect(rows.every(({ subject }) => subject !== null)).toBe(true);
    expect(rows.every(({ area }) => area >= 330881002205000 && area < 330881002206000)).toBe(true);
    expect(
      await seen({ lo: '330802013202000', hi: '330802013203000' }, `subject = '${resident}'`),
    ).toEqual([]);
  });

  it('does not let an entry be written in another’s name', async () => {
    const client = new pg.Client(t.server);
    await client.connect();
    await client.query(`begin; set local minqing.account = '01970000-0000-7000-8000-000000000000'`);
    await expect(
      client.query(
        `insert into audit_entry (id, at, account, kind, action) values (uuidv7(), now(), uuidv7(), 'session', 'sign_in')`,
      ),
    ).rejects.toThrow(/row-level security/);
    await client.end();
  });
});
