import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
let township: Caller;
let household: string;
let resident: string;
beforeAll(async () => {
  t = await startApp();
  [village, township] = [await t.signIn('village'), await t.signIn('township')];
  const { items } = (await village.get('/households?limit=1')).json();
  household = items[0].id;
  resident = (await village.get(`/households/${household}`)).json().members[0].resident;
});
afterAll(() => t.close());

const make = async (path: string, items: object, area = '330881002205001'): Promise<string> => {
  const answer = await village.send('POST', path, { area, items });
  expect(answer.statusCode).toBe(201);
  expect(answer.headers.location).toBe(`/api/v1${path}/${answer.json().id}`);
  return answer.json().id;
};

const nobody = '01970000-0000-7000-8000-000000000000';

/** A record of that category in another county, and one in the next village of the same township. */
const foreign = async (table: string, where: string): Promise<string> =>
  (await t.sql<{ id: string }>(`select id from ${table} where ${where} limit 1`))[0]?.id ?? '';

describe('a household’s dwellings', () => {
  it('are tied, shown on both sides, on record, and tied once', async () => {
    const housing = await make('/housing', { address: '彭里村1组66号', code: 'FW66', use: 'own' });
    for (const kind of ['owns', 'owns', 'rents']) {
      const answer = await village.send('POST', `/households/${household}/housing`, {
        housing,
        kind,
      });
      expect(answer.statusCode).toBe(204);
    }
    const file = (await village.get(`/households/${household}`)).json();
    expect(file.housing).toEqual(
      expect.arrayContaining([
        {
          id: housing,
          code: 'FW66',
          address: '彭里村1组66号',
          use: 'own',
          safetyGrade: null,
          kind: 'owns',
        },
        expect.objectContaining({ id: housing, kind: 'rents' }),
      ]),
    );
    expect(file.housing.length).toBe(3);
    expect((await village.get(`/housing/${housing}`)).json().households).toMatchObject([
      { id: household },
      { id: household },
    ]);
    const [entry] = await t.sql(
      `select action, category from audit_entry where subject = $1 and action = 'linked' limit 1`,
      [household],
    );
    expect(entry).toEqual({ action: 'linked', category: 'household' });
  });

  it('must exist, within the scope, with a known kind', async () => {
    const send = (body: object) => village.send('POST', `/households/${household}/housing`, body);
    expect((await send({ housing: nobody, kind: 'owns' })).statusCode).toBe(404);
    const elsewhere = await foreign('housing', 'county = 330802');
    expect((await send({ housing: elsewhere, kind: 'owns' })).statusCode).toBe(404);
    const wrong = await send({ housing: nobody, kind: 'borrows' });
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().errors[0].field).toBe('kind');
  });
});

describe('the people of premises', () => {
  it('are named, and shown with the premises, the person and the household', async () => {
    const premises = await make('/premises', { name: '彭里豆腐坊', state: 'active' });
    const answer = await village.send('POST', `/premises/${premises}/people`, {
      resident,
      role: 'legal_person',
    });
    expect(answer.statusCode).toBe(204);
    const { people } = (await village.get(`/premises/${premises}`)).json();
    expect(people).toMatchObject([{ resident, role: 'legal_person' }]);
    const link = {
      id: premises,
      name: '彭里豆腐坊',
      state: 'active',
      role: 'legal_person',
      resident,
    };
    expect((await village.get(`/residents/${resident}`)).json().premises).toContainEqual(link);
    expect((await village.get(`/households/${household}`)).json().premises).toContainEqual(link);
    const { items } = (await village.get(`/premises/${premises}/changes`)).json();
    expect(items.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['created', 'linked']);
    const { other } = items.find(({ kind }: { kind: string }) => kind === 'linked');
    expect(other).toMatchObject({ category: 'resident', id: resident, as: 'legal_person' });
    expect(other.name).toMatch(/./);
  });

  it('must exist within the scope', async () => {
    const premises = await make('/premises', { name: '彭里茶室' });
    for (const id of [nobody, await foreign('resident', 'county = 330802')]) {
      const answer = await village.send('POST', `/premises/${premises}/people`, {
        resident: id,
        role: 'operator',
      });
      expect(answer.statusCode).toBe(404);
    }
  });
});

describe('a member', () => {
  it('must live in the same grid: a move is an act of its own', async () => {
    const neighbour = await foreign(
      'resident',
      'area >= 330881002000000 and area < 330881003000000 and area / 1000 <> 330881002205',
    );
    const answer = await township.send('POST', `/households/${household}/members`, {
      resident: neighbour,
      relation: 'zz',
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().errors[0]).toMatchObject({ field: 'relation' });
    const other = await township.send('POST', `/households/${household}/members`, {
      resident: neighbour,
      relation: '97',
    });
    expect(other.statusCode).toBe(409);
    expect(other.json().detail).toContain('迁移');
  });

  it('needs a reason to be taken off', async () => {
    const path = `/households/${household}/members/${resident}`;
    for (const body of [undefined, {}, { reason: '' }]) {
      const answer = await village.send('DELETE', path, body);
      expect(answer.statusCode).toBe(400);
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    expect((await village.send('DELETE', path, { reason: '分户' })).statusCode).toBe(204);
    const { items } = (await village.get(`/households/${household}/changes`)).json();
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'unlinked',
        reason: '分户',
        actor: '毛村干',
        other: expect.objectContaining({ category: 'resident', id: resident, as: null }),
      }),
    );
  });

  it('can be taken off and edited at the same time by two people', async () => {
    const { items } = (await village.get('/households?limit=12&area=330881002205003')).json();
    for (const { id } of items as { id: string }[]) {
      const [member] = (await village.get(`/households/${id}`)).json().members;
      const etag = String((await village.get(`/residents/${member.resident}`)).headers.etag);
      const answers = await Promise.all([
        village.send('DELETE', `/households/${id}/members/${member.resident}`, { reason: '外迁' }),
        village.send(
          'PATCH',
          `/residents/${member.resident}`,
          { items: { lives_alone: true }, reason: '独居' },
          { 'if-match': etag },
        ),
      ]);
      const statuses = answers.map(({ statusCode }) => statusCode);
      // Whoever comes second sees the first one's version.
      expect([
        [204, 200],
        [204, 412],
      ]).toContainEqual(statuses);
    }
  });
});
