import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

interface Hit {
  category: string;
  id: string;
  title: string;
  detail: string | null;
  area: { code: string };
}

async function find(query: Record<string, string>): Promise<Hit[]> {
  const answer = await village.get(`/search?${new URLSearchParams(query)}`);
  expect(answer.statusCode).toBe(200);
  return answer.json().items;
}

describe('a name and a house number', () => {
  it.each(['12', '12号', '3组12号'])('together find who lives there: %s', async (house) => {
    const { items } = (await village.get('/search?q=12号&limit=50')).json();
    const household = items.find(({ title }: Hit) => title === '彭里村3组12号');
    const file = (await village.get(`/households/${household.id}`)).json();
    const hits = await find({ q: `${file.head.slice(0, 1)} ${house}`, limit: '50' });
    expect(hits).toContainEqual(
      expect.objectContaining({ category: 'resident', title: file.head, detail: file.address }),
    );
  });
});

describe('a search for one category', () => {
  it('finds dwellings by their address, which the search over all leaves to the household', async () => {
    const all = await find({ q: '12号', limit: '50' });
    expect(all.some(({ category }) => category === 'household')).toBe(true);
    expect(all.some(({ category }) => category === 'housing')).toBe(false);
    const housing = await find({ q: '12号', limit: '10', category: 'housing' });
    expect(new Set(housing.map(({ category }) => category))).toEqual(new Set(['housing']));
    expect(housing.some(({ title }) => title.endsWith('组12号'))).toBe(true);
  });

  it('takes several words, and keeps to the scope', async () => {
    const named = await find({ q: '彭里 王', limit: '50', category: 'resident' });
    expect(named.length).toBeGreaterThan(10);
    for (const hit of named) {
      expect(hit.category).toBe('resident');
      expect(hit.title).toContain('王');
      expect(hit.area.code.startsWith('330881002205')).toBe(true);
    }
    expect(await find({ q: '上洋', category: 'housing' })).toEqual([]);
  });

  it('is refused for a category that does not exist', async () => {
    const answer = await village.get('/search?q=12&category=pet');
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0].field).toMatch(/category/);
  });
});
