import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { monthAfter, prepareMonths } from './months.ts';
import { continueOrder } from './order.ts';
import { sealKey } from './seal/batch.ts';
import { sealBatch } from './seal/sealing.ts';
import { verify } from './seal/verify.ts';

let t: TestApp;
let owner: pg.Client;
beforeAll(async () => {
  t = await startApp();
  owner = new pg.Client(t.owner);
  await owner.connect();
});
afterAll(async () => {
  await owner.end();
  await t.close();
});

const rowsOf = async (table: string): Promise<number> =>
  (await owner.query(`select count(*) as n from ${table}`)).rows[0].n;

async function sealEverything(): Promise<void> {
  const key = sealKey(t.keys);
  for (;;) {
    if ((await sealBatch(owner, key, t.clock.now)) > 0) continue;
    const { rows } = await owner.query(
      'select count(*) as n from audit_entry where xid >= (select coalesce(max(upto_xid), 0) from audit_seal)',
    );
    if (rows[0].n === 0) return;
  }
}

describe('the record by months', () => {
  it('counts months over the turn of the year', () => {
    expect(['2026-06', '2026-12', '2027-01'].map((month) => monthAfter(month, 1))).toEqual([
      '2026-07',
      '2027-01',
      '2027-02',
    ]);
    expect(monthAfter('2026-11', 14)).toBe('2028-01');
  });

  it('has room ahead of time, takes in what came before, and stays as it was sealed', async () => {
    const village = await t.signIn('village');
    await village.get('/areas/330881002205/book');
    await sealEverything();
    const all = await rowsOf('audit_entry');
    expect(await rowsOf('audit_entry_other')).toBe(all);
    expect(await prepareMonths(owner, t.clock.now)).toEqual(['2026-06', '2026-07', '2026-08']);
    expect(await prepareMonths(owner, t.clock.now)).toEqual([]);
    expect(await rowsOf('audit_entry_2026_06')).toBe(all);
    expect(await rowsOf('audit_entry_other')).toBe(0);
    // Midnight in Shanghai ends the month.
    t.clock.now = new Date('2026-06-30T15:59:59Z');
    const late = await t.signIn('village');
    t.clock.now = new Date('2026-06-30T16:00:00Z');
    await late.get('/areas/330881002205/book');
    expect(await rowsOf('audit_entry_2026_06')).toBe(all + 1);
    expect(await rowsOf('audit_entry_2026_07')).toBe(1);
    await sealEverything();
    const verdict = await verify({ owner: t.owner, key: sealKey(t.keys) });
    expect(verdict).toMatchObject({ finding: null, entries: all + 2 });
  });

  it('keeps row security on every month', async () => {
    const server = new pg.Client(t.server);
    await server.connect();
    await expect(server.query('select from audit_entry_2026_06')).rejects.toThrow(
      /permission denied/,
    );
    await server.end();
    const { rows } = await owner.query(
      "select relname from pg_class where relname like 'audit\\_entry\\_2%' and relkind = 'r' and not relrowsecurity",
    );
    expect(rows).toEqual([]);
  });
});

describe('a database loaded from a copy, whose transactions count from the beginning', () => {
  it('counts on from where the record ends', async () => {
    expect(await continueOrder(owner)).toBe(0);
    // As after a copy: the record speaks of transactions that this cluster has not reached.
    const far = 5_000_000_000_000;
    await owner.query(
      'update audit_seal set upto_xid = $1 where number = (select max(number) from audit_seal)',
      [far],
    );
    const upto = (await owner.query('select max(upto_xid) as upto from audit_seal')).rows[0].upto;
    expect(upto).toBe(far);
    expect(await continueOrder(owner)).toBeGreaterThan(0);
    expect(await continueOrder(owner)).toBe(0);
    const village = await t.signIn('village');
    await village.get('/areas/330881002205/book');
    const { rows } = await owner.query(
      'select max(xid) as xid, audit_horizon() as horizon from audit_entry',
    );
    expect(rows[0].xid).toBeGreaterThanOrEqual(far);
    await sealEverything();
    const last = await owner.query(
      'select upto_xid as upto from audit_seal order by number desc limit 1',
    );
    expect(last.rows[0].upto).toBeGreaterThan(rows[0].xid);
  });
});
