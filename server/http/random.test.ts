import fc from 'fast-check';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerWith, startApp, type TestApp } from '../../tests/support/app.ts';
import { xlsxType } from '../spreadsheet/taken.ts';

let t: TestApp;
let callers: Caller[];
let ids: Record<string, string>;
let routes: { method: 'get' | 'post' | 'put' | 'patch' | 'delete'; path: string; body: Schema }[];

/** As much of JSON Schema as the routes use. */
interface Schema {
  type?: string;
  format?: string;
  pattern?: string;
  const?: unknown;
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  patternProperties?: Record<string, Schema>;
}
interface Operation {
  requestBody?: { content: { 'application/json'?: { schema: Schema } } };
}

beforeAll(async () => {
  t = await startApp();
  callers = [callerWith(t.app, '')];
  for (const name of ['village', 'civil', 'county', 'secadmin', 'auditor', 'sysadmin'])
    callers.push(await t.signIn(name));
  const { paths } = (await t.app.inject('/api/v1/openapi.json')).json();
  routes = Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { requestBody }]) => ({
        method: method as 'get',
        path,
        body: requestBody?.content['application/json']?.schema ?? {},
      })),
  );
  const [row] = await t.sql<Record<string, string>>(`select
    (select id from resident where area = 330881002205001 limit 1) as residents, (select id from household where area = 330881002205001 limit 1) as households,
    (select id from housing where area = 330881002205001 limit 1) as housing, (select id from premises where area = 330881002205001 limit 1) as premises,
    (select id from organisation where area = 330881002205000 limit 1) as organisations, (select id from account limit 1) as accounts, (select id from post limit 1) as posts`);
  ids = row ?? {};
});
afterAll(() => t.close());

/** Words that requests know, so that more than the first check is reached. */
const keys = fc.constantFrom(
  ...`id area items reason asOf household resident housing relation registered since kind role item purpose body username
    password name current next post active until from department key q limit cursor tag missing stale ageFrom
    ageTo residenceKind posts count level parent action account subject incomplete phone citizen_id sex birth chronic_illness address skills
    constructor __proto__`.split(/\s+/),
);
const words = fc.constantFrom(
  '330881002205001',
  '330881002205',
  '3308',
  '33',
  '01970000-0000-7000-8000-000000000000',
  '2026-06-01',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '02',
  'owns',
  'operator',
  'visit',
  'phone',
  'name',
  'village_cadre',
  'all',
  'exact',
  'true',
  '0',
  '100',
  '9007199254740993',
  '-1',
  '1e400',
  'dog',
  'lives_alone',
  '张三',
  'zhang',
  '19900000001',
  '990001195003051232',
  '',
  ' ',
  "'",
  '%',
  '\0',
  '\u{20bb7}',
  '\ud800',
  '\u202e',
  'x'.repeat(300),
  '[object Object]',
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    words,
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(keys, fc.string()), tie('any'), { maxKeys: 6 }),
  ),
})).any;
/** What mostly fits a schema, and now and then does not: one field in six is anything. */
function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(([key, inner]) => [
      key,
      fc.oneof({ weight: 5, arbitrary: fitting(inner) }, { weight: 1, arbitrary: value }),
    ]);
    return fc.record(Object.fromEntries(fields), { requiredKeys: [] });
  }
  if (schema.patternProperties) return fc.dictionary(keys, fc.oneof(words, value), { maxKeys: 4 });
  if (schema.format === 'uuid') return fc.constantFrom(...Object.values(ids));
  if (schema.format === 'date') return fc.constantFrom('2026-06-01', '0001-01-01', '9999-12-31');
  if (schema.pattern?.includes('{15}')) return fc.constantFrom('330881002205001', '3308', '330802');
  if (schema.type === 'boolean') return fc.boolean();
  return schema.type === 'string' ? words : value;
}

const form = fc.dictionary(keys, fc.oneof(words, value), { maxKeys: 7 });
const who = fc.nat({ max: 6 });
const segment = fc.oneof(fc.constant(undefined), fc.constant(undefined), words, fc.string());

/** A path with its parameters filled in: mostly by a record that is there. */
function filled(path: string, wild: string | undefined): string {
  const kind = path.split('/')[3] ?? '';
  return path
    .replace('/api/v1', '')
    .replace('{code}', '330881002205')
    .replace('{key}', 'resident:new')
    .replace('{resident}', ids.residents ?? '')
    .replace('{id}', encodeURIComponent((wild ?? ids[kind] ?? '').toWellFormed()) || 'x');
}

