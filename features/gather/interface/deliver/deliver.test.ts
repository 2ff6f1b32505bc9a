import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../../tests/support/app.ts';
import { runSystemJob } from '../../../../tests/support/system-job.ts';
import { testNow } from '../../../../tests/support/template.ts';
import type { Changed, Deliveries, NewSecret, System } from '../contract.ts';
import { isSignedBy } from '../signature/judge.ts';
import { isDigestOf, messageOf } from '../signature/message.ts';
import { readSignature, textParameter } from '../signature/read.ts';
import { givenUpAfter } from './job.ts';

interface Got {
  path: string;
  fields: IncomingMessage['headers'];
  body: string;
  events: Changed[];
  next: string;
}

/** The other side: a real server that keeps what it was sent and answers as it is told. */
class Receiver {
  got: Got[] = [];
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece) => pieces.push(piece));
      request.on('end', () => {
        const body = Buffer.concat(pieces).toString('utf8');
        const { events, next } = JSON.parse(body);
        this.got.push({ path: request.url ?? '', fields: request.headers, body, events, next });
        this.answer(response);
      });
    });
  }

  async start(port = 0): Promise<void> {
    await new Promise<void>((ready) => this.#server.listen(port, '127.0.0.1', ready));
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?from=minqing`;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}

const minute = 60_000;
let t: TestApp;
let admin: Caller;
let cadre: Caller;
let receiver: Receiver;

beforeAll(async () => {
  t = await startApp({ webhookNetworks: ['127.0.0.0/8'] });
  admin = await t.signIn('secadmin');
  cadre = await t.signIn('village');
});
afterAll(() => t.close());
beforeEach(async () => {
  receiver = new Receiver();
  await receiver.start();
});
afterEach(async () => {
  await receiver.stop().catch(() => {});
  await t.sql(
    'update gather_system set ended_at = now(), ended_by = made_by where ended_at is null',
  );
  t.clock.now = testNow;
});

async function makeSystem(more: object = {}): Promise<{ id: string; secret: string }> {
  const made = await admin.send('POST', '/gather/systems', {
    name: '教育系统',
    source: 'education',
    area: '330881002205',
    items: ['resident.skills'],
    groups: [],
    values: true,
    webhook: receiver.address,
    ...more,
  });
  expect(made.statusCode, made.body).toBe(201);
  return made.json();
}

async function addResident(name: string, skills = '书法'): Promise<string> {
  const items = { name, skills };
  const made = await cadre.send('POST', '/residents', { area: '330881002205001', items });
  expect(made.statusCode, made.body).toBe(201);
  return made.json().id;
}

async function deliver(later = 0): Promise<void> {
  t.clock.now = new Date(t.clock.now.getTime() + later);
  expect(await runSystemJob(t, 'gather.deliver')).toBe('done');
}

const recordsOf = (got: readonly Got[]): string[] =>
  got.flatMap(({ events }) => events.map(({ record }) => record));

/** An administrator's session lasts an hour without a request; tests turn the clock by days. */
async function asAdmin(): Promise<Caller> {
  admin = await t.signIn('secadmin');
  return admin;
}

const logOf = async (id: string): Promise<Deliveries['items']> =>
  (await (await asAdmin()).get(`/gather/systems/${id}/deliveries`)).json<Deliveries>().items;

const sendingOf = async (id: string): Promise<System['sending']> =>
  (await (await asAdmin()).get(`/gather/systems/${id}`)).json<System>().sending;

function isGood({ path, fields, body }: Got, secret: string, label = 's1'): boolean {
  const pick = (field: unknown): string | undefined =>
    String(field)
      .split(/, (?=s\d=)/)
      .find((one) => one.startsWith(`${label}=`));
  const given = readSignature(pick(fields['signature-input']), pick(fields.signature));
  const message = messageOf('POST', path, String(fields.host), (name) => String(fields[name]));
  return (
    given?.input.components.includes('content-digest') === true &&
    isDigestOf(String(fields['content-digest']), Buffer.from(body)) &&
    isSignedBy(message, given, [secret])
  );
}

describe('sending changes', () => {
  it('signs them, and tells each in its order, once when all is well', async () => {
    const { id, secret } = await makeSystem();
    const ids = [await addResident('周推一'), await addResident('周推二')];
    await deliver();
    expect(recordsOf(receiver.got)).toEqual(ids);
    const [got] = receiver.got;
    expect(got && isGood(got, secret)).toBe(true);
    expect(got && isGood(got, 'another')).toBe(false);
    expect(got?.path).toBe('/hook?from=minqing');
    const given = readSignature(
      String(got?.fields['signature-input']),
      String(got?.fields.signature),
    );
    expect(given && textParameter(given.input, 'keyid')).toBe(id);
    expect(got?.events[0]).toMatchObject({ values: { skills: { value: '书法' } } });
    await deliver(minute);
    expect(receiver.got.length).toBe(1);
    expect(await logOf(id)).toMatchObject([
      { state: 'received', events: 2, tries: 1, answer: '204' },
    ]);
    expect(await sendingOf(id)).toMatchObject({ state: 'current', tries: 0 });
  });

  it('sends a long list in pages, one after the other', async () => {
    const { id } = await makeSystem();
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.push(await addResident(`周长${n}`));
    await t.sql(
      `insert into archive_event (at, place, category, record, gone, items)
      select now(), 330881002205001, 'resident', $1, false, '{skills}' from generate_series(1, 150)`,
      [ids[0]],
    );
    await deliver();
    expect(receiver.got.map(({ events }) => events.length)).toEqual([100, 53]);
    const numbers = receiver.got.flatMap(({ events }) => events.map((one) => Number(one.id)));
    expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
    expect((await logOf(id)).map(({ events }) => events)).toEqual([53, 100]);
  });

  it('holds nothing of residents in its log', async () => {
    const { id } = await makeSystem();
    receiver.answer = (response) => response.writeHead(500).end('周日志 的资料有误');
    await addResident('周日志', '口技');
    await deliver();
    const rows = await t.sql('select * from gather_delivery where system = $1', [id]);
    expect(rows.length).toBe(1);
    expect(JSON.stringify(rows)).not.toMatch(/周日志|口技|资料有误/);
  });
});

describe('a receiver that is down', () => {
  it('gets all in its order when it is up again, after waits that double', async () => {
    const { id } = await makeSystem();
    const port = receiver.port;
    await receiver.stop();
    const ids = [await addResident('周停一')];
    await deliver();
    expect(await sendingOf(id)).toMatchObject({ state: 'failing', tries: 1 });
    await deliver(minute / 2);
    expect(await sendingOf(id)).toMatchObject({ tries: 1 });
    ids.push(await addResident('周停二'));
    await deliver(minute);
    expect(await sendingOf(id)).toMatchObject({ tries: 2 });
    await deliver(minute);
    expect(await sendingOf(id)).toMatchObject({ tries: 2 });
    ids.push(await addResident('周停三'));
    receiver = new Receiver();
    await receiver.start(port);
    await deliver(2 * minute);
    expect(recordsOf(receiver.got)).toEqual(ids);
    expect(await logOf(id)).toMatchObject([
      { state: 'received', events: 3, tries: 3, answer: '204' },
    ]);
    expect(await sendingOf(id)).toMatchObject({ state: 'current', failingSince: null });
  });

  it('is given up after three days, and goes on from where an administrator says', async () => {
    const { id } = await makeSystem();
    receiver.answer = (response) => response.writeHead(503).end();
    const ids = [await addResident('周弃一')];
    await deliver();
    await deliver(givenUpAfter);
    expect(await sendingOf(id)).toMatchObject({ state: 'dead', nextAt: null });
    const tried = receiver.got.length;
    await deliver(24 * 60 * minute);
    expect(receiver.got.length).toBe(tried);
    const [line] = await logOf(id);
    expect(line).toMatchObject({ state: 'dead', tries: 2, answer: '503' });
    receiver.answer = (response) => response.writeHead(200).end('ok');
    receiver.got = [];
    const replayed = await (await asAdmin()).send('POST', `/gather/systems/${id}/replay`, {
      from: line?.cursor,
    });
    expect(replayed.statusCode, replayed.body).toBe(204);
    await deliver();
    expect(recordsOf(receiver.got)).toEqual(ids);
  });

  it('may leave out what it missed', async () => {
    const { id } = await makeSystem();
    await addResident('周略过');
    const later = await (await asAdmin()).send('POST', `/gather/systems/${id}/replay`, {
      from: 'now',
    });
    expect(later.statusCode).toBe(204);
    await t.sql('select gate_events_seal(1000, now())');
    await admin.send('POST', `/gather/systems/${id}/replay`, { from: 'now' });
    const kept = await addResident('周不略');
    await deliver();
    expect(recordsOf(receiver.got)).toEqual([kept]);
  });
});

describe('an answer', () => {
  const sendOnce = async (): Promise<string | null | undefined> => {
    const { id } = await makeSystem();
    await addResident('周答复');
    await deliver();
    return (await logOf(id))[0]?.answer;
  };

  it('that leads elsewhere is not followed', async () => {
    const other = new Receiver();
    await other.start();
    receiver.answer = (response) => response.writeHead(307, { location: other.address }).end();
    expect(await sendOnce()).toBe('307');
    expect(other.got).toEqual([]);
    await other.stop();
  });

  it('without end is cut off', async () => {
    receiver.answer = (response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(16_384)) && !response.destroyed);
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    };
    expect(await sendOnce()).toBe('answer');
  });

  it('that does not come is not waited for', { timeout: 30_000 }, async () => {
    receiver.answer = () => {};
    expect(await sendOnce()).toBe('timeout');
  });
});

describe('an address', () => {
  it('within the house is not sent to, however it came to stand there', async () => {
    const { id } = await makeSystem();
    await t.sql('update gather_system set webhook = $2 where id = $1', [id, 'https://10.0.0.1/']);
    await addResident('周内网');
    await deliver();
    expect(receiver.got).toEqual([]);
    expect((await logOf(id))[0]).toMatchObject({ state: 'refused', answer: 'private' });
  });
});

describe('a system', () => {
  it('that was withdrawn is sent nothing any more', async () => {
    const { id } = await makeSystem();
    await addResident('周停用');
    await admin.send('POST', `/gather/systems/${id}/withdraw`, { reason: '停用' });
    await deliver();
    expect(receiver.got).toEqual([]);
  });

  it('with two secrets in force is signed to by both', async () => {
    const { id, secret: old } = await makeSystem();
    const rotated = await admin.send('POST', `/gather/systems/${id}/secret`, { overlapDays: 1 });
    const { secret } = rotated.json<NewSecret>();
    await addResident('周双签');
    await deliver();
    const [got] = receiver.got;
    expect(got && [isGood(got, secret, 's1'), isGood(got, old, 's2')]).toEqual([true, true]);
    await addResident('周单签');
    await deliver(25 * 60 * minute);
    const [, later] = receiver.got;
    expect(later?.fields.signature).not.toContain('s2=');
  });

  it('does not keep another one waiting that is up', async () => {
    const down = await makeSystem({ webhook: 'http://127.0.0.1:9/' });
    await makeSystem();
    const id = await addResident('周两家');
    await deliver();
    expect(recordsOf(receiver.got)).toEqual([id]);
    expect(await sendingOf(down.id)).toMatchObject({ state: 'failing' });
  });
});
