import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archivePack } from '../../../server/commands/demo.ts';
import { hashToken } from '../../../server/crypto.ts';
import { newId } from '../../../server/ids.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { picturesOf, textOf } from '../../../tests/support/paper.ts';
import { Sessions } from '../../identity/sessions.ts';
import { shapes } from '../categories.ts';
import { loadDictionary } from '../dictionary.ts';
import { listSheets } from './list.ts';

let t: TestApp;
let village: Caller;
let grid: Caller;
let household: string;

beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  grid = await t.signIn('grid');
  const [row] = await t.sql<{ id: string }>(
    'select id from household where area = 330881002205001 and members >= 3 order by id limit 1',
  );
  household = row?.id ?? '';
});
afterAll(() => t.close());

/** The pictures of papers, to be looked at by whoever changes them: MINQING_PAPERS names a folder. */
async function keep(name: string, pdf: Buffer): Promise<void> {
  const folder = process.env.MINQING_PAPERS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const [at, png] of (await picturesOf(pdf)).entries())
    writeFileSync(join(folder, `${name}-${at + 1}.png`), png);
}

function sheetOf(file: Buffer): {
  rows: Record<string, unknown>[];
  about: unknown[][];
  mark: string;
} {
  const book = read(file, { cellDates: true });
  const [first = '', second = ''] = book.SheetNames;
  const sheet = book.Sheets[first];
  const about = book.Sheets[second];
  if (!sheet || !about) throw new Error('a sheet is missing');
  return {
    rows: utils.sheet_to_json(sheet, { range: 1, defval: null }),
    about: utils.sheet_to_json(about, { header: 1 }),
    mark: String(sheet.A1?.v),
  };
}

const lastExports = (): Promise<
  { purpose: string; detail: string; subject: string | null; area: number }[]
> =>
  t.sql(
    "select id, purpose, detail, subject, area from audit_entry where action = 'export' order by xid desc, id desc",
  );

