import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createVault } from '../../../server/crypto.ts';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { type Client, clientOf } from '../../../tests/support/system-client.ts';
import { testNow } from '../../../tests/support/template.ts';
import type { NewSecret, System, Systems } from './contract.ts';

let t: TestApp;
let admin: Caller;
beforeAll(async () => {
  t = await startApp();
  admin = await t.signIn('secadmin');
});
afterAll(() => t.close());

const wanted = {
  name: '卫健系统',
  source: 'health',
  area: '330881',
  items: ['resident.education', 'resident.chronic_illness'],
  groups: ['health'],
  values: true,
};

async function makeSystem(more: object = {}): Promise<Client> {
  const made = await admin.send('POST', '/gather/systems', { ...wanted, ...more });
  expect(made.statusCode, made.body).toBe(201);
  return clientOf(t.app, t.clock, made.json());
}

const systemOf = async (id: string): Promise<System> => {
  const answer = await admin.get(`/gather/systems/${id}`);
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
};

describe('a system', () => {
  it('is made with a secret that is told once and lies encrypted', async () => {
    const client = await makeSystem();
    expect(client.secret).toMatch(/^[\w-]{43}$/);
    const [kept] = await t.sql<{ secret: string }>(
      'select secret from gather_secret where system = $1',
      [client.id],
    );
    expect(kept?.secret).not.toContain(client.secret);
    expect(createVault(t.keys).open(kept?.secret ?? '')).toBe(client.secret);
    const shown = await admin.get(`/gather/systems/${client.id}`);
    expect(shown.body).not.toContain(client.secret);
    expect(shown.json()).toMatchObject({
      name: '卫健系统',
      sourceName: '卫健',
      area: { code: '330881', name: '江山市' },
      groups: ['health'],
      sending: null,
      endedAt: null,
    });
  });

  it('stands in the list; the newest first, withdrawn ones last', async () => {
    const [first, second] = [await makeSystem(), await makeSystem()];
    await admin.send('POST', `/gather/systems/${second.id}/withdraw`, { reason: '试用结束' });
    const { items } = (await admin.get('/gather/systems')).json<Systems>();
    const at = (id: string) => items.findIndex((one) => one.id === id);
    expect(at(first.id)).toBeLessThan(at(second.id));
    expect(items[at(second.id)]).toMatchObject({ endReason: '试用结束' });
  });

  it.each([
    ['source', { source: 'nobody' }],
    ['source', { source: 'resident' }],
    ['area', { area: '33' }],
    ['area', { area: '999999' }],
    ['items', { items: ['resident.no_such_item'] }],
    ['items', { items: ['account.password_hash'] }],
    ['groups', { groups: [] }],
    ['groups', { items: ['resident.phone'] }],
    ['webhook', { webhook: 'ftp://example.org/' }],
    ['webhook', { webhook: 'http://example.org/' }],
    ['webhook', { webhook: 'https://user:pass@example.org/' }],
    ['webhook', { webhook: 'https://10.1.2.3/' }],
    ['webhook', { webhook: 'https://127.0.0.1/' }],
    ['webhook', { webhook: 'https://[::1]/' }],
    ['webhook', { webhook: 'https://[::ffff:10.0.0.1]/' }],
    ['webhook', { webhook: 'https://localhost/' }],
    ['webhook', { webhook: 'https://169.254.169.254/latest/meta-data' }],
    ['webhook', { webhook: 'https://example.org/', items: [], groups: [] }],
  ])('is refused with a wrong %s, saying so: %j', async (field, more) => {
    const refused = await admin.send('POST', '/gather/systems', { ...wanted, ...more });
    expect(refused.statusCode).toBe(400);
    expect(refused.json().errors.map((one: { field: string }) => one.field)).toContain(field);
  });

  it('is told in Chinese which group has to be named', async () => {
    const refused = await admin.send('POST', '/gather/systems', { ...wanted, groups: [] });
    expect(refused.json().errors[0].message).toContain('须先选定该类别');
  });

  it('is made once under one Idempotency-Key', async () => {
    const twice = await Promise.all(
      [1, 2].map(() => admin.send('POST', '/gather/systems', wanted, { 'idempotency-key': 'one' })),
    );
    expect(new Set(twice.map((one) => one.json().id)).size).toBe(1);
  });
});

