import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { networkOf } from './attempts.ts';
import { demoPassword } from './demo.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp({ signInLimit: 6, trustProxy: ['10.0.0.0/8'] });
});
afterAll(() => t.close());

const attempt = (
  username: string,
  password: string,
  remoteAddress = '192.0.2.1',
  headers: Record<string, string> = {},
) =>
  t.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username, password },
    remoteAddress,
    headers,
  });

const statuses = async (tries: ReturnType<typeof attempt>[]): Promise<number[]> =>
  (await Promise.all(tries)).map(({ statusCode }) => statusCode);

describe('refused sign-ins from one address', () => {
  it('are held after the limit, whatever the names, and go on a minute later', async () => {
    for (let i = 0; i < 6; i++) expect((await attempt(`name${i}`, 'x')).statusCode).toBe(401);
    const held = await attempt('village', demoPassword);
    expect(held.statusCode).toBe(429);
    expect(held.headers['retry-after']).toBe('60');
    expect(held.json()).toMatchObject({ type: '/problems/too-many' });
    expect((await attempt('village', demoPassword, '192.0.2.2')).statusCode).toBe(201);
    t.clock.now = new Date(t.clock.now.getTime() + 60_000);
    expect((await attempt('village', demoPassword)).statusCode).toBe(201);
  });

  it('are held too when they come all at once', async () => {
    const tries = Array.from({ length: 20 }, (_, i) => attempt(`all${i}`, 'x', '192.0.2.3'));
    const found = await statuses(tries);
    expect(found.filter((status) => status === 401).length).toBe(6);
    expect(found.filter((status) => status === 429).length).toBe(14);
  });

  it('are counted alone: a whole office may sign in', async () => {
    const names = ['village', 'village2', 'township', 'county', 'city', 'civil', 'grid', 'auditor'];
    for (const name of names)
      expect((await attempt(name, demoPassword, '192.0.2.4')).statusCode).toBe(201);
  });

  it('behind a trusted proxy are counted by the caller’s address; nobody else names one', async () => {
    const from = (address: string, proxy: string) =>
      attempt('nobody', 'x', proxy, { 'x-forwarded-for': address });
    for (let i = 0; i < 6; i++)
      expect((await from('198.51.100.1', '10.1.1.1')).statusCode).toBe(401);
    expect((await from('198.51.100.1', '10.1.1.1')).statusCode).toBe(429);
    expect((await from('198.51.100.2', '10.1.1.1')).statusCode).toBe(401);
    for (let i = 0; i < 6; i++)
      expect((await from(`198.51.100.${i + 10}`, '192.0.2.66')).statusCode).toBe(401);
    expect((await from('198.51.100.99', '192.0.2.66')).statusCode).toBe(429);
  });

  it('are counted for a subscriber’s network in IPv6', () => {
    expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(networkOf('2001:db8:0:1::1')).toBe(networkOf('2001:0db8:0000:0001:ffff:0:0:9'));
    expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8:0:2::1'));
    expect(networkOf('fe80::1%eth0')).toBe(networkOf('fe80::2'));
    expect(networkOf('::1')).toBe('0:0:0:0');
  });
});
