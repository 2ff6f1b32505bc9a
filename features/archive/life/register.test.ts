import { read, utils } from '@e965/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
const area = '330881002205001';
const people: Record<string, string> = {};
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
  const household = await made('/households', {
    area,
    items: { address: '彭里村6组1号', head: '阮甲' },
  });
  for (const [i, name] of ['阮甲', '阮乙', '阮丙', '阮丁'].entries())
    people[name] = await made('/residents', {
      area,
      items: { name, birth: '1970-01-01' },
      household: { id: household, relation: i === 0 ? '02' : '99', since: '2000-01-01' },
    });
  await act({ kind: 'marriage', day: '2026-01-10', people: [{ resident: people.阮乙 }] });
  await act({ kind: 'death', day: '2026-02-10', people: [{ resident: people.阮丙 }] });
  await act({
    kind: 'move_out',
    day: '2026-03-10',
    people: [{ resident: people.阮丁 }],
    place: '杭州',
  });
  await act({
    kind: 'birth',
    day: '2026-03-11',
    household,
    people: [{ items: { name: '阮小' }, relation: '20' }],
  });
});
afterAll(() => t.close());

async function made(path: string, body: object): Promise<string> {
  const answer = await village.send('POST', path, body);
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json().id;
}
const act = (body: object): Promise<string> =>
  made('/life-events', { proof: { kind: 'village_statement', note: '99-8' }, ...body });
const kinds = async (query: string, by = village): Promise<string[]> => {
  const answer = await by.get(`/life-events?${query}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json().items.map(({ kind }: { kind: string }) => kind);
};

describe('the register of acts of life', () => {
  it('is narrowed by kind, period and grid', async () => {
    expect(await kinds(`area=${area}`)).toEqual(['birth', 'move_out', 'death', 'marriage']);
    expect(await kinds(`area=${area}&kind=death`)).toEqual(['death']);
    expect(await kinds(`area=${area}&from=2026-02-10&to=2026-03-10`)).toEqual([
      'move_out',
      'death',
    ]);
    expect(await kinds('area=330881002205002')).toEqual([]);
    expect((await village.get('/life-events?kind=gossip')).statusCode).toBe(400);
    expect((await village.get('/life-events?area=330802013202')).statusCode).toBe(403);
  });

  it('is leafed through by keys, under the same filter', async () => {
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const answer = await village.get(
        `/life-events?area=${area}&from=2026-02-01&limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      const page: { items: { kind: string }[]; next: string | null } = answer.json();
      seen.push(...page.items.map(({ kind }) => kind));
      cursor = page.next;
    }
    expect(seen).toEqual(['birth', 'move_out', 'death']);
  });

  it('leaves as Excel for a purpose, on record for those named, without marriages', async () => {
    expect((await village.get('/life-events/export')).statusCode).toBe(400);
    const answer = await village.get(`/life-events/export?area=${area}&purpose=visit`);
    expect(answer.statusCode).toBe(200);
    const book = read(answer.rawPayload, { cellDates: false });
    const rows = utils.sheet_to_json<string[]>(book.Sheets.出入登记 ?? {}, { header: 1 });
    expect(rows.slice(2).map((row) => row.slice(1, 4))).toEqual(
      [
        ['出生', '阮小'],
        ['迁出', '阮丁', '杭州'],
        ['死亡', '阮丙'],
      ]
        .map((row) => [...row, ...Array(3 - row.length).fill(undefined)])
        .map((row) => expect.arrayContaining(row.filter(Boolean))),
    );
    expect(JSON.stringify(rows)).not.toContain('阮乙');
    const looks = await t.sql<{ subject: string }>(
      "select subject from audit_entry where action = 'export' and subject is not null",
    );
    const ids = looks.map(({ subject }) => subject);
    expect(ids).toContain(people.阮丙);
    expect(ids).not.toContain(people.阮乙);
    expect(
      (await village.get('/life-events/export?area=330802013202&purpose=visit')).statusCode,
    ).toBe(403);
  });

  it('shows a grid worker no marriage', async () => {
    const grid = await t.signIn('grid');
    expect(await kinds(`area=${area}`, grid)).toEqual(['birth', 'move_out', 'death']);
  });
});
