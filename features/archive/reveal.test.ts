import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
let id: string;
const phone = '19900098765';
const citizenId = '990001195003051232';
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const made = await village.send(
    'POST',
    '/residents',
    {
      area: '330881002205001',
      items: {
        name: '周密',
        phone,
        citizen_id: citizenId,
        disability_certificate: `${citizenId}43`,
        chronic_illness: ['I10'],
      },
    },
    { 'idempotency-key': 'sealed' },
  );
  expect(made.statusCode).toBe(201);
  id = made.json().id;
});
afterAll(() => t.close());

const reveal = (body: object, by = village, path = `/residents/${id}`) =>
  by.send('POST', `${path}/reveals`, body);
const audit = () =>
  t.sql(
    `select action, item, purpose, category, area from audit_entry where subject = $1 and action = 'reveal' order by ctid`,
    [id],
  );

describe('a sealed item', () => {
  it('stands in no file, list, search, or history', async () => {
    const pages = [
      `/residents/${id}`,
      `/residents/${id}/changes`,
      '/residents?area=330881002205001&limit=100',
      `/search?q=${phone}`,
      `/search?q=${citizenId}`,
    ];
    for (const page of pages) {
      const { body } = await village.get(page);
      expect(body).not.toContain(phone);
      expect(body).not.toContain(citizenId);
    }
  });

  it('is shown for a purpose, alone, and that is on record', async () => {
    const answer = await reveal({ item: 'phone', purpose: 'emergency_contact' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      item: 'phone',
      view: {
        value: phone,
        source: 'village',
        asOf: '2026-06-15',
        actor: '毛村干',
        changedAt: '2026-06-15T02:00:00.000Z',
      },
      conflicts: [],
    });
    expect(answer.body).not.toContain(citizenId);
    expect(await audit()).toEqual([
      {
        action: 'reveal',
        item: 'phone',
        purpose: 'emergency_contact',
        category: 'resident',
        area: 330881002205001,
      },
    ]);
    await reveal({ item: 'phone', purpose: 'visit' });
    expect((await audit()).length).toBe(2);
  });

  it.each([
    ['no purpose', { item: 'phone' }, 400, 'purpose'],
    ['a purpose outside the catalogue', { item: 'phone', purpose: 'curiosity' }, 400, 'purpose'],
    ['words for a purpose', { item: 'phone', purpose: '我想看看' }, 400, 'purpose'],
    ['no item', { purpose: 'visit' }, 400, 'item'],
    ['an unknown item', { item: 'salary', purpose: 'visit' }, 400, 'item'],
    ['several items', { item: ['phone', 'citizen_id'], purpose: 'visit' }, 400, 'item'],
    ['an item that is not sealed', { item: 'name', purpose: 'visit' }, 403, undefined],
  ])('is not shown for %s', async (_what, body, status, field) => {
    const before = (await audit()).length;
    const answer = await reveal(body);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().errors?.[0].field).toBe(field);
    expect((await audit()).length).toBe(before);
  });

  it('is shown to a role for its groups and area only', async () => {
    const grid = await t.signIn('grid');
    expect((await reveal({ item: 'phone', purpose: 'visit' }, grid)).statusCode).toBe(200);
    for (const item of ['citizen_id', 'chronic_illness'])
      expect((await reveal({ item, purpose: 'visit' }, grid)).statusCode).toBe(403);
    const before = (await audit()).length;
    const foreign = await reveal({ item: 'phone', purpose: 'visit' }, await t.signIn('village2'));
    expect(foreign.statusCode).toBe(404);
    for (const name of ['sysadmin', 'secadmin', 'auditor', 'county'])
      expect(
        (await reveal({ item: 'phone', purpose: 'visit' }, await t.signIn(name))).statusCode,
      ).toBe(403);
    expect((await audit()).length).toBe(before);
  });

  it('without a value is told as such', async () => {
    const answer = await reveal({ item: 'school', purpose: 'visit' });
    expect(answer.json()).toEqual({ item: 'school', view: null, conflicts: [] });
  });
});

describe('opening a file', () => {
  it('is on record, with the record’s own area', async () => {
    await village.get(`/residents/${id}`);
    const rows = await t.sql(
      `select distinct action, area, purpose, role from audit_entry where subject = $1 and action = 'open_file'`,
      [id],
    );
    expect(rows).toEqual([
      { action: 'open_file', area: 330881002205001, purpose: null, role: 'village_cadre' },
    ]);
  });

  it('needs a purpose of the catalogue from a supervisor', async () => {
    const county = await t.signIn('county');
    const none = await county.get(`/residents/${id}`);
    expect(none.statusCode).toBe(403);
    expect(none.json().type).toBe('/problems/purpose-required');
    expect((await county.get(`/residents/${id}?purpose=curiosity`)).statusCode).toBe(400);
    expect((await county.get(`/residents/${id}/changes`)).statusCode).toBe(403);
    const opened = await county.get(`/residents/${id}?purpose=supervision`);
    expect(opened.statusCode).toBe(200);
    expect(opened.json().items.name.value).toBe('周密');
    const rows = await t.sql(
      `select role from audit_entry where subject = $1 and action = 'open_file' and purpose = 'supervision'`,
      [id],
    );
    expect(rows).toEqual([{ role: 'county_supervisor' }]);
  });
});

describe('the database at rest', () => {
  it('holds neither id nor phone in plain, in any column of any table', async () => {
    await village.send('PUT', '/drafts/resident:new', { body: { items: { phone, citizenId } } });
    const columns = await t.sql<{ table: string; column: string }>(`
      select c.relname as table, a.attname as column from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`);
    expect(columns.length).toBeGreaterThan(150);
    // A bytea shows as hex.
    const secrets = [phone, citizenId].flatMap((secret) => [
      `%${secret}%`,
      `%${Buffer.from(secret).toString('hex')}%`,
    ]);
    const found: object[] = [];
    for (const { table, column } of columns) {
      const rows = await t.sql(
        `select 1 from ${table} where "${column}"::text like any ($1) limit 1`,
        [secrets],
      );
      if (rows.length > 0) found.push({ table, column });
    }
    expect(found).toEqual([]);
  });

  it('keeps every value of the identity and contact groups sealed', async () => {
    for (const table of ['resident_identity', 'resident_contact']) {
      const plain = await t.sql(
        `select id, key from ${table}, jsonb_each(facts) where (value ->> 'v') not like 'v1.%'`,
      );
      expect(plain).toEqual([]);
    }
  });
});
