import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

// What of sealed items stands beside a name (DOMAIN.md, section 3). The access matrix tries every role; here are
// the cases it found, by name.

let t: TestApp;
let household: string;
let resident: string;
const area = '330881002205001';
beforeAll(async () => {
  t = await startApp();
  const village = await t.signIn('village');
  household = (
    await village.send('POST', '/households', {
      area,
      items: { address: '彭里村9组99号', pets: ['dog'] },
    })
  ).json().id;
  resident = (
    await village.send('POST', '/residents', {
      area,
      items: {
        name: '周密',
        phone: '19900098765',
        citizen_id: '990001195003051232',
        chronic_illness: ['I10'],
        assistance_status: 'minimum',
        lives_alone: true,
      },
      household: { id: household, relation: '01' },
    })
  ).json().id;
});
afterAll(() => t.close());

const tagsSeen: [who: string, tags: string[], idMask: boolean, phoneMask: boolean][] = [
  ['grid', ['lives_alone', 'chronic', 'low_income'], false, true],
  ['village', ['lives_alone', 'chronic', 'low_income'], true, true],
  ['township', ['lives_alone', 'chronic', 'low_income'], true, true],
  ['county', ['lives_alone'], false, false],
  ['city', ['lives_alone'], false, false],
  ['civil', ['low_income'], false, false],
];

describe('beside a name', () => {
  it.each(tagsSeen)(
    '%s sees its tags and masks, in files, lists and hits',
    async (who, tags, id, phone) => {
      const caller = await t.signIn(who);
      const masks = {
        idMask: id ? '9900**********1232' : null,
        phoneMask: phone ? '199****8765' : null,
      };
      const purpose = 'purpose=visit';
      const file = (await caller.get(`/residents/${resident}?${purpose}`)).json();
      expect(file).toMatchObject({ name: '周密', tags, ...masks });
      const family = (await caller.get(`/households/${household}?${purpose}`)).json();
      expect(family.members).toMatchObject([{ resident, tags, ...masks }]);
      const rows: { id: string }[] = [];
      for (let cursor = '', more = true; more; ) {
        const page = (await caller.get(`/residents?area=${area}&limit=100${cursor}`)).json();
        rows.push(...page.items);
        more = page.next !== null;
        cursor = `&cursor=${page.next}`;
      }
      expect(rows.find((row) => row.id === resident)).toMatchObject({ tags, ...masks });
      const hits = (await caller.get('/search?q=周密')).json().items;
      expect(hits.find((hit: { id: string }) => hit.id === resident)).toMatchObject({
        phoneMask: masks.phoneMask,
      });
    },
  );

  it('lists nobody by a tag that is not shown', async () => {
    const list = async (who: string, tag: string): Promise<number> =>
      (await (await t.signIn(who)).get(`/residents?tag=${tag}&limit=1`)).statusCode;
    expect(await list('county', 'lives_alone')).toBe(200);
    expect(await list('county', 'chronic')).toBe(403);
    expect(await list('civil', 'low_income')).toBe(200);
    expect(await list('civil', 'chronic')).toBe(403);
    expect(await list('grid', 'chronic')).toBe(200);
  });

  it('tells the pages which tags are shown', async () => {
    const shown = async (who: string): Promise<string[]> =>
      (await (await t.signIn(who)).get('/dictionary'))
        .json()
        .tags.filter((tag: { shown: boolean }) => tag.shown)
        .map((tag: { key: string }) => tag.key);
    expect(await shown('civil')).toEqual(['low_income']);
    expect(await shown('county')).not.toContain('disabled');
    expect(await shown('village')).toContain('disabled');
    expect(await shown('auditor')).toEqual([]);
  });

  it('finds nobody by the marks of the search index', async () => {
    for (const who of ['county', 'village'])
      for (const q of ['t:r:chronic', 't：r：low_income', '!:r:phone', 't:h:dog'])
        expect((await (await t.signIn(who)).get(`/search?q=${q}`)).json().items).toEqual([]);
  });
});

it('an edit by a department leaves the household’s own tags as they are', async () => {
  const civil: Caller = await t.signIn('civil');
  const tags = async () =>
    (await t.sql<{ tags: string[] }>('select tags from household where id = $1', [household]))[0]
      ?.tags;
  expect(await tags()).toEqual(['lives_alone', 'chronic', 'low_income', 'dog']);
  const [row] = await t.sql<{ version: number }>('select version from resident where id = $1', [
    resident,
  ]);
  const edited = await civil.send(
    'PATCH',
    `/residents/${resident}`,
    { items: { marital_status: '10', assistance_status: null }, reason: '核查' },
    { 'if-match': `"${row?.version}"` },
  );
  expect(edited.statusCode).toBe(200);
  expect(await tags()).toEqual(['lives_alone', 'chronic', 'dog']);
});
