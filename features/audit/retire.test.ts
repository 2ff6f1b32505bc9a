import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../tests/support/app.ts';
import { prepareMonths } from './months.ts';
import { retireMonths } from './retire.ts';
import { sealKey } from './seal/batch.ts';
import { sealBatch } from './seal/sealing.ts';
import { verify } from './seal/verify.ts';
import type { WitnessLine } from './seal/witness.ts';

let t: TestApp;
let owner: pg.Client;
let key: Buffer;
let before: WitnessLine[];
beforeAll(async () => {
  t = await startApp();
  key = sealKey(t.keys);
  owner = new pg.Client(t.owner);
  await owner.connect();
  for (const month of ['2022-05', '2022-08', '2022-11'])
    await prepareMonths(owner, new Date(`${month}-01T04:00:00Z`));
  for (const day of ['2022-05-10', '2022-06-10', '2022-12-10', '2023-01-10'])
    await written(day, 20, `${day}T04:01:00Z`);
  // One that was late: of the last month to go, sealed with the first that stays.
  await entry('2023-05-31T15:59:59Z');
  await written('2023-06-01', 5, '2023-06-01T04:00:00Z');
  await written('2026-06-10', 10, '2026-06-10T04:01:00Z');
  const { rows } = await owner.query(
    `select number, sealed_at as "sealedAt", total, encode(hash, 'hex') as hash from audit_seal order by number`,
  );
  before = rows;
});
afterAll(async () => {
  await owner.end();
  await t.close();
});

const entry = (at: string) =>
  owner.query(
    "insert into audit_entry (id, at, kind, action) values (uuidv7(), $1, 'session', 'sign_in')",
    [at],
  );
const count = async (where = 'true'): Promise<number> =>
  (await owner.query(`select count(*) as n from audit_entry where ${where}`)).rows[0].n;

/** Entries of a day, sealed that day. */
async function written(day: string, entries: number, sealedAt: string): Promise<void> {
  for (let i = 0; i < entries; i++) await entry(`${day}T04:00:${String(i).padStart(2, '0')}Z`);
  for (;;) {
    if ((await sealBatch(owner, key, new Date(sealedAt), 7)) > 0) continue;
    if ((await count('xid >= (select coalesce(max(upto_xid), 0) from audit_seal)')) === 0) return;
  }
}

const check = (witnesses: WitnessLine[] = []) => verify({ owner: t.owner, key, witnesses });
const now = new Date('2026-06-15T02:00:00Z');

describe('months past their retention', () => {
  it('are not removed before three years', async () => {
    await expect(retireMonths(t.owner, key, now, 2)).rejects.toThrow(/3 years/);
    await expect(retireMonths(t.owner, key, now, Number.NaN)).rejects.toThrow(/3 years/);
  });

  it('are not removed while they are not as they were sealed', async () => {
    const { rows } = await owner.query(
      "update audit_entry set detail = 'x' where at < '2022-05-10T04:00:01Z' returning id",
    );
    const removal = await retireMonths(t.owner, key, now, 3);
    expect(removal).toMatchObject({
      entries: 0,
      finding: { what: 'altered', entry: { id: rows[0].id } },
    });
    await owner.query('update audit_entry set detail = null');
    expect(await count()).toBe(96);
  });

  it('go with their seals, whole months; what is left is whole, and says since when', async () => {
    expect((await check()).finding).toBeNull();
    const removal = await retireMonths(t.owner, key, now, 3);
    expect(removal).toEqual({ kept: '2023-06', entries: 80, finding: null });
    // The late one stays with the batch that it was sealed in.
    expect(await count()).toBe(16);
    expect(await count("at < '2023-06-01 00:00+08'")).toBe(1);
    const { rows } = await owner.query(
      "select to_regclass('audit_entry_2022_05') as may, to_regclass('audit_entry_2022_12') as december",
    );
    expect(rows[0]).toEqual({ may: null, december: null });
    const verdict = await check(before);
    expect(verdict).toMatchObject({
      finding: null,
      entries: 16,
      unsealed: 0,
      lastSeal: before.at(-1)?.number,
    });
    expect(verdict.firstSeal).toBeGreaterThan(10);
    expect(await retireMonths(t.owner, key, now, 3)).toMatchObject({ entries: 0, finding: null });
  });

  it('are told from a theft: the removal is signed, and nothing may be put in their place', async () => {
    const stolen = async (text: string) => {
      await owner.query('create temp table kept as select * from audit_retired');
      await owner.query(text);
      const { finding } = await check();
      await owner.query(
        'delete from audit_retired; insert into audit_retired select * from kept; drop table kept',
      );
      return finding;
    };
    expect(await stolen("update audit_retired set before = '2026-01-01'")).toMatchObject({
      what: 'retired_forged',
    });
    expect(await stolen('update audit_retired set through = through + 1')).toMatchObject({
      what: 'retired_forged',
    });
    expect(await stolen('delete from audit_retired')).toMatchObject({
      what: 'seal_missing',
      seal: 1,
    });
    await owner.query(
      "insert into audit_entry (id, at, xid, kind, action) values (uuidv7(), '2022-05-10', 5, 'session', 'sign_in')",
    );
    expect((await check()).finding).toMatchObject({ what: 'inserted', seal: null });
    await owner.query('delete from audit_entry where xid = 5');
  });

  it('let sealing go on', async () => {
    await entry(now.toISOString());
    await written('2026-06-15', 3, now.toISOString());
    expect(await check(before)).toMatchObject({ finding: null, entries: 20 });
    await retireMonths(t.owner, key, new Date('2030-07-15T02:00:00Z'), 3);
    expect(await count()).toBe(0);
    await written('2030-07-15', 3, '2030-07-15T02:00:00Z');
    const verdict = await check();
    expect(verdict).toMatchObject({ finding: null, entries: 3 });
    expect(verdict.firstSeal).toBe(verdict.lastSeal);
  });
});
