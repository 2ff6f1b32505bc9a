import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../tests/support/app.ts';

let t: TestApp;
let village: Caller;
beforeAll(async () => {
  t = await startApp();
  village = await t.signIn('village');
});
afterAll(() => t.close());

interface Wanted {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'HEAD';
  url: string;
  payload?: string;
  type?: string;
  headers?: Record<string, string>;
}

const call = ({ method = 'GET', url, payload, type, headers = {} }: Wanted) =>
  t.app.inject({
    method,
    url,
    headers: { cookie: village.cookie, ...(type ? { 'content-type': type } : {}), ...headers },
    ...(payload === undefined ? {} : { payload }),
  });

function expectProblem(answer: LightMyRequestResponse, status: number, key: string): void {
  expect({ status: answer.statusCode, type: answer.headers['content-type'] }).toEqual({
    status,
    type: 'application/problem+json; charset=utf-8',
  });
  expect(answer.json()).toMatchObject({ type: `/problems/${key}`, status });
}

describe('what cannot be read is refused with a problem document', () => {
  const url = '/api/v1/households';
  const json = 'application/json';
  it.each<[string, Wanted, number, string]>([
    ['malformed JSON', { url, payload: '{"area":', type: json }, 400, 'bad-request'],
    ['no JSON at all', { url, payload: '', type: json }, 400, 'bad-request'],
    ['a poisoned key', { url, payload: '{"__proto__":{"a":1}}', type: json }, 400, 'bad-request'],
    ['text', { url, payload: '{"area":"33"}', type: 'text/plain' }, 415, 'unsupported-type'],
    [
      'a form',
      { url, payload: 'a=1', type: 'application/x-www-form-urlencoded' },
      415,
      'unsupported-type',
    ],
    ['XML', { url, payload: '<a/>', type: 'application/xml' }, 415, 'unsupported-type'],
    ['an array', { url, payload: '[]', type: json }, 400, 'invalid'],
    ['a text as JSON', { url, payload: '"x"', type: json }, 400, 'invalid'],
    ['null', { url, payload: 'null', type: json }, 400, 'invalid'],
    ['a number', { url, payload: '12', type: json }, 400, 'invalid'],
    [
      'too deep nesting',
      { url, payload: `{"area":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, type: json },
      400,
      'bad-request',
    ],
    [
      'too deep nesting beside',
      {
        url,
        payload: `{"area":"330881002205","items":{"address":"x"},"more":${'{"a":'.repeat(90_000)}1${'}'.repeat(90_000)}}`,
        type: json,
        headers: { 'idempotency-key': 'deep' },
      },
      400,
      'bad-request',
    ],
    [
      'over a megabyte',
      { url, payload: `"${'x'.repeat(1_100_000)}"`, type: json },
      413,
      'too-large',
    ],
  ])('%s', async (_what, wanted, status, key) => {
    expectProblem(await call({ method: 'POST', ...wanted }), status, key);
  });

  it('a draft nested too deep', async () => {
    const deep = `{"body":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const answer = await call({
      method: 'PUT',
      url: '/api/v1/drafts/x',
      payload: deep,
      type: json,
    });
    expectProblem(answer, 400, 'bad-request');
  });

  it.each<[string, Wanted, number, string]>([
    ['an unknown path', { url: '/api/v1/nothing' }, 404, 'not-found'],
    ['an unknown path outside the API', { url: '/nothing' }, 404, 'not-found'],
    ['a path that climbs', { url: '/api/v1/../../etc/passwd' }, 404, 'not-found'],
    ['a path that cannot be decoded', { url: '/api/v1/residents/%E0%A4%A' }, 400, 'bad-request'],
    [
      'a method that the path does not know',
      { method: 'DELETE', url: '/api/v1/residents' },
      405,
      'method-not-allowed',
    ],
    [
      'another one',
      { method: 'PUT', url: '/api/v1/residents/01970000-0000-7000-8000-000000000000' },
      405,
      'method-not-allowed',
    ],
    ['OPTIONS', { method: 'OPTIONS', url: '/api/v1/residents' }, 405, 'method-not-allowed'],
    ['OPTIONS of nothing', { method: 'OPTIONS', url: '/api/v1/nothing' }, 404, 'not-found'],
    [
      'POST of what is only read',
      { method: 'POST', url: '/api/v1/search?q=x' },
      405,
      'method-not-allowed',
    ],
  ])('%s', async (_what, wanted, status, key) => {
    expectProblem(await call(wanted), status, key);
  });

  it('a refused method says which are allowed', async () => {
    const answer = await call({ method: 'PATCH', url: '/api/v1/session' });
    expectProblem(answer, 405, 'method-not-allowed');
    expect(String(answer.headers.allow).split(', ')).toEqual(['DELETE', 'GET', 'HEAD', 'POST']);
  });

  it('HEAD is GET without the body', async () => {
    const head = await call({ method: 'HEAD', url: '/api/v1/about' });
    expect(head.statusCode).toBe(200);
    expect(head.body).toBe('');
    const none = await call({ method: 'HEAD', url: '/api/v1/nothing' });
    expect(none.statusCode).toBe(404);
    expect(none.headers['content-type']).toContain('application/problem+json');
  });
});

describe('the language of a problem', () => {
  const problem = async (language?: string) => {
    const answer = await t.app.inject({
      url: '/api/v1/session',
      headers: language === undefined ? {} : { 'accept-language': language },
    });
    return [answer.headers['content-language'], answer.json().title];
  };

  it('is Chinese, unless English is asked for first', async () => {
    for (const language of [undefined, '', '*', 'fr', 'zh', 'zh-CN,en;q=0.8', 'xen'])
      expect(await problem(language)).toEqual(['zh-CN', '请先登录']);
    for (const language of ['en', 'EN-us', 'en-GB,en;q=0.9,zh;q=0.5', 'fr,en'])
      expect(await problem(language)).toEqual(['en', 'Please sign in']);
  });

  it('holds for its fields', async () => {
    const send = (headers: Record<string, string>) =>
      village.send('POST', '/households', { area: '33', items: {}, reason: 5 }, headers);
    expect((await send({})).json().errors).toEqual([
      { field: 'reason', code: 'type', message: 'reason：类型应为 string' },
    ]);
    expect((await send({ 'accept-language': 'en' })).json().errors).toEqual([
      { field: 'reason', code: 'type', message: 'reason: should be string' },
    ]);
  });
});

describe('over a real connection', () => {
  let port: number;
  beforeAll(async () => {
    await t.app.listen({ host: '127.0.0.1', port: 0 });
    port = (t.app.server.address() as AddressInfo).port;
  });

  /** Sends the beginning of a body and reads the answer, which must come before the rest is sent. */
  function begin(headers: Record<string, string>, chunk: string) {
    return new Promise<{ status: number; body: string }>((done, fail) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/households',
          headers: { cookie: village.cookie, 'content-type': 'application/json', ...headers },
        },
        (answer) => {
          const parts: Buffer[] = [];
          answer.on('data', (part: Buffer) => parts.push(part));
          answer.on('end', () => {
            sent.destroy();
            done({ status: answer.statusCode ?? 0, body: Buffer.concat(parts).toString() });
          });
        },
      );
      sent.on('error', fail);
      sent.write(chunk);
    });
  }

  it('a body of 100 MB is refused by its length, before it was sent', async () => {
    const answer = await begin({ 'content-length': '104857600' }, '{"area":"');
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({
      type: '/problems/too-large',
      title: '提交的内容过大',
    });
  });

  it('a body without a length is refused when it grows over a megabyte', async () => {
    const answer = await begin({ 'transfer-encoding': 'chunked' }, `"${'x'.repeat(1_200_000)}`);
    expect(answer.status).toBe(413);
  });

  it('serves the next request after such a refusal', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });
});