describe('a secret', () => {
  it('is changed with an overlap: both are good, then the new one alone', async () => {
    const old = await makeSystem();
    const rotated = await admin.send('POST', `/gather/systems/${old.id}/secret`, {
      overlapDays: 2,
    });
    expect(rotated.statusCode, rotated.body).toBe(201);
    const { secret, oldUntil } = rotated.json<NewSecret>();
    const fresh = clientOf(t.app, t.clock, { id: old.id, secret });
    const both = async () => [
      (await old.get('/changes')).statusCode,
      (await fresh.get('/changes')).statusCode,
    ];
    expect(await both()).toEqual([200, 200]);
    expect((await systemOf(old.id)).oldSecretUntil).toBe(oldUntil);
    t.clock.now = new Date(testNow.getTime() + 2 * 86_400_000 + 1);
    expect(await both()).toEqual([401, 200]);
    t.clock.now = testNow;
  });

  it('that is known to others ends at once where no overlap is given, and of three two', async () => {
    const first = await makeSystem();
    const rotate = async (overlapDays: number) =>
      clientOf(t.app, t.clock, {
        id: first.id,
        secret: (
          await admin.send('POST', `/gather/systems/${first.id}/secret`, { overlapDays })
        ).json<NewSecret>().secret,
      });
    const second = await rotate(30);
    const third = await rotate(30);
    const good = async (client: Client) => (await client.get('/changes')).statusCode === 200;
    expect([await good(first), await good(second), await good(third)]).toEqual([false, true, true]);
    const fourth = await rotate(0);
    expect([await good(second), await good(third), await good(fourth)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('a system that was withdrawn', () => {
  it('is not let in any more, and cannot be changed', async () => {
    const client = await makeSystem({ webhook: 'https://example.org/' });
    expect((await client.get('/changes')).statusCode).toBe(200);
    const path = `/gather/systems/${client.id}`;
    expect((await admin.send('POST', `${path}/withdraw`, { reason: '停用' })).statusCode).toBe(204);
    const refused = await client.get('/changes');
    expect([refused.statusCode, refused.json().type]).toEqual([401, '/problems/signature-refused']);
    const answers = await Promise.all([
      admin.send('POST', `${path}/withdraw`, { reason: '再次' }),
      admin.send('POST', `${path}/secret`, { overlapDays: 0 }),
      admin.send('PUT', `${path}/webhook`, { address: 'https://example.org/b' }),
      admin.send('POST', `${path}/replay`, { from: 'now' }),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([409, 409, 409, 409]);
  });

  it('needs a reason', async () => {
    const { id } = await makeSystem();
    const refused = await admin.send('POST', `/gather/systems/${id}/withdraw`, { reason: '  ' });
    expect(refused.json().errors[0].field).toBe('reason');
  });
});

describe('an address to send to', () => {
  it('is set, changed and taken away; sending begins with what changes from then on', async () => {
    const { id } = await makeSystem();
    const path = `/gather/systems/${id}`;
    const set = (address: string | null) => admin.send('PUT', `${path}/webhook`, { address });
    const none = await admin.send('POST', `${path}/replay`, { from: 'now' });
    expect([none.statusCode, none.json().detail]).toEqual([409, '这个系统没有推送地址，请先填写']);
    expect((await set('https://example.org/a')).statusCode).toBe(204);
    expect((await systemOf(id)).sending).toMatchObject({ state: 'current', tries: 0 });
    expect((await set('https://192.168.1.1/')).json().errors[0].field).toBe('address');
    expect((await set(null)).statusCode).toBe(204);
    expect(await systemOf(id)).toMatchObject({ webhook: null, sending: null });
  });

  it('is replayed from a cursor that can be read, and is kept still', async () => {
    const { id } = await makeSystem({ webhook: 'https://example.org/' });
    const replay = async (from: string) => {
      const answer = await admin.send('POST', `/gather/systems/${id}/replay`, { from });
      return answer.statusCode === 204 ? 204 : answer.json().type;
    };
    const seconds = Math.floor(t.clock.now.getTime() / 1000);
    expect(await replay(`5-${seconds}`)).toBe(204);
    expect(await replay('oldest')).toBe(204);
    expect(await replay('tomorrow')).toBe('/problems/bad-cursor');
    expect(await replay(`5-${seconds - 91 * 86_400}`)).toBe('/problems/cursor-gone');
  });
});

describe('whoever is no security administrator of the area', () => {
  it('neither sees nor changes systems', async () => {
    const { id } = await makeSystem();
    const others = await Promise.all(
      ['village', 'township', 'county', 'sysadmin', 'auditor'].map((name) => t.signIn(name)),
    );
    for (const other of others) {
      expect((await other.get('/gather/systems')).statusCode).toBe(403);
      expect((await other.get(`/gather/systems/${id}`)).statusCode).toBe(403);
      expect((await other.send('POST', '/gather/systems', wanted)).statusCode).toBe(403);
    }
  });
});
