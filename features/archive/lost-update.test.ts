import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../server/ids.ts';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

const area = '330881002205001';
const type = (answer: { json(): { type: string } }): string => answer.json().type;

async function newPerson(): Promise<string> {
  const answer = await village.send('POST', '/residents', { area, items: { name: '周更新' } });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.etag).toBe('"1"');
  return `/residents/${answer.json().id}`;
}
const edit = (path: string, skills: string, headers: Record<string, string>, by = village) =>
  by.send('PATCH', path, { items: { skills }, reason: '核对' }, headers);

describe('an edit names the version it was made upon', () => {
  it('and is refused without one', async () => {
    const answer = await edit(await newPerson(), '书法', {});
    expect(answer.statusCode).toBe(428);
    expect(type(answer)).toBe('/problems/version-needed');
  });

  it.each(['3', '*', '"x"', '""', '"1", "2"', '"99999999999"'])(
    'written as %s is no version',
    async (etag) => {
      const answer = await edit(await newPerson(), '书法', { 'if-match': etag });
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors[0].field).toBe('If-Match');
    },
  );

  it('and is refused when that is no longer the last', async () => {
    const path = await newPerson();
    const first = await edit(path, '书法', { 'if-match': '"1"' });
    expect(first.statusCode).toBe(200);
    expect(first.headers.etag).toBe('"2"');
    const second = await edit(path, '木工', { 'if-match': '"1"' });
    expect(second.statusCode).toBe(412);
    expect(type(second)).toBe('/problems/lost-update');
    const file = await village.get(path);
    expect(file.headers.etag).toBe('"2"');
    expect(file.json().items.skills.value).toBe('书法');
    expect((await edit(path, '木工', { 'if-match': 'W/"2"' })).statusCode).toBe(200);
  });

  it('so that of editors at once one is told to look again', async () => {
    const path = await newPerson();
    const grid = await t.signIn('grid');
    const answers = await Promise.all(
      ['书法', '木工', '理发', '电脑'].map((skills, i) =>
        edit(path, skills, { 'if-match': '"1"' }, i % 2 ? grid : village),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412, 412, 412]);
    const { items } = (await village.get(`${path}/changes`)).json();
    expect(items.filter(({ kind }: { kind: string }) => kind === 'changed').length).toBe(1);
  });
});

describe('a replay with the same Idempotency-Key', () => {
  const headers = (key: string) => ({ 'idempotency-key': key });
  const people = async (name: string): Promise<number> =>
    (await t.sql('select 1 from resident where name = $1', [name])).length;

  it('is answered alike and makes one record', async () => {
    const body = { area, items: { name: '周重放' } };
    const first = await village.send('POST', '/residents', body, headers('a-1'));
    const again = await village.send('POST', '/residents', body, headers('a-1'));
    expect(first.statusCode).toBe(201);
    for (const part of ['statusCode', 'body'] as const) expect(again[part]).toBe(first[part]);
    for (const name of ['etag', 'location']) expect(again.headers[name]).toBe(first.headers[name]);
    expect(await people('周重放')).toBe(1);
  });

  it.each([
    ['with an id of the server', {}],
    ['with an id of the client', { id: newId() }],
  ])('is so too when eight come at once, %s', async (_what, more) => {
    const name = `周同时${'id' in more ? '一' : '二'}`;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        village.send(
          'POST',
          '/residents',
          { ...more, area, items: { name } },
          headers(`at once, ${'id' in more}`.replaceAll(' ', '')),
        ),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(await people(name)).toBe(1);
  });

  it('of an edit does not run into its own version', async () => {
    const path = await newPerson();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        edit(path, '书法', { 'if-match': '"1"', ...headers('edit-1') }),
      ),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(6).fill(200));
    expect(new Set(answers.map(({ headers: { etag } }) => etag))).toEqual(new Set(['"2"']));
    expect((await village.get(path)).headers.etag).toBe('"2"');
  });

  it('of an act without a body answers 204 again', async () => {
    const [home] = (await village.get('/households?limit=1')).json().items;
    const [member] = (await village.get(`/households/${home.id}`)).json().members;
    const path = `/households/${home.id}/members/${member.resident}`;
    for (let i = 0; i < 2; i++) {
      const answer = await village.send('DELETE', path, { reason: '外迁' }, headers('leave'));
      expect(answer.statusCode).toBe(204);
      expect(answer.body).toBe('');
    }
  });

  it('for another request is refused: other body, path or version', async () => {
    const path = await newPerson();
    await edit(path, '书法', { 'if-match': '"1"', ...headers('c') });
    const others = [
      edit(path, '木工', { 'if-match': '"1"', ...headers('c') }),
      edit(path, '书法', { 'if-match': '"2"', ...headers('c') }),
      edit(await newPerson(), '书法', { 'if-match': '"1"', ...headers('c') }),
    ];
    for (const answer of await Promise.all(others)) {
      expect(answer.statusCode).toBe(422);
      expect(type(answer)).toBe('/problems/key-reused');
    }
  });

  it('of somebody else is another key', async () => {
    const other = await t.signIn('village2');
    const body = { area: '330802013202001', items: { name: '周别人' } };
    await village.send('POST', '/residents', { ...body, area }, headers('mine'));
    expect((await other.send('POST', '/residents', body, headers('mine'))).statusCode).toBe(201);
  });

  it('after a refusal may be sent again, mended', async () => {
    const refused = await village.send('POST', '/residents', { area, items: {} }, headers('d'));
    expect(refused.statusCode).toBe(400);
    const mended = { area, items: { name: '周补全' } };
    expect((await village.send('POST', '/residents', mended, headers('d'))).statusCode).toBe(201);
  });

  it('keeps what was answered encrypted', async () => {
    const rows = await t.sql<{ body: Buffer }>('select body from request_receipt');
    expect(rows.length).toBeGreaterThan(5);
    for (const { body } of rows) expect(body.toString('latin1')).not.toMatch(/"id"|version/);
  });

  it.each(['', 'ä', 'a b', 'x'.repeat(101)])('must be visible characters: %j', async (key) => {
    const answer = await village.send(
      'POST',
      '/residents',
      { area, items: { name: '周' } },
      headers(key),
    );
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toBe('Idempotency-Key');
  });
});

describe('an id made by the client', () => {
  it('that is there already is told, without a key to say it is a replay', async () => {
    const id = newId();
    const body = { id, area, items: { name: '周先建' } };
    expect((await village.send('POST', '/residents', body)).json().id).toBe(id);
    const again = await village.send('POST', '/residents', body);
    expect(again.statusCode).toBe(409);
    expect(again.json()).toMatchObject({
      type: '/problems/conflict',
      detail: '这条记录已经存在',
    });
    expect((await t.sql('select 1 from archive_change where subject = $1', [id])).length).toBe(1);
  });

  it('must be a UUID', async () => {
    const answer = await village.send('POST', '/residents', {
      id: '1',
      area,
      items: { name: '周' },
    });
    expect(answer.json().errors).toEqual([
      { field: 'id', code: 'format', message: 'id：应为记录编号（UUID）' },
    ]);
  });
});
