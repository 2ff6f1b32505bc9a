import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Caller, startApp, type TestApp } from '../../../tests/support/app.ts';
import { sealNow } from '../sealer.ts';
import { sealKey } from './batch.ts';
import { sealBatch } from './sealing.ts';
import { type Verdict, type VerifyOptions, verify } from './verify.ts';
import { appendWitness, readWitness } from './witness.ts';

let t: TestApp;
let owner: pg.Client;
let village: Caller;
let key: Buffer;
let folder: string;
beforeAll(async () => {
  t = await startApp();
  key = sealKey(t.keys);
  owner = new pg.Client(t.owner);
  await owner.connect();
  village = await t.signIn('village');
  folder = mkdtempSync(join(tmpdir(), 'minqing-seal-'));
});
afterAll(async () => {
  await owner.end();
  await t.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Tests of other files run transactions in the same cluster: the horizon may lag behind for a moment. */
async function sealEverything(limit = 10): Promise<void> {
  for (;;) {
    t.clock.now = new Date(t.clock.now.getTime() + 1000);
    if ((await sealBatch(owner, key, t.clock.now, limit)) > 0) continue;
    const { rows } = await owner.query(
      'select count(*) as n from audit_entry where xid >= (select coalesce(max(upto_xid), 0) from audit_seal)',
    );
    if (rows[0].n === 0) return;
  }
}

const check = (more: Partial<VerifyOptions> = {}): Promise<Verdict> =>
  verify({ owner: t.owner, key, ...more });

interface Row {
  id: string;
  xid: number;
  at: string;
}

/** Entries in the order of their seals. */
const entriesInOrder = async (): Promise<Row[]> =>
  (await owner.query('select id, xid, at from audit_entry order by xid, id')).rows;

async function nth(place: number): Promise<Row> {
  const row = (await entriesInOrder())[place];
  if (!row) throw new Error(`there is no entry ${place}`);
  return row;
}

/** Does something behind the record's back, looks what is found, and takes it back. */
async function tampered(act: () => Promise<unknown>, more: Partial<VerifyOptions> = {}) {
  await owner.query('create temp table kept_entry as select * from audit_entry');
  await owner.query('create temp table kept_seal as select * from audit_seal');
  try {
    await act();
    const { finding } = await check(more);
    return finding;
  } finally {
    await owner.query('delete from audit_entry; insert into audit_entry select * from kept_entry');
    await owner.query('delete from audit_seal; insert into audit_seal select * from kept_seal');
    await owner.query('drop table kept_entry; drop table kept_seal');
  }
}

describe('an untouched record', () => {
  it('is whole: every entry under exactly one seal', async () => {
    const [found] = await t.sql<{ id: string }>(
      'select id from household where area = 330881002205001 limit 1',
    );
    for (let i = 0; i < 33; i++) await village.get(`/households/${found?.id}`);
    await sealEverything();
    const all = (await entriesInOrder()).length;
    const verdict = await check();
    expect(verdict).toMatchObject({ finding: null, entries: all, unsealed: 0, firstSeal: 1 });
    const { rows } = await owner.query(
      'select count(*) as seals, sum(entries) as entries, max(total) as total from audit_seal',
    );
    expect(rows[0]).toMatchObject({ entries: all, total: all });
    expect(verdict.lastSeal).toBe(rows[0].seals);
    expect(rows[0].seals).toBeGreaterThan(3);
  });

  it('can be looked at in part, and says what is not sealed yet', async () => {
    expect(await check({ from: 2, to: 3 })).toMatchObject({
      firstSeal: 2,
      lastSeal: 3,
      finding: null,
    });
    await village.get('/session');
    await village.get('/areas/330881002205/book');
    expect(await check()).toMatchObject({ unsealed: 1, finding: null });
    await sealEverything();
    expect(await check()).toMatchObject({ unsealed: 0, finding: null });
  });

  it('is whole with one lane as with several', async () => {
    expect(await check({ lanes: 1 })).toMatchObject({ finding: null });
    expect(await check({ lanes: 4 })).toMatchObject({ finding: null });
  });
});

describe('behind its back', () => {
  let place: number;
  let one: Row;
  beforeAll(async () => {
    place = 17;
    one = await nth(place);
  });

  const named = (what: string, row: Row) => ({
    what,
    entry: expect.objectContaining({ id: row.id }),
  });

  it.each([
    ['who', 'account = uuidv7()'],
    ['when', "at = at + interval '1 microsecond'"],
    ['the post', 'post = null'],
    ['the role', "role = 'city_supervisor'"],
    ['the kind', "kind = 'session'"],
    ['the act', "action = 'print'"],
    ['the record', 'subject = uuidv7()'],
    ['the area', 'area = 330881002205002'],
    ['the purpose', "purpose = 'visit'"],
    ['words, from missing to empty', "detail = ''"],
    ['how often', 'times = 2'],
  ])('%s of an entry altered is found', async (_what, change) => {
    const finding = await tampered(() =>
      owner.query(`update audit_entry set ${change} where id = $1`, [one.id]),
    );
    expect(finding).toMatchObject(named('altered', one));
  });

  it('an entry taken out of the middle is found', async () => {
    const finding = await tampered(() =>
      owner.query('delete from audit_entry where id = $1', [one.id]),
    );
    expect(finding).toMatchObject(named('removed', one));
  });

  it('the first and the last entry of a batch taken out are found', async () => {
    const { rows } = await owner.query<{ total: number; entries: number }>(
      'select total, entries from audit_seal where number = 2',
    );
    const { total = 0, entries = 0 } = rows[0] ?? {};
    for (const at of [total - entries, total - 1]) {
      const gone = await nth(at);
      const finding = await tampered(() =>
        owner.query('delete from audit_entry where id = $1', [gone.id]),
      );
      expect(finding).toMatchObject({ ...named('removed', gone), seal: 2 });
    }
  });

  it('all entries of a batch taken out are found by the first of them', async () => {
    const finding = await tampered(() =>
      owner.query(`delete from audit_entry where xid >= (select from_xid from audit_seal where number = 2)
        and xid < (select upto_xid from audit_seal where number = 2)`),
    );
    const { rows } = await owner.query('select total from audit_seal where number = 1');
    expect(finding).toMatchObject({ ...named('removed', await nth(rows[0].total)), seal: 2 });
  });

  const copied = (id: string, xid: string) =>
    owner.query(
      `insert into audit_entry (county, id, at, xid, account, post, role, kind, action, category, subject, area)
       select county, $2, at, ${xid}, account, post, role, kind, action, category, subject, area from audit_entry where id = $1`,
      [one.id, id],
    );

  it.each([
    ['before it', '00000000-0000-7000-8000-000000000001'],
    ['behind it', 'ffffffff-ffff-7fff-8fff-ffffffffffff'],
  ])('one put in among sealed ones, %s, is found', async (_where, id) => {
    const finding = await tampered(() => copied(id, 'xid'));
    expect(finding).toMatchObject({ what: 'inserted', entry: { id } });
  });

  it('one put in behind the last of the last batch is found', async () => {
    const id = 'ffffffff-ffff-7fff-8fff-ffffffffffff';
    const { rows } = await owner.query('select max(number) as last from audit_seal');
    const finding = await tampered(() => copied(id, '(select max(upto_xid) - 1 from audit_seal)'));
    expect(finding).toMatchObject({ what: 'inserted', seal: rows[0].last, entry: { id } });
  });

  it('one written now for a time long past is found, sealed or not', async () => {
    const id = 'ffffffff-ffff-7fff-8fff-ffffffffffff';
    const past = async (seal: boolean) => {
      await owner.query(
        `insert into audit_entry (id, at, kind, action) values ($1, '2026-06-01T02:00:00Z', 'session', 'sign_in')`,
        [id],
      );
      if (seal) await sealEverything();
    };
    const open = await tampered(() => past(false));
    expect(open).toMatchObject({ what: 'backdated', seal: null, entry: { id } });
    const sealed = await tampered(() => past(true));
    expect(sealed).toMatchObject({ what: 'backdated', seal: expect.any(Number), entry: { id } });
  });

  it('two that changed places are found', async () => {
    const other = await nth(place + 1);
    const swapped = await tampered(() =>
      owner.query(
        `update audit_entry e set subject = o.subject, action = o.action, at = o.at, operation = 'x'
           from audit_entry o where (e.id = $1 and o.id = $2) or (e.id = $2 and o.id = $1)`,
        [one.id, other.id],
      ),
    );
    expect(swapped).toMatchObject(named('altered', one));
    const order = await tampered(() =>
      owner.query(
        'update audit_entry set xid = $2::bigint + $3::bigint - xid where id = any ($1)',
        [[one.id, other.id], one.xid, other.xid],
      ),
    );
    expect(order).toMatchObject({ what: 'altered' });
    expect([one.id, other.id]).toContain(order?.entry?.id);
  });

  it('the first of several is named', async () => {
    const finding = await tampered(async () => {
      await owner.query("update audit_entry set detail = 'x' where id = $1", [(await nth(32)).id]);
      await owner.query('delete from audit_entry where id = $1', [(await nth(26)).id]);
      await owner.query("update audit_entry set detail = 'x' where id = $1", [one.id]);
    });
    expect(finding).toMatchObject(named('altered', one));
  });

  it('a seal altered, taken out, or made again without the key is found', async () => {
    const all = (column: string, value: string) =>
      tampered(() => owner.query(`update audit_seal set ${column} = ${value} where number = 2`));
    expect(await all('sealed_at', "sealed_at + interval '1 s'")).toMatchObject({
      what: 'seal_altered',
      seal: 2,
    });
    expect(await all('marks', String.raw`overlay(marks placing '\x00' from 3)`)).toMatchObject({
      what: 'seal_altered',
      seal: 2,
    });
    expect(await all('total', 'total + 1')).toMatchObject({ what: 'seal_altered', seal: 2 });
    expect(await all('mac', 'sha256(mac)')).toMatchObject({ what: 'seal_forged', seal: 2 });
    const gone = await tampered(() => owner.query('delete from audit_seal where number = 2'));
    expect(gone).toMatchObject({ what: 'seal_missing', seal: 2 });
    const again = await tampered(async () => {
      await owner.query("update audit_entry set detail = 'x' where id = $1", [one.id]);
      await owner.query('delete from audit_seal');
      for (const now = t.clock.now; (await sealBatch(owner, Buffer.alloc(32), now, 10)) > 0; );
    });
    expect(again).toMatchObject({ what: 'seal_forged', seal: 1 });
  });
});

describe('a witness', () => {
  let file: string;
  beforeEach(() => {
    file = join(folder, `witness-${Math.random()}.txt`);
  });

  const cut = () =>
    owner.query(`with gone as (delete from audit_seal where number > (select max(number) - 2 from audit_seal) returning from_xid)
      delete from audit_entry where xid >= (select min(from_xid) from gone)`);

  it('holds one line a seal, appended and never changed', async () => {
    const { rows } = await owner.query('select max(number) as last from audit_seal');
    expect(await appendWitness(owner, file)).toBe(rows[0].last);
    const before = readWitness(file);
    expect(await appendWitness(owner, file)).toBe(0);
    await village.get('/areas/330881002205/book');
    await sealEverything();
    expect(await appendWitness(owner, file)).toBe(1);
    expect(readWitness(file).slice(0, -1)).toEqual(before);
    const verdict = await check({ witnesses: readWitness(file) });
    expect(verdict).toMatchObject({ finding: null, witnessed: rows[0].last + 1 });
  });

  it('finds that the end was cut off, which nobody could know without it', async () => {
    await appendWitness(owner, file);
    const { rows } = await owner.query('select max(number) as last from audit_seal');
    expect(await tampered(cut)).toBeNull();
    const finding = await tampered(cut, { witnesses: readWitness(file) });
    expect(finding).toMatchObject({ what: 'cut_off', seal: rows[0].last - 1 });
  });

  it('finds that all was sealed anew, even with the key', async () => {
    await appendWitness(owner, file);
    const again = async () => {
      await owner.query("update audit_entry set detail = 'x' where id = $1", [(await nth(17)).id]);
      await owner.query('delete from audit_seal');
      while ((await sealBatch(owner, key, t.clock.now, 10)) > 0);
    };
    expect(await tampered(again)).toBeNull();
    expect(await tampered(again, { witnesses: readWitness(file) })).toMatchObject({
      what: 'witness',
      seal: 1,
    });
  });

  it('that cannot be read is refused by its line', () => {
    writeFileSync(file, '# words\n1\t2026-06-15T02:00:00.000Z\t3\tzz\n');
    expect(() => readWitness(file)).toThrow(/line 2/);
  });
});

describe('the server’s own note of its newest seal', () => {
  it('keeps it from sealing over a gap', async () => {
    const head = join(folder, 'last-seal.txt');
    const parts = { owner: t.owner, key, clock: () => t.clock.now, head, witness: undefined };
    await sealNow(parts);
    await tampered(async () => {
      await owner.query(
        'delete from audit_seal where number = (select max(number) from audit_seal)',
      );
      await expect(sealNow(parts)).rejects.toThrow(/no longer in the database/);
    });
    await sealNow(parts);
    expect(readWitness(head)).toHaveLength(1);
    expect(await check({ witnesses: readWitness(head) })).toMatchObject({
      finding: null,
      witnessed: 1,
    });
  });
});

describe('sealing while others write', () => {
  it('misses none that commits late, and seals none twice', async () => {
    const early = new pg.Client(t.owner);
    const later = new pg.Client(t.owner);
    await Promise.all([early.connect(), later.connect()]);
    const write = (client: pg.Client, id: string) =>
      client.query(
        "insert into audit_entry (id, at, kind, action) values ($1, $2, 'session', 'sign_in')",
        [id, t.clock.now],
      );
    const [first, second] = [
      '11111111-1111-7111-8111-111111111111',
      '22222222-2222-7222-8222-222222222222',
    ];
    const sealedUpto = async () =>
      (await owner.query('select max(upto_xid) as upto from audit_seal')).rows[0].upto;
    const xidOf = async (id: string) =>
      (await owner.query('select xid from audit_entry where id = $1', [id])).rows[0]?.xid;
    try {
      // The first takes its number, the second begins after it and commits before it.
      await early.query('begin');
      await write(early, first);
      await write(later, second);
      await sealBatch(owner, key, t.clock.now, 1000);
      expect(await sealedUpto()).toBeLessThanOrEqual(await xidOf(second));
      await early.query('commit');
      expect(await xidOf(first)).toBeLessThan(await xidOf(second));
      await sealEverything();
      expect(await sealedUpto()).toBeGreaterThan(await xidOf(second));
      expect(await check()).toMatchObject({ finding: null, unsealed: 0 });
    } finally {
      await Promise.all([early.end(), later.end()]);
    }
  });

  it('gives each entry one seal while many write and two seal', async () => {
    let writing = true;
    const sealers = [1, 2].map(async () => {
      const client = new pg.Client(t.owner);
      await client.connect();
      while (writing) await sealBatch(client, key, t.clock.now, 7);
      await client.end();
    });
    const before = (await entriesInOrder()).length;
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (let i = 0; i < 25; i++) await village.get('/areas/330881002205/book');
      }),
    );
    writing = false;
    await Promise.all(sealers);
    await sealEverything();
    const all = await entriesInOrder();
    expect(all.length).toBe(before + 150);
    expect(await check()).toMatchObject({ finding: null, unsealed: 0, entries: all.length });
  });

  it('calls nothing late that waited for its seal, in however many batches, and what is late among it', async () => {
    for (let i = 0; i < 30; i++) await village.get('/areas/330881002205/book');
    const written = t.clock.now;
    t.clock.now = new Date(written.getTime() + 86_400_000);
    await sealEverything(10);
    const { rows } = await owner.query(
      'select count(*) as n from audit_seal where sealed_at > $1 and complete_at < $1',
      [new Date(written.getTime() + 3_600_000)],
    );
    expect(rows[0].n).toBeGreaterThan(1);
    expect(await check()).toMatchObject({ finding: null, unsealed: 0 });
    const finding = await tampered(async () => {
      await owner.query(
        `insert into audit_entry (id, at, kind, action) values ($1, $2, 'session', 'sign_in')`,
        ['33333333-3333-7333-8333-333333333333', written],
      );
      await sealEverything(10);
    });
    expect(finding).toMatchObject({ what: 'backdated' });
  });

  it('calls nothing late that waited because an older transaction still ran', async () => {
    const write = () =>
      owner.query(
        "insert into audit_entry (id, at, kind, action) values (uuidv7(), $1, 'session', 'sign_in')",
        [t.clock.now],
      );
    const slow = new pg.Client(t.owner);
    await slow.connect();
    await write();
    try {
      await slow.query('begin; select pg_current_xact_id()');
      await write();
      t.clock.now = new Date(t.clock.now.getTime() + 86_400_000);
      await sealBatch(owner, key, t.clock.now, 1000);
      await slow.query('commit');
    } finally {
      await slow.end();
    }
    await sealEverything();
    expect(await check()).toMatchObject({ finding: null, unsealed: 0 });
  });

  it('makes one batch of what a single transaction wrote, however much', async () => {
    await owner.query(`insert into audit_entry (id, at, kind, action)
      select uuidv7(), '${t.clock.now.toISOString()}', 'session', 'sign_in' from generate_series(1, 60)`);
    await sealEverything(10);
    const { rows } = await owner.query('select max(entries) as most from audit_seal');
    expect(rows[0].most).toBe(60);
    expect(await check()).toMatchObject({ finding: null });
  });
});

describe('the server’s role', () => {
  it('can neither seal nor say in which transaction it writes', async () => {
    const server = new pg.Client(t.server);
    await server.connect();
    const refused = (text: string) =>
      expect(server.query(text)).rejects.toThrow(/permission denied/);
    await refused(
      "insert into audit_entry (id, at, kind, action, xid) values (uuidv7(), now(), 'session', 'sign_in', 5)",
    );
    await refused('update audit_entry set detail = null');
    await refused('delete from audit_entry');
    await refused('delete from audit_entry_other');
    await refused('update audit_seal set late = 0');
    await refused('delete from audit_seal');
    await refused('insert into audit_seal select * from audit_seal');
    await refused('insert into audit_retired select * from audit_retired');
    await server.end();
  });
});
