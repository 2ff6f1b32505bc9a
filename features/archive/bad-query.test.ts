import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

describe('a query that cannot be is refused', () => {
  const id = '01970000-0000-7000-8000-000000000000';
  it.each([
    ['/residents?limit=0', 'limit'],
    ['/residents?limit=101', 'limit'],
    ['/residents?limit=ten', 'limit'],
    ['/residents?limit=1.5', 'limit'],
    ['/residents?limit=5&limit=6', 'limit'],
    ['/residents?area=33088', 'area'],
    ['/residents?area=3308810022O5', 'area'],
    ['/residents?ageFrom=-1', 'ageFrom'],
    ['/residents?ageTo=151', 'ageTo'],
    ['/residents?stale=maybe', 'stale'],
    ['/residents?posts=some', 'posts'],
    ['/residents?tag=Dog%27s', 'tag'],
    ['/residents/12', 'id'],
    [`/residents/${id.slice(1)}`, 'id'],
    [`/residents/${id}/changes?limit=0`, 'limit'],
    ['/search', 'q'],
    ['/search?q=', 'q'],
    [`/search?q=${'x'.repeat(61)}`, 'q'],
    ['/areas?limit=501', 'limit'],
    ['/areas?level=street', 'level'],
    ['/areas/12345', 'code'],
    ['/areas/abc/book', 'code'],
  ])('%s', async (path, field) => {
    const answer = await village.get(path);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ type: '/problems/invalid', errors: [{ field }] });
  });

  it('nothing is found by quotes and percent signs', async () => {
    for (const q of ["'", '"', '%', '%%', '_', '\\', "' or 1=1 --", '%00', '\0', '（）', '   '])
      expect((await village.get(`/search?q=${encodeURIComponent(q)}`)).json().items ?? []).toEqual(
        [],
      );
  });

  it('a cursor that was tampered with, cut short, or is of another list', async () => {
    const { next } = (await village.get('/residents?limit=2')).json();
    const [body = '', signature = ''] = next.split('.');
    const forged = Buffer.from('[0,"","00000000-0000-0000-0000-000000000000"]').toString(
      'base64url',
    );
    const bad = [
      `${forged}.${signature}`,
      body,
      `${body}.`,
      `${body}.${signature.slice(1)}`,
      'x',
      '.',
      '%00',
    ];
    const paths = bad.map((cursor) => `/residents?cursor=${cursor}`);
    const elsewhere = ['/households', '/areas', `/residents/${id}/changes`].map(
      (path) => `${path}?cursor=${next}`,
    );
    for (const path of [...paths, ...elsewhere]) {
      const answer = await village.get(path);
      expect({ path, type: answer.json().type }).toEqual({ path, type: '/problems/bad-cursor' });
      expect(answer.statusCode).toBe(400);
    }
    const auditor = await t.signIn('auditor');
    expect((await auditor.get(`/audit?cursor=${next}`)).json().type).toBe('/problems/bad-cursor');
    expect((await village.get(`/residents?cursor=${next}`)).statusCode).toBe(200);
  });
});
