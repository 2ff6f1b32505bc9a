import type { LightMyRequestResponse } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, callerWith, startApp, type TestApp } from '../../tests/support/app.ts';
import type { OwnSession } from './contract.ts';
import { demoPassword } from './demo.ts';

let t: TestApp;
beforeAll(async () => {
  t = await startApp();
});
afterAll(() => t.close());

const edge =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0';

async function signInFrom(username: string, agent: string): Promise<Caller> {
  t.clock.now = new Date(t.clock.now.getTime() + 60_000);
  const answer: LightMyRequestResponse = await t.app.inject({
    method: 'POST',
    url: '/api/v1/session',
    payload: { username, password: demoPassword },
    headers: { 'user-agent': agent },
  });
  return callerWith(t.app, String(answer.headers['set-cookie']).split(';')[0] ?? '');
}

const list = async (caller: Caller): Promise<OwnSession[]> =>
  (await caller.get('/sessions')).json().items;

describe('one’s own sessions', () => {
  it('are listed with browser and system, the present one first', async () => {
    const phone = await signInFrom('village', 'Mozilla/5.0 (Linux; Android 15) MicroMessenger/8');
    const desk = await signInFrom('village', edge);
    await signInFrom('township', edge);
    const sessions = await list(desk);
    expect(sessions).toMatchObject([
      { current: true, browser: 'edge', system: 'windows', method: 'password', complete: true },
      { current: false, browser: 'wechat', system: 'android' },
    ]);
    expect((await list(phone))[0]).toMatchObject({ current: true, browser: 'wechat' });
    expect(JSON.stringify(sessions)).not.toMatch(/127\.0\.0\.1|Mozilla|token/);
  });

  it('hold neither address nor user agent in the database', async () => {
    const [row] = await t.sql(`select to_jsonb(s) as kept from session s limit 1`);
    expect(JSON.stringify(row)).not.toMatch(/127\.0\.0\.1|Mozilla/);
  });

  it('are ended one by one, at once', async () => {
    const [here, there] = [await signInFrom('county', edge), await signInFrom('county', 'x')];
    const other = (await list(here)).find(({ current }) => !current);
    expect((await here.send('DELETE', `/sessions/${other?.id}`)).statusCode).toBe(204);
    expect((await there.get('/session')).statusCode).toBe(401);
    expect((await here.get('/session')).statusCode).toBe(200);
    expect((await here.send('DELETE', `/sessions/${other?.id}`)).statusCode).toBe(404);
  });

  it('are ended all but this one', async () => {
    const callers = [
      await signInFrom('city', edge),
      await signInFrom('city', edge),
      await signInFrom('city', edge),
    ];
    expect((await callers[1]!.send('DELETE', '/sessions/others')).statusCode).toBe(204);
    const statuses = await Promise.all(callers.map((one) => one.get('/session')));
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([401, 200, 401]);
  });

  it('end by themselves as well', async () => {
    const caller = await signInFrom('civil', edge);
    const [own] = await list(caller);
    const answer = await caller.send('DELETE', `/sessions/${own?.id}`);
    expect(String(answer.headers['set-cookie'])).toMatch(/^minqing_session=;/);
    expect((await caller.get('/session')).statusCode).toBe(401);
  });

  it('are nobody else’s: another’s is neither listed nor ended', async () => {
    const victim = await signInFrom('village2', edge);
    const [session] = await list(victim);
    for (const username of ['grid', 'secadmin']) {
      const caller = await signInFrom(username, edge);
      expect((await caller.send('DELETE', `/sessions/${session?.id}`)).statusCode).toBe(404);
      expect((await caller.send('DELETE', '/sessions/others')).statusCode).toBe(204);
    }
    expect((await victim.get('/session')).statusCode).toBe(200);
  });

  it('that ran out are not listed', async () => {
    const old = await signInFrom('grid', edge);
    expect((await list(old)).length).toBeGreaterThan(0);
    t.clock.now = new Date(t.clock.now.getTime() + 2 * 3_600_000);
    expect((await list(await signInFrom('grid', edge))).length).toBe(1);
  });

  it('leave a line of the audit when ended', async () => {
    const entries = await t.sql<{ action: string }>(
      `select action from audit_entry where action in ('end_session', 'end_other_sessions')`,
    );
    expect(new Set(entries.map(({ action }) => action)).size).toBe(2);
  });
});