describe('a list to Excel', () => {
  it('holds what the list shows: words for codes, days, masks, who and why', async () => {
    const answer = await village.get('/residents/export?purpose=visit&area=330881002205001');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-disposition']).toContain(encodeURIComponent('居民名单'));
    const { rows, about, mark } = sheetOf(answer.rawPayload);
    const list = (
      await village.get('/residents?area=330881002205001&limit=100&count=exact')
    ).json();
    expect(rows.length).toBe(list.total);
    expect(rows.slice(0, 100).map((row) => row.姓名)).toEqual(
      list.items.map(({ name }: { name: string }) => name),
    );
    const [one] = list.items;
    expect(rows[0]).toMatchObject({
      性别: one.sex === '1' ? '男' : '女',
      公民身份号码: one.idMask,
      联系电话: one.phoneMask,
      户号: one.household.number,
    });
    expect(rows[0]?.出生日期).toBeInstanceOf(Date);
    expect(mark).toContain('仅用于走访核实');
    expect(Object.fromEntries(about)).toMatchObject({
      用途: '走访核实',
      行数: rows.length,
    });
    expect(answer.rawPayload.toString('latin1')).not.toContain('99088119');
  });

  it('is on record: once with filter, count and purpose, and on the page of each one in it', async () => {
    const answer = await village.get(
      '/residents/export?purpose=visit&area=330881002205001&ageFrom=80',
    );
    const { rows, about } = sheetOf(answer.rawPayload);
    const entry = Object.fromEntries(about).审计编号;
    const entries = await lastExports();
    const whole = entries.find(
      ({ subject, detail }) => subject === null && detail.includes('ageFrom=80'),
    );
    expect(whole).toMatchObject({ id: entry, purpose: 'visit', area: 330881002205001 });
    expect(whole?.detail).toMatch(new RegExp(`^${rows.length} rows; `));
    expect(entries.filter(({ detail }) => detail === `list ${entry}`)).toHaveLength(rows.length);
  });

  it.each([
    ['without a purpose', '?area=330881002205001', 400],
    ['for a purpose of one’s own', '?purpose=curiosity', 400],
    ['of a neighbouring village', '?purpose=visit&area=330881002206', 403],
    ['by a tag that tells of health', '?purpose=visit&tag=chronic', 403],
    ['by a tag that tells of income', '?purpose=visit&tag=low_income', 403],
  ])('is refused %s, and nothing goes on record as taken', async (_what, query, status) => {
    const before = (await lastExports()).length;
    expect((await village.get(`/residents/export${query}`)).statusCode).toBe(status);
    expect((await lastExports()).length).toBe(before);
  });

  it('never goes beyond the post, whoever exports', async () => {
    const { rows } = sheetOf((await grid.get('/residents/export?purpose=visit')).rawPayload);
    const [{ n } = { n: 0 }] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident where area = 330881002205001',
    );
    expect(rows.length).toBe(n);
    const auditor = await t.signIn('auditor');
    expect((await auditor.get('/residents/export?purpose=visit')).statusCode).toBe(403);
  });

  it('tells no tag of health or income', async () => {
    const { rows } = sheetOf((await village.get('/residents/export?purpose=visit')).rawPayload);
    const tags = new Set(rows.flatMap((row) => String(row.标签 ?? '').split('、')));
    expect(tags.has('独居')).toBe(true);
    for (const tag of ['慢性病', '残疾', '低收入']) expect(tags.has(tag)).toBe(false);
  });

  it('holds a name that begins like a formula as a text', async () => {
    for (const name of ['=1+1', '@SUM', '+861', '-2'])
      await village.send('POST', '/organisations', { area: '330881002205001', items: { name } });
    const book = read((await village.get('/organisations/export?purpose=visit')).rawPayload, {
      cellFormula: true,
    });
    const cells = Object.values(book.Sheets.组织名单 ?? {}) as {
      v?: unknown;
      f?: string;
      t?: string;
    }[];
    const named = cells.filter(({ v }) => ['=1+1', '@SUM', '+861', '-2'].includes(String(v)));
    expect(named).toHaveLength(4);
    for (const cell of named) expect([cell.t, cell.f]).toEqual(['s', undefined]);
  });

  it.each(['households', 'housing', 'premises', 'organisations'])(
    'is there for %s',
    async (path) => {
      const { rows } = sheetOf((await village.get(`/${path}/export?purpose=visit`)).rawPayload);
      const { total } = (await village.get(`/${path}?count=exact&limit=1`)).json();
      expect(rows.length).toBe(total);
    },
  );
});