function expectAnswer(what: string, answer: LightMyRequestResponse): void {
  const type = String(answer.headers['content-type'] ?? '');
  const told = { what, status: answer.statusCode, body: answer.body.slice(0, 300) };
  expect(told.status, JSON.stringify(told)).toBeLessThan(500);
  if (answer.statusCode === 204) {
    expect(answer.body).toBe('');
    return;
  }
  // On to another address: with nothing to read. Where to is single-sign-on.test.ts's to see.
  if (answer.statusCode === 303) {
    expect(answer.headers.location, JSON.stringify(told)).toMatch(/^\/sign-in/);
    return;
  }
  // A list that is taken out is a workbook; what stands in it is for the exports' own tests to see.
  if (answer.statusCode === 200 && type === xlsxType) {
    expect(answer.rawPayload.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    return;
  }
  expect(type, JSON.stringify(told)).toMatch(/^application\/(problem\+)?json/);
  expect(answer.statusCode >= 400).toBe(type.startsWith('application/problem+json'));
  const read = JSON.parse(answer.body);
  if (answer.statusCode >= 400)
    expect(read).toMatchObject({ status: answer.statusCode, title: expect.any(String) });
}

const runs = { numRuns: 60, seed: 20_260_615 };

describe('whatever is sent, the answer is JSON or a workbook, and no fault of the server', () => {
  it('knows its routes', () => {
    expect(routes.length).toBeGreaterThan(40);
  });

  it('random bodies to every writing route', { timeout: 180_000 }, async () => {
    for (const { method, path, body: schema } of routes.filter(({ method }) => method !== 'get')) {
      // One does not sign out in the middle.
      if (path.startsWith('/api/v1/session') && method === 'delete') continue;
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(form, fitting(schema), fitting(schema)),
          value,
          who,
          segment,
          fc.integer({ min: 0, max: 7 }),
          async (object, other, i, wild, bare) => {
            const url = filled(path, wild);
            const body = bare === 0 ? other : object;
            const headers = {
              'content-type': 'application/json',
              ...(method === 'patch' ? { 'if-match': '"1"' } : {}),
            };
            const answer = await callers[i]!.send(
              method.toUpperCase() as 'POST',
              url,
              JSON.stringify(body) as unknown as object,
              headers,
            );
            expectAnswer(`${method} ${url} ${JSON.stringify(body)}`, answer);
          },
        ),
        runs,
      );
    }
  });

  it('random queries to every reading route', { timeout: 180_000 }, async () => {
    for (const { path } of routes.filter((route) => route.method === 'get')) {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(keys, fc.oneof(words, fc.string({ unit: 'binary' }))), {
            maxLength: 4,
          }),
          fc.oneof(fc.constant(''), fc.string()),
          who,
          segment,
          async (pairs, raw, i, wild) => {
            const query = pairs.map(
              ([key, text]) => `${key}=${encodeURIComponent(text.toWellFormed())}`,
            );
            const url = `${filled(path, wild)}?${[...query, encodeURI(raw.toWellFormed())].join('&')}`;
            expectAnswer(url, await callers[i]!.get(url));
          },
        ),
        runs,
      );
    }
  });

  it('random items to the writer, past the schema', { timeout: 180_000 }, async () => {
    const { categories } = (await callers[1]!.get('/dictionary')).json();
    const paths = {
      resident: 'residents',
      household: 'households',
      housing: 'housing',
      premises: 'premises',
      organisation: 'organisations',
    };
    for (const [category, path] of Object.entries(paths)) {
      const item = fc.constantFrom(
        ...categories[category].items.map(({ key }: { key: string }) => key),
      );
      const leaf = fc.oneof(
        words,
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(words, { maxLength: 3 }),
      );
      await fc.assert(
        fc.asyncProperty(
          fc.dictionary(item as fc.Arbitrary<string>, leaf, { maxKeys: 5 }),
          words,
          async (items, text) => {
            const own = { name: 'n', address: 'a', ...items };
            const made = await callers[1]!.send('POST', `/${path}`, {
              area: '330881002205001',
              items: own,
              reason: text,
            });
            expectAnswer(`POST ${path} ${JSON.stringify(own)}`, made);
            const id = made.statusCode === 201 ? made.json().id : ids[path];
            const edit = { items, reason: text || 'r', asOf: '2026-06-15' };
            const etag = String((await callers[1]!.get(`/${path}/${id}`)).headers.etag);
            expectAnswer(
              `PATCH ${path} ${JSON.stringify(edit)}`,
              await callers[1]!.send('PATCH', `/${path}/${id}`, edit, { 'if-match': etag }),
            );
            expectAnswer('read', await callers[1]!.get(`/${path}/${id}`));
            expectAnswer('changes', await callers[1]!.get(`/${path}/${id}/changes`));
          },
        ),
        { ...runs, numRuns: 60 },
      );
    }
  });
});
