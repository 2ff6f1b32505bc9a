import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDictionary } from '../features/archive/dictionary.ts';
import { demoPassword } from '../features/identity/demo.ts';
import { startApp, type TestApp } from '../tests/support/app.ts';
import { createApp } from './app.ts';
import { archivePack } from './commands/demo.ts';

let t: TestApp;
let app: FastifyInstance;
const consoleFolder = mkdtempSync(join(tmpdir(), 'minqing-console-'));
beforeAll(async () => {
  t = await startApp();
  writeFileSync(join(consoleFolder, 'index.html'), '<!doctype html><title>民情</title>');
  app = await createApp({
    database: t.database,
    keys: t.keys,
    clock: () => t.clock.now,
    files: t.files,
    dictionary: loadDictionary(archivePack),
    version: '1.2.3',
    demo: false,
    secureCookies: true,
    logLevel: 'silent',
    consoleFolder,
  });
});
afterAll(async () => {
  await app.close();
  await t.close();
  rmSync(consoleFolder, { recursive: true });
});

describe('an installation behind TLS', () => {
  it('marks the cookie Secure and asks browsers to stay with HTTPS', async () => {
    const payload = { username: 'village', password: demoPassword };
    const answer = await app.inject({ method: 'POST', url: '/api/v1/session', payload });
    expect(String(answer.headers['set-cookie'])).toMatch(/; Secure(;|$)/);
    expect(answer.headers['strict-transport-security']).toBeDefined();
  });

  it('tells strangers its name and version, and no accounts', async () => {
    const answer = await app.inject('/api/v1/about');
    expect(answer.json()).toEqual({
      name: '民情 Minqing',
      version: '1.2.3',
      demo: false,
      singleSignOn: null,
    });
    expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('is alive and ready', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/readyz')).json()).toEqual({ status: 'ready' });
  });
});

describe('the console', () => {
  it('is served on every path of a page, and on none of the API', async () => {
    const headers = { accept: 'text/html' };
    for (const url of ['/', '/residents/1', '/sign-in?next=%2F']) {
      const answer = await app.inject({ url, headers });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toContain('民情');
      expect(answer.headers['cache-control']).toBe('no-cache');
    }
    const api = await app.inject({ url: '/api/v1/nothing', headers });
    expect(api.statusCode).toBe(404);
    expect(api.headers['content-type']).toContain('problem+json');
    expect((await app.inject('/residents/1')).statusCode).toBe(404);
    const posted = await app.inject({ method: 'POST', url: '/residents/1', headers });
    expect(posted.statusCode).toBe(404);
  });
});