describe('a household’s file as PDF', () => {
  it('says in selectable Chinese what the file shows, with the watermark as a drawing', async () => {
    const answer = await village.get(`/households/${household}/file.pdf?purpose=errand`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/pdf');
    await keep('household', answer.rawPayload);
    const pages = await textOf(answer.rawPayload);
    const text = pages.join('');
    const file = (await village.get(`/households/${household}`)).json();
    for (const words of [
      '一户一档',
      file.address.replace(/\s/g, ''),
      '家庭成员',
      '公民身份号码',
      `第1页，共${pages.length}页`,
    ])
      expect(text).toContain(words);
    for (const member of file.members) {
      expect(text).toContain(member.name);
      if (member.idMask) expect(text).toContain(member.idMask);
    }
    expect(text).not.toContain('仅用于帮办代办');
    expect(text).not.toMatch(/99\d{15}[\dX]/);
  });

  it('names its entry of the audit, where the purpose stands', async () => {
    const answer = await village.get(`/households/${household}/file.pdf?purpose=errand`);
    const text = (await textOf(answer.rawPayload)).join('');
    const [entry] = await t.sql<{ id: string; purpose: string }>(
      "select id, purpose from audit_entry where action = 'print' and subject = $1 order by xid desc, id desc limit 1",
      [household],
    );
    expect(entry?.purpose).toBe('errand');
    expect(text).toContain(entry?.id);
  });

  it('is refused without a purpose, and beyond the post', async () => {
    expect((await village.get(`/households/${household}/file.pdf`)).statusCode).toBe(400);
    const [other] = await t.sql<{ id: string }>(
      'select id from household where area < 330881002205000 or area >= 330881002206000 limit 1',
    );
    const answer = await village.get(`/households/${other?.id}/file.pdf?purpose=visit`);
    expect(answer.statusCode).toBe(404);
  });
});

describe('the book of a village as PDF', () => {
  it('says the figures of the book, for a purpose, on record', async () => {
    const answer = await village.get('/areas/330881002205/book.pdf?purpose=supervision');
    expect(answer.statusCode).toBe(200);
    await keep('book', answer.rawPayload);
    const text = (await textOf(answer.rawPayload)).join('');
    const book = (await village.get('/areas/330881002205/book')).json();
    for (const words of [
      '一村一册',
      book.area.name,
      '年龄结构',
      book.counts.residents.toLocaleString('zh-CN'),
    ])
      expect(text).toContain(words);
    const [entry] = await t.sql<{ id: string; item: string; purpose: string }>(
      "select id, item, purpose from audit_entry where action = 'print' order by xid desc, id desc limit 1",
    );
    expect(entry).toMatchObject({ item: '330881002205', purpose: 'supervision' });
    expect(text).toContain(entry?.id);
  });

  it('is refused above and beside the post', async () => {
    expect((await village.get('/areas/330881/book.pdf?purpose=visit')).statusCode).toBe(403);
    expect((await village.get('/areas/330881002206/book.pdf?purpose=visit')).statusCode).toBe(404);
  });
});

describe('a resident’s copy', () => {
  const someone = async (): Promise<string> => {
    const [row] = await t.sql<{ id: string }>(
      `select r.id from resident r join resident_health h on h.county = r.county and h.id = r.id
        where r.area = 330881002205001 and h.facts ? 'chronic_illness' order by r.id limit 1`,
    );
    return row?.id ?? '';
  };
  const revealsOf = (id: string): Promise<{ item: string; purpose: string }[]> =>
    t.sql("select item, purpose from audit_entry where action = 'reveal' and subject = $1", [id]);

  it('holds every item, sealed ones too, each on record as a reveal for this right', async () => {
    const id = await someone();
    const answer = await village.get(`/residents/${id}/copy.pdf?purpose=rights`);
    expect(answer.statusCode).toBe(200);
    await keep('copy', answer.rawPayload);
    const text = (await textOf(answer.rawPayload)).join('');
    const shown = await revealsOf(id);
    expect(shown.map(({ item }) => item)).toEqual(
      expect.arrayContaining(['citizen_id', 'chronic_illness']),
    );
    expect(new Set(shown.map(({ purpose }) => purpose))).toEqual(new Set(['rights']));
    for (const item of ['citizen_id', 'phone']) {
      const { view } = (
        await village.send('POST', `/residents/${id}/reveals`, { item, purpose: 'rights' })
      ).json();
      if (view) expect(text).toContain(view.value);
    }
  });

  it('is refused for another purpose, to who does not see all of it, and beyond the post', async () => {
    const id = await someone();
    const before = (await revealsOf(id)).length;
    expect((await village.get(`/residents/${id}/copy.pdf?purpose=visit`)).statusCode).toBe(400);
    expect((await grid.get(`/residents/${id}/copy.pdf?purpose=rights`)).statusCode).toBe(403);
    const [other] = await t.sql<{ id: string }>(
      'select id from resident where area >= 330881002206000 limit 1',
    );
    expect((await village.get(`/residents/${other?.id}/copy.pdf?purpose=rights`)).statusCode).toBe(
      404,
    );
    expect((await revealsOf(id)).length).toBe(before);
  });
});

describe('a long list, by a job', () => {
  const start = (caller: Caller, body: object) => caller.send('POST', '/exports', body);
  const whole = { category: 'resident', filter: {}, purpose: 'visit' };

  it('is made under the post, for its maker alone, within a day, sealed at rest', async () => {
    const started = await start(village, whole);
    expect(started.statusCode).toBe(202);
    const { job } = started.json();
    expect((await village.get(`/exports/${job}/file`)).statusCode).toBe(404);
    await t.worker().drain();
    const view = (await village.get(`/jobs/${job}`)).json();
    expect(view).toMatchObject({ state: 'done', result: { link: `/api/v1/exports/${job}/file` } });
    const file = await village.get(`/exports/${job}/file`);
    expect(file.statusCode).toBe(200);
    const { rows, about } = sheetOf(file.rawPayload);
    const [{ n } = { n: 0 }] = await t.sql<{ n: number }>(
      'select count(*)::int as n from resident where area >= 330881002205000 and area < 330881002206000',
    );
    expect(rows.length).toBe(n);
    expect(Object.fromEntries(about)).toMatchObject({ 行数: n });
    const entries = await lastExports();
    expect(
      entries.filter(({ detail }) => detail === `list ${Object.fromEntries(about).审计编号}`),
    ).toHaveLength(n);
    for (const other of ['grid', 'township', 'sysadmin', 'auditor']) {
      const caller = await t.signIn(other);
      expect((await caller.get(`/exports/${job}/file`)).statusCode).toBeGreaterThanOrEqual(403);
    }
    const stored = [];
    for await (const one of t.files.list('exports')) stored.push(one.key);
    expect(stored).toEqual([`exports/${job}/file`]);
    const morning = t.clock.now;
    t.clock.now = new Date(morning.getTime() + 25 * 3_600_000);
    try {
      const later = await t.signIn('village');
      const gone = await later.get(`/exports/${job}/file`);
      expect(gone.statusCode).toBe(404);
      expect(gone.json().detail).toContain('重新导出');
    } finally {
      t.clock.now = morning;
    }
  });

  it('is refused at once beyond the post, by a sensitive tag, without a purpose of the catalogue', async () => {
    expect((await start(village, { ...whole, filter: { area: '330881002206' } })).statusCode).toBe(
      403,
    );
    expect((await start(village, { ...whole, filter: { tag: 'disabled' } })).statusCode).toBe(403);
    expect((await start(village, { ...whole, purpose: 'curiosity' })).statusCode).toBe(400);
    expect((await start(await t.signIn('auditor'), whole)).statusCode).toBe(403);
  });
});

describe('what is read meanwhile', () => {
  // The day that has passed in between ended the session.
  beforeAll(async () => {
    village = await t.signIn('village');
  });

  it('does not change under a list: a resident added after its first page is not in it', async () => {
    const before = sheetOf((await village.get('/organisations/export?purpose=visit')).rawPayload)
      .rows.length;
    const taken = listed(async () => {
      const added = await village.send('POST', '/organisations', {
        area: '330881002205001',
        items: { name: '后来的小组' },
      });
      expect(added.statusCode).toBe(201);
    });
    expect((await taken).length).toBe(before);
    const after = sheetOf((await village.get('/organisations/export?purpose=visit')).rawPayload)
      .rows.length;
    expect(after).toBe(before + 1);
  });

  it('has a limit, said in words', async () => {
    await expect(listed(async () => {}, 3)).rejects.toMatchObject({
      key: 'invalid',
      errors: [
        { field: 'area', code: 'too_many', message: { zh: expect.stringContaining('超过 3 行') } },
      ],
    });
  });
});

/** The organisations of the village, read in a snapshot; `meanwhile` runs after it was taken. */
async function listed(meanwhile: () => Promise<void>, most = 5_000): Promise<unknown[]> {
  const dictionary = loadDictionary(archivePack);
  const sessions = new Sessions(t.database, () => t.clock.now);
  const actor = sessions.actor(await sessions.find(hashToken(village.cookie.split('=')[1] ?? '')));
  return t.database.withActor(
    actor,
    async (tx) => {
      const [sheet] = await listSheets(tx, dictionary, {
        shape: shapes.organisation,
        filter: {},
        purpose: 'visit',
        marks: ['测试'],
        entry: newId(),
        most,
      });
      await meanwhile();
      return Array.fromAsync(sheet?.rows ?? []);
    },
    { snapshot: true },
  );
}
